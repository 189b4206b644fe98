import Foundation
import Imaging
import Kernels

/// How a number of the ledger follows from the cases, in a vocabulary that one generic script
/// (Tests/Outside/verify.py, `make verify`) reads as well.
///
///     auroc(predictions; truth.effusion, score.effusion | arm=eps-1.06, sex=F)
///     mean-auroc(predictions | arm=eps-1.06)            every truth.* with its score.*, unweighted
///     mean(estimates; value | arm=eps-1.06, n>=100)     sd(…; column), with n − 1
///     count(predictions | sex=F)                        rows
///     quantile(volumes; volume [ml], 0.5)               type 7 of Hyndman and Fan
///     pearson(volumes; volume [ml], truth [ml])
///     paired-t(volumes; volume [ml], truth [ml])        mean difference over its standard error
///     sensitivity(predictions; truth.effusion, score.effusion, threshold.effusion)
///     difference(recipe; recipe)   average(recipe; …)   largest(recipe; …)   absolute(recipe)
///
/// accuracy, sensitivity, specificity and dice call a case positive where its score is at or above
/// the third argument, a number or a column. Filters are joined by commas and may use = != < <= >
/// >= (the last four on numbers). Cases with an empty truth or score take no part.
///
/// Where a table has a column `seed` that no filter fixes, the whole recipe is evaluated for each
/// seed and averaged, so that differences are paired; all of its parts must have the same seeds.
///
/// A study that needs another estimator adds it here and in the script.
public indirect enum Recipe: Hashable, Sendable {
  case estimate(Estimator, of: Selection)
  case difference(Recipe, Recipe)
  case average([Recipe])
  case largest([Recipe])
  case absolute(Recipe)

  public enum Estimator: String, Hashable, Sendable, CaseIterable {
    case auroc
    case meanAUROC = "mean-auroc"
    case count, mean, quantile, pearson, accuracy, sensitivity, specificity, dice
    case standardDeviation = "sd"
    case pairedT = "paired-t"

    /// Columns and constants that follow the table.
    var arguments: Int {
      switch self {
      case .meanAUROC, .count: 0
      case .mean, .standardDeviation: 1
      case .auroc, .quantile, .pearson, .pairedT: 2
      case .accuracy, .sensitivity, .specificity, .dice: 3
      }
    }
  }

  /// Rows of a table and the columns used.
  public struct Selection: Hashable, Sendable {
    public var table: String
    public var arguments: [String]
    public var filters: [Filter]
  }

  /// A condition on a row.
  public struct Filter: Hashable, Sendable {
    public var column: String
    public var comparison: String
    public var value: String

    static let comparisons = ["!=", "<=", ">=", "=", "<", ">"]
  }

  /// Parses a recipe; throws an error (software) that quotes what cannot be read.
  public init(_ text: String) throws {
    self = try Self.parse(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private static func parse(_ text: String) throws -> Recipe {
    func wrong(_ why: String) -> LightboxError {
      LightboxError(.software, "recipe \(text): \(why)")
    }
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else {
      throw wrong("expected name(…)")
    }
    let name = text[..<open].trimmingCharacters(in: .whitespaces)
    let inside = String(text[text.index(after: open)...].dropLast())
    func parts() throws -> [Recipe] { try split(inside, at: [";", ","]).map(parse) }
    switch name {
    case "difference":
      let both = try parts()
      guard both.count == 2 else { throw wrong("a difference has two parts") }
      return .difference(both[0], both[1])
    case "average", "largest":
      let all = try parts()
      guard !all.isEmpty else { throw wrong("\(name) needs parts") }
      return name == "average" ? .average(all) : .largest(all)
    case "absolute":
      return .absolute(try parse(inside.trimmingCharacters(in: .whitespaces)))
    default: break
    }
    guard let estimator = Estimator(rawValue: name) else {
      let known = Estimator.allCases.map(\.rawValue) + ["difference", "average", "largest"]
      throw wrong("\(name) is none of \((known + ["absolute"]).joined(separator: ", "))")
    }
    let halves = split(inside, at: ["|"])
    guard (1...2).contains(halves.count) else { throw wrong("expected at most one |") }
    let head = split(halves[0], at: [";"])
    let arguments = head.count == 2 ? split(head[1], at: [","]) : []
    guard let table = head.first, !table.isEmpty, head.count <= 2,
      arguments.count == estimator.arguments
    else {
      throw wrong("\(name) takes a table and \(estimator.arguments) columns")
    }
    let filters = try (halves.count == 2 ? split(halves[1], at: [","]) : []).map { part in
      for comparison in Filter.comparisons {
        guard let range = part.range(of: comparison) else { continue }
        let column = part[..<range.lowerBound].trimmingCharacters(in: .whitespaces)
        let value = part[range.upperBound...].trimmingCharacters(in: .whitespaces)
        guard !column.isEmpty else { break }
        return Filter(column: column, comparison: comparison, value: value)
      }
      throw wrong("\(part) is no condition such as arm=eps-1.06")
    }
    return .estimate(
      estimator, of: Selection(table: table, arguments: arguments, filters: filters))
  }

  /// Splits at separators outside parentheses; parts are trimmed.
  private static func split(_ text: String, at separators: Set<Character>) -> [String] {
    var parts = [""]
    var depth = 0
    for c in text {
      if c == "(" { depth += 1 }
      if c == ")" { depth -= 1 }
      if depth == 0, separators.contains(c) {
        parts.append("")
      } else {
        parts[parts.count - 1].append(c)
      }
    }
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  // MARK: Evaluation

  /// The estimates that the recipe is made of.
  var selections: [Selection] {
    switch self {
    case .estimate(_, let selection): [selection]
    case .difference(let a, let b): a.selections + b.selections
    case .average(let all), .largest(let all): all.flatMap(\.selections)
    case .absolute(let one): one.selections
    }
  }

  /// The number; `tables` gives a table of cases by name.
  ///
  /// - Throws: an input error naming table and column for what is missing, undefined (one class
  ///   only, no rows) or not paired by seed.
  public func evaluate(_ tables: (String) throws -> TextTable) throws -> Double {
    let values = try bySeed(tables).values
    return values.reduce(0, +) / Double(values.count)
  }

  /// The number of each seed, in the order of the seeds; a single one, and `isBySeed` false, where
  /// no table has seeds that the filters leave free.
  ///
  /// - Throws: as `evaluate`.
  public func bySeed(
    _ tables: (String) throws -> TextTable
  ) throws -> (values: [Double], isBySeed: Bool) {
    let selections = self.selections
    var seeds: [String]?
    for selection in selections {
      let table = try tables(selection.table)
      let isFixed = selection.filters.contains { $0.column == "seed" && $0.comparison == "=" }
      guard table.has("seed"), !isFixed else { continue }
      let place = try table.index(of: "seed")
      let rows = try selection.rows(of: table, seed: nil)
      let found = Set(rows.map { table.rows[$0][place] }).sorted {
        (Double($0) ?? 0, $0) < (Double($1) ?? 0, $1)
      }
      guard seeds == nil || seeds == found else {
        throw LightboxError.input(
          file: table.file, column: "seed", found: found.joined(separator: ", "),
          expected: "\(seeds!.joined(separator: ", ")), as in the other parts of the recipe")
      }
      seeds = found
    }
    guard let seeds else { return ([try evaluate(tables, seed: nil)], false) }
    guard !seeds.isEmpty else {
      throw LightboxError.input(
        file: selections[0].table, found: "no rows", expected: "rows that the recipe selects")
    }
    return (try seeds.map { try evaluate(tables, seed: $0) }, true)
  }

  private func evaluate(
    _ tables: (String) throws -> TextTable, seed: String?
  ) throws -> Double {
    switch self {
    case .estimate(let estimator, let selection):
      let table = try tables(selection.table)
      let rows = try selection.rows(of: table, seed: seed)
      return try estimator.value(selection, table, rows)
    case .difference(let a, let b):
      return try a.evaluate(tables, seed: seed) - b.evaluate(tables, seed: seed)
    case .average(let all):
      return try all.reduce(0.0) { try $0 + $1.evaluate(tables, seed: seed) } / Double(all.count)
    case .largest(let all):
      return try all.map { try $0.evaluate(tables, seed: seed) }.max()!
    case .absolute(let one): return abs(try one.evaluate(tables, seed: seed))
    }
  }
}

extension Recipe.Selection {
  /// Indices of the rows that pass the filters, and have the seed where the table has seeds.
  func rows(of table: TextTable, seed: String?) throws -> [Int] {
    let tests = try filters.map { (place: try table.index(of: $0.column), filter: $0) }
    var seedPlace: Int?
    if seed != nil, table.has("seed"), !filters.contains(where: { $0.column == "seed" }) {
      seedPlace = try table.index(of: "seed")
    }
    return table.rows.indices.filter { row in
      if let seedPlace, table.rows[row][seedPlace] != seed { return false }
      return tests.allSatisfy { $0.filter.accepts(table.rows[row][$0.place]) }
    }
  }
}

extension Recipe.Filter {
  func accepts(_ cell: String) -> Bool {
    let numbers = (Double(cell), Double(value))
    switch comparison {
    case "=", "!=":
      let isEqual: Bool
      if case (let x?, let y?) = numbers { isEqual = x == y } else { isEqual = cell == value }
      return isEqual == (comparison == "=")
    default:
      guard case (let x?, let y?) = numbers else { return false }
      switch comparison {
      case "<": return x < y
      case "<=": return x <= y
      case ">": return x > y
      default: return x >= y
      }
    }
  }
}
