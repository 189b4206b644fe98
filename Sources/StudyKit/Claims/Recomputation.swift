import Foundation
import Imaging
import Kernels
import Statistics

/// Which numbers of a ledger follow again from the cases that are kept beside it, by their recipes.
///
/// `make verify` (Tests/Outside/verify.py) does the same in Python's standard library, and compares
/// the share that the page states with its own.
///
/// A value is recomputed where recipe and ledger agree to 1e-9 (relative above 1); where the cells
/// of a column are rounded to six digits, as scores are, a mean of them to that rounding. Its
/// interval is, where it is the t interval between the seeds at the level of the claim's rule, 90 %
/// for sameness, else 95 %. Intervals with variance between cases in them, feasible sets and
/// resampled ones are not closed form in the cases, and not recomputed.
public struct Recomputation: Hashable, Sendable {
  /// Why a row is not recomputed, in the order of the page.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    case notMeasured = "no number was measured"
    case printed = "follows from printed numbers, with no cases behind it"
    case noRecipe = "no recipe in the closed vocabulary"
    case someSeeds = "the cases kept here are those of some of its seeds"
    case notEvaluated = "its recipe cannot be evaluated on these cases"
    case differs = "differs from its cases"
  }

  /// Rows with a measured value.
  public private(set) var measured = 0
  /// Of these, the ones that recompute.
  public private(set) var recomputed = 0
  /// Of these, the ones whose interval recomputes as well.
  public private(set) var intervals = 0
  /// The other rows, as `id` (tier), by reason.
  public private(set) var rest: [Reason: [String]] = [:]

  /// - cases: a folder of `<table>.tsv` or `<table>.tsv.gz`.
  public init(of claims: [WovenClaim], cases folder: String) {
    var read: [String: TextTable] = [:]
    self.init(of: claims) { name in
      if let table = read[name] { return table }
      let plain = "\(folder)/\(name).tsv"
      let table = try TextTable.read(DurableFile.exists(plain) ? plain : plain + ".gz")
      read[name] = table
      return table
    }
  }

  /// `tables` gives a table of cases by name.
  public init(of claims: [WovenClaim], tables: (String) throws -> TextTable) {
    for claim in claims {
      if claim.measured != nil { measured += 1 }
      switch Self.outcome(claim, tables) {
      case .again(let withInterval):
        recomputed += 1
        if withInterval { intervals += 1 }
      case .not(let reason): rest[reason, default: []].append("`\(claim.id)` (\(claim.tier))")
      }
    }
  }

  /// The line of the page.
  public var share: String {
    "`make verify` recomputes \(recomputed) of \(measured) measured values from `cases/`, "
      + "and \(intervals) of their intervals."
  }

  /// The other rows, a line for each reason.
  public var listed: [String] {
    Reason.allCases.compactMap { reason in
      rest[reason].map { "\(reason.rawValue): \($0.joined(separator: ", "))" }
    }
  }

  private enum Outcome {
    case again(withInterval: Bool)
    case not(Reason)
  }

  private static func outcome(
    _ claim: WovenClaim, _ tables: (String) throws -> TextTable
  ) -> Outcome {
    guard let measured = claim.measured else { return .not(.notMeasured) }
    if claim.recipe.isEmpty { return .not(claim.tier == "aggregates" ? .printed : .noRecipe) }
    guard let recipe = try? Recipe(claim.recipe) else { return .not(.noRecipe) }
    guard let found = try? recipe.bySeed(tables), let slack = try? recipe.rounding(tables) else {
      return .not(.notEvaluated)
    }
    let k = Double(found.values.count)
    if found.isBySeed, let seeds = Int(claim.seeds), found.values.count < seeds {
      return .not(.someSeeds)
    }
    let mean = found.values.reduce(0, +) / k
    guard isClose(measured, mean, slack) else { return .not(.differs) }
    guard found.isBySeed, let low = claim.low, let high = claim.high,
      let between = try? meanEstimate(found.values)
    else { return .again(withInterval: false) }
    let level = claim.rule.hasPrefix("E") ? 0.9 : 0.95
    let t = Distributions.StudentT(k - 1).quantile(0.5 + level / 2)
    let half = t * between.standardError
    // Rounding moves the ends by at most its share in the mean and, through s, t times as much.
    let reach = slack * (1 + t)
    return .again(
      withInterval: isClose(low, mean - half, reach) && isClose(high, mean + half, reach))
  }

  private static func isClose(_ a: Double, _ b: Double, _ slack: Double) -> Bool {
    abs(a - b) <= 1e-9 * max(1, abs(a)) + slack
  }
}

extension Recipe {
  /// How far the rounding of cells to six digits may move the number: half of the sixth digit on
  /// average in a mean, 0 where cells hold more digits or fewer, and in other estimators.
  fileprivate func rounding(_ tables: (String) throws -> TextTable) throws -> Double {
    switch self {
    case .estimate(.mean, let selection):
      let table = try tables(selection.table)
      let place = try table.index(of: selection.arguments[0])
      let cells = try selection.rows(of: table, seed: nil).map { table.rows[$0][place] }
        .filter { !$0.isEmpty }
      guard cells.map(Self.digits).max() == 6 else { return 0 }
      let halves = cells.map { cell in
        guard let x = Double(cell), x != 0 else { return 0.0 }
        return 0.5 * pow(10, log10(abs(x)).rounded(.down) - 5)
      }
      return halves.reduce(0, +) / Double(halves.count)
    case .estimate: return 0
    case .difference(let a, let b): return try a.rounding(tables) + b.rounding(tables)
    case .average(let all):
      return try all.map { try $0.rounding(tables) }.reduce(0, +) / Double(all.count)
    case .largest(let all): return try all.map { try $0.rounding(tables) }.max() ?? 0
    case .absolute(let one): return try one.rounding(tables)
    }
  }

  /// Significant digits of a cell.
  private static func digits(_ cell: String) -> Int {
    cell.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber).drop { $0 == "0" }.count
  }
}
