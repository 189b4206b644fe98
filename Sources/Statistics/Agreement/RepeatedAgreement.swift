/// Agreement of two methods with several measurements of each subject: limits for the difference
/// of two single measurements.
///
/// Two designs, after Bland and Altman 2007 (doi:10.1080/10543400701329422):
///
/// - *The true value varies* within a subject and measurements come in pairs taken together. With
///   m_i pairs of subject i, m_h the harmonic mean of m_i, s²_d̄ the variance of the subjects' mean
///   differences and s²_w the pooled variance of differences within subjects:
///   total variance = s²_d̄ + (1 − 1/m_h) s²_w.
/// - *The true value is constant*: repeats of either method are exchangeable, their numbers may
///   differ. With s²_x, s²_y pooled within subjects and harmonic means m_x, m_y:
///   total variance = s²_d̄ + (1 − 1/m_x) s²_x + (1 − 1/m_y) s²_y.
///
/// The bias is the mean over subjects of their mean differences, every subject counting once, and
/// its standard error is s_d̄/√k with k − 1 degrees of freedom. (For the first design Bland and
/// Altman average over pairs and take one-way variance components; both agree where all m_i are
/// equal. Those values are `pooledBias` and `pooledVariance`.)
///
/// Intervals of the limits: recovery of variance estimates, √(z²_{α/2} s²_d̄/k + z²(√u − √v)²), with
/// l and u the ends of the total variance v. Reference: Zou 2013, doi:10.1177/0962280211402548.
public struct RepeatedAgreement: Sendable, Hashable, Codable {
  /// Mean over subjects, k − 1 degrees of freedom, n = k subjects.
  public let bias: Estimate
  /// Of the difference of two single measurements.
  public let totalVariance: Double
  /// Parts of it: coefficient times an independent variance estimate with degrees of freedom; the
  /// first is that of the subjects' mean differences.
  let parts: [VariancePart]
  public let coverage: Double
  /// Number of measurements used, or of pairs where the true value varies.
  public let measurements: Int
  /// Where the true value varies, the mean over pairs; else nil.
  public let pooledBias: Double?
  /// Where the true value varies, MS_w + (MS_b − MS_w)/m0 of the one-way analysis of variance of the
  /// differences, m0 = ((Σm)² − Σm²)/((k − 1)Σm); a negative component counts as 0.
  public let pooledVariance: Double?

  /// Pairs taken together; the true value varies between pairs of a subject.
  ///
  /// - `differences`: [subject][pair], first method minus second on the scale of analysis
  /// - Throws: `Undefined` with fewer than two subjects, an empty one, no subject with two pairs,
  ///   or values that are not finite.
  public init(pairs differences: [[Double]], coverage: Double = 0.95) throws(Undefined) {
    try Self.check(differences)
    let within = try PooledVariance(differences)
    let means = differences.map { $0.reduce(0, +) / Double($0.count) }
    bias = try meanEstimate(means, of: "subjects")
    let between = bias.standardError * bias.standardError * Double(means.count)
    parts = [
      VariancePart(coefficient: 1, variance: between, degreesOfFreedom: Double(means.count - 1)),
      VariancePart(
        coefficient: 1 - 1 / within.harmonicCount, variance: within.variance,
        degreesOfFreedom: Double(within.degreesOfFreedom)),
    ]
    totalVariance = parts.reduce(0) { $0 + $1.coefficient * $1.variance }
    self.coverage = coverage
    let sizes = differences.map { Double($0.count) }
    let total = sizes.reduce(0, +)
    measurements = Int(total)
    let grand = differences.joined().reduce(0, +) / total
    let k = Double(means.count)
    let betweenSquares = zip(sizes, means).reduce(0) {
      $0 + $1.0 * ($1.1 - grand) * ($1.1 - grand)
    }
    let m0 = (total * total - sizes.reduce(0) { $0 + $1 * $1 }) / ((k - 1) * total)
    let component = (betweenSquares / (k - 1) - within.variance) / m0
    pooledBias = grand
    pooledVariance = within.variance + Swift.max(0, component)
  }

  /// Repeats of either method; the true value of a subject is constant.
  ///
  /// - `first`: [subject][repeat], on the scale of analysis
  /// - `second`: [subject][repeat], the same subjects in the same order
  /// - Throws: `Undefined` with fewer than two subjects, an empty one, no subject with two repeats
  ///   of either method, or values that are not finite.
  public init(
    repeats first: [[Double]], _ second: [[Double]], coverage: Double = 0.95
  ) throws(Undefined) {
    precondition(
      first.count == second.count,
      "first (count \(first.count)) must match second (count \(second.count))")
    try Self.check(first)
    try Self.check(second)
    let means = zip(first, second).map { x, y in
      x.reduce(0, +) / Double(x.count) - y.reduce(0, +) / Double(y.count)
    }
    bias = try meanEstimate(means, of: "subjects")
    let between = bias.standardError * bias.standardError * Double(means.count)
    var parts = [
      VariancePart(coefficient: 1, variance: between, degreesOfFreedom: Double(means.count - 1))
    ]
    for side in [first, second] where side.contains(where: { $0.count > 1 }) {
      let within = try PooledVariance(side)
      parts.append(
        VariancePart(
          coefficient: 1 - 1 / within.harmonicCount, variance: within.variance,
          degreesOfFreedom: Double(within.degreesOfFreedom)))
    }
    guard parts.count > 1 else {
      throw Undefined("no subject has two repeats: use the limits for single pairs")
    }
    self.parts = parts
    totalVariance = parts.reduce(0) { $0 + $1.coefficient * $1.variance }
    self.coverage = coverage
    measurements = first.joined().count + second.joined().count
    pooledBias = nil
    pooledVariance = nil
  }

  /// z of the limits, 1.96 at a coverage of 95 %.
  public var multiplier: Double { Distributions.Normal().quantile((1 + coverage) / 2) }

  /// Bias ± z √(total variance).
  public var limits: Interval {
    let half = multiplier * totalVariance.squareRoot()
    return Interval(low: bias.value - half, high: bias.value + half)
  }

  /// Zou's intervals of the limits.
  public func intervals(level: Double = 0.95) -> LimitIntervals {
    let variance = parts.interval(level: level)
    let spread = totalVariance.squareRoot()
    let quantile = Distributions.Normal().quantile((1 + level) / 2)
    let ofMean = quantile * bias.standardError
    let z = multiplier
    let outward = z * (variance.high.squareRoot() - spread)
    let inward = z * (spread - variance.low.squareRoot())
    let outer = (ofMean * ofMean + outward * outward).squareRoot()
    let inner = (ofMean * ofMean + inward * inward).squareRoot()
    return LimitIntervals(
      lower: Interval(low: limits.low - outer, high: limits.low + inner),
      upper: Interval(low: limits.high - inner, high: limits.high + outer))
  }

  private static func check(_ values: [[Double]]) throws(Undefined) {
    guard values.allSatisfy({ !$0.isEmpty }) else {
      throw Undefined("a subject without measurements")
    }
    guard values.joined().allSatisfy(\.isFinite) else {
      throw Undefined("a measurement that is not finite")
    }
  }
}
