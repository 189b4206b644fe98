import Foundation
import Kernels
import Statistics
import Testing

@Suite struct BlandAltmanTests {
  let wright = Published.wright.map { $0[0] }
  let mini = Published.miniWright.map { $0[0] }

  /// Bland and Altman 1986: d̄ −2.1, s 38.8, SE .. 9.4, interval −22.0 to 17.8; their limits use 2 s
  /// of rounded numbers (−79.7, 75.5), so here only what z = 1.96 leaves comparable.
  @Test func peakFlow1986() throws {
    let agreement = try BlandAltman(wright, mini)
    #expect(abs(agreement.bias.value - -2.1) <= 0.05)
    #expect(abs(agreement.standardDeviation - 38.8) <= 0.05)
    #expect(abs(agreement.bias.standardError - 9.4) <= 0.05)
    // Their ends come from the rounded −2.1 and 9.4: 2.12 · .05 + .05 further off at most.
    #expect(abs(agreement.bias.interval().low - -22.0) <= 0.16)
    #expect(abs(agreement.bias.interval().high - 17.8) <= 0.16)
    // NumPy, to rounding.
    #expect(close(agreement.limits.low, -78.09590546711173, relative: 1e-12))
    #expect(close(agreement.limits.high, 73.86061134946466, relative: 1e-12))
    #expect(agreement.outside == 1)
  }

  /// Bland and Altman 1999, section 2: d̄ −16.29, s 19.61, limits −54.7 and 22.1; intervals −20.5 to
  /// −12.1 of the mean, −61.9 to −47.5 and 14.9 to 29.3 of the limits, those with 1.96 and the
  /// rounded 1.71 s/√n = 3.64: half a digit, and .05 for the rounding.
  @Test func bloodPressure1999() throws {
    let agreement = try BlandAltman(
      Published.observerJ.map { $0[0] }, Published.machineS.map { $0[0] })
    #expect(abs(agreement.bias.value - -16.29) <= 0.005)
    #expect(abs(agreement.standardDeviation - 19.61) <= 0.005)
    #expect(abs(agreement.limits.low - -54.7) <= 0.05)
    #expect(abs(agreement.limits.high - 22.1) <= 0.05)
    #expect(abs(agreement.bias.interval().low - -20.5) <= 0.05)
    #expect(abs(agreement.bias.interval().high - -12.1) <= 0.05)
    var (lower, upper) = agreement.approximateLimits
    lower.degreesOfFreedom = nil
    upper.degreesOfFreedom = nil
    for (ours, printed) in [
      (lower.interval().low, -61.9), (lower.interval().high, -47.5), (upper.interval().low, 14.9),
      (upper.interval().high, 29.3),
    ] {
      #expect(abs(ours - printed) <= 0.1)
    }
  }

