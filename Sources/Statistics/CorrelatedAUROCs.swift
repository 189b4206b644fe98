import Foundation

/// AUROCs of several scores on the same cases, with their covariance matrix.
///
/// Made by `deLong(scores:labels:)` for independent cases and by
/// `clusteredDeLong(scores:labels:clusters:)` for several cases per patient. Index k is the
/// position of a score in the call.
public struct CorrelatedAUROCs: Sendable, Codable {
  /// Which variance the matrix holds.
  public enum Variance: String, Sendable, Codable {
    case deLong = "DeLong"
    case clustered = "Obuchowski (clustered DeLong)"
  }

  public var aurocs: [Double]
  /// [score, score], on the scale of the AUROC.
  public var covariance: [[Double]]
  public var variance: Variance
  public var positives: Int
  public var negatives: Int
  /// Independent units: cases, or clusters.
  public var units: Int
  /// Positive-negative pairs that share no unit: the trials of the exact bound at AUROC 1.
  public var disjointPairs: Int

  /// AUROC k with its standard error, normal reference; n = independent units.
  public func estimate(_ k: Int = 0) -> Estimate {
    Estimate(
      value: aurocs[k], standardError: max(0, covariance[k][k]).squareRoot(), n: units)
  }

  /// Interval on the logit scale: logit A ± z·SE/(A(1 − A)), carried back.
  ///
  /// It stays inside 0...1 and covers better than A ± z·SE at high AUROC. At A = 1 (and A = 0)
  /// the DeLong variance is 0 and says nothing; there the exact bound takes over: k disjoint
  /// positive-negative pairs were all concordant, which has probability at most A^k, so
  /// A ≥ ((1 − level)/2)^(1/k), k = min(positives, negatives) for independent cases.
  ///
  /// Reference: Qin and Hotilovac 2008, doi:10.1177/0962280207087173 (logit interval).
  public func interval(_ k: Int = 0, level: Double = 0.95) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let a = aurocs[k]
    if a == 0 || a == 1 {
      let bound = pow((1 - level) / 2, 1 / Double(max(1, disjointPairs)))
      return a == 1 ? Interval(low: bound, high: 1) : Interval(low: 0, high: 1 - bound)
    }
    let z = Distributions.Normal().quantile((1 + level) / 2)
    let centre = log(a / (1 - a))
    let half = z * estimate(k).standardError / (a * (1 - a))
    func back(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return Interval(low: back(centre - half), high: back(centre + half))
  }

  /// AUROC i − AUROC j with its paired standard error √(Vii + Vjj − 2Vij); its `pValue()` is the
  /// DeLong test.
  public func difference(_ i: Int, _ j: Int) -> Estimate {
    var weights = [Double](repeating: 0, count: aurocs.count)
    weights[i] += 1
    weights[j] -= 1
    return contrast(weights)
  }

  /// Σ wₖ AUROCₖ with standard error √(wᵀVw), such as the mean over seeds of paired differences.
  public func contrast(_ weights: [Double]) -> Estimate {
    precondition(
      weights.count == aurocs.count,
      "weights (count \(weights.count)) must match the AUROCs (count \(aurocs.count))")
    var value = 0.0
    var square = 0.0
    for i in weights.indices {
      value += weights[i] * aurocs[i]
      for j in weights.indices { square += weights[i] * weights[j] * covariance[i][j] }
    }
    return Estimate(value: value, standardError: max(0, square).squareRoot(), n: units)
  }
}
