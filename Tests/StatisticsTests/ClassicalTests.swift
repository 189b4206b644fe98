import Foundation
import Statistics
import Testing

@Suite struct ClassicalTests {
  let x = [2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 2.8, 4.9]
  let y = [1.8, 3.9, 2.2, 4.7, 4.1, 2.5, 3.3, 4.0]
  let z = [3.1, 2.2, 5.9, 4.8, 6.6, 3.9]

  /// SciPy 1.17.1: ttest_1samp(x, 3), ttest_rel(x, y), ttest_ind(x, z, equal_var=False) with their
  /// confidence_interval().
  @Test func tTests() throws {
    let one = try meanEstimate(x)
    #expect(close(one.statistic(against: 3), 1.1773920527277706))
    #expect(close(one.pValue(against: 3), 0.2775152233122092))
    let paired = try pairedDifference(x, y)
    #expect(close(paired.statistic(), 1.1067588590472164))
    #expect(close(paired.pValue(), 0.304975946024924))
    #expect(close(paired.interval().low, -0.26992603518597846))
    #expect(close(paired.interval().high, 0.7449260351859786))
    let welch = try welchDifference(x, z)
    #expect(close(welch.statistic(), -1.046514648037229))
    #expect(close(welch.degreesOfFreedom!, 9.30762602427397))
    #expect(close(welch.pValue(), 0.3217389019381215))
    #expect(close(welch.interval().low, -2.7306664362246336))
    #expect(close(welch.interval().high, 0.9973331028912991))
  }

  /// statsmodels 0.15.0: ttost_paired(x, y, −.5, .8), ttost_ind(x, z, −2, 2.5, unequal),
  /// DescrStatsW(x).ttost_mean(2.5, 4.5).
  @Test func equivalence() throws {
    let paired = Equivalence(try pairedDifference(x, y), margins: Interval(low: -0.5, high: 0.8))
    #expect(close(paired.pLow, 0.00544232756335127))
    #expect(close(paired.pHigh, 0.01717283112653593))
    #expect(close(paired.pValue, 0.01717283112653593))
    let two = Equivalence(try welchDifference(x, z), margins: Interval(low: -2, high: 2.5))
    #expect(close(two.pLow, 0.10163545251019364))
    #expect(close(two.pHigh, 0.0013146363609547777))
    let one = Equivalence(try meanEstimate(x), margins: Interval(low: 2.5, high: 4.5))
    #expect(close(one.pValue, 0.040734755989519304))
    // p < α exactly when the 90 % interval lies inside the margins.
    for margin in stride(from: 0.05, through: 1.5, by: 0.05) {
      let test = Equivalence(try pairedDifference(x, y), margin: margin)
      #expect(test.isEquivalent == test.margins.contains(test.interval))
      #expect(!(test.isEquivalent && test.isRefuted))
    }
    let far = Estimate(value: 1, standardError: 0.1, n: 5)
    #expect(Equivalence(far, margin: 0.5).isRefuted)
  }

