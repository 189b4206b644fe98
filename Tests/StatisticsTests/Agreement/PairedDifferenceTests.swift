import Statistics
import Testing

@Suite struct PairedDifferenceTests {
  /// SciPy 1.17.1 nct. Boost's series for the noncentral t and SciPy's stop at about 1e-12 of the
  /// probability; quantiles inherit it divided by the density, at most a few times larger here.
  @Test(arguments: [
    (
      "nct.ppf(.975, 16, 1.96√17)",
      Distributions.NoncentralT(16, noncentrality: 1.959963984540054 * 17.0.squareRoot())
        .quantile(0.975), 12.980655683840329
    ),
    (
      "nct.ppf(.025, 16, 1.96√17)",
      Distributions.NoncentralT(16, noncentrality: 1.959963984540054 * 17.0.squareRoot())
        .quantile(0.025), 5.422004997786389
    ),
    (
      "nct.cdf(2.5, 27, 3)", Distributions.NoncentralT(27, noncentrality: 3).cdf(2.5),
      0.30995277965150503
    ),
    (
      "nct.sf(2, 4, -1.5)", Distributions.NoncentralT(4, noncentrality: -1.5).survival(2),
      0.001992435784272664
    ),
  ])
  func noncentralT(name: String, ours: Double, theirs: Double) {
    #expect(close(ours, theirs, relative: 1e-10), "\(name): \(ours) against \(theirs)")
  }

