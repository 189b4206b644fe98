import Foundation

/// How the two measurements of a pair are compared.
public enum DifferenceScale: String, Sendable, Codable, CaseIterable {
  /// x − y, against (x + y)/2.
  case difference
  /// x/y, against √(xy): computed on ln x − ln y and given back as ratios.
  case ratio
  /// 100 (x − y)/((x + y)/2), against (x + y)/2.
  case percent
}

/// Agreement of two methods that measured the same subjects once each: bias and limits of
/// agreement.
///
///     let agreement = try BlandAltman(wright, mini)
///     agreement.bias.value                    // −2.12
///     agreement.limits                        // −78.1 to 73.9
///     agreement.exactIntervals().lower        // of the lower limit
///
/// With d the differences on the scale of analysis, s their standard deviation (divisor n − 1) and
/// z the (1 + coverage)/2 quantile of the normal distribution: limits d̄ ± z s. Limits use z as
/// Bland and Altman do from 1986's text on (their 2 s is z = 1.96 rounded), not a t quantile; they
/// estimate where the differences lie and are no prediction interval.
///
/// On the ratio scale `bias` and `standardDeviation` are those of ln(x/y); `onScale` gives ratios.
/// References: Bland and Altman 1986, doi:10.1016/S0140-6736(86)90837-8; 1999,
/// doi:10.1177/096228029900800204.
public struct BlandAltman: Sendable, Hashable, Codable {
  public let scale: DifferenceScale
  /// [pair] what is plotted along x: mean, or geometric mean on the ratio scale.
  public let means: [Double]
  /// [pair] on the scale of analysis: differences, log ratios, or per cent of the mean.
  public let differences: [Double]
  /// Mean difference on the scale of analysis, with n − 1 degrees of freedom: its `pValue()` is the
  /// paired t test.
  public let bias: Estimate
  /// Of the differences on the scale of analysis.
  public let standardDeviation: Double
  /// Share of differences that the limits are to hold.
  public let coverage: Double

  /// - `first`: [pair]
  /// - `second`: [pair], in the same unit
  /// - Throws: `Undefined` with fewer than two pairs, a value that is not finite, all differences
  ///   equal, or, on the ratio and per cent scales, a value that is not positive.
  public init(
    _ first: [Double], _ second: [Double], scale: DifferenceScale = .difference,
    coverage: Double = 0.95
  ) throws(Undefined) {
    precondition(
      first.count == second.count,
      "first (count \(first.count)) must match second (count \(second.count))")
    precondition(coverage > 0 && coverage < 1, "coverage (\(coverage)) must lie between 0 and 1")
    guard first.allSatisfy(\.isFinite), second.allSatisfy(\.isFinite) else {
      throw Undefined("a measurement that is not finite")
    }
    if scale != .difference, let low = (first + second).min(), low <= 0 {
      throw Undefined("a measurement of \(low): ratios and per cent need positive values")
    }
    self.scale = scale
    self.coverage = coverage
    means = zip(first, second).map { scale == .ratio ? ($0 * $1).squareRoot() : ($0 + $1) / 2 }
    let differences = zip(first, second).map { x, y in
      switch scale {
      case .difference: x - y
      case .ratio: log(x / y)
      case .percent: 100 * (x - y) / ((x + y) / 2)
      }
    }
    bias = try meanEstimate(differences, of: "pairs")
    self.differences = differences
    guard differences.contains(where: { $0 != differences[0] }) else {
      throw Undefined("all \(differences.count) differences are equal: no limits of agreement")
    }
    standardDeviation = bias.standardError * Double(differences.count).squareRoot()
  }

  /// Number of pairs.
  public var n: Int { differences.count }

  /// z of the limits, 1.96 at a coverage of 95 %.
  public var multiplier: Double { Distributions.Normal().quantile((1 + coverage) / 2) }

  /// d̄ ± z s on the scale of analysis.
  public var limits: Interval {
    let half = multiplier * standardDeviation
    return Interval(low: bias.value - half, high: bias.value + half)
  }

  /// A value on the scale of analysis as it is read: a ratio instead of its logarithm.
  public func onScale(_ value: Double) -> Double { scale == .ratio ? exp(value) : value }

  /// An interval on the scale of analysis as it is read.
  public func onScale(_ interval: Interval) -> Interval {
    Interval(low: onScale(interval.low), high: onScale(interval.high))
  }

  /// How many differences lie outside the limits.
  public var outside: Int {
    let limits = limits
    return differences.reduce(0) { $0 + (limits.contains($1) ? 0 : 1) }
  }
}
