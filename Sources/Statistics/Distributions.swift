import CBoostMath

/// A probability distribution on the line.
///
/// `cdf(x)` is P(X ≤ x), `survival(x)` is P(X > x) computed without the cancellation of 1 − cdf,
/// and `quantile(p)` is the smallest x with P(X ≤ x) ≥ p. A probability outside 0...1 gives NaN;
/// quantiles at 0 and 1 are the ends of the support, infinite where the support is.
public protocol Distribution: Sendable {
  func cdf(_ x: Double) -> Double
  func survival(_ x: Double) -> Double
  func quantile(_ probability: Double) -> Double
}

extension Distribution {
  /// 2·min(P(X ≤ x), P(X > x)) for a continuous distribution: the two-sided p-value of x.
  public func twoSided(_ x: Double) -> Double { Swift.min(1, 2 * Swift.min(cdf(x), survival(x))) }
}

/// The distributions that intervals and tests need, from Boost.Math.
///
///     Distributions.StudentT(4).quantile(0.975)   // 2.776445…
///     Distributions.Normal().survival(1.959964)   // 0.025
///
/// Accuracy is Boost's: a few ulps for normal, and relative errors of about 1e-14 in the
/// incomplete beta and gamma functions behind the others.
public enum Distributions {
  /// The normal distribution with a mean and a standard deviation.
  public struct Normal: Distribution {
    public let mean: Double
    public let standardDeviation: Double
    public init(mean: Double = 0, standardDeviation: Double = 1) {
      precondition(
        standardDeviation > 0, "standardDeviation (\(standardDeviation)) must be positive")
      self.mean = mean
      self.standardDeviation = standardDeviation
    }
    public func cdf(_ x: Double) -> Double { lightbox_normal_cdf((x - mean) / standardDeviation) }
    public func survival(_ x: Double) -> Double {
      lightbox_normal_survival((x - mean) / standardDeviation)
    }
    public func quantile(_ probability: Double) -> Double {
      mean + standardDeviation * lightbox_normal_quantile(probability)
    }
    /// exp(−z²/2) / (σ√(2π)), z = (x − μ)/σ.
    public func density(_ x: Double) -> Double {
      let z = (x - mean) / standardDeviation
      return exponential(-z * z / 2) / (standardDeviation * 2.506_628_274_631_000_5)
    }
  }

  /// Student's t with any positive number of degrees of freedom.
  public struct StudentT: Distribution {
    public let degreesOfFreedom: Double
    public init(_ degreesOfFreedom: Double) {
      precondition(
        degreesOfFreedom > 0, "degreesOfFreedom (\(degreesOfFreedom)) must be positive")
      self.degreesOfFreedom = degreesOfFreedom
    }
    public func cdf(_ x: Double) -> Double { lightbox_t_cdf(degreesOfFreedom, x) }
    public func survival(_ x: Double) -> Double { lightbox_t_survival(degreesOfFreedom, x) }
    public func quantile(_ probability: Double) -> Double {
      lightbox_t_quantile(degreesOfFreedom, probability)
    }
  }

  /// (Z + δ)/√(χ²(ν)/ν): Student's t around a noncentrality δ, the law of a t statistic where the
  /// truth is δ standard errors away from the hypothesis.
  public struct NoncentralT: Distribution {
    public let degreesOfFreedom: Double
    public let noncentrality: Double
    public init(_ degreesOfFreedom: Double, noncentrality: Double) {
      precondition(
        degreesOfFreedom > 0, "degreesOfFreedom (\(degreesOfFreedom)) must be positive")
      precondition(noncentrality.isFinite, "noncentrality (\(noncentrality)) must be finite")
      self.degreesOfFreedom = degreesOfFreedom
      self.noncentrality = noncentrality
    }
    public func cdf(_ x: Double) -> Double {
      lightbox_noncentral_t_cdf(degreesOfFreedom, noncentrality, x)
    }
    public func survival(_ x: Double) -> Double {
      lightbox_noncentral_t_survival(degreesOfFreedom, noncentrality, x)
    }
    public func quantile(_ probability: Double) -> Double {
      lightbox_noncentral_t_quantile(degreesOfFreedom, noncentrality, probability)
    }
  }

