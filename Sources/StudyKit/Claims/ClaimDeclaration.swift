import Cohorts
import Foundation
import Imaging
import Kernels

/// What sort of statement a claim is.
public enum ClaimKind: String, Codable, Hashable, Sendable, CaseIterable {
  case value, definition, arithmetic, ordering, difference, sameness, test, text, judgement
  case algorithmic, background

  /// A statement about patients and images, which simulated data can speak to but never
  /// reproduce; the others are about numbers, words and code.
  public var isEmpirical: Bool {
    switch self {
    case .value, .ordering, .difference, .sameness, .test, .judgement, .background: true
    case .definition, .arithmetic, .text, .algorithmic: false
    }
  }
}

/// A row of claims.tsv: a statement of the paper with the rules that will judge it.
public struct ClaimDeclaration: Hashable, Sendable {
  public static let columns = [
    "id", "where", "quote", "printed", "kind", "rule.simulated", "rule.aggregates", "rule.public",
    "tolerance", "tolerance_origin", "knobs", "flip", "source",
  ]
  public static let toleranceOrigins = [
    "half a printed digit", "paper's interval", "seed interval", "stated margin",
  ]
  public static let sources = ["abstract", "code", "figure-reading", "third-party", "derived"]

  /// `dp.drop.order`; rows whose id starts with `S.` stand outside the count.
  public var id: String
  public var location: String
  public var quote: String
  public var printed: String
  public var kind: ClaimKind
  public var simulated: ClaimRule
  public var aggregates: ClaimRule
  /// The rule on public data, and on restricted data too.
  public var onPublic: ClaimRule
  /// In the printed unit; nil where half a printed digit is meant or none applies.
  public var tolerance: Double?
  public var toleranceOrigin: String
  /// The parameters tuned to the paper that could move this claim.
  public var knobs: [String]
  public var flip: String
  public var source: String

  /// Whether the row enters the headline: rows of the digest do not.
  public var isCounted: Bool { !id.hasPrefix("S.") }

  /// Whether a rule of the claim is about differences between seeds: an ordering on any tier, or
  /// an effect that a simulation has to show.
  var needsSeeds: Bool {
    let orderings = [simulated, aggregates, onPublic].contains { rule in
      if case .ordering = rule.form { true } else { false }
    }
    return orderings || VerdictEngine.isEffect(simulated.form)
  }

  public func rule(_ tier: DataTier) -> ClaimRule {
    switch tier {
    case .simulated: simulated
    case .aggregates: aggregates
    case .public, .restricted: onPublic
    }
  }

  /// The number in `printed`, where there is one.
  public var printedNumber: PrintedNumber? { PrintedNumber(printed) }

  /// Reads claims.tsv.
  ///
  /// - Throws: an input error naming file, row and column for a missing or unknown column, an id
  ///   used twice, an unknown kind, rule, origin or source, a tolerance that is no number, or a
  ///   rule M without a flip.
  public static func read(_ path: String) throws -> [ClaimDeclaration] {
    try parse(TextTable.read(path))
  }

  /// The same from text; `file` names it in errors.
  public static func parse(_ text: String, file: String) throws -> [ClaimDeclaration] {
    try parse(TextTable(bytes: Array(text.utf8), file: file, format: .tsv))
  }

  static func parse(_ table: TextTable) throws -> [ClaimDeclaration] {
    for column in columns { _ = try table.index(of: column) }
    if let extra = table.header.first(where: { !columns.contains($0) }) {
      throw LightboxError.input(
        file: table.file, row: 1, column: extra, found: "an unknown column",
        expected: "only \(columns.joined(separator: ", "))")
    }
    var seen: [String: Int] = [:]
    return try table.rows.indices.map { row in
      func cell(_ column: String) throws -> String {
        try table.string(row, column).trimmingCharacters(in: .whitespaces)
      }
      func required(_ column: String) throws -> String {
        let text = try cell(column)
        guard !text.isEmpty else {
          throw table.error(row, column, expected: "a text")
        }
        return text
      }
      func rule(_ column: String) throws -> ClaimRule {
        guard let rule = ClaimRule(try cell(column)) else {
          throw table.error(
            row, column,
            expected:
              "a rule: R, B, O(m), E(m), E(m, at most k outside), T, V, X, with M(flip), or context, "
              + "context (as printed), built in, composite, -")
        }
        return rule
      }
      let id = try required("id")
      let isPlain = id.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
          || $0 == "." || $0 == "-" || $0 == "_"
      }
      guard isPlain else {
        throw table.error(row, "id", expected: "letters, digits, dots, hyphens")
      }
      if let first = seen.updateValue(row, forKey: id) {
        throw table.error(row, "id", expected: "an id of its own (row \(first + 2) has it)")
      }
      guard let kind = ClaimKind(rawValue: try cell("kind")) else {
        throw table.error(
          row, "kind",
          expected: "one of \(ClaimKind.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let tolerance = try table.double(row, "tolerance")
      if let tolerance, tolerance < 0 {
        throw table.error(row, "tolerance", expected: "0 or more")
      }
      let origin = try cell("tolerance_origin")
      guard origin.isEmpty ? tolerance == nil : toleranceOrigins.contains(origin) else {
        throw table.error(
          row, "tolerance_origin",
          expected: "one of \(toleranceOrigins.joined(separator: ", "))")
      }
      let source = try required("source")
      guard sources.contains(where: { source == $0 || source.hasPrefix($0 + " ") }) else {
        throw table.error(
          row, "source", expected: "one of \(sources.joined(separator: ", "))")
      }
      let claim = ClaimDeclaration(
        id: id, location: try cell("where"), quote: try required("quote"),
        printed: try cell("printed"), kind: kind, simulated: try rule("rule.simulated"),
        aggregates: try rule("rule.aggregates"), onPublic: try rule("rule.public"),
        tolerance: tolerance, toleranceOrigin: origin,
        knobs: try cell("knobs").components(separatedBy: ";")
          .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty },
        flip: try cell("flip"), source: source)
      if claim.simulated.needsFlip, claim.flip.isEmpty {
        throw table.error(
          row, "flip", expected: "the setting in which the outcome must reverse, as rule M asks")
      }
      return claim
    }
  }
}