  /// Bland and Altman 1999, section 3.1: on logarithms .099, .056 to .141, its lower limit's interval
  /// .049 to .064; as ratios 1.11, 1.06 to 1.15.
  @Test func plasmaVolumeAsRatios() throws {
    let agreement = try BlandAltman(Published.nadler, Published.hurley, scale: .ratio)
    #expect(abs(agreement.bias.value - 0.099) <= 0.0005)
    #expect(abs(agreement.limits.low - 0.056) <= 0.0005)
    #expect(abs(agreement.limits.high - 0.141) <= 0.0005)
    #expect(abs(agreement.approximateIntervals().lower.low - 0.049) <= 0.0005)
    #expect(abs(agreement.approximateIntervals().lower.high - 0.064) <= 0.0005)
    // 1.1040 is printed as 1.11 in the paper's text; their e^.099 = 1.104.
    #expect(abs(agreement.onScale(agreement.bias.value) - 1.104) <= 0.0005)
    #expect(abs(agreement.onScale(agreement.limits).low - 1.06) <= 0.005)
    #expect(abs(agreement.onScale(agreement.limits).high - 1.15) <= 0.005)
    // Swapping the methods inverts the ratios.
    let swapped = try BlandAltman(Published.hurley, Published.nadler, scale: .ratio)
    #expect(
      close(swapped.onScale(swapped.limits).low, 1 / agreement.onScale(agreement.limits).high))
  }

  /// NumPy: mean and standard deviation of 100 (x − y)/((x + y)/2).
  @Test func percent() throws {
    let agreement = try BlandAltman(wright, mini, scale: .percent)
    #expect(close(agreement.bias.value, -1.1583141283896237, relative: 1e-12))
    #expect(close(agreement.standardDeviation, 12.09839471649498, relative: 1e-12))
    #expect(throws: Undefined.self) { try BlandAltman([1, 2], [0, 1], scale: .percent) }
    #expect(throws: Undefined.self) { try BlandAltman([1, 2], [0.5, 1.5]) }
  }

  /// d̄ ∓ nct.ppf(.975 | .025, 16, 1.96√17) s/√17 by SciPy 1.17.1.
  @Test func exactIntervals() throws {
    let exact = try BlandAltman(wright, mini).exactIntervals()
    #expect(close(exact.lower.low, -124.16079829467598, relative: 1e-10))
    #expect(close(exact.lower.high, -53.0949314166675, relative: 1e-10))
    #expect(close(exact.upper.low, 48.85963729902044, relative: 1e-10))
    #expect(close(exact.upper.high, 119.92550417702891, relative: 1e-10))
  }

  /// Carkeet 2015: factors for the pair of 95 % limits, ν = n − 1, at confidence .025, .05, .5, .95,
  /// .975, as tabulated to four decimals in pyCompare's reference file of his method.
  @Test(arguments: [
    (1, [0.9744, 1.1237, 3.3756, 36.5192, 73.0772]),
    (2, [1.1051, 1.2333, 2.6342, 9.7888, 13.9396]),
    (3, [1.1839, 1.3004, 2.4157, 6.3411, 8.1045]), (10, [1.4102, 1.4938, 2.1085, 3.2728, 3.61]),
    (16, [1.49, 1.5619, 2.0554, 2.8683, 3.0824]), (27, [1.5706, 1.6305, 2.0178, 2.5846, 2.7226]),
    (49, [1.6505, 1.6985, 1.9924, 2.3816, 2.4703]), (84, [1.7117, 1.7504, 1.9791, 2.2621, 2.324]),
    (200, [1.7893, 1.8161, 1.9681, 2.1424, 2.1788]),
    (314, [1.8206, 1.8426, 1.9651, 2.1019, 2.1299]),
  ])
  func carkeetsFactors(degrees: Int, factors: [Double]) {
    for (confidence, printed) in zip([0.025, 0.05, 0.5, 0.95, 0.975], factors) {
      let ours = toleranceFactor(n: degrees + 1, coverage: 0.95, confidence: confidence)
      // His coverage is that of 1.96 exactly, .9500042: the factor moves by less than 2e-5 of itself.
      #expect(
        abs(ours - printed) <= 0.00005 + 2e-5 * printed, "ν \(degrees), \(confidence): \(ours)")
    }
  }

  /// Exact intervals cover as they say; 4000 samples of six give a standard error of .0034.
  @Test func coverageInSmallSamples() throws {
    var stream = RandomStream(5).child("limits")
    var (single, joint, approximate) = (0, 0, 0)
    let runs = 1000
    for _ in 0..<runs {
      let first = (0..<6).map { _ in stream.normal() }
      let agreement = try BlandAltman(first, [Double](repeating: 0, count: 6))
      let truth = 1.959963984540054
      if agreement.exactIntervals().upper.contains(truth) { single += 1 }
      if agreement.approximateIntervals().upper.contains(truth) { approximate += 1 }
      // The pair holds more than 95 % of differences or less: outer and inner factor.
      let pair = agreement.jointExactIntervals()
      let normal = Distributions.Normal()
      func content(_ low: Double, _ high: Double) -> Double { normal.cdf(high) - normal.cdf(low) }
      if content(pair.lower.low, pair.upper.high) >= 0.95,
        content(pair.lower.high, pair.upper.low) <= 0.95
      {
        joint += 1
      }
    }
    #expect(abs(Double(single) / Double(runs) - 0.95) < 4 * 0.0069)
    #expect(abs(Double(joint) / Double(runs) - 0.95) < 4 * 0.0069)
    #expect(Double(approximate) / Double(runs) > 0.85)
  }

  /// statsmodels 0.15.0 OLS of difference on mean, and of |residual| on mean.
  @Test func regressionOnTheMean() throws {
    let regression = try DifferenceRegression(BlandAltman(wright, mini))
    #expect(close(regression.intercept.value, -15.067497300038982, relative: 1e-11))
    #expect(close(regression.slope.value, 0.0286874451525492, relative: 1e-11))
    #expect(close(regression.intercept.standardError, 40.97627611686572, relative: 1e-12))
    #expect(close(regression.slope.standardError, 0.08820640827654687, relative: 1e-12))
    #expect(close(regression.slope.pValue(), 0.7494985336492942, relative: 1e-10))
    #expect(close(regression.residualStandardDeviation, 39.89603418283774, relative: 1e-12))
    #expect(close(regression.absoluteIntercept.value, 67.71813550446402, relative: 1e-11))
    #expect(close(regression.absoluteSlope.value, -0.08552653601776554, relative: 1e-11))
    #expect(close(regression.absoluteSlope.standardError, 0.0509719742704756, relative: 1e-11))
    let at = 400.0
    let half =
      1.959963984540054 * (Double.pi / 2).squareRoot()
      * (67.71813550446402 - 0.08552653601776554 * at)
    #expect(close(regression.limits(at: at, changingSpread: true).width, 2 * half, relative: 1e-10))
    #expect(
      close(
        regression.limits(at: at).width, 2 * 1.959963984540054 * 39.89603418283774, relative: 1e-11)
    )
  }

  /// Bland and Altman 1999, section 5.1: within-subject variances 37.408 and 83.141, bias −15.62,
  /// standard deviation 20.95 of single differences, limits −56.68 and 25.44.
  @Test func repeatedBloodPressure() throws {
    let agreement = try RepeatedAgreement(repeats: Published.observerJ, Published.machineS)
    #expect(abs(try Repeatability(Published.observerJ).variance - 37.408) <= 0.0005)
    #expect(abs(try Repeatability(Published.machineS).variance - 83.141) <= 0.0005)
    #expect(abs(agreement.bias.value - -15.62) <= 0.005)
    #expect(abs(agreement.totalVariance.squareRoot() - 20.95) <= 0.005)
    // Their limits come from rounded numbers: 1.96 · .005 + .005.
    #expect(abs(agreement.limits.low - -56.68) <= 0.015)
    #expect(abs(agreement.limits.high - 25.44) <= 0.015)
  }

  /// Zou 2013, section 4, the first four subjects of the cardiac data, as tested by SimplyAgree:
  /// true value constant .7125 (−2.23, 3.66), lower limit −9.76 to −.48, upper 1.91 to 11.20; true
  /// value varying .7255 (−2.14, 3.59), lower −9.83 to −.33, upper 1.77 to 11.27.
  @Test func zousExamples() throws {
    let x = Array(Published.radionuclide.prefix(4))
    // Two values of the second method are missing where the true value is taken as constant.
    var y = Array(Published.impedance.prefix(4))
    y[0].removeLast()
    y[1].removeLast()
    let constant = try RepeatedAgreement(repeats: x, y)
    let varying = try RepeatedAgreement(
      pairs: zip(x, Published.impedance).map { zip($0, $1).map { $0 - $1 } })
    for (agreement, printed) in [
      (constant, [0.7125, -2.23, 3.66, -9.76, -0.48, 1.91, 11.20]),
      (varying, [0.7255, -2.14, 3.59, -9.83, -0.33, 1.77, 11.27]),
    ] {
      let ends = agreement.intervals()
      let ours = [
        agreement.bias.value, agreement.limits.low, agreement.limits.high, ends.lower.low,
        ends.lower.high, ends.upper.low, ends.upper.high,
      ]
      // The tolerance of its tests: sums of differences over sums of values, .001 for bias and limits,
      // .01 for the ends of their intervals. (.7125 stands there for what is .7152 from the data.)
      func relative(_ range: Range<Int>) -> Double {
        let differences = range.reduce(0.0) { $0 + abs(ours[$1] - printed[$1]) }
        return differences / range.reduce(0.0) { $0 + abs(printed[$1]) }
      }
      #expect(relative(0..<3) < 0.001, "\(ours)")
      #expect(relative(3..<7) < 0.001, "\(ours)")
    }
  }

  /// statsmodels 0.15.0 one-way ANOVA of the 60 paired differences: mean .6021666666666667, MS
  /// 4.20908606060606 between and .17071399305555565 within, standard deviation .9906241080264929.
  @Test func pooledForm() throws {
    let differences = zip(Published.radionuclide, Published.impedance).map {
      zip($0, $1).map { $0 - $1 }
    }
    let agreement = try RepeatedAgreement(pairs: differences)
    #expect(close(agreement.pooledBias!, 0.6021666666666667, relative: 1e-12))
    #expect(close(agreement.pooledVariance!.squareRoot(), 0.9906241080264929, relative: 1e-12))
    #expect(close(agreement.bias.value, 0.7092361111111111, relative: 1e-12))
    #expect(close(agreement.totalVariance.squareRoot(), 1.0235246107922769, relative: 1e-12))
    // With equal numbers both forms are one.
    let equal = try RepeatedAgreement(pairs: differences.map { Array($0.prefix(3)) })
    #expect(close(equal.pooledBias!, equal.bias.value, relative: 1e-12))
    #expect(close(equal.pooledVariance!, equal.totalVariance, relative: 1e-12))
    #expect(throws: Undefined.self) { try RepeatedAgreement(pairs: [[1], [2], [3]]) }
    #expect(throws: Undefined.self) { try RepeatedAgreement(pairs: [[1, 2], []]) }
  }
}