  @Test func noncentralTWithoutNoncentralityIsStudents() {
    for x in [-3.0, -0.5, 0, 1.2, 4] {
      #expect(
        close(
          Distributions.NoncentralT(7, noncentrality: 0).cdf(x), Distributions.StudentT(7).cdf(x)))
    }
  }

  /// statsmodels 0.15.0 TTestPower: power(1.1/2, 28, .05), solve_power(None, 28, .05, .8) · 2,
  /// solve_power(.3, None, .05, .9). The root of statsmodels is good to about 1e-8.
  @Test func powerOfPairs() {
    let trial = PairedPower(n: 28, standardDeviation: 2)
    #expect(close(trial.power(at: 1.1), 0.8010831239451337, relative: 1e-10))
    #expect(close(trial.minimumDetectableDifference(), 1.0984786883673705, relative: 1e-7))
    #expect(close(trial.power(at: 0), 0.05, relative: 1e-10))
    #expect(trial.power(at: -1.1) == trial.power(at: 1.1))
    #expect(
      PairedPower.pairs(toDetect: 0.3, standardDeviation: 1, power: 0.9)
        == Int(118.68650521827722.rounded(.up)))
    let needed = PairedPower.pairs(toDetect: 5, standardDeviation: 1)
    #expect(PairedPower(n: needed, standardDeviation: 1).power(at: 5) >= 0.8)
    #expect(needed == 2 || PairedPower(n: needed - 1, standardDeviation: 1).power(at: 5) < 0.8)
  }

  /// Abstract of the thyroid paper (doi:10.1371/journal.pone.0268550): mean difference [ml] and p of
  /// three pairs in 2D and in 3D, n = 28; standard deviations by SciPy's t.ppf.
  @Test(arguments: [
    (0.58, 0.140, 2.01840422178783), (-1.33, 0.002, 2.0571848355301765),
    (-1.89, 0.002, 2.923367924174461), (0.52, 0.176, 1.9801072892224685),
    (-0.17, 0.722, 2.5020747637205014), (-0.70, 0.057, 1.8628947565970029),
  ])
  func impliedSpread(mean: Double, p: Double, sd: Double) throws {
    let implied = try ImpliedDifference(mean: mean, pValue: p, n: 28)
    #expect(close(implied.standardDeviation, sd, relative: 1e-12))
    #expect(close(implied.estimate.pValue(), p, relative: 1e-11))
    // The interval of the mean implies the same again.
    let again = ImpliedDifference(meanInterval: implied.estimate.interval(), n: 28)
    #expect(close(again.standardDeviation, sd, relative: 1e-12))
    // Rounding to two digits and three: the range holds the value and its corners.
    let range = ImpliedDifference.range(
      ofMean: Interval(low: mean - 0.005, high: mean + 0.005),
      pValue: Interval(low: p - 0.0005, high: p + 0.0005), n: 28)
    #expect(range.low < sd && sd < range.high)
    for m in [mean - 0.005, mean + 0.005] {
      for q in [p - 0.0005, p + 0.0005] {
        let corner = try ImpliedDifference(mean: m, pValue: q, n: 28).standardDeviation
        #expect(range.low <= corner * (1 + 1e-12) && corner <= range.high * (1 + 1e-12))
      }
    }
  }

  @Test func whatSaysNothingAboutSpread() {
    #expect(throws: Undefined.self) { try ImpliedDifference(mean: 0, pValue: 0.3, n: 9) }
    #expect(throws: Undefined.self) { try ImpliedDifference(mean: 1, pValue: 1, n: 9) }
    let range = ImpliedDifference.range(
      ofMean: Interval(low: -0.1, high: 0.2), pValue: Interval(low: 0.5, high: 0.6), n: 9)
    #expect(range.low == 0 && range.high.isFinite)
  }

  /// The paper's three differences: 2D cannot close, 3D can.
  @Test func closureOfThreeDifferences() {
    #expect(!Closure(0.58, -1.89, -1.33, halfDigit: 0.005).isPossible)
    #expect(close(Closure(0.58, -1.89, -1.33, halfDigit: 0.005).residual, 0.02, relative: 1e-13))
    #expect(Closure(0.52, -0.70, -0.17, halfDigit: 0.005).isPossible)
    // At the very edge, one and a half digits.
    #expect(Closure(0.5, 0.5, 0.985, halfDigit: 0.005).isPossible)
  }

  /// scipy.stats.pearsonr(x + y, x − y) on the peak flow readings: p 0.7494985336492942.
  @Test func pitmanMorgan() throws {
    let first = Published.wright.map { $0[0] }
    let second = Published.miniWright.map { $0[0] }
    let test = try PitmanMorgan(first, second)
    #expect(close(test.ratio, 1.0573350604153042, relative: 1e-12))
    #expect(close(test.correlation, 0.943279446890946, relative: 1e-12))
    // (F − 1)/√(1 − r²) loses a digit to the subtraction and one to 1 − r².
    #expect(close(test.pValue, 0.7494985336492942, relative: 1e-11))
    let swapped = try PitmanMorgan(second, first)
    #expect(close(swapped.statistic, -test.statistic, relative: 1e-11))
    #expect(close(swapped.interval().low, 1 / test.interval().high, relative: 1e-12))
    // The interval at level 1 − p ends at 1.
    let edge = test.interval(level: 1 - test.pValue)
    #expect(abs(edge.low - 1) < 1e-10 || abs(edge.high - 1) < 1e-10)
    #expect(throws: Undefined.self) { try PitmanMorgan([1, 2, 3], [2, 4, 6]) }
    // The paper's pair 2-3, 2D against 3D, at correlations 0 and .3 of the two differences.
    let apart = PitmanMorgan(ratio: (2.92 / 1.86) * (2.92 / 1.86), correlation: 0, n: 28)
    #expect(close(apart.pValue, 0.025018437251519973, relative: 1e-12))
    let tied = PitmanMorgan(ratio: (2.92 / 1.86) * (2.92 / 1.86), correlation: 0.3, n: 28)
    #expect(close(tied.pValue, 0.019348609157601105, relative: 1e-12))
  }

  /// NumPy's cov(J − R, J − S) and so on over the first blood pressure measurements; SciPy's
  /// pearsonr for the tests.
  @Test func errorVariancesOfThreeMethods() throws {
    let j = Published.observerJ.map { $0[0] }
    let r = Published.observerR
    let s = Published.machineS.map { $0[0] }
    let errors = try GrubbsVariances(j, r, s)
    // Differences of variances near 385 leave 385 · 2^-52 · 85 at most: 7e-12.
    #expect(abs(errors.variances[0] - 2.060224089635854) < 1e-11)
    #expect(abs(errors.variances[1] - 2.4305322128851543) < 1e-11)
    #expect(abs(errors.variances[2] - 382.5308123249299) < 1e-10)
    #expect(abs(errors.pValueOfNoError(0) - 0.3261530364782463) < 1e-10)
    #expect(abs(errors.pValueOfEquality(0, 1) - 0.9676809720271641) < 1e-10)
    #expect(abs(errors.pValueOfEquality(0, 2) / 1.721615797752996e-57 - 1) < 1e-9)
    // Grubbs's own form of the standard error.
    for k in 0..<3 {
      let own = errors.variances[k]
      let (a, b) = (errors.variances[(k + 1) % 3], errors.variances[(k + 2) % 3])
      let variance = (2 * own * own + own * a + own * b + a * b) / 84
      #expect(close(errors.estimate(k).standardError, variance.squareRoot(), relative: 1e-12))
    }
  }

  /// The thyroid paper's implied standard deviations, by an independent script: 2D about
  /// 0 / 4.2 / 4.4 ml², 3D 3.4 / .6 / 2.9.
  @Test func errorVariancesOfThePaper() throws {
    func variance(_ d: Double, _ p: Double) throws -> Double {
      let s = try ImpliedDifference(mean: d, pValue: p, n: 28).standardDeviation
      return s * s
    }
    let flat = GrubbsVariances(
      variance12: try variance(0.58, 0.140), variance13: try variance(-1.33, 0.002),
      variance23: try variance(-1.89, 0.002), n: 28)
    let solid = GrubbsVariances(
      variance12: try variance(0.52, 0.176), variance13: try variance(-0.17, 0.722),
      variance23: try variance(-0.70, 0.057), n: 28)
    let expected = [
      -0.12005748501292057, 4.194013087543857, 4.35206693254824, 3.3554130629611745,
      0.565411813870778, 2.9049650602858286,
    ]
    for (ours, theirs) in zip(flat.variances + solid.variances, expected) {
      #expect(abs(ours - theirs) < 1e-11)
    }
    // A negative estimate keeps a standard error and an interval that reaches above 0.
    #expect(flat.interval(0).contains(0))
  }
}
