/// What a published mean difference with its p-value or interval says about the differences behind
/// it: their standard deviation, limits of agreement and the interval of the mean.
///
///     let pair = try ImpliedDifference(mean: -1.33, pValue: 0.002, n: 28)
///     pair.standardDeviation            // 2.06
///     pair.limitsOfAgreement()          // −5.4 to 2.7
///
/// Paired t test with n pairs: t = the 1 − p/2 quantile of Student's t with n − 1 degrees of
/// freedom, SE = |d̄|/t, SD = SE·√n. From an interval of the mean: SE = width/(2 t).
///
/// Printed numbers are rounded: `range(ofMean:pValue:n:)` gives every standard deviation that the
/// rounding intervals allow.
public struct ImpliedDifference: Sendable, Hashable, Codable {
  public let mean: Double
  public let standardDeviation: Double
  /// Number of pairs.
  public let n: Int

  /// - Throws: `Undefined` where the mean is 0 or p is 0 or 1, which say nothing about the spread.
  public init(mean: Double, pValue: Double, n: Int) throws(Undefined) {
    precondition(n >= 2, "n (\(n)) must be at least 2")
    precondition((0...1).contains(pValue), "pValue (\(pValue)) must lie in 0...1")
    guard mean != 0, pValue > 0, pValue < 1 else {
      throw Undefined("mean \(mean) with p \(pValue): no finite standard deviation follows")
    }
    let t = Distributions.StudentT(Double(n - 1)).quantile(1 - pValue / 2)
    self.mean = mean
    self.n = n
    standardDeviation = abs(mean) / t * Double(n).squareRoot()
  }

  /// From the interval of the mean at the given level; the mean is its midpoint.
  public init(meanInterval: Interval, level: Double = 0.95, n: Int) {
    precondition(n >= 2, "n (\(n)) must be at least 2")
    precondition(
      meanInterval.width > 0, "meanInterval (\(meanInterval)) must have low below high")
    let t = Distributions.StudentT(Double(n - 1)).quantile((1 + level) / 2)
    mean = meanInterval.midpoint
    self.n = n
    standardDeviation = meanInterval.width / (2 * t) * Double(n).squareRoot()
  }

  /// The mean with standard error SD/√n and n − 1 degrees of freedom.
  public var estimate: Estimate {
    Estimate(
      value: mean, standardError: standardDeviation / Double(n).squareRoot(),
      degreesOfFreedom: Double(n - 1), n: n)
  }

  /// Mean ± z·SD, z = 1.96 at 95 % of the differences.
  public func limitsOfAgreement(coverage: Double = 0.95) -> Interval {
    let z = Distributions.Normal().quantile((1 + coverage) / 2)
    return Interval(low: mean - z * standardDeviation, high: mean + z * standardDeviation)
  }

  /// Exact intervals of the limits, as if the differences themselves had been printed.
  public func exactIntervals(coverage: Double = 0.95, level: Double = 0.95) -> LimitIntervals {
    LimitIntervals(
      mean: mean, standardDeviation: standardDeviation, n: n, coverage: coverage, level: level)
  }

  /// The standard deviations that some mean and some p inside the given intervals imply.
  ///
  /// SD rises with |mean| and with p, so its ends come from two corners. An interval of the mean
  /// that holds 0 gives the lower end 0; p reaching 0 gives 0, p reaching 1 infinity.
  public static func range(ofMean mean: Interval, pValue: Interval, n: Int) -> Interval {
    precondition(n >= 2, "n (\(n)) must be at least 2")
    func spread(_ size: Double, _ p: Double) -> Double {
      if size == 0 || p <= 0 { return 0 }
      if p >= 1 { return .infinity }
      return size / Distributions.StudentT(Double(n - 1)).quantile(1 - p / 2)
        * Double(n).squareRoot()
    }
    let least = mean.contains(0) ? 0 : Swift.min(abs(mean.low), abs(mean.high))
    let most = Swift.max(abs(mean.low), abs(mean.high))
    return Interval(low: spread(least, pValue.low), high: spread(most, pValue.high))
  }
}

/// Whether three printed differences of three means can belong together: (A − B) + (B − C) = A − C.
///
///     Closure(0.58, -1.89, -1.33, halfDigit: 0.005).isPossible   // false: off by 0.02
///
/// Each printed number is within half a digit of the computed one, so the residual of the sum is
/// within three halves of a digit if the differences come from the same subjects.
public struct Closure: Sendable, Hashable, Codable {
  /// (A − B) + (B − C) − (A − C).
  public let residual: Double
  /// The largest |residual| that rounding explains: 1.5 printed digits.
  public let tolerance: Double

  /// - `halfDigit`: half a unit of the last printed digit.
  public init(_ firstSecond: Double, _ secondThird: Double, _ firstThird: Double, halfDigit: Double)
  {
    precondition(halfDigit > 0, "halfDigit (\(halfDigit)) must be positive")
    residual = firstSecond + secondThird - firstThird
    tolerance = 3 * halfDigit
  }

  /// Whether rounding alone can explain the residual; decimal noise of 1e-9 digits is forgiven.
  public var isPossible: Bool { abs(residual) <= tolerance * (1 + 1e-9) }
}
