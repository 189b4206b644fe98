import Cohorts

/// What became of a claim on one tier.
public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
  // At risk.
  case agrees
  case disagrees
  case undecided
  // Not at risk.
  /// The value was tuned to the paper: agreement proves nothing.
  case builtIn = "built in"
  /// A fact about the authors' data.
  case context
  /// The rule re-reads the printed numbers that state the claim.
  case contextAsPrinted = "context (as printed)"
  /// People, foreign data, no falsifier.
  case untestableHere = "untestable here"
  /// A summary of other rows: no verdict of its own, never counted.
  case composite

  /// Whether the claim could have failed.
  public var isAtRisk: Bool {
    switch self {
    case .agrees, .disagrees, .undecided: true
    default: false
    }
  }

  /// The verdict in words, always with the tier.
  ///
  /// "Reproduced" is for arithmetic, algorithms, and public or restricted data. An empirical claim
  /// on simulated data or on aggregates agrees or disagrees with them, and never is reproduced.
  public func words(tier: DataTier, kind: ClaimKind) -> String {
    let data = "\(tier.rawValue) data"
    let mayReproduce = tier == .public || tier == .restricted || !kind.isEmpirical
    switch self {
    case .agrees: return mayReproduce ? "reproduced (\(data))" : "agrees (\(data))"
    case .disagrees: return mayReproduce ? "not reproduced (\(data))" : "disagrees (\(data))"
    default: return "\(rawValue) (\(data))"
    }
  }
}

/// A verdict with the numbers and the sentence that carry it.
public struct Judgement: Hashable, Sendable {
  public var verdict: Verdict
  public var reason: String
  public var value: Double?
  /// Ends of the interval that was judged.
  public var low: Double?
  public var high: Double?
  public var n: Int?
  public var seeds: Int?
}
