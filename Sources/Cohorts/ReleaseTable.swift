import Imaging
import Kernels

/// A table of a public release, with the liberties that exports take: other delimiters, columns in
/// another case, padded fields.
struct ReleaseTable {
  let table: TextTable
  var file: String { table.file }
  var rows: Range<Int> { table.rows.indices }

  /// Reads a file whose fields are separated by commas, tabs or, with `isPiped`, by `|` without
  /// quoting.
  ///
  /// Throws an input error naming file and row when the file is missing, empty or ragged, or has no
  /// row below the header.
  init(_ path: String, isPiped: Bool = false) throws {
    if isPiped {
      // Like tab-separated text, piped text has no quoting: a pipe can stand as a tab.
      let bytes = try Gzip.read(path)
      if let tab = bytes.firstIndex(of: UInt8(ascii: "\t")) {
        throw LightboxError.input(
          file: path, row: bytes[..<tab].count { $0 == UInt8(ascii: "\n") } + 1,
          found: "a tab", expected: "fields separated by |")
      }
      table = try TextTable(
        bytes: bytes.map { $0 == UInt8(ascii: "|") ? UInt8(ascii: "\t") : $0 }, file: path,
        format: .tsv)
    } else {
      table = try TextTable.read(path)
    }
    guard !table.rows.isEmpty else {
      throw LightboxError.input(
        file: path, found: "a header and no rows", expected: "at least one row")
    }
  }

  /// The header's own spelling of a column, whatever its case and padding; nil where it has none.
  ///
  /// Throws an input error when two columns differ by case or padding alone.
  func optional(_ column: String) throws -> String? {
    let wanted = column.lowercased()
    let found = table.header.filter { $0.withoutPadding.lowercased() == wanted }
    guard found.count < 2 else {
      throw LightboxError.input(
        file: file, row: 1, column: column, found: found.joined(separator: " and "),
        expected: "distinct columns")
    }
    return found.first
  }

  /// As `optional`; throws an input error listing the columns when there is none.
  func required(_ column: String) throws -> String {
    if let found = try optional(column) { return found }
    throw LightboxError.input(
      file: file, column: column, found: "no such column",
      expected: "one of \(table.header.joined(separator: ", "))")
  }

  /// The text of a field without padding; `column` is spelled as in the header.
  func text(_ row: Int, _ column: String) throws -> String {
    try table.string(row, column).withoutPadding
  }

  /// The text of a field that must not be empty.
  func name(_ row: Int, _ column: String, of what: String) throws -> String {
    let text = try text(row, column)
    guard !text.isEmpty else { throw table.error(row, column, expected: what) }
    return text
  }

  /// An input error at a field that quotes what was found there.
  func error(
    _ row: Int, _ column: String, expected: String, hint: String? = nil
  ) -> LightboxError {
    table.error(row, column, expected: expected, hint: hint)
  }

  /// Sex as M, F, Male, Female; nil for an empty field or Unknown. Throws an input error otherwise.
  func sex(_ row: Int, _ column: String) throws -> Sex? {
    switch try text(row, column).lowercased() {
    case "f", "female": return .female
    case "m", "male": return .male
    case "", "unknown", "u", "o": return nil
    default: throw error(row, column, expected: "F, M, Female, Male, Unknown or an empty field")
    }
  }

  /// A field that names a picture.
  func place(_ row: Int, _ column: String) throws -> FilePlace {
    FilePlace(table: file, row: row + 2, column: column, text: try table.string(row, column))
  }
}

extension String {
  /// Without spaces at both ends.
  var withoutPadding: String {
    guard utf8.first == 0x20 || utf8.last == 0x20 else { return self }
    var part = Substring(self)
    while part.utf8.first == 0x20 { part.removeFirst() }
    while part.utf8.last == 0x20 { part.removeLast() }
    return String(part)
  }
}
