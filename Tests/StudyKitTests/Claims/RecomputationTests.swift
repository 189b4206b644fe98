import Imaging
import Kernels
import StudyKit
import Testing

/// What a page says of the numbers that follow again from its cases.
@Suite struct RecomputationTests {
  /// Five seeds; mean 0.27, SciPy's t interval 0.1205 to 0.4195 (95 %), 0.1552 to 0.3848 (90 %).
  static let estimates = """
    arm\tseed\tvalue\tscore
    a\t1\t0.1\t0.953541
    a\t2\t0.4\t0.945125
    a\t3\t0.2\t0.9
    a\t4\t0.35\t0.91
    a\t5\t0.3\t0.92
    b\t1\t0.5\t
    b\t2\t0.6\t

    """
  static let low95 = 0.12048385530547984
  static let high95 = 0.4195161446945201
  static let low90 = 0.15519653712070924
  static let high90 = 0.38480346287929057

  static func table(_ name: String) throws -> TextTable {
    guard name == "estimates" else {
      throw LightboxError.input(file: name, found: "no such file", expected: "estimates")
    }
    return try TextTable(bytes: Array(estimates.utf8), file: "estimates.tsv", format: .tsv)
  }

  /// One row of a ledger with the columns that pages read.
  static func claims(_ cells: [String: String]) throws -> [WovenClaim] {
    let columns = [
      "id", "where", "quote", "printed", "kind", "rule.simulated", "rule.aggregates", "rule.public",
      "measured", "low", "high", "n", "seeds", "tier", "verdict", "reason", "recipe",
    ]
    let defaults = [
      "id": "c", "tier": "simulated", "seeds": "5", "rule.simulated": "O(0)", "verdict": "agrees",
      "measured": "0.27", "low": "\(low95)", "high": "\(high95)",
      "recipe": "mean(estimates; value | arm=a)",
    ]
    let row = columns.map { cells[$0] ?? defaults[$0] ?? "" }
    let text = [columns, row].map { $0.joined(separator: "\t") }.joined(separator: "\n") + "\n"
    return try WovenClaim.read(text, file: "ledger.tsv")
  }

  static func recomputation(_ cells: [String: String]) throws -> Recomputation {
    Recomputation(of: try claims(cells), tables: table)
  }

  @Test func theValueAndTheIntervalBetweenSeeds() throws {
    let found = try Self.recomputation([:])
    #expect(
      found.share == "`make verify` recomputes 1 of 1 measured values from `cases/`, "
        + "and 1 of their intervals.")
    #expect(found.listed.isEmpty)
    // Sameness is judged at 90 %.
    let narrow = ["rule.simulated": "E(.02)", "low": "\(Self.low90)", "high": "\(Self.high90)"]
    #expect(try Self.recomputation(narrow).intervals == 1)
    #expect(try Self.recomputation(["rule.simulated": "E(.02)"]).intervals == 0)
  }

  @Test(arguments: [("low", "0.12048385"), ("high", "0.4196161446945201"), ("low", "")])
  func otherIntervalsAreNotCounted(column: String, cell: String) throws {
    let found = try Self.recomputation([column: cell])
    #expect(found.recomputed == 1 && found.intervals == 0)
  }

  @Test(
    arguments: [
      (["measured": "0.28"], .differs), (["measured": "0.27000001"], .differs),
      (["measured": ""], .notMeasured), (["recipe": ""], .noRecipe),
      (["recipe": "median(estimates; value)"], .noRecipe),
      (["recipe": "", "tier": "aggregates"], .printed),
      (["recipe": "mean(estimates; value | arm=b)", "measured": "0.55"], .someSeeds),
      (["recipe": "mean(estimates; values)"], .notEvaluated),
      (["recipe": "mean(elsewhere; value)"], .notEvaluated),
    ] as [([String: String], Recomputation.Reason)])
  func theRestIsListedWithItsReason(cells: [String: String], reason: Recomputation.Reason) throws {
    let found = try Self.recomputation(cells)
    #expect(found.recomputed == 0)
    let tier = cells["tier"] ?? "simulated"
    #expect(found.rest == [reason: ["`c` (\(tier))"]])
    #expect(found.listed == ["\(reason.rawValue): `c` (\(tier))"])
    #expect(found.measured == (reason == .notMeasured ? 0 : 1))
  }

  /// A mean of cells of six digits may be off by their rounding, half of 1e-6 here, and no more.
  @Test(arguments: [("0.9257336", true), ("0.925734", false)])
  func roundedCells(measured: String, recomputes: Bool) throws {
    let cells = ["recipe": "mean(estimates; score | arm=a)", "measured": measured]
    #expect(try Self.recomputation(cells).recomputed == (recomputes ? 1 : 0))
  }
}
