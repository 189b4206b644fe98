import Foundation
import Imaging
import Kernels
import Statistics

/// Scored cases in a table: the columns that `roc` and `fairness` share, read and checked.
struct Readings {
  let table: TextTable
  /// Indices into `table.rows`.
  let rows: [Int]
  /// [case], in the order of `rows`.
  let labels: [Bool]

  var file: String { table.file }

  /// Reads the rows and the truth column; `rows` nil means all.
  init(table: TextTable, truth: String, rows: [Int]? = nil) throws {
    self.table = table
    self.rows = rows ?? Array(table.rows.indices)
    guard !self.rows.isEmpty else {
      throw LightboxError.input(
        file: table.file, found: "no rows to judge", expected: "at least one positive and negative")
    }
    var labels: [Bool] = []
    labels.reserveCapacity(self.rows.count)
    let place = try table.index(of: truth)
    for row in self.rows {
      switch table.rows[row][place] {
      case "0", "0.0": labels.append(false)
      case "1", "1.0": labels.append(true)
      default:
        throw table.error(
          row, truth, expected: "0 or 1", hint: "1 is the positive class; code other labels so")
      }
    }
    self.labels = labels
    for wanted in [true, false] where !labels.contains(wanted) {
      throw LightboxError.input(
        file: table.file, column: truth, found: "\(wanted ? 0 : 1) in all \(labels.count) rows",
        expected: "both 0 and 1", hint: "without two classes there is no ROC curve")
    }
  }

  /// A column of finite numbers, one for each case.
  func numbers(_ column: String) throws -> [Double] {
    let place = try table.index(of: column)
    var values: [Double] = []
    values.reserveCapacity(rows.count)
    for row in rows {
      if let value = Double(table.rows[row][place]), value.isFinite {
        values.append(value)
      } else if let value = try table.double(row, column) {
        values.append(value)
      } else {
        throw table.error(
          row, column, expected: "a finite number", hint: "leave out the rows without a score")
      }
    }
    return values
  }

  /// A column of scores: finite numbers, not all of them equal.
  ///
  /// A constant score has an area of one half and no variance, which no interval should state.
  func scores(_ column: String) throws -> [Double] {
    let values = try numbers(column)
    guard values.contains(where: { $0 != values[0] }) else {
      throw LightboxError.input(
        file: file, column: column, found: "\(values[0]) in all \(values.count) rows",
        expected: "scores that differ", hint: "a constant score orders no cases")
    }
    return values
  }

  /// A column of names, one for each case; empty where the field is.
  func names(_ column: String) throws -> [String] {
    let place = try table.index(of: column)
    return rows.map { table.rows[$0][place] }
  }

  /// The clusters that a column names; nil without a column.
  func clusters(_ column: String?) throws -> Clusters? {
    guard let column else { return nil }
    let names = try names(column)
    if let k = names.firstIndex(of: "") {
      throw table.error(
        rows[k], column, expected: "the name of a cluster",
        hint: "cases without a known patient need names of their own")
    }
    return Clusters(names)
  }

  /// Runs a computation of the library; a statistic without a value becomes an input error.
  func defined<Value>(_ column: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as Undefined {
      throw LightboxError.input(
        file: file, column: column, found: error.reason, expected: "cases that define the estimate")
    }
  }
}

/// Text for tables of numbers.
enum Cells {
  /// A fixed number of decimals; what rounds to zero has no sign.
  static func fixed(_ x: Double, _ digits: Int = 4) -> String {
    let text = String(format: "%.\(digits)f", x)
    return text.hasPrefix("-") && !text.contains { "123456789".contains($0) }
      ? String(text.dropFirst()) : text
  }

  static func interval(_ interval: Interval, _ digits: Int = 4) -> String {
    "\(fixed(interval.low, digits)) to \(fixed(interval.high, digits))"
  }

  /// Four decimals, or "<0.0001".
  static func pValue(_ p: Double) -> String { p < 0.0001 ? "<0.0001" : fixed(p) }

  /// Columns padded to their widest cell, two spaces between, none at line ends.
  static func columns(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { k in rows.map { k < $0.count ? $0[k].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (k, cell) in row.enumerated() {
        line += cell
        if k + 1 < row.count {
          line += String(repeating: " ", count: widths[k] - cell.count + 2)
        }
      }
      return line
    }
  }
}