  /// χ² with any positive number of degrees of freedom.
  public struct ChiSquared: Distribution {
    public let degreesOfFreedom: Double
    public init(_ degreesOfFreedom: Double) {
      precondition(
        degreesOfFreedom > 0, "degreesOfFreedom (\(degreesOfFreedom)) must be positive")
      self.degreesOfFreedom = degreesOfFreedom
    }
    public func cdf(_ x: Double) -> Double {
      x <= 0 ? 0 : lightbox_chi_squared_cdf(degreesOfFreedom, x)
    }
    public func survival(_ x: Double) -> Double {
      x <= 0 ? 1 : lightbox_chi_squared_survival(degreesOfFreedom, x)
    }
    public func quantile(_ probability: Double) -> Double {
      lightbox_chi_squared_quantile(degreesOfFreedom, probability)
    }
  }

  /// Fisher's F with numerator and denominator degrees of freedom.
  public struct FisherF: Distribution {
    public let numerator: Double
    public let denominator: Double
    public init(_ numerator: Double, _ denominator: Double) {
      precondition(numerator > 0, "numerator (\(numerator)) must be positive")
      precondition(denominator > 0, "denominator (\(denominator)) must be positive")
      self.numerator = numerator
      self.denominator = denominator
    }
    public func cdf(_ x: Double) -> Double {
      x <= 0 ? 0 : lightbox_f_cdf(numerator, denominator, x)
    }
    public func survival(_ x: Double) -> Double {
      x <= 0 ? 1 : lightbox_f_survival(numerator, denominator, x)
    }
    public func quantile(_ probability: Double) -> Double {
      lightbox_f_quantile(numerator, denominator, probability)
    }
  }

  /// Beta on 0...1 with positive shapes a and b, mean a/(a + b).
  public struct Beta: Distribution {
    public let a: Double
    public let b: Double
    public init(_ a: Double, _ b: Double) {
      precondition(a > 0, "a (\(a)) must be positive")
      precondition(b > 0, "b (\(b)) must be positive")
      self.a = a
      self.b = b
    }
    public func cdf(_ x: Double) -> Double {
      lightbox_beta_cdf(a, b, Swift.min(Swift.max(x, 0), 1))
    }
    public func survival(_ x: Double) -> Double {
      lightbox_beta_survival(a, b, Swift.min(Swift.max(x, 0), 1))
    }
    public func quantile(_ probability: Double) -> Double {
      lightbox_beta_quantile(a, b, probability)
    }
  }

  /// The number of successes in independent trials.
  public struct Binomial: Distribution {
    public let trials: Int
    public let probability: Double
    public init(trials: Int, probability: Double) {
      precondition(trials >= 0, "trials (\(trials)) must not be negative")
      precondition((0...1).contains(probability), "probability (\(probability)) must lie in 0...1")
      self.trials = trials
      self.probability = probability
    }
    public func cdf(_ x: Double) -> Double {
      if x < 0 { return 0 }
      if x >= Double(trials) { return 1 }
      return lightbox_binomial_cdf(Double(trials), probability, x.rounded(.down))
    }
    public func survival(_ x: Double) -> Double {
      if x < 0 { return 1 }
      if x >= Double(trials) { return 0 }
      return lightbox_binomial_survival(Double(trials), probability, x.rounded(.down))
    }
    public func quantile(_ p: Double) -> Double {
      guard (0...1).contains(p) else { return .nan }
      return settled(lightbox_binomial_quantile(Double(trials), probability, p), p, cdf)
    }
  }

  /// Counts of independent rare events with a given mean.
  public struct Poisson: Distribution {
    public let mean: Double
    public init(mean: Double) {
      precondition(mean > 0 && mean.isFinite, "mean (\(mean)) must be positive and finite")
      self.mean = mean
    }
    public func cdf(_ x: Double) -> Double {
      x < 0 ? 0 : lightbox_poisson_cdf(mean, x.rounded(.down))
    }
    public func survival(_ x: Double) -> Double {
      x < 0 ? 1 : lightbox_poisson_survival(mean, x.rounded(.down))
    }
    public func quantile(_ p: Double) -> Double {
      guard (0...1).contains(p) else { return .nan }
      if p == 1 { return .infinity }
      return settled(lightbox_poisson_quantile(mean, p), p, cdf)
    }
  }

  /// The smallest integer k with cdf(k) ≥ p, from Boost's answer, which root finding may leave
  /// one off at a jump.
  private static func settled(_ start: Double, _ p: Double, _ cdf: (Double) -> Double) -> Double {
    guard start.isFinite else { return start }
    var k = Swift.max(0, start.rounded(.up))
    while k > 0, cdf(k - 1) >= p { k -= 1 }
    while cdf(k) < p { k += 1 }
    return k
  }
}
