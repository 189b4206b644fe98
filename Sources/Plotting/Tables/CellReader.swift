import Kernels

/// A decoder that reads one row from its cells, in the order in which properties decode.
final class CellReader: Decoder {
  private let file: String
  private let columns: [Column]
  private var cells: [String] = []
  private var row = 0
  private var next = 0
  private var unsupported: String?

  init(file: String, columns: [Column]) {
    self.file = file
    self.columns = columns
  }

  func start(row: Int, cells: [String]) {
    self.row = row
    self.cells = cells
    next = 0
  }

  /// Checks that the properties read every column.
  func finish() throws {
    if next != columns.count || unsupported != nil {
      throw LightboxError.input(
        file: file, row: row, found: unsupported ?? "\(columns.count) columns",
        expected: "\(next), as many as the row has properties")
    }
  }

  /// The cell of the next property, without moving on.
  private func peek() throws -> String {
    guard next < cells.count else {
      throw LightboxError.input(
        file: file, row: row, found: "\(cells.count) cells",
        expected: "more: the row has more properties than columns")
    }
    return cells[next]
  }

  private func wrong(_ expected: String) -> LightboxError {
    let cell = next < cells.count ? cells[next] : ""
    return LightboxError.input(
      file: file, row: row, column: next < columns.count ? columns[next].name : "?",
      found: cell.isEmpty ? "an empty cell" : cell, expected: expected)
  }

  private func parsed<Value>(_ expected: String, _ parse: (String) -> Value?) throws -> Value {
    guard let value = parse(try peek()) else { throw wrong(expected) }
    next += 1
    return value
  }

  private func number(_ text: String) -> Double? {
    guard let value = Double(text), !value.isNaN else { return nil }
    return value
  }

  func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    func integer<Whole: FixedWidthInteger>(_ type: Whole.Type) throws -> Value {
      try parsed("a whole number") { Whole($0) } as! Value
    }
    switch type {
    case is String.Type: return try parsed("a text") { $0 } as! Value
    case is Double.Type: return try parsed("a number", number) as! Value
    case is Float.Type:
      return try parsed("a number") { Float($0).flatMap { $0.isNaN ? nil : $0 } } as! Value
    case is Bool.Type:
      return try parsed("true or false") { ["true": true, "false": false][$0] } as! Value
    case let whole as any FixedWidthInteger.Type: return try integer(whole)
    default:
      let start = next
      do {
        return try Value(from: self)
      } catch let error as DecodingError {
        next = start
        throw wrong(Self.expectation(of: type, error))
      }
    }
  }

  /// What an enum would have accepted, for the message.
  private static func expectation<Value>(of type: Value.Type, _ error: DecodingError) -> String {
    if let listed = type as? any CaseIterable.Type {
      func names<Listed: CaseIterable>(_ type: Listed.Type) -> String {
        type.allCases.map { value in
          (value as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\(value)"
        }.joined(separator: ", ")
      }
      return "one of \(names(listed))"
    }
    return "a value of \(type)"
  }

  /// nil for an empty cell, else the value.
  func readIfPresent<Value: Decodable>(_ type: Value.Type) throws -> Value? {
    if try peek().isEmpty {
      next += 1
      return nil
    }
    return try read(type)
  }

  // Decoder

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Keyed(reader: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw wrong("one value per column; the row has a list")
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(reader: self) }

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: CellReader
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { reader.next < reader.cells.count }
    func decodeNil(forKey key: Key) throws -> Bool {
      guard try reader.peek().isEmpty else { return false }
      reader.next += 1
      return true
    }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try reader.read(type)
    }
    func decodeIfPresent<Value: Decodable>(
      _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
      try reader.readIfPresent(type)
    }
    func nestedContainer<Nested>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
      try reader.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try reader.unkeyedContainer()
    }
    func superDecoder() -> any Decoder { reader }
    func superDecoder(forKey key: Key) -> any Decoder { reader }
  }

  private struct Single: SingleValueDecodingContainer {
    let reader: CellReader
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool {
      reader.next < reader.cells.count && reader.cells[reader.next].isEmpty
    }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try reader.read(type) }
  }
}
