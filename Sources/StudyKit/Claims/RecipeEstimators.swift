import Imaging
import Kernels
import Statistics

// The closed vocabulary of recipes: what each estimator makes of the rows that a recipe selects.

extension Recipe.Estimator {
  /// The estimate on rows of a table.
  ///
  /// Standard deviations divide by n − 1; quantiles are of type 7; ties of scores count one half;
  /// dice is 2·TP / (2·TP + FP + FN); the paired t is the mean difference over SD/√n.
  ///
  /// - Throws: an input error naming table and column for an unreadable cell, or where the
  ///   estimate does not exist: no values, one class only, a constant column.
  func value(
    _ selection: Recipe.Selection, _ table: TextTable, _ rows: [Int]
  ) throws -> Double {
    let columns = selection.arguments
    func undefined(_ column: String, _ why: String) -> LightboxError {
      LightboxError.input(
        file: table.file, column: column, found: why, expected: "rows on which \(rawValue) exists")
    }
    func defined<Value>(_ body: () throws(Undefined) -> Value) throws -> Value {
      do { return try body() } catch {
        throw undefined(columns.joined(separator: ", "), error.reason)
      }
    }
    switch self {
    case .count: return Double(rows.count)
    case .auroc:
      guard let value = try area(columns[0], columns[1], table, rows) else {
        throw undefined(columns[0], "one class only")
      }
      return value
    case .meanAUROC:
      let labels = table.header.filter { $0.hasPrefix("truth.") }.map { $0.dropFirst(6) }
      let values = try labels.filter { table.has("score.\($0)") }
        .compactMap { try area("truth.\($0)", "score.\($0)", table, rows) }
      guard !values.isEmpty else { throw undefined("truth.*", "no label with both classes") }
      return values.reduce(0, +) / Double(values.count)
    case .mean:
      let values = try rows.compactMap { try table.double($0, columns[0]) }
      guard !values.isEmpty else { throw undefined(columns[0], "no values") }
      return values.reduce(0, +) / Double(values.count)
    case .standardDeviation:
      let values = try rows.compactMap { try table.double($0, columns[0]) }
      let estimate = try defined { () throws(Undefined) in try meanEstimate(values) }
      return estimate.standardError * Double(values.count).squareRoot()
    case .quantile:
      let values = try rows.compactMap { try table.double($0, columns[0]) }
      guard let p = Double(columns[1]), (0...1).contains(p), !values.isEmpty else {
        throw undefined(columns[0], "\(values.count) values and the probability \(columns[1])")
      }
      return Statistics.quantile(sorted: values.sorted(), p)
    case .pearson:
      let (x, y) = try pairs(columns[0], columns[1], table, rows)
      return try defined { () throws(Undefined) in try Statistics.pearson(x, y).r }
    case .pairedT:
      let (x, y) = try pairs(columns[0], columns[1], table, rows)
      let difference = try defined { () throws(Undefined) in try pairedDifference(x, y) }
      guard difference.standardError > 0 else {
        throw undefined(columns.joined(separator: ", "), "equal differences")
      }
      return difference.value / difference.standardError
    case .accuracy, .sensitivity, .specificity, .dice:
      let calls = try called(columns, table, rows)
      let wrong = calls.falsePositives + calls.falseNegatives
      let right: Int
      let count: Int
      switch self {
      case .sensitivity:
        right = calls.truePositives
        count = right + calls.falseNegatives
      case .specificity:
        right = calls.trueNegatives
        count = right + calls.falsePositives
      case .dice:
        right = 2 * calls.truePositives
        count = right + wrong
      default:
        right = calls.truePositives + calls.trueNegatives
        count = right + wrong
      }
      guard count > 0 else { throw undefined(columns[0], "no cases of that class") }
      return Double(right) / Double(count)
    }
  }

  /// Values of two columns where both have one.
  private func pairs(
    _ first: String, _ second: String, _ table: TextTable, _ rows: [Int]
  ) throws -> (x: [Double], y: [Double]) {
    var x: [Double] = []
    var y: [Double] = []
    for row in rows {
      guard let a = try table.double(row, first), let b = try table.double(row, second) else {
        continue
      }
      x.append(a)
      y.append(b)
    }
    return (x, y)
  }

  /// The area under the curve of a score; nil where a class is missing.
  private func area(
    _ truth: String, _ score: String, _ table: TextTable, _ rows: [Int]
  ) throws -> Double? {
    let (labels, scores) = try pairs(truth, score, table, rows)
    let positive = labels.map { $0 > 0.5 }
    guard positive.contains(true), positive.contains(false) else { return nil }
    do { return try Statistics.auroc(scores: scores, labels: positive) } catch {
      throw LightboxError.input(
        file: table.file, column: score, found: error.reason,
        expected: "rows on which \(rawValue) exists")
    }
  }

  /// Cases called at a threshold, a number or a column.
  private struct Calls {
    var truePositives = 0
    var falsePositives = 0
    var trueNegatives = 0
    var falseNegatives = 0
  }

  private func called(
    _ columns: [String], _ table: TextTable, _ rows: [Int]
  ) throws -> Calls {
    let fixed = Double(columns[2])
    var calls = Calls()
    for row in rows {
      guard let truth = try table.double(row, columns[0]),
        let score = try table.double(row, columns[1]),
        let threshold = try fixed ?? table.double(row, columns[2])
      else { continue }
      switch (truth > 0.5, score >= threshold) {
      case (true, true): calls.truePositives += 1
      case (true, false): calls.falseNegatives += 1
      case (false, true): calls.falsePositives += 1
      case (false, false): calls.trueNegatives += 1
      }
    }
    return calls
  }
}
