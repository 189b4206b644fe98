import Foundation
import Kernels

/// Tables as tab-separated text: UTF-8, line feeds, one header line, no quoting.
///
/// An empty cell is a missing value. A tab or a line break inside a field is an error, because
/// there is no quoting that could carry it. Doubles are written as the shortest decimal that
/// reads back to the same bits (or rounded to their column's digits); infinity is `inf`; NaN is
/// an error, since a value that does not exist is an optional that is nil.
///
/// Equal rows give equal bytes, and `encode(decode(text)) == text` for every text that `encode`
/// wrote.
public enum TSV {
  /// The table of `rows`, header first, every line ended by a line feed.
  ///
  /// - Throws: an input error naming row and column for a tab or line break in a field, a NaN, an
  ///   empty string where the property is optional, a property that has no column.
  public static func encode<Row: TableRow>(_ rows: [Row]) throws -> String {
    let columns = Row.columns
    try checkHeadings(columns, of: Row.self)
    var text = columns.map(\.heading).joined(separator: "\t") + "\n"
    let writer = CellWriter(table: "\(Row.self)", columns: columns)
    for (index, row) in rows.enumerated() {
      writer.start(row: index + 2)
      try row.encode(to: writer)
      try writer.finish()
      text += writer.cells.joined(separator: "\t")
      text += "\n"
    }
    return text
  }

  /// The rows of `text`, whose header must be that of `Row`.
  ///
  /// - Throws: an input error naming `file`, row (the header is row 1) and column.
  public static func decode<Row: TableRow>(
    _ type: Row.Type, _ text: String, file: String
  ) throws -> [Row] {
    let columns = Row.columns
    let grid = try cells(text, file: file)
    for (index, column) in columns.enumerated() {
      let found = index < grid.header.count ? grid.header[index] : "no such column"
      if found != column.heading {
        throw LightboxError.input(
          file: file, row: 1, column: "\(index + 1)", found: found,
          expected: "the heading \(column.heading)",
          hint: "the table was written by another version of the study; run it again")
      }
    }
    if grid.header.count > columns.count {
      throw LightboxError.input(
        file: file, row: 1, column: "\(columns.count + 1)", found: grid.header[columns.count],
        expected: "\(columns.count) columns")
    }
    let reader = CellReader(file: file, columns: columns)
    return try grid.rows.enumerated().map { index, cells in
      reader.start(row: index + 2, cells: cells)
      let row = try Row(from: reader)
      try reader.finish()
      return row
    }
  }

  /// Header and cells as text, every row as wide as the header.
  public static func cells(
    _ text: String, file: String
  ) throws -> (header: [String], rows: [[String]]) {
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    func split(_ line: Substring.UTF8View.SubSequence) -> [String] {
      line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(Substring($0)) }
    }
    guard let first = lines.first else {
      throw LightboxError.input(
        file: file, found: "an empty file", expected: "a table with a header line")
    }
    let header = split(first)
    var rows: [[String]] = []
    rows.reserveCapacity(lines.count - 1)
    for (index, line) in lines.dropFirst().enumerated() {
      let row = split(line)
      if row.count != header.count {
        throw LightboxError.input(
          file: file, row: index + 2, found: "\(row.count) cells",
          expected: "\(header.count), as many as the header has",
          hint: "cells are separated by tabs")
      }
      rows.append(row)
    }
    return (header, rows)
  }

  /// Headings are cells too, and distinct.
  private static func checkHeadings<Row>(_ columns: [Column], of type: Row.Type) throws {
    precondition(!columns.isEmpty, "\(type).columns is empty")
    var seen = Set<String>()
    for column in columns {
      let heading = column.heading
      let plain = !heading.isEmpty && heading.unicodeScalars.allSatisfy { $0.value >= 32 }
      precondition(plain, "\(type).columns: the heading \(heading.debugDescription) is not plain")
      precondition(seen.insert(column.name).inserted, "\(type).columns: \(column.name) twice")
    }
  }
}
