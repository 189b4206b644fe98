import Foundation
import Kernels
import Statistics
import Testing

@Suite struct KaplanMeierTests {
  /// Products of 18/21, 16/17, … by hand; Greenwood's errors as printed in Klein and Moeschberger
  /// 2003, Table 4.1 (half a printed digit).
  @Test func freireich() throws {
    let data = try Freireich.data()
    let treated = KaplanMeier(data.subset(Array(0..<21)))
    let placebo = KaplanMeier(data.subset(Array(21..<42)))
    let expected: [(time: Double, survival: Double, error: Double)] = [
      (6, 18.0 / 21, 0.0764), (7, 18.0 / 21 * 16 / 17, 0.0869),
      (10, 18.0 / 21 * 16 / 17 * 14 / 15, 0.0963),
      (13, 18.0 / 21 * 16 / 17 * 14 / 15 * 11 / 12, 0.1068),
      (16, 18.0 / 21 * 16 / 17 * 14 / 15 * 10 / 12, 0.1141),
      (22, 18.0 / 21 * 16 / 17 * 14 / 15 * 10 / 12 * 6 / 7, 0.1282),
      (23, 18.0 / 21 * 16 / 17 * 14 / 15 * 10 / 12 * 5 / 7, 0.1346),
    ]
    for (time, survival, error) in expected {
      let point = try treated.point(at: time)
      #expect(agrees(point.survival, survival, 1e-14))
      #expect(abs(point.standardError! - error) <= 0.00005)
    }
    #expect(treated.quantile().value == 23 && placebo.quantile().value == 8)
    // lifelines 0.30.3, median_survival_times of the log-log band.
    #expect(treated.quantile().low == 13 && treated.quantile().high == nil)
    #expect(placebo.quantile().low == 4 && placebo.quantile().high == 11)
    #expect(placebo.survival.last == 0 && placebo.standardError(placebo.times.count - 1) == nil)
    #expect(placebo.interval(placebo.times.count - 1) == nil)
    #expect(placebo.eventCount == 21 && placebo.cases == 21)
    // lifelines 0.30.3, restricted_mean_survival_time.
    #expect(agrees(try treated.restrictedMean(to: 23).value, 17.909243697478985, 1e-14))
    #expect(agrees(try placebo.restrictedMean(to: 23).value, 8.666666666666666, 1e-14))
  }

  /// 2, 3, 3+, 5, 5+: S is 4/5, 3/5, 3/10. Area to 4: 2 + 4/5 + 3/5, and to the right of 2 and 3
  /// 7/5 and 3/5, so its variance is 49/25/20 + 9/25/12.
  @Test func byHand() throws {
    let data = try SurvivalTimes(
      times: [5, 3, 2, 5, 3], events: [false, true, true, true, false])
    let curve = KaplanMeier(data)
    #expect(curve.times == [2, 3, 5] && curve.atRisk == [5, 4, 2])
    #expect(curve.events == [1, 1, 1] && curve.censored == [0, 1, 1])
    for (found, wanted) in zip(curve.survival, [0.8, 0.6, 0.3]) {
      #expect(agrees(found, wanted, 1e-15))
    }
    let mean = try curve.restrictedMean(to: 4)
    #expect(agrees(mean.value, 3.4, 1e-15))
    #expect(agrees(mean.standardError, (49.0 / 500 + 9.0 / 300).squareRoot(), 1e-15))
    #expect(mean.n == 5)
    #expect(try curve.point(at: 2.5).atRisk == 4 && curve.point(at: 3).atRisk == 4)
    #expect(try curve.point(at: 1).survival == 1 && curve.point(at: 1).standardError == 0)
    #expect(throws: Undefined.self) { try curve.point(at: 5.1) }
    #expect(throws: Undefined.self) { try curve.restrictedMean(to: 5.1) }
    #expect(throws: Undefined.self) { try curve.restrictedMean(to: 0) }
    #expect(KaplanMeier.commonTau([curve]) == 5)
  }

  /// Without censoring S is the share still free, Greenwood's variance is that of a share, and the
  /// median of an even number of cases is the lower middle one: S is one half there.
  @Test func withoutCensoring() throws {
    let n = 1000
    var stream = RandomStream(5)
    let times = (0..<n).map { _ in stream.exponential() }
    let curve = KaplanMeier(
      try SurvivalTimes(times: times, events: [Bool](repeating: true, count: n)))
    let sorted = times.sorted()
    for k in 0..<n - 1 {
      let share = Double(n - 1 - k) / Double(n)
      #expect(curve.times[k] == sorted[k] && curve.survival[k] == share)
      // Σ d/(n(n − d)) telescopes; n rounded additions.
      let error = (share * (1 - share) / Double(n)).squareRoot()
      #expect(agrees(curve.standardError(k)!, error, Double(n) * 0x1p-52))
    }
    #expect(curve.quantile().value == sorted[499])
    // All of the area: the mean of the times.
    let mean = try curve.restrictedMean(to: sorted[n - 1] + 1)
    #expect(agrees(mean.value, times.reduce(0, +) / Double(n), Double(n) * 0x1p-52))
  }

