import Statistics
import Testing

/// Relative agreement to 1e-13: both sides are series or continued fractions carried to full
/// double precision, each good to about a hundred ulps (2e-14) by its own documentation.
let functionAccuracy = 1e-13

func close(_ a: Double, _ b: Double, relative: Double = functionAccuracy) -> Bool {
  abs(a - b) <= relative * max(abs(a), abs(b))
}

@Suite struct DistributionTests {
  /// SciPy 1.17.1, scipy.stats, with its method names.
  @Test(arguments: [
    ("t.ppf(.975, 4)", Distributions.StudentT(4).quantile(0.975), 2.7764451051977934),
    ("t.ppf(.975, 2.5)", Distributions.StudentT(2.5).quantile(0.975), 3.5746548420036817),
    ("t.cdf(-8, 3)", Distributions.StudentT(3).cdf(-8), 0.002038288793892733),
    ("t.sf(40, 5)", Distributions.StudentT(5).survival(40), 9.205981085886477e-08),
    ("norm.ppf(.975)", Distributions.Normal().quantile(0.975), 1.959963984540054),
    ("norm.sf(10)", Distributions.Normal().survival(10), 7.61985302416047e-24),
    ("norm.cdf(-1)", Distributions.Normal().cdf(-1), 0.15865525393145707),
    ("chi2.ppf(.95, 3)", Distributions.ChiSquared(3).quantile(0.95), 7.814727903251179),
    ("chi2.cdf(2.5, 4)", Distributions.ChiSquared(4).cdf(2.5), 0.35536420706457217),
    ("chi2.sf(100, 10)", Distributions.ChiSquared(10).survival(100), 5.4497019829205215e-17),
    ("f.ppf(.95, 3, 17)", Distributions.FisherF(3, 17).quantile(0.95), 3.196776840943345),
    ("f.cdf(2.5, 2, 9)", Distributions.FisherF(2, 9).cdf(2.5), 0.8630647900728278),
    ("f.sf(30, 4, 12.5)", Distributions.FisherF(4, 12.5).survival(30), 2.602179060884943e-06),
    ("beta.ppf(.025, 3, 8)", Distributions.Beta(3, 8).quantile(0.025), 0.06673951117773447),
    ("beta.cdf(.3, .5, 2)", Distributions.Beta(0.5, 2).cdf(0.3), 0.7394254526319747),
    // The argument .9 is not a double: (1 − .9)^39 moves by 39 · 2^-53 / .1 = 4e-14 relative.
    ("beta.sf(.9, 2, 40)", Distributions.Beta(2, 40).survival(0.9), 3.6999999999999675e-39),
    (
      "binom.cdf(7, 50, .2)", Distributions.Binomial(trials: 50, probability: 0.2).cdf(7),
      0.19040981158219006
    ),
    (
      "binom.sf(40, 50, .2)", Distributions.Binomial(trials: 50, probability: 0.2).survival(40),
      7.810064958023264e-21
    ),
    ("poisson.cdf(3, 4.2)", Distributions.Poisson(mean: 4.2).cdf(3), 0.39540336960235617),
    ("poisson.sf(30, 4.2)", Distributions.Poisson(mean: 4.2).survival(30), 4.390155122546819e-17),
  ])
  func scipy(name: String, ours: Double, theirs: Double) {
    #expect(close(ours, theirs), "\(name): \(ours) against \(theirs)")
  }

  /// SciPy 1.17.1: binom.ppf(.975, 20, .3) = 10, binom.ppf(.5, 10, .5) = 5, poisson.ppf(.975, 4.2) = 9.
  @Test func discreteQuantiles() {
    #expect(Distributions.Binomial(trials: 20, probability: 0.3).quantile(0.975) == 10)
    #expect(Distributions.Binomial(trials: 10, probability: 0.5).quantile(0.5) == 5)
    #expect(Distributions.Poisson(mean: 4.2).quantile(0.975) == 9)
    // The definition, at every jump: quantile(cdf(k)) is k.
    let binomial = Distributions.Binomial(trials: 12, probability: 0.37)
    for k in 0...12 { #expect(binomial.quantile(binomial.cdf(Double(k))) == Double(k)) }
  }

  @Test func closedForms() {
    // F(1, ∞-free form): t² with ν degrees is F(1, ν); χ²(2) is exponential with mean 2.
    let t = Distributions.StudentT(7)
    #expect(close(Distributions.FisherF(1, 7).cdf(1.3 * 1.3), t.cdf(1.3) - t.cdf(-1.3)))
    #expect(close(Distributions.ChiSquared(2).survival(3), 0.22313016014842982))  // exp(−1.5)
    #expect(close(Distributions.StudentT(1).cdf(1), 0.75))  // Cauchy
    #expect(close(Distributions.Beta(1, 3).cdf(0.5), 0.875))  // 1 − (1 − x)³
  }

  @Test func edges() {
    #expect(Distributions.Normal().quantile(0) == -.infinity)
    #expect(Distributions.Normal().quantile(1) == .infinity)
    #expect(Distributions.Normal().quantile(1.5).isNaN)
    #expect(Distributions.Normal().cdf(.infinity) == 1)
    #expect(Distributions.Normal(mean: 3, standardDeviation: 2).quantile(0.5) == 3)
    #expect(Distributions.StudentT(3).quantile(1) == .infinity)
    #expect(Distributions.ChiSquared(3).cdf(-1) == 0)
    #expect(Distributions.Binomial(trials: 3, probability: 0).quantile(0.9) == 0)
    #expect(Distributions.Binomial(trials: 3, probability: 0.2).quantile(1) == 3)
    #expect(Distributions.Poisson(mean: 2).quantile(1) == .infinity)
  }

  @Test func estimateInterval() {
    let estimate = Estimate(value: 1, standardError: 2, degreesOfFreedom: 4, n: 5)
    #expect(close(estimate.interval().high, 1 + 2 * 2.7764451051977934))
    #expect(close(estimate.interval().low, 1 - 2 * 2.7764451051977934))
    #expect(close(estimate.pValue(against: 1 - 2 * 2.7764451051977934), 0.05))
    let certain = Estimate(value: 1, standardError: 0, n: 5)
    #expect(certain.pValue() == 0)
    #expect(certain.pValue(against: 1) == 1)
  }
}
