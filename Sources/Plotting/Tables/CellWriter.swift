import Kernels

/// An encoder that turns one row into its cells, in the order in which properties encode.
final class CellWriter: Encoder {
  private(set) var cells: [String] = []
  private let table: String
  private let columns: [Column]
  private var row = 0
  private var unsupported: String?

  init(table: String, columns: [Column]) {
    self.table = table
    self.columns = columns
  }

  func start(row: Int) {
    self.row = row
    cells.removeAll(keepingCapacity: true)
  }

  /// Checks that the properties filled every column.
  func finish() throws {
    if let unsupported {
      throw LightboxError.input(
        file: table, row: row, column: name, found: unsupported,
        expected: "one value per column", hint: "flatten it into properties of the row")
    }
    if cells.count != columns.count {
      throw LightboxError.input(
        file: table, row: row, found: "\(cells.count) properties",
        expected: "\(columns.count), as many as \(table).columns")
    }
  }

  /// The column that the next cell belongs to.
  private var name: String { cells.count < columns.count ? columns[cells.count].name : "?" }

  func append(_ cell: String) throws {
    guard cells.count < columns.count else {
      throw LightboxError.input(
        file: table, row: row, found: "more properties than columns",
        expected: "\(columns.count), as many as \(table).columns")
    }
    for byte in cell.utf8 where byte == 9 || byte == 10 || byte == 13 {
      throw LightboxError.input(
        file: table, row: row, column: name, found: cell.debugDescription,
        expected: "a field without tabs and line breaks", hint: "TSV has no quoting")
    }
    cells.append(cell)
  }

  func append<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let text as String: try append(text)
    case let number as Double: try append(number: number)
    case let number as Float: try append(number: number)
    case let whole as Int: try append(whole.description)
    case let flag as Bool: try append(flag ? "true" : "false")
    case let whole as any FixedWidthInteger: try append("\(whole)")
    default: try value.encode(to: self)
    }
  }

  func append<Value: Encodable>(optional value: Value?) throws {
    guard let value else { return try append("") }
    if let text = value as? String, text.isEmpty {
      throw LightboxError.input(
        file: table, row: row, column: name, found: "an empty text in an optional column",
        expected: "nil or a text", hint: "an empty cell means missing")
    }
    let before = cells.count
    try append(value)
    if cells.count != before + 1 {
      throw LightboxError.input(
        file: table, row: row, column: name, found: "an optional value of several columns",
        expected: "optional single values", hint: "make each of its properties optional")
    }
  }

  private func append(number: Float) throws {
    // A Float with a digit limit is rounded as a Double; without one its own shortest decimal.
    if cells.count < columns.count, columns[cells.count].digits == nil, number.isFinite {
      let text = number.description
      try append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    } else {
      try append(number: Double(number))
    }
  }

  private func append(number: Double) throws {
    if number.isNaN {
      throw LightboxError.input(
        file: table, row: row, column: name, found: "NaN", expected: "a number",
        hint: "make the property optional and use nil for a value that does not exist")
    }
    let digits = cells.count < columns.count ? columns[cells.count].digits : nil
    try append(Printed.exact(digits.map { Printed.rounded(number, digits: $0) } ?? number))
  }

  // Encoder

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Keyed(writer: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    unsupported = "a list"
    return Discarded()
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(writer: self) }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: CellWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) throws { try writer.append("") }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      try writer.append(value)
    }
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
      try writer.append(optional: value)
    }

    // The standard library's own versions of these skip missing values, and with them the cell.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws {
      try writer.append(optional: value)
    }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws {
      try writer.append(optional: value)
    }

    func nestedContainer<Nested>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      writer.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      writer.unkeyedContainer()
    }
    func superEncoder() -> any Encoder { writer }
    func superEncoder(forKey key: Key) -> any Encoder { writer }
  }

  private struct Single: SingleValueEncodingContainer {
    let writer: CellWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() throws { try writer.append("") }
    func encode<Value: Encodable>(_ value: Value) throws { try writer.append(value) }
  }

  /// Takes the elements of a list; `finish` reports the list itself.
  private struct Discarded: UnkeyedEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    var count = 0

    mutating func encodeNil() { count += 1 }
    mutating func encode<Value: Encodable>(_ value: Value) { count += 1 }
    func nestedContainer<Nested>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      KeyedEncodingContainer(Keyed<Nested>(writer: CellWriter(table: "", columns: [])))
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { Discarded() }
    func superEncoder() -> any Encoder { CellWriter(table: "", columns: []) }
  }
}