  /// The three intervals by their own formulas; they shrink to S where the level goes to 0 and stay
  /// within 0...1.
  @Test(arguments: SurvivalIntervalKind.allCases)
  func intervals(kind: SurvivalIntervalKind) throws {
    let (data, _) = try simulatedSurvival(60, width: 1, seed: 3)
    let curve = KaplanMeier(data)
    let z = 1.959963984540054
    for k in curve.times.indices where curve.survival[k] > 0 && curve.survival[k] < 1 {
      let s = curve.survival[k]
      let error = curve.standardError(k)!
      let found = curve.interval(k, kind: kind)!
      #expect(found.low >= 0 && found.high <= 1 && found.contains(s))
      let expected: (Double, Double)
      switch kind {
      case .plain: expected = (max(0, s - z * error), min(1, s + z * error))
      case .log: expected = (s * exp(-z * error / s), min(1, s * exp(z * error / s)))
      case .logLog:
        let middle = log(-log(s))
        let half = z * error / (s * abs(log(s)))
        expected = (exp(-exp(middle + half)), exp(-exp(middle - half)))
      }
      #expect(agrees(found.low, expected.0, 1e-13) && agrees(found.high, expected.1, 1e-13))
      let narrow = curve.interval(k, level: 1e-9, kind: kind)!
      #expect(narrow.width < 1e-9)
    }
  }

  /// R's survival documents the lung data with its log interval: median 310, 285 to 363, and
  /// S(365) .409, error .0358, .345 to .486. lifelines 0.30.3: log-log median interval 284 to 361,
  /// S(365), its log-log interval, restricted mean to 500.
  @Test(.enabled(if: OutsideTable.isPresent("lung.csv"), "LIGHTBOX_DATA does not hold lung.csv"))
  func lung() throws {
    let curve = KaplanMeier(try OutsideTable("lung.csv").followUp("time", "status"))
    let printed = curve.quantile(kind: .log)
    #expect(printed.value == 310 && printed.low == 285 && printed.high == 363)
    #expect(curve.quantile().low == 284 && curve.quantile().high == 361)
    let year = try curve.point(at: 365, kind: .log)
    #expect(year.atRisk == 65 && abs(year.standardError! - 0.0358) <= 0.00005)
    #expect(abs(year.interval!.low - 0.345) <= 0.0005)
    #expect(abs(year.interval!.high - 0.486) <= 0.0005)
    let interval = try curve.point(at: 365).interval!
    #expect(agrees(interval.low, 0.33871426908832264, 1e-12))
    #expect(agrees(interval.high, 0.4783807676469135, 1e-12))
    #expect(agrees(try curve.restrictedMean(to: 500).value, 310.3344367222576, 1e-12))
  }

  @Test func invariances() throws {
    let (data, _) = try simulatedSurvival(200, width: 1, seed: 4)
    let order = (0..<200).map { ($0 * 77) % 200 }
    #expect(KaplanMeier(data.subset(order)) == KaplanMeier(data))
    let slow = KaplanMeier(
      try SurvivalTimes(times: data.times.map { 8 * $0 }, events: data.events))
    #expect(slow.survival == KaplanMeier(data).survival)
    #expect(
      try slow.restrictedMean(to: 80).value == 8 * KaplanMeier(data).restrictedMean(to: 10).value)
  }

  @Test func refusals() {
    func reason(_ times: [Double], _ events: [Bool]) -> String {
      do {
        _ = try SurvivalTimes(times: times, events: events)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(reason([], []) == "no case")
    #expect(reason([1, 2], [false, false]) == "no event among 2 cases")
    #expect(reason([1, -2], [true, true]).hasPrefix("the time of case 1 is -2.0"))
    #expect(reason([.nan, 2], [true, true]).hasPrefix("the time of case 0 is nan"))
    #expect(reason([1, .infinity], [true, true]).hasPrefix("the time of case 1 is inf"))
    #expect(reason([0, 0], [true, false]) == "")
  }

  @Test func groupsAreSortedByValueOrText() {
    #expect(SurvivalGroups(["10", "9", "9", "2"]).names == ["2", "9", "10"])
    #expect(SurvivalGroups(["b", "10", "a"]).names == ["10", "a", "b"])
    #expect(SurvivalGroups(["b", "10", "b"]).codes == [1, 0, 1])
    #expect(SurvivalGroups(["b", "10", "b"]).cases(1) == [0, 2])
  }
}
