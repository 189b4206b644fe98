import Foundation
import Kernels
import Statistics

/// A log-normal distribution cut to a range and renormalised, given by the mean and standard
/// deviation that it has *after* the cut.
///
/// With Z standard normal, X = exp(μ + σZ) given low ≤ X ≤ high, α and β the standardised logarithms
/// of the ends, and Φ the normal distribution function,
///
///     E Xᵏ = exp(kμ + k²σ²/2) (Φ(β − kσ) − Φ(α − kσ)) / (Φ(β) − Φ(α))
///
/// μ and σ solve E X = mean and E X² = mean² + SD².
public struct TruncatedLogNormal: Distribution {
  /// Mean and standard deviation of the logarithm before the cut.
  public let logMean, logStandardDeviation: Double
  public let range: ClosedRange<Double>

  /// The distribution with the given moments after the cut.
  ///
  /// The standard deviation must be below about 0.28 of the range's length; what no log-normal
  /// reaches is a programmer's error.
  public init(mean: Double, standardDeviation: Double, range: ClosedRange<Double>) {
    precondition(
      range.lowerBound > 0 && range.contains(mean) && standardDeviation > 0,
      "mean (\(mean)) must lie in range (\(range)), standardDeviation (\(standardDeviation)) above 0"
    )
    self.range = range
    let ratio = standardDeviation / mean
    var s = log(1 + ratio * ratio).squareRoot()
    var m = log(mean) - s * s / 2
    for _ in 0..<60 {
      let here = Self.moments(m, s, range)
      let error = (here.mean - mean, here.standardDeviation - standardDeviation)
      if abs(error.0) + abs(error.1) < 1e-13 * mean { break }
      let step = 1e-6
      let byM = Self.moments(m + step, s, range)
      let byS = Self.moments(m, s + step, range)
      let j = (
        (byM.mean - here.mean) / step, (byS.mean - here.mean) / step,
        (byM.standardDeviation - here.standardDeviation) / step,
        (byS.standardDeviation - here.standardDeviation) / step
      )
      let determinant = j.0 * j.3 - j.1 * j.2
      m -= min(0.2, max(-0.2, (j.3 * error.0 - j.1 * error.1) / determinant))
      s = max(0.02, s - min(0.1, max(-0.1, (j.0 * error.1 - j.2 * error.0) / determinant)))
    }
    let reached = Self.moments(m, s, range)
    precondition(
      abs(reached.mean - mean) + abs(reached.standardDeviation - standardDeviation) < 1e-9 * mean,
      "no log-normal in \(range) has mean \(mean) and standardDeviation \(standardDeviation)")
    logMean = m
    logStandardDeviation = s
  }

  private var normal: Distributions.Normal {
    Distributions.Normal(mean: logMean, standardDeviation: logStandardDeviation)
  }
  private var ends: (low: Double, high: Double) {
    (normal.cdf(log(range.lowerBound)), normal.cdf(log(range.upperBound)))
  }

  public var mean: Double { Self.moments(logMean, logStandardDeviation, range).mean }
  public var standardDeviation: Double {
    Self.moments(logMean, logStandardDeviation, range).standardDeviation
  }

  public func cdf(_ x: Double) -> Double {
    if x <= range.lowerBound { return 0 }
    if x >= range.upperBound { return 1 }
    return (normal.cdf(log(x)) - ends.low) / (ends.high - ends.low)
  }
  public func survival(_ x: Double) -> Double { 1 - cdf(x) }
  public func quantile(_ probability: Double) -> Double {
    guard (0...1).contains(probability) else { return .nan }
    let p = ends.low + (ends.high - ends.low) * probability
    return min(range.upperBound, max(range.lowerBound, exp(normal.quantile(p))))
  }

  private static func moments(
    _ m: Double, _ s: Double, _ range: ClosedRange<Double>
  ) -> (mean: Double, standardDeviation: Double) {
    let unit = Distributions.Normal()
    let a = (log(range.lowerBound) - m) / s
    let b = (log(range.upperBound) - m) / s
    let whole = unit.cdf(b) - unit.cdf(a)
    func raw(_ k: Double) -> Double {
      exp(k * m + k * k * s * s / 2) * (unit.cdf(b - k * s) - unit.cdf(a - k * s)) / whole
    }
    let first = raw(1)
    return (first, max(0, raw(2) - first * first).squareRoot())
  }
}