  /// SciPy 1.17.1 pearsonr with confidence_interval(), spearmanr.
  @Test func correlations() throws {
    let r = try pearson(x, y)
    #expect(close(r.r, 0.8948963912661333))
    #expect(close(try r.pValue(), 0.0026786395146466786))
    #expect(close(try r.interval().low, 0.5149654351933924))
    #expect(close(try r.interval().high, 0.9809642066148702))
    let rho = try spearman([1, 2, 2, 3, 5, 5, 5, 8], [3, 1, 4, 4, 6, 2, 9, 9])
    #expect(close(rho.r, 0.639862645418174))
    #expect(close(try rho.pValue(), 0.08750447955214327))
    #expect(midranks([5, 1, 5, 7]) == [2.5, 1, 2.5, 4])
    let exact = try pearson([1, 2, 3, 4], [2, 4, 6, 8])
    #expect(exact.r == 1)
    #expect(try exact.interval() == Interval(low: 1, high: 1))
    #expect(throws: Undefined("3 pairs: Fisher's interval needs at least 4")) {
      try pearson([1, 2, 3], [2, 5, 4]).interval()
    }
    #expect(throws: Undefined.self) { try pearson([0.1, 0.1, 0.1], [1, 2, 3]) }
  }

  /// statsmodels 0.15.0 multipletests, methods holm and fdr_bh; one multiplication on either side.
  @Test func multiplicity() {
    let p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.04, 0.9]
    let byHolm = [0.06, 0.16, 0.15, 0.035, 0.4, 0.16, 0.9]
    let byBH = [0.035, 0.056, 0.056, 0.035, 0.23333333333333336, 0.056, 0.9]
    for i in p.indices {
      #expect(close(holm(p)[i], byHolm[i], relative: 0x1p-51))
      #expect(close(benjaminiHochberg(p)[i], byBH[i], relative: 0x1p-51))
    }
    #expect(holm([]) == [])
    #expect(holm([0.7, 0.8]) == [1, 1])
    #expect(benjaminiHochberg([0.3]) == [0.3])
  }

  /// statsmodels 0.15.0 proportion_confint, methods wilson and beta (Clopper-Pearson).
  @Test(arguments: [
    (0, 10, 0.0, 0.27753279986288926, 0.0, 0.30849710781876083),
    (3, 10, 0.10779126740630104, 0.6032218525388546, 0.06673951117773447, 0.6524528500599973),
    (10, 10, 0.7224672001371106, 1.0, 0.6915028921812392, 1.0),
    (81, 263, 0.2552885198782742, 0.36620957698280004, 0.25273674558527126, 0.3676219226013514),
    (1, 1, 0.2065493143772374, 1.0, 0.025, 1.0),
  ])
  func proportions(k: Int, n: Int, wLow: Double, wHigh: Double, cLow: Double, cHigh: Double) throws
  {
    let proportion = try Proportion(successes: k, trials: n)
    #expect(close(proportion.wilson().low, wLow))
    #expect(close(proportion.wilson().high, wHigh))
    #expect(close(proportion.clopperPearson().low, cLow))
    #expect(close(proportion.clopperPearson().high, cHigh))
  }

  /// statsmodels 0.15.0 GLM(Binomial) on the logits, and with the logits as offset;
  /// scikit-learn 1.9.1 brier_score_loss.
  @Test func calibration() throws {
    let p = [0.1, 0.2, 0.15, 0.7, 0.8, 0.65, 0.4, 0.35, 0.9, 0.55, 0.3, 0.6]
    let labels = [0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0].map { $0 == 1 }
    let line = try CalibrationLine(probabilities: p, labels: labels)
    // Newton stops at steps of 1e-12 and converges quadratically, IRLS there at deviance 1e-14,
    // which leaves √1e-14 = 1e-7 in the parameters.
    #expect(close(line.slope.value, 0.7365308569117427, relative: 1e-7))
    #expect(close(line.slope.standardError, 0.5614672639082415, relative: 1e-7))
    #expect(close(line.intercept.value, 0.13435521830152145, relative: 1e-7))
    #expect(close(line.intercept.standardError, 0.6690004734503984, relative: 1e-7))
    #expect(close(try brierScore(probabilities: p, labels: labels), 0.21416666666666664))
    // By hand, five bins: (0,.2] {.1,.2,.15} rate 1/3 mean .15; (.2,.4] {.4,.35,.3} 1/3, .35;
    // (.4,.6] {.55,.6} 1/2, .575; (.6,.8] {.7,.8,.65} 2/3, .71667; (.8,1] {.9} 1, .9.
    let third = 1.0 / 3
    var ece = 3 * (third - 0.15) + 3 * (0.35 - third) + 2 * 0.075
    ece += 3 * (2.15 / 3 - 2 * third) + 0.1
    #expect(
      close(try expectedCalibrationError(probabilities: p, labels: labels, bins: 5), ece / 12))
    #expect(throws: Undefined.self) {
      try CalibrationLine(probabilities: [0.1, 0.2, 0.8, 0.9], labels: [false, false, true, true])
    }
    #expect(throws: Undefined.self) { try brierScore(probabilities: [1.5], labels: [true]) }
  }

  /// Hanley and McNeil 1982, Table III's formula by hand at A = .9, 50 and 50:
  /// Q1 = .9/1.1, Q2 = 1.62/1.9.
  @Test func hanleyMcNeil() {
    let q1 = 0.9 / 1.1
    let q2 = 1.62 / 1.9
    let variance = (0.09 + 49 * (q1 - 0.81) + 49 * (q2 - 0.81)) / 2500
    #expect(
      close(
        hanleyMcNeilStandardError(auroc: 0.9, positives: 50, negatives: 50),
        variance.squareRoot()))
    #expect(hanleyMcNeilStandardError(auroc: 1, positives: 20, negatives: 20) == 0)
    // The digest's group of 250 at 10 % prevalence: .047 at AUROC .85, to half the last digit.
    let small = hanleyMcNeilStandardError(auroc: 0.85, positives: 25, negatives: 225)
    #expect(abs(small - 0.047) < 0.005)
  }

  @Test func errorBounds() {
    let bounds = AUROCErrorBounds(auroc: 0.9, cases: 2000)
    // Every member of the feasible set lies between the bounds, and the corners are members.
    for positives in stride(from: 20, through: 1000, by: 20) {
      let error = hanleyMcNeilStandardError(
        auroc: 0.9, positives: positives, negatives: 2000 - positives)
      #expect(bounds.standardError.contains(error))
      #expect(bounds.standardError.contains(error * 8.0.squareRoot()))
      #expect(bounds.ceiling.standardError >= error * 8.0.squareRoot())
    }
    #expect(bounds.largest.positives == 20)
    #expect(bounds.largest.designEffect == 8)
    #expect(close(bounds.ceiling.standardError, (0.09 * 8 / 20).squareRoot()))
    #expect(bounds.difference().low == 0)
    #expect(close(bounds.difference().high, 2.0.squareRoot() * bounds.standardError.high))
  }

  @Test func curveAndThreshold() throws {
    let (scores, labels) = simulated(300, levels: 9, seed: 31)
    let curve = try ROCCurve(scores: scores, labels: labels)
    // The trapezoid sums 60 rounded terms.
    #expect(abs(curve.area - slowAUROC(scores, labels)) <= 120 * 0x1p-53)
    #expect(curve.points.last!.falsePositiveRate == 1)
    #expect(curve.points.last!.truePositiveRate == 1)
    // Every threshold gives the rates of its confusion table; none beats Youden's.
    let best = curve.youden
    for point in curve.points.dropFirst() {
      let table = ConfusionTable(scores: scores, labels: labels, threshold: point.threshold)
      #expect(try table.sensitivity.value == point.truePositiveRate)
      #expect(abs(try table.specificity.value - (1 - point.falsePositiveRate)) <= 0x1p-52)
      #expect(
        point.truePositiveRate - point.falsePositiveRate
          <= best.truePositiveRate - best.falsePositiveRate)
    }
  }

  @Test func confusion() throws {
    let table = ConfusionTable(
      scores: [0.9, 0.5, 0.5, 0.2, 0.1], labels: [true, true, false, true, false], threshold: 0.5)
    #expect(table.truePositives == 2)
    #expect(table.falsePositives == 1)
    #expect(table.falseNegatives == 1)
    #expect(table.trueNegatives == 1)
    #expect(try table.positivePredictiveValue.value == 2.0 / 3)
    #expect(try table.negativePredictiveValue.value == 0.5)
    #expect(try table.accuracy.value == 0.6)
    #expect(try table.f1 == 2.0 / 3)
    #expect(throws: Undefined("no positive cases")) {
      try ConfusionTable(scores: [1], labels: [false], threshold: 0).sensitivity
    }
  }
}
