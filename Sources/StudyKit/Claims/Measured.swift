import Foundation
import Statistics

/// What a study measured for a claim; StudyKit turns it into an interval and a verdict.
///
/// Orientation: a difference is positive on the side that the claim states. "Private is lower"
/// is measured as non-private minus private.
public indirect enum Measured: Codable, Hashable, Sendable {
  /// An estimate over `n` seeds (or cases) with its standard error; intervals are t intervals with
  /// `degreesOfFreedom` (normal where nil).
  case estimate(Double, standardError: Double, degreesOfFreedom: Double?, n: Int)
  /// One difference per seed, and v, the variance over cases (clustered by patient) of their
  /// mean with the models fixed; 0 where each seed draws its own cases. The half-width of an
  /// interval is t(k − 1)·√(s²/k + v).
  case pairedSeeds([Double], caseVariance: Double)
  /// A feasible set or a rounding interval.
  case interval(low: Double, high: Double)
  /// What each reading of an ambiguous statement gives.
  case readings([Interval])
  /// Effects that must all satisfy the rule, such as one per group; a single failure is judged at
  /// a level corrected for their number. Where the rule lets members be outside, a group with
  /// several measures is one member: a family in the family.
  case family([Measured])
  /// A set of names that fail what is stated, such as the groups outside a margin; empty is good.
  case set([String])
  /// A value without uncertainty.
  case value(Double)
  /// Whether a stated fact holds: versions equal, the code does what is stated.
  case holds(Bool)
  /// The same with an explanation; nil where it cannot be decided.
  case relation(holds: Bool?, detail: String)
  /// There is nothing to measure here, and why: the data set records no ages.
  case notAvailable(String)
}

/// The outcome of a claim in a setting other than the primary one: a flip, in which it must
/// reverse, or an alternative, in which it should hold.
public struct Setting: Codable, Hashable, Sendable {
  /// What was changed: "no noise, no clipping", "contrast halved".
  public var name: String
  public var measured: Measured
  /// Number of seeds behind it, where the form of `measured` does not tell.
  public var seeds: Int?

  public init(_ name: String, _ measured: Measured, seeds: Int? = nil) {
    self.name = name
    self.measured = measured
    self.seeds = seeds
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
