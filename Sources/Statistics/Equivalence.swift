/// Two one-sided tests of sameness: is the truth between two margins?
///
///     let change = try pairedDifference(private, open)
///     let same = Equivalence(change, margin: 0.02)
///     same.isEquivalent   // the 90 % interval lies inside ±0.02
///
/// p = max(P(T ≥ (x − low)/SE), P(T ≤ (x − high)/SE)); p < α exactly when the 1 − 2α interval lies
/// inside the margins. One-sample, paired and two-sample forms differ only in the estimate:
/// `meanEstimate`, `pairedDifference`, `welchDifference`, or any estimate with standard error.
/// Reference: Schuirmann 1987, doi:10.1007/BF01068419.
public struct Equivalence: Sendable, Hashable, Codable {
  public let estimate: Estimate
  public let margins: Interval
  /// Size of each one-sided test.
  public let alpha: Double
  /// p-value of the hypothesis that the truth is at or below the lower margin.
  public let pLow: Double
  /// p-value of the hypothesis that the truth is at or above the upper margin.
  public let pHigh: Double

  /// Margins −margin and +margin.
  public init(_ estimate: Estimate, margin: Double, alpha: Double = 0.05) {
    precondition(margin > 0, "margin (\(margin)) must be positive")
    self.init(estimate, margins: Interval(low: -margin, high: margin), alpha: alpha)
  }

  public init(_ estimate: Estimate, margins: Interval, alpha: Double = 0.05) {
    precondition(margins.low < margins.high, "margins (\(margins)) must have low below high")
    precondition(alpha > 0 && alpha < 0.5, "alpha (\(alpha)) must lie between 0 and 0.5")
    self.estimate = estimate
    self.margins = margins
    self.alpha = alpha
    pLow = estimate.reference.survival(estimate.statistic(against: margins.low))
    pHigh = estimate.reference.cdf(estimate.statistic(against: margins.high))
  }

  /// The larger of the two p-values.
  public var pValue: Double { max(pLow, pHigh) }
  /// Whether sameness within the margins is shown at size alpha.
  public var isEquivalent: Bool { pValue < alpha }
  /// The 1 − 2α interval, which lies inside the margins exactly when `isEquivalent`.
  public var interval: Interval { estimate.interval(level: 1 - 2 * alpha) }
  /// Whether the 1 − α interval lies wholly outside the margins: sameness is refuted.
  public var isRefuted: Bool {
    let wide = estimate.interval(level: 1 - alpha)
    return wide.low > margins.high || wide.high < margins.low
  }
}
