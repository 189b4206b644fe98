import Foundation

/// How well one method agrees with itself: the spread of its repeats within subjects.
///
///     let repeats = try Repeatability(values)   // [subject][repeat]
///     repeats.standardDeviation                 // S_w
///     repeats.coefficient                       // 2.77 S_w
///     repeats.coefficientInterval()
///
/// S_w² = Σ(x − x̄_i)²/Σ(m_i − 1), the within-subject variance, with ν = Σ(m_i − 1) degrees of
/// freedom; repeatability coefficient z√2 S_w (1.96·√2 = 2.77): the difference of two measurements
/// of one subject stays below it in 95 % of cases. Intervals from χ²(ν): exact for normal errors of
/// equal variance. References: Bland and Altman 1996, doi:10.1136/bmj.313.7059.744; 1999.
public struct Repeatability: Sendable, Hashable, Codable {
  /// Subjects with at least two repeats.
  public let subjects: Int
  /// Within-subject variance S_w².
  public let variance: Double
  /// ν = Σ(m_i − 1).
  public let degreesOfFreedom: Int
  /// Mean of all values of those subjects.
  public let mean: Double
  /// √ of the mean over subjects of s_i²/x̄_i², each weighted by m_i − 1: the root-mean-square
  /// coefficient of variation, which unlike the mean of s_i/x̄_i does not shrink with few repeats;
  /// nil where some subject's mean is not positive.
  public let coefficientOfVariation: Double?

  /// - Parameters:
  ///   - values: [subject][repeat]; subjects with one value are left out
  /// - Throws: `Undefined` where no subject has two repeats, or a value is not finite.
  public init(_ values: [[Double]]) throws(Undefined) {
    guard values.joined().allSatisfy(\.isFinite) else {
      throw Undefined("a measurement that is not finite")
    }
    let repeated = values.filter { $0.count > 1 }
    guard !repeated.isEmpty else { throw Undefined("no subject has two repeats") }
    let pooled = try PooledVariance(repeated)
    subjects = repeated.count
    variance = pooled.variance
    degreesOfFreedom = pooled.degreesOfFreedom
    mean = repeated.joined().reduce(0, +) / Double(repeated.joined().count)
    var relative: Double? = 0
    for group in repeated {
      let centre = group.reduce(0, +) / Double(group.count)
      let squares = group.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      relative = centre > 0 ? relative.map { $0 + squares / (centre * centre) } : nil
    }
    coefficientOfVariation = relative.map { ($0 / Double(pooled.degreesOfFreedom)).squareRoot() }
  }

  /// S_w, also called the standard error of measurement of one observer.
  public var standardDeviation: Double { variance.squareRoot() }

  /// z√2 S_w; 2.77 S_w at a coverage of 95 %.
  public func coefficient(coverage: Double = 0.95) -> Double {
    Self.multiplier(coverage) * standardDeviation
  }

  public var coefficient: Double { coefficient() }

  /// S_w over the mean of all values; nil where that is not positive.
  public var relativeStandardDeviation: Double? { mean > 0 ? standardDeviation / mean : nil }

  /// [√(ν S_w²/χ²(.975)), √(ν S_w²/χ²(.025))].
  public func interval(level: Double = 0.95) -> Interval {
    let variance = VariancePart(
      coefficient: 1, variance: variance, degreesOfFreedom: Double(degreesOfFreedom)
    ).varianceInterval(level: level)
    return Interval(low: variance.low.squareRoot(), high: variance.high.squareRoot())
  }

  /// The interval of S_w times z√2.
  public func coefficientInterval(level: Double = 0.95, coverage: Double = 0.95) -> Interval {
    let own = interval(level: level)
    let factor = Self.multiplier(coverage)
    return Interval(low: factor * own.low, high: factor * own.high)
  }

  /// z√2: from a standard deviation of single measurements to the difference of two.
  public static func multiplier(_ coverage: Double = 0.95) -> Double {
    precondition(coverage > 0 && coverage < 1, "coverage (\(coverage)) must lie between 0 and 1")
    return Distributions.Normal().quantile((1 + coverage) / 2) * 2.0.squareRoot()
  }
}
