import Kernels

/// A table of text read from a CSV or TSV file, plain or gzipped.
///
/// CSV follows RFC 4180: fields may be quoted, a quoted field may hold commas, line breaks and
/// doubled quotes. TSV has no quoting. A byte order mark and CRLF line ends are accepted; blank
/// lines at the end are ignored; every row has as many fields as the header. Rows are numbered as
/// a spreadsheet shows them, so `rows[0]` is row 2 of the file.
public struct TextTable: Sendable {
  public let file: String
  public let header: [String]
  public let rows: [[String]]
  private let places: [String: Int]

  /// What stands between two fields.
  public enum Format: Sendable {
    /// Comma-separated with quoting (RFC 4180).
    case csv
    /// Tab-separated without quoting.
    case tsv
  }

  /// Reads a file: CSV or TSV by its extension (before `.gz`), else by a tab in the first line.
  ///
  /// Throws an input error naming file and row when the file is missing or empty, a row has more
  /// or fewer fields than the header, a quote is left open, or the text is not UTF-8.
  public static func read(_ path: String) throws -> TextTable {
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    let bytes = try Gzip.read(path)
    let format: Format? =
      name.hasSuffix(".csv") ? .csv : name.hasSuffix(".tsv") || name.hasSuffix(".tab") ? .tsv : nil
    return try TextTable(bytes: bytes, file: path, format: format)
  }

  /// Parses bytes in memory; `file` names them in errors. Without a format, a tab in the first
  /// line means TSV.
  public init(bytes: [UInt8], file: String, format: Format? = nil) throws {
    let firstLine = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let chosen = format ?? (firstLine.contains(UInt8(ascii: "\t")) ? .tsv : .csv)
    var records = try TextRecords.parse(bytes, file: file, format: chosen)
    guard let header = records.first, header != [""] else {
      throw LightboxError.input(file: file, found: "an empty file", expected: "a header line")
    }
    records.removeFirst()
    var places: [String: Int] = [:]
    for (index, name) in header.enumerated() where places.updateValue(index, forKey: name) != nil {
      throw LightboxError.input(
        file: file, row: 1, column: name, found: "this column twice", expected: "distinct columns")
    }
    self.file = file
    self.header = header
    self.rows = records
    self.places = places
  }

  /// Position of a column in `header` and in every row.
  ///
  /// Throws an input error listing the columns that are there.
  public func index(of column: String) throws -> Int {
    if let place = places[column] { return place }
    throw LightboxError.input(
      file: file, column: column, found: "no such column",
      expected: "one of \(header.joined(separator: ", "))")
  }

  /// Whether the table has a column.
  public func has(_ column: String) -> Bool { places[column] != nil }

  /// The text of a field; `row` is an index into `rows`.
  public func string(_ row: Int, _ column: String) throws -> String {
    rows[row][try index(of: column)]
  }

  /// A finite number, or nil for an empty field; anything else throws, naming row and column.
  public func double(_ row: Int, _ column: String) throws -> Double? {
    let field = Self.trimmed(try string(row, column))
    if field.isEmpty { return nil }
    guard let value = Double(field), value.isFinite else {
      throw error(row, column, expected: "a finite number or an empty field")
    }
    return value
  }

  /// An integer (also written `1.0`), or nil for an empty field; anything else throws.
  public func integer(_ row: Int, _ column: String) throws -> Int? {
    let field = Self.trimmed(try string(row, column))
    if field.isEmpty { return nil }
    if let value = Int(field) { return value }
    if let value = Double(field), let whole = Int(exactly: value) { return whole }
    throw error(row, column, expected: "an integer or an empty field")
  }

  /// All texts of a column.
  public func column(_ name: String) throws -> [String] {
    let place = try index(of: name)
    return rows.map { $0[place] }
  }

  /// An input error at a field of this table that quotes what was found there.
  public func error(
    _ row: Int, _ column: String, expected: String, hint: String? = nil
  ) -> LightboxError {
    let found = (try? string(row, column)) ?? "no such column"
    return .input(
      file: file, row: row + 2, column: column, found: found.isEmpty ? "an empty field" : found,
      expected: expected, hint: hint)
  }

  private static func trimmed(_ field: String) -> String {
    guard field.utf8.first == 0x20 || field.utf8.last == 0x20 else { return field }
    var part = Substring(field)
    while part.utf8.first == 0x20 { part.removeFirst() }
    while part.utf8.last == 0x20 { part.removeLast() }
    return String(part)
  }
}
