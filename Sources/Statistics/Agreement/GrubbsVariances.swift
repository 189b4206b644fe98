/// The error variance of each of three methods that measured the same subjects, from the variances
/// of their pairwise differences.
///
///     let errors = try GrubbsVariances(first, second, third)
///     errors.variances            // may be negative
///     errors.interval(0)
///
/// Model: y_ij = truth_i + bias_j + e_ij with independent errors of variance σ_j². Then
/// σ̂_1² = (s²_12 + s²_13 − s²_23)/2, which is the sample covariance of y_1 − y_2 and y_1 − y_3: the
/// truth's own variance plays no part. Estimates below zero are possible and are not cut here.
///
/// Standard error: √((2σ̂_1⁴ + σ̂_1²σ̂_2² + σ̂_1²σ̂_3² + σ̂_2²σ̂_3²)/(n − 1)), evaluated as the variance of a
/// covariance, (s²_12 s²_13 + σ̂_1⁴)/(n − 1), which is the same and never negative. Intervals are
/// value ± z·SE: crude in small samples, where the estimates are skew.
/// Reference: Grubbs 1948, doi:10.1080/01621459.1948.10483261.
public struct GrubbsVariances: Sendable, Hashable, Codable {
  /// [method] error variances; may be negative.
  public let variances: [Double]
  /// [1−2, 1−3, 2−3] variances of the differences.
  public let differenceVariances: [Double]
  /// Number of subjects.
  public let n: Int

  /// From the variances of the differences, as a paper's standard deviations imply them.
  public init(variance12 s12: Double, variance13 s13: Double, variance23 s23: Double, n: Int) {
    precondition(n >= 3, "n (\(n)) must be at least 3")
    precondition(
      s12 >= 0 && s13 >= 0 && s23 >= 0,
      "variances of differences (\(s12), \(s13), \(s23)) must not be negative")
    self.n = n
    differenceVariances = [s12, s13, s23]
    variances = [(s12 + s13 - s23) / 2, (s12 + s23 - s13) / 2, (s13 + s23 - s12) / 2]
  }

  /// - Parameters: [subject] of each method.
  /// - Throws: `Undefined` with fewer than three subjects, or a NaN.
  public init(
    _ first: [Double], _ second: [Double], _ third: [Double]
  ) throws(Undefined) {
    guard first.count >= 3 else {
      throw Undefined("\(first.count) subjects: error variances need at least 3")
    }
    func variance(_ a: [Double], _ b: [Double]) throws(Undefined) -> Double {
      let error = try pairedDifference(a, b).standardError
      return error * error * Double(a.count)
    }
    self.init(
      variance12: try variance(first, second), variance13: try variance(first, third),
      variance23: try variance(second, third), n: first.count)
  }

  /// A method's error variance with Grubbs' standard error and the normal distribution.
  public func estimate(_ method: Int) -> Estimate {
    precondition((0..<3).contains(method), "method (\(method)) must be 0, 1 or 2")
    // The two differences that the method takes part in.
    let own = method == 0 ? (0, 1) : method == 1 ? (0, 2) : (1, 2)
    let value = variances[method]
    let variance =
      (differenceVariances[own.0] * differenceVariances[own.1] + value * value) / Double(n - 1)
    return Estimate(value: value, standardError: variance.squareRoot(), n: n)
  }

  /// Value ± z·SE.
  public func interval(_ method: Int, level: Double = 0.95) -> Interval {
    estimate(method).interval(level: level)
  }

  /// One-sided p-value of no error at all: the exact test that the two differences of a method are
  /// uncorrelated, r = σ̂_1²/(s_12 s_13) against t with n − 2 degrees of freedom.
  public func pValueOfNoError(_ method: Int) -> Double {
    let own = method == 0 ? (0, 1) : method == 1 ? (0, 2) : (1, 2)
    let scale = (differenceVariances[own.0] * differenceVariances[own.1]).squareRoot()
    guard scale > 0 else { return 1 }
    return oneSided(variances[method] / scale)
  }

  /// Two-sided p-value that two methods have the same error variance: y_a − y_b and
  /// y_a + y_b − 2 y_c have covariance σ_a² − σ_b²; exact for normal errors.
  ///
  /// Reference: Maloney and Rastogi 1970, Biometrics 26:671.
  public func pValueOfEquality(_ a: Int, _ b: Int) -> Double {
    precondition(
      (0..<3).contains(a) && (0..<3).contains(b) && a != b, "methods (\(a), \(b)) must differ")
    let c = 3 - a - b
    func between(_ i: Int, _ j: Int) -> Double { differenceVariances[i + j - 1] }
    // Var(y_a + y_b − 2y_c) = 2 s²_ac + 2 s²_bc − s²_ab.
    let other = 2 * between(a, c) + 2 * between(b, c) - between(a, b)
    let scale = (between(a, b) * other).squareRoot()
    guard scale > 0 else { return 1 }
    let r = (between(a, c) - between(b, c)) / scale
    return Swift.min(1, 2 * oneSided(abs(r)))
  }

  private func oneSided(_ r: Double) -> Double {
    if r >= 1 { return 0 }
    if r <= -1 { return 1 }
    let degrees = Double(n - 2)
    return Distributions.StudentT(degrees).survival(r * (degrees / (1 - r * r)).squareRoot())
  }
}
