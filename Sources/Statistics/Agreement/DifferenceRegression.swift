/// Whether differences grow with what is measured: their regression on the pair means, and limits
/// of agreement that follow it.
///
///     let regression = try DifferenceRegression(agreement)
///     regression.slope.pValue()
///     regression.limits(at: 12)
///
/// Least squares d = b0 + b1 A + e with A the means; residual standard deviation with n − 2 degrees
/// of freedom. Then |e| is regressed on A, |e| = c0 + c1 A, and under normality the standard
/// deviation at A is √(π/2)(c0 + c1 A). Limits: constant where `spread` is not asked for,
/// b0 + b1 A ± z s_e, else b0 + b1 A ± z √(π/2)(c0 + c1 A).
///
/// A slope also appears where the two methods have different error variances and no proportional
/// bias: compare with `PitmanMorgan`, which tests the same correlation.
/// Reference: Bland and Altman 1999, section 3.2, doi:10.1177/096228029900800204.
public struct DifferenceRegression: Sendable, Hashable, Codable {
  public let intercept: Estimate
  public let slope: Estimate
  /// √(Σe²/(n − 2)).
  public let residualStandardDeviation: Double
  /// Of |e| on A: `pValue()` of the slope asks whether the spread changes with size.
  public let absoluteIntercept: Estimate
  public let absoluteSlope: Estimate
  let multiplier: Double

  /// - Throws: `Undefined` with fewer than three pairs or without variance among the means.
  public init(_ agreement: BlandAltman) throws(Undefined) {
    let line = try LeastSquaresLine(agreement.means, agreement.differences)
    intercept = line.intercept
    slope = line.slope
    residualStandardDeviation = line.residualStandardDeviation
    let spread = try LeastSquaresLine(agreement.means, line.residuals.map(abs))
    absoluteIntercept = spread.intercept
    absoluteSlope = spread.slope
    multiplier = agreement.multiplier
  }

  /// The bias at a mean.
  public func bias(at mean: Double) -> Double { intercept.value + slope.value * mean }

  /// The standard deviation of differences at a mean, not below 0: √(π/2) times the line of |e|.
  public func standardDeviation(at mean: Double) -> Double {
    Swift.max(0, 1.253_314_137_315_500_3 * (absoluteIntercept.value + absoluteSlope.value * mean))
  }

  /// Limits of agreement at a mean.
  ///
  /// - `spread`: whether the spread follows its own line, or is the residual one.
  public func limits(at mean: Double, changingSpread spread: Bool = false) -> Interval {
    let half = multiplier * (spread ? standardDeviation(at: mean) : residualStandardDeviation)
    return Interval(low: bias(at: mean) - half, high: bias(at: mean) + half)
  }
}

/// The least-squares line of y on x, with standard errors and n − 2 degrees of freedom.
struct LeastSquaresLine {
  var intercept: Estimate
  var slope: Estimate
  var residualStandardDeviation: Double
  var residuals: [Double]

  init(_ x: [Double], _ y: [Double]) throws(Undefined) {
    precondition(x.count == y.count, "x (count \(x.count)) must match y (count \(y.count))")
    guard x.count > 2 else { throw Undefined("\(x.count) points: a line needs at least 3") }
    guard x.contains(where: { $0 != x[0] }) else {
      throw Undefined("all means are equal: no regression on them")
    }
    let n = Double(x.count)
    let meanX = x.reduce(0, +) / n
    let meanY = y.reduce(0, +) / n
    var (xx, xy) = (0.0, 0.0)
    for i in x.indices {
      xx += (x[i] - meanX) * (x[i] - meanX)
      xy += (x[i] - meanX) * (y[i] - meanY)
    }
    let b = xy / xx
    residuals = x.indices.map { y[$0] - meanY - b * (x[$0] - meanX) }
    let s = (residuals.reduce(0) { $0 + $1 * $1 } / (n - 2)).squareRoot()
    residualStandardDeviation = s
    slope = Estimate(
      value: b, standardError: s / xx.squareRoot(), degreesOfFreedom: n - 2, n: x.count)
    intercept = Estimate(
      value: meanY - b * meanX, standardError: s * (1 / n + meanX * meanX / xx).squareRoot(),
      degreesOfFreedom: n - 2, n: x.count)
  }
}
