/// Successes among independent trials, with intervals for the probability behind them.
public struct Proportion: Sendable, Hashable, Codable {
  public let successes: Int
  public let trials: Int

  /// - Throws: `Undefined` without trials.
  public init(successes: Int, trials: Int, of what: String = "trials") throws(Undefined) {
    precondition(
      successes >= 0 && successes <= trials, "successes (\(successes)) must lie in 0...\(trials)")
    guard trials > 0 else { throw Undefined("no \(what)") }
    self.successes = successes
    self.trials = trials
  }

  public var value: Double { Double(successes) / Double(trials) }

  /// The proportion with standard error √(p(1 − p)/n).
  public var estimate: Estimate {
    Estimate(
      value: value, standardError: (value * (1 - value) / Double(trials)).squareRoot(), n: trials)
  }

  /// Wilson's score interval: the p for which |p̂ − p| ≤ z √(p(1 − p)/n).
  ///
  /// Mean coverage is close to the level at any n. Reference: Wilson 1927,
  /// doi:10.1080/01621459.1927.10502953.
  public func wilson(level: Double = 0.95) -> Interval {
    let z = Distributions.Normal().quantile((1 + level) / 2)
    let n = Double(trials)
    let square = z * z / n
    let centre = (value + square / 2) / (1 + square)
    let inner = value * (1 - value) / n + square / (4 * n)
    let half = z * inner.squareRoot() / (1 + square)
    return Interval(
      low: successes == 0 ? 0 : centre - half, high: successes == trials ? 1 : centre + half)
  }

  /// The exact interval of Clopper and Pearson: coverage is never below the level.
  ///
  /// Reference: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
  public func clopperPearson(level: Double = 0.95) -> Interval {
    let tail = (1 - level) / 2
    let k = Double(successes)
    let n = Double(trials)
    return Interval(
      low: successes == 0 ? 0 : Distributions.Beta(k, n - k + 1).quantile(tail),
      high: successes == trials ? 1 : Distributions.Beta(k + 1, n - k).quantile(1 - tail))
  }
}
