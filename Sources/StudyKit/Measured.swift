import Foundation

/// What a study measured for a claim; StudyKit turns it into an interval and a verdict.
public enum Measured: Codable, Hashable, Sendable {
  /// An estimate over `n` seeds (or cases) with its standard error; intervals are t intervals with
  /// `degreesOfFreedom` (normal where nil).
  case estimate(Double, standardError: Double, degreesOfFreedom: Double?, n: Int)
  /// A feasible set or a rounding interval.
  case interval(low: Double, high: Double)
  /// A set of names, such as the groups outside a margin.
  case set([String])
  /// A value without uncertainty.
  case value(Double)
  /// Whether a stated fact holds: versions equal, the code does what is stated.
  case holds(Bool)
}

/// The outcome of a claim in a setting other than the primary one: a flip, in which it must
/// reverse, or an alternative, in which it should hold.
public struct Setting: Codable, Hashable, Sendable {
  /// What was changed: "no noise, no clipping", "contrast halved".
  public var name: String
  public var measured: Measured

  public init(_ name: String, _ measured: Measured) {
    self.name = name
    self.measured = measured
  }
}

/// A claim as the run measured it, before it is judged.
public struct ClaimMeasurement: Codable, Sendable {
  /// The id in claims.tsv.
  public var id: String
  public var tier: String
  public var measured: Measured
  public var flip: Setting?
  public var alternatives: [Setting]
  /// Estimator and columns of cases: `auroc(predictions; truth.effusion, score.effusion | …)`.
  public var recipe: String
  /// Number of seeds behind the primary setting; nil for arithmetic.
  public var seeds: Int?
  /// Why a row has no outcome, where the study says so.
  public var reason: String?

  public init(
    id: String, tier: String, measured: Measured, flip: Setting? = nil,
    alternatives: [Setting] = [], recipe: String = "", seeds: Int? = nil, reason: String? = nil
  ) {
    self.id = id
    self.tier = tier
    self.measured = measured
    self.flip = flip
    self.alternatives = alternatives
    self.recipe = recipe
    self.seeds = seeds
    self.reason = reason
  }
}
