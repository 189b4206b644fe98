import Kernels

/// Per-case rows whose columns are known only when the data are.
///
///     var table = CaseTable(columns: ["case", "truth.effusion", "score.effusion"])
///     table.append(["p1-0", "1", "0.91"])
///
/// Columns follow the contract of cases: case, patient, seed, arm, split, covariates, truth.*,
/// score.*. An empty cell is a missing value.
public struct CaseTable: Sendable {
  public let columns: [String]
  public private(set) var rows: [[String]] = []
  private let places: [String: Int]

  public init(columns: [String]) {
    precondition(Set(columns).count == columns.count, "columns \(columns) must differ")
    self.columns = columns
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
  }

  public mutating func append(_ cells: [String]) {
    precondition(
      cells.count == columns.count, "cells (\(cells.count)) must match columns (\(columns.count))")
    rows.append(cells)
  }

  /// One row, read by column.
  public struct Row {
    let cells: [String]
    let places: [String: Int]

    /// The cell of a column; empty where there is no such column.
    public subscript(column: String) -> String { places[column].map { cells[$0] } ?? "" }
  }

  /// The rows that a condition accepts.
  public func filter(_ accepts: (Row) -> Bool) -> CaseTable {
    var table = self
    table.rows = rows.filter { accepts(Row(cells: $0, places: places)) }
    return table
  }

  /// TSV: header, LF, no quoting. Throws for a cell that holds a tab or a line break.
  func text() throws -> String {
    var lines = [columns.joined(separator: "\t")]
    lines.reserveCapacity(rows.count + 1)
    for (index, cells) in rows.enumerated() {
      let line = cells.joined(separator: "\t")
      let breaks = line.utf8.reduce(0) { $0 + ([9, 10, 13].contains($1) ? 1 : 0) }
      guard breaks == columns.count - 1 else {
        throw LightboxError.input(
          file: "cases", row: index + 2, found: "a tab or line break inside a cell",
          expected: "plain text", hint: "rename the case, patient or label")
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
