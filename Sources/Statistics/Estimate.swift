import Foundation

@inline(__always) func exponential(_ x: Double) -> Double { Foundation.exp(x) }

/// A closed interval of the line.
public struct Interval: Sendable, Hashable, Codable, CustomStringConvertible {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  public var width: Double { high - low }
  public var midpoint: Double { low + (high - low) / 2 }

  /// Whether low ≤ x ≤ high.
  public func contains(_ x: Double) -> Bool { low <= x && x <= high }

  /// Whether the other interval lies inside this one, ends included.
  public func contains(_ other: Interval) -> Bool { low <= other.low && other.high <= high }

  /// Both ends cut to the given range.
  public func clamped(to range: ClosedRange<Double>) -> Interval {
    func cut(_ x: Double) -> Double { Swift.min(Swift.max(x, range.lowerBound), range.upperBound) }
    return Interval(low: cut(low), high: cut(high))
  }

  public var description: String { "[\(low), \(high)]" }
}

/// A point estimate with its standard error.
///
/// With `degreesOfFreedom` its intervals and tests use Student's t, without them the normal
/// distribution. `n` counts the independent units behind the estimate (cases, patients or seeds,
/// as the function that made it says).
public struct Estimate: Sendable, Hashable, Codable {
  public var value: Double
  public var standardError: Double
  public var degreesOfFreedom: Double?
  public var n: Int

  public init(value: Double, standardError: Double, degreesOfFreedom: Double? = nil, n: Int) {
    self.value = value
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
    self.n = n
  }

  /// The reference distribution of (value − truth) / standardError.
  public var reference: any Distribution {
    if let degreesOfFreedom { return Distributions.StudentT(degreesOfFreedom) }
    return Distributions.Normal()
  }

  /// value ± q·standardError, q the (1 + level)/2 quantile of the reference distribution.
  public func interval(level: Double = 0.95) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let half = reference.quantile((1 + level) / 2) * standardError
    return Interval(low: value - half, high: value + half)
  }

  /// (value − hypothesis) / standardError; infinite where the standard error is 0 and the value
  /// differs from the hypothesis, 0 where it does not.
  public func statistic(against hypothesis: Double = 0) -> Double {
    let difference = value - hypothesis
    return difference == 0 ? 0 : difference / standardError
  }

  /// Two-sided p-value of the hypothesis that the truth is `hypothesis`.
  public func pValue(against hypothesis: Double = 0) -> Double {
    reference.twoSided(statistic(against: hypothesis))
  }

  /// self − other for independent estimates: variances add; degrees of freedom by
  /// Welch-Satterthwaite where both have them.
  public func minus(independent other: Estimate) -> Estimate {
    let own = standardError * standardError
    let others = other.standardError * other.standardError
    var degrees: Double?
    if let a = degreesOfFreedom, let b = other.degreesOfFreedom, own + others > 0 {
      degrees = (own + others) * (own + others) / (own * own / a + others * others / b)
    }
    return Estimate(
      value: value - other.value, standardError: (own + others).squareRoot(),
      degreesOfFreedom: degrees, n: n + other.n)
  }
}

/// Why a statistic has no value on the data at hand: no positive case, fewer than two seeds, …
///
/// Thrown instead of returning 0 or NaN, so that a missing cell keeps its reason:
/// `cell.reason = "\(error)"`.
public struct Undefined: Error, Hashable, Codable, Sendable, CustomStringConvertible {
  public var reason: String
  public init(_ reason: String) { self.reason = reason }
  public var description: String { reason }
}
