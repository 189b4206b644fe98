/// A term c·s² of a variance that is a sum of independent mean squares, s² ~ σ² χ²(ν)/ν.
public struct VariancePart: Sendable, Hashable, Codable {
  public var coefficient: Double
  public var variance: Double
  public var degreesOfFreedom: Double

  public init(coefficient: Double, variance: Double, degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0, "degreesOfFreedom (\(degreesOfFreedom)) must be positive")
    self.coefficient = coefficient
    self.variance = variance
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The exact χ² interval of σ²: [ν s²/χ²(1 − α/2), ν s²/χ²(α/2)].
  public func varianceInterval(level: Double = 0.95) -> Interval {
    let distribution = Distributions.ChiSquared(degreesOfFreedom)
    let sum = degreesOfFreedom * variance
    return Interval(
      low: sum / distribution.quantile((1 + level) / 2),
      high: sum / distribution.quantile((1 - level) / 2))
  }
}

extension [VariancePart] {
  /// The interval of Σ c_i σ_i² with all c_i ≥ 0: with l_i, u_i the exact ends of each part,
  /// v − √Σ(c_i(s_i² − l_i))² to v + √Σ(c_i(u_i − s_i²))².
  ///
  /// Exact for one part, close to its level for several.
  /// Reference: Graybill and Wang 1980, doi:10.1080/01621459.1980.10477565.
  public func interval(level: Double = 0.95) -> Interval {
    precondition(allSatisfy { $0.coefficient >= 0 }, "coefficients must not be negative")
    var (value, down, up) = (0.0, 0.0, 0.0)
    for part in self {
      let ends = part.varianceInterval(level: level)
      value += part.coefficient * part.variance
      let below = part.coefficient * (part.variance - ends.low)
      let above = part.coefficient * (ends.high - part.variance)
      down += below * below
      up += above * above
    }
    return Interval(low: value - down.squareRoot(), high: value + up.squareRoot())
  }
}

/// The variance within groups of repeats, pooled: Σ(x − x̄_i)²/Σ(m_i − 1).
struct PooledVariance {
  var variance: Double
  /// Σ(m_i − 1).
  var degreesOfFreedom: Int
  /// Harmonic mean of the numbers of repeats.
  var harmonicCount: Double

  init(_ groups: [[Double]]) throws(Undefined) {
    var (squares, degrees, inverse) = (0.0, 0, 0.0)
    for group in groups where !group.isEmpty {
      let mean = group.reduce(0, +) / Double(group.count)
      squares += group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      degrees += group.count - 1
      inverse += 1 / Double(group.count)
    }
    guard degrees > 0 else { throw Undefined("no group has two repeats") }
    variance = squares / Double(degrees)
    degreesOfFreedom = degrees
    harmonicCount = Double(groups.count { !$0.isEmpty }) / inverse
  }
}
