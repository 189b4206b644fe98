import Statistics
import Testing

/// Whole numbers and prevalences behind printed proportions.
@Suite struct FeasibleCountsTests {

  /// .19 of 28: 5/28 = .1786 and 6/28 = .2143 miss it, worked by hand.
  @Test func handWorked() {
    let nineteen = Interval(low: 0.185, high: 0.195)
    #expect(feasibleSuccesses(of: nineteen, trials: 28) == nil)
    #expect(feasibleSuccesses(of: nineteen, trials: 100) == 19...19)
    #expect(feasibleSuccesses(of: nineteen, trials: 1000) == 185...195)
    // 3/16 = .1875.
    #expect(feasibleSuccesses(of: nineteen, trials: 16) == 3...3)
  }

  /// 5/8 = .625 lies on the border of .62 and .63: rounding at a tie goes either way.
  @Test func tiesBelongToBoth() {
    #expect(feasibleSuccesses(of: Interval(low: 0.615, high: 0.625), trials: 8) == 5...5)
    #expect(feasibleSuccesses(of: Interval(low: 0.625, high: 0.635), trials: 8) == 5...5)
    // 841/2000 = .4205 is no double; the product must not lose it.
    #expect(feasibleSuccesses(of: Interval(low: 0.4205, high: 0.4205), trials: 2000) == 841...841)
  }

  @Test func endsOfTheScale() {
    #expect(feasibleSuccesses(of: Interval(low: -0.005, high: 0.005), trials: 10) == 0...0)
    #expect(feasibleSuccesses(of: Interval(low: 0.995, high: 1.005), trials: 10) == 10...10)
    #expect(feasibleSuccesses(of: Interval(low: 0, high: 1), trials: 7) == 0...7)
  }

  /// Against trying every number of successes, in whole numbers: k/n prints as p thousandths where
  /// (2p − 1) n ≤ 2000 k ≤ (2p + 1) n.
  @Test(arguments: [421, 516, 723, 886, 1, 999])
  func everyCountTried(thousandths p: Int) {
    let interval = Interval(low: Double(2 * p - 1) / 2000, high: Double(2 * p + 1) / 2000)
    for n in 1...1200 {
      let slow = (0...n).filter { (2 * p - 1) * n <= 2000 * $0 && 2000 * $0 <= (2 * p + 1) * n }
      let fast = feasibleSuccesses(of: interval, trials: n)
      #expect(fast.map(Array.init) ?? [] == slow, "n \(n)")
    }
  }

  /// 42.1 % and 51.6 %: 40 and 49 of 95, 53 and 65 of 126; nothing else from 50 to 150.
  @Test func severalProportions() {
    let both = [Interval(low: 0.4205, high: 0.4215), Interval(low: 0.5155, high: 0.5165)]
    #expect(feasibleTrials(of: both, in: 50...150) == [95, 126])
    // Seven calls of each case are seven times as fine; 18 · 7 = 126.
    #expect(feasibleTrials(of: both, in: 10...40, readings: 7) == [18, 36, 39])
    // From 1/.001 trials on every number fits.
    #expect(feasibleTrials(of: both, in: 1000...1100).count == 101)
  }

  /// Bayes forward, then back: the prevalence returns, from either predictive value.
  @Test(arguments: [0.02, 0.195, 0.5, 0.9])
  func prevalenceReturns(prevalence: Double) throws {
    let table = ConfusionTable(
      truePositives: 421, falsePositives: 277, trueNegatives: 723, falseNegatives: 579)
    let values = try PredictiveValues(table, prevalence: prevalence)
    func point(_ x: Double) -> Interval { Interval(low: x, high: x) }
    let (se, sp) = (point(0.421), point(0.723))
    let fromPositive = impliedPrevalence(
      positivePredictiveValue: point(try values.positive), sensitivity: se, specificity: sp)
    let fromNegative = impliedPrevalence(
      negativePredictiveValue: point(try values.negative), sensitivity: se, specificity: sp)
    // A handful of roundings of numbers below 1.
    for found in [fromPositive, fromNegative] {
      #expect(abs(found.low - prevalence) < 1e-14)
      #expect(abs(found.high - prevalence) < 1e-14)
    }
  }

  /// The ends are the extremes over a grid of everything that prints alike.
  @Test func cornersAreExtremes() {
    let ppv = Interval(low: 0.2835, high: 0.2845)
    let npv = Interval(low: 0.8385, high: 0.8395)
    let se = Interval(low: 0.4205, high: 0.4215)
    let sp = Interval(low: 0.7225, high: 0.7235)
    let one = impliedPrevalence(positivePredictiveValue: ppv, sensitivity: se, specificity: sp)
    let two = impliedPrevalence(negativePredictiveValue: npv, sensitivity: se, specificity: sp)
    // Odds .284/.716 · .277/.421 and .161/.839 · .723/.579: prevalences .2070 and .1933.
    #expect(abs(one.midpoint - 0.2070) < 5e-5)
    #expect(abs(two.midpoint - 0.1933) < 5e-5)
    func at(_ x: Interval, _ i: Int) -> Double { x.low + x.width * Double(i) / 4 }
    for i in 0...4 {
      for j in 0...4 {
        for k in 0...4 {
          let (s, c) = (at(se, j), at(sp, k))
          let a = at(ppv, i) / (1 - at(ppv, i)) * (1 - c) / s
          let b = (1 - at(npv, i)) / at(npv, i) * c / (1 - s)
          #expect(a / (1 + a) >= one.low - 1e-14 && a / (1 + a) <= one.high + 1e-14)
          #expect(b / (1 + b) >= two.low - 1e-14 && b / (1 + b) <= two.high + 1e-14)
        }
      }
    }
  }

  /// No positive call is right: the positives cannot be told to exist.
  @Test func degenerateCorners() {
    let zero = Interval(low: 0, high: 0)
    let half = Interval(low: 0.5, high: 0.5)
    let found = impliedPrevalence(
      positivePredictiveValue: zero, sensitivity: half, specificity: half)
    #expect(found == zero)
  }
}
