import Foundation

/// The test of equal variances of two measurements on the same subjects.
///
///     let spread = try PitmanMorgan(twoD, threeD)   // pair differences under either method
///     spread.ratio                                  // s²(first)/s²(second)
///     spread.pValue
///     spread.interval()                             // of σ²(first)/σ²(second)
///
/// Variances are equal exactly when x + y and x − y are uncorrelated. With F = s_x²/s_y² and r the
/// correlation of x and y: t = (F − 1)√(n − 2)/(2√(F(1 − r²))), Student's t with n − 2 degrees of
/// freedom under equality; exact for bivariate normal data, sensitive to heavy tails. Interval of
/// the ratio: F(K ± √(K² − 1)), K = 1 + 2(1 − r²)t²_{α/2}/(n − 2).
/// References: Morgan 1939, doi:10.1093/biomet/31.1-2.13; Pitman 1939, doi:10.1093/biomet/31.1-2.9.
public struct PitmanMorgan: Sendable, Hashable, Codable {
  /// s²(first)/s²(second).
  public let ratio: Double
  /// Correlation of the two measurements.
  public let correlation: Double
  /// Number of subjects.
  public let n: Int

  /// From two variances (or their ratio) and a correlation, as a paper may print them.
  public init(ratio: Double, correlation: Double, n: Int) {
    precondition(ratio > 0 && ratio.isFinite, "ratio (\(ratio)) must be positive")
    precondition(abs(correlation) < 1, "correlation (\(correlation)) must lie within −1 and 1")
    precondition(n >= 3, "n (\(n)) must be at least 3")
    self.ratio = ratio
    self.correlation = correlation
    self.n = n
  }

  /// - Parameters:
  ///   - first: [subject]
  ///   - second: [subject]
  /// - Throws: `Undefined` with fewer than three subjects, a NaN, no variance on a side, or perfect
  ///   correlation.
  public init(_ first: [Double], _ second: [Double]) throws(Undefined) {
    guard first.count >= 3 else {
      throw Undefined("\(first.count) subjects: a comparison of variances needs at least 3")
    }
    let r = try pearson(first, second).r
    guard abs(r) < 1 else { throw Undefined("perfectly correlated: no test of variances") }
    func variance(_ values: [Double]) throws(Undefined) -> Double {
      let error = try meanEstimate(values).standardError
      return error * error * Double(values.count)
    }
    let (own, other) = (try variance(first), try variance(second))
    self.init(ratio: own / other, correlation: r, n: first.count)
  }

  public var statistic: Double {
    let degrees = Double(n - 2)
    return (ratio - 1) * degrees.squareRoot()
      / (2 * (ratio * (1 - correlation * correlation)).squareRoot())
  }

  /// Two-sided, of equal variances.
  public var pValue: Double { Distributions.StudentT(Double(n - 2)).twoSided(statistic) }

  /// The interval of σ²(first)/σ²(second); it holds 1 exactly when p ≥ 1 − level.
  public func interval(level: Double = 0.95) -> Interval {
    let degrees = Double(n - 2)
    let t = Distributions.StudentT(degrees).quantile((1 + level) / 2)
    let k = 1 + 2 * (1 - correlation * correlation) * t * t / degrees
    let width = (k * k - 1).squareRoot()
    // (K − √(K² − 1)) = 1/(K + √(K² − 1)) without cancellation.
    return Interval(low: ratio / (k + width), high: ratio * (k + width))
  }
}
