/// The power of a planned fully crossed study of two modalities, from the components of a pilot
/// study or of a model.
///
///     let plan = ReaderStudyPower(study.components)
///     plan.power(at: 0.05, readers: 6, cases: 250)
///     plan.cases(toDetect: 0.05, readers: 6)
///
/// Error variances go down as cases⁻¹, so the planned study needs the pilot's share of positives.
/// With V = Var − Cov1 + (r − 1) S, S = max(Cov2 − Cov3, 0), s = pilot cases/planned cases and
/// Var(τR) held at 0 or above, the test statistic is a noncentral t with noncentrality d/√(2 E/r):
///
///     readers and cases random:  E = Var(τR) + s V, df E²(r − 1)/(Var(τR) + s (Var − Cov1 − S))²
///     readers fixed:             E = s V, normal
///     cases fixed:               E = Var(τR) + s (Var − Cov1 − S), df r − 1
///
/// Both tails count. Estimated components make an estimated power; a pilot of five readers says
/// little about Var(τR). Reference: Hillis, Obuchowski and Berbaum 2011,
/// doi:10.1016/j.acra.2010.09.007.
public struct ReaderStudyPower: Sendable, Hashable, Codable {
  public let components: ReaderComponents
  /// Size of the two-sided test.
  public let alpha: Double

  public init(_ components: ReaderComponents, alpha: Double = 0.05) {
    precondition(alpha > 0 && alpha < 1, "alpha (\(alpha)) must lie between 0 and 1")
    precondition(components.cases > 0, "cases (\(components.cases)) must be positive")
    self.components = components
    self.alpha = alpha
  }

  /// The chance that the study rejects equality where the true difference is `difference`; NaN
  /// where the components leave no variance.
  public func power(
    at difference: Double, readers: Int, cases: Int,
    generalization: ObuchowskiRockette.Generalization = .readersAndCases
  ) -> Double {
    precondition(readers > 1, "readers (\(readers)) must be at least 2")
    precondition(cases > 0, "cases (\(cases)) must be positive")
    let c = components
    let r = Double(readers)
    let scale = Double(c.cases) / Double(cases)
    let interaction = max(c.modalityReader, 0)
    let own = interaction + scale * (c.variance - c.covariance1 - c.shared)
    let full = scale * (c.variance - c.covariance1 + (r - 1) * c.shared)
    let error: Double
    var degrees: Double?
    switch generalization {
    case .readersAndCases:
      error = interaction + full
      degrees = error * error * (r - 1) / (own * own)
    case .cases: error = full
    case .readers:
      error = own
      degrees = r - 1
    }
    guard error > 0 else { return .nan }
    let shift = abs(difference) / (2 / r * error).squareRoot()
    if let degrees, degrees < 1e8 {
      let critical = Distributions.StudentT(degrees).quantile(1 - alpha / 2)
      let shifted = Distributions.NoncentralT(degrees, noncentrality: shift)
      return min(1, shifted.survival(critical) + shifted.cdf(-critical))
    }
    let critical = Distributions.Normal().quantile(1 - alpha / 2)
    let normal = Distributions.Normal(mean: shift)
    return min(1, normal.survival(critical) + normal.cdf(-critical))
  }

  /// The smallest number of cases with at least `power` at a true difference; nil where even ten
  /// million do not reach it, because readers differ too much.
  public func cases(
    toDetect difference: Double, readers: Int, power: Double = 0.8,
    generalization: ObuchowskiRockette.Generalization = .readersAndCases
  ) -> Int? {
    precondition(difference != 0 && difference.isFinite, "difference (\(difference)) must not be 0")
    precondition(power > 0 && power < 1, "power (\(power)) must lie between 0 and 1")
    func suffices(_ cases: Int) -> Bool {
      self.power(
        at: difference, readers: readers, cases: cases, generalization: generalization) >= power
    }
    var high = 4
    while !suffices(high) {
      if high > 10_000_000 { return nil }
      high *= 2
    }
    var low = high == 4 ? 1 : high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if suffices(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
