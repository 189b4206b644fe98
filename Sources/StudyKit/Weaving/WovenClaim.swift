import Kernels
import Plotting

/// A row of ledger.tsv as pages print it.
public struct WovenClaim: Sendable {
  public var id, quote, printed, tier, verdict, reason: String
  public var kind, location, recipe: String
  /// The rule of its tier: `O(0) M(flip)`; empty in a ledger that states none.
  public var rule: String
  public var measured, low, high: Double?
  public var n, seeds: String

  /// The rows of a ledger, by its headings.
  ///
  /// - Throws: an input error when a column is missing or a number is none.
  public static func read(_ text: String, file: String) throws -> [WovenClaim] {
    let grid = try TSV.cells(text, file: file)
    var places: [String: Int] = [:]
    for (index, heading) in grid.header.enumerated() { places[heading] = index }
    func place(_ name: String) throws -> Int {
      guard let place = places[name] else {
        throw LightboxError.input(
          file: file, row: 1, column: name, found: "no such column",
          expected: "a ledger of this version", hint: "run the study again")
      }
      return place
    }
    return try grid.rows.enumerated().map { index, row in
      func text(_ name: String) throws -> String { row[try place(name)] }
      func number(_ name: String) throws -> Double? {
        let cell = try text(name)
        if cell.isEmpty { return nil }
        guard let value = Double(cell) else {
          throw LightboxError.input(
            file: file, row: index + 2, column: name, found: cell, expected: "a number")
        }
        return value
      }
      let tier = try text("tier")
      let rules = ["aggregates": "rule.aggregates", "simulated": "rule.simulated"]
      let rule = places[rules[tier] ?? "rule.public"].map { row[$0] } ?? ""
      return WovenClaim(
        id: try text("id"), quote: try text("quote"), printed: try text("printed"),
        tier: tier, verdict: try text("verdict"), reason: try text("reason"),
        kind: try text("kind"), location: try text("where"), recipe: try text("recipe"),
        rule: rule, measured: try number("measured"), low: try number("low"),
        high: try number("high"),
        n: try text("n"), seeds: try text("seeds"))
    }
  }

  /// Verdicts that could have gone the other way.
  var isAtRisk: Bool { ["agrees", "disagrees", "undecided"].contains(verdict) }

  /// Rows that enter a headline: no supplementary source, no summary of other rows.
  var isCounted: Bool { !id.hasPrefix("S.") && verdict != "composite" }

  /// The measured value with its interval, to three digits.
  var outcome: String {
    func shown(_ value: Double) -> String {
      Printed.significant(value, digits: 3).replacing("-", with: "−")
    }
    let value = measured.map(shown) ?? ""
    guard let low, let high else { return value }
    let interval = "\(shown(low)) to \(shown(high))"
    return value.isEmpty ? interval : "\(value) (\(interval))"
  }

  /// The verdict and its tier, always together.
  var judged: String { "\(verdict) (\(tier))" }

  /// Counts of one tier in the order of the ledger: decided of at risk, then the rest.
  static func headlines(_ claims: [WovenClaim]) -> [String] {
    var tiers: [String] = []
    for claim in claims where !tiers.contains(claim.tier) { tiers.append(claim.tier) }
    return tiers.map { tier in
      let rows = claims.filter { $0.tier == tier && $0.isCounted }
      func count(_ verdicts: String...) -> Int {
        rows.filter { verdicts.contains($0.verdict) }.count
      }
      let agrees = count("agrees")
      let disagrees = count("disagrees")
      let atRisk = rows.filter(\.isAtRisk).count
      return "**\(tier)**: \(agrees + disagrees) of \(atRisk) at risk decided"
        + " (\(agrees) agree, \(disagrees) disagree, \(count("undecided")) undecided);"
        + " not at risk: \(count("built in")) built in,"
        + " \(count("context", "context (as printed)")) context,"
        + " \(count("untestable here")) untestable here"
    }
  }
}
