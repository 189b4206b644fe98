import Cohorts
import Foundation
import Kernels
import Plotting

/// A claim with what became of it on one tier: a row of ledger.tsv.
public struct LedgerRow: TableRow, Hashable, Sendable {
  public static let columns =
    ClaimDeclaration.columns.map { Column($0) }
    + ["measured", "low", "high", "n", "seeds", "tier", "verdict", "reason", "recipe"]
    .map { Column($0) }

  public var id: String
  public var location: String?
  public var quote: String
  public var printed: String?
  public var kind: ClaimKind
  public var ruleSimulated: String
  public var ruleAggregates: String
  public var rulePublic: String
  public var tolerance: Double?
  public var toleranceOrigin: String?
  public var knobs: String?
  public var flip: String?
  public var source: String
  public var measured: Double?
  public var low: Double?
  public var high: Double?
  public var n: Int?
  public var seeds: Int?
  public var tier: DataTier
  public var verdict: Verdict
  public var reason: String
  public var recipe: String?

  /// The verdict in words, with its tier: what prose may say.
  public var words: String { verdict.words(tier: tier, kind: kind) }

  /// Whether the row enters the headline.
  public var isCounted: Bool { !id.hasPrefix("S.") && verdict != .composite }

  init(
    _ claim: ClaimDeclaration, tier: DataTier, judgement: Judgement, recipe: String
  ) {
    func optional(_ text: String) -> String? { text.isEmpty ? nil : text }
    func plain(_ text: String) -> String {
      String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
    }
    id = claim.id
    location = optional(claim.location)
    quote = claim.quote
    printed = optional(claim.printed)
    kind = claim.kind
    ruleSimulated = claim.simulated.description
    ruleAggregates = claim.aggregates.description
    rulePublic = claim.onPublic.description
    tolerance = claim.tolerance
    toleranceOrigin = optional(claim.toleranceOrigin)
    knobs = optional(claim.knobs.joined(separator: "; "))
    flip = optional(claim.flip)
    source = claim.source
    measured = judgement.value
    low = judgement.low
    high = judgement.high
    n = judgement.n
    seeds = judgement.seeds
    self.tier = tier
    verdict = judgement.verdict
    reason = plain(judgement.reason)
    self.recipe = optional(plain(recipe))
  }
}

/// Every declared claim with its verdict, one row per claim and tier of the run.
public struct Ledger: Hashable, Sendable {
  public let rows: [LedgerRow]

  public init(rows: [LedgerRow]) { self.rows = rows }

  /// Judges the claims on the tiers of a run, tiers in fixed order, claims in that of the file.
  ///
  /// A declared claim without a measurement gets its non-outcome. `tiers` nil means the tiers that
  /// were measured.
  ///
  /// - Throws: an input error for a measured claim that claims.tsv does not declare, or one
  ///   measured twice on a tier.
  public init(
    judging claims: [ClaimDeclaration], measurements: [ClaimMeasurement],
    tiers: Set<DataTier>? = nil, file: String = "claims.tsv"
  ) throws {
    let declared = Set(claims.map(\.id))
    var byKey: [String: ClaimMeasurement] = [:]
    for measurement in measurements {
      guard declared.contains(measurement.id) else {
        throw LightboxError.input(
          file: file, column: "id", found: "no \(measurement.id)",
          expected: "every claim that the study measures",
          hint: "declare it with its rules before the first run")
      }
      guard DataTier(rawValue: measurement.tier) != nil else {
        throw LightboxError(
          .software, "claim \(measurement.id): \(measurement.tier) is not a tier of data")
      }
      let key = "\(measurement.id)\t\(measurement.tier)"
      guard byKey.updateValue(measurement, forKey: key) == nil else {
        throw LightboxError(
          .software, "claim \(measurement.id) is measured twice on \(measurement.tier) data")
      }
    }
    let measured = Set(measurements.compactMap { DataTier(rawValue: $0.tier) })
    let run = Self.order.filter { (tiers ?? measured).union(measured).contains($0) }
    rows = run.flatMap { tier in
      claims.map { claim in
        let measurement = byKey["\(claim.id)\t\(tier.rawValue)"]
        return LedgerRow(
          claim, tier: tier,
          judgement: VerdictEngine.judge(claim, tier: tier, measurement: measurement),
          recipe: measurement?.recipe ?? "")
      }
    }
  }

  /// The tiers in the order of the ledger.
  public static let order: [DataTier] = [.aggregates, .simulated, .public, .restricted]

  /// The tiers that have rows.
  public var tiers: [DataTier] {
    Self.order.filter { tier in rows.contains { $0.tier == tier } }
  }

  /// The row of a claim; without a tier, its most telling one: at risk first, then in the order
  /// restricted, public, simulated, aggregates.
  public func row(_ id: String, tier: DataTier? = nil) -> LedgerRow? {
    let found = rows.filter { $0.id == id && (tier == nil || $0.tier == tier) }
    return found.last { $0.verdict.isAtRisk } ?? found.last
  }

  /// The counts of a tier.
  public func headline(_ tier: DataTier) -> Headline {
    Headline(tier: tier, verdicts: rows.filter { $0.tier == tier && $0.isCounted }.map(\.verdict))
  }

  /// One headline per tier, never summed.
  public var headlines: [Headline] { tiers.map(headline) }

  /// ledger.tsv.
  public func encoded() throws -> String { try TSV.encode(rows) }

  /// Reads ledger.tsv; `file` names it in errors.
  public static func decoded(_ text: String, file: String) throws -> Ledger {
    Ledger(rows: try TSV.decode(LedgerRow.self, text, file: file))
  }
}

/// How many statements of a paper were at risk on a tier, and what became of them.
public struct Headline: Hashable, Sendable, CustomStringConvertible {
  public var tier: DataTier
  public var statements = 0
  public var context = 0
  public var untestable = 0
  public var builtIn = 0
  public var agrees = 0
  public var disagrees = 0
  public var undecided = 0

  init(tier: DataTier, verdicts: [Verdict]) {
    self.tier = tier
    for verdict in verdicts {
      statements += 1
      switch verdict {
      case .agrees: agrees += 1
      case .disagrees: disagrees += 1
      case .undecided: undecided += 1
      case .builtIn: builtIn += 1
      case .context, .contextAsPrinted: context += 1
      case .untestableHere: untestable += 1
      case .composite: statements -= 1
      }
    }
  }

  /// r = N − c − t − b = a + d + u.
  public var atRisk: Int { agrees + disagrees + undecided }
  /// (a + d) / r; nil where nothing was at risk.
  public var decided: Double? { atRisk == 0 ? nil : Double(agrees + disagrees) / Double(atRisk) }

  public var description: String {
    let counts = [
      ("statements", statements), ("context", context), ("untestable here", untestable),
      ("built in", builtIn), ("at risk", atRisk), ("agrees", agrees), ("disagrees", disagrees),
      ("undecided", undecided),
    ].map { "\($0) \($1)" }.joined(separator: " · ")
    return "\(tier.rawValue): decided \(agrees + disagrees) of \(atRisk) at risk "
      + "(\(atRisk) of \(statements) statements) · \(counts)"
  }
}
