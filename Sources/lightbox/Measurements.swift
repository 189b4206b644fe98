import Foundation
import Imaging
import Kernels

/// Measurements of subjects by several methods or operators, read from a table in long form (one
/// value a row) or wide form (one column a method).
struct Measurements {
  /// One reading; `repeat` names it within its cell.
  struct Reading {
    var name: String
    var value: Double
  }
  let file: String
  /// In order of appearance.
  private(set) var subjects: [String] = []
  private(set) var methods: [String] = []
  /// [subject][method], readings in order of the rows.
  private(set) var cells: [[[Reading]]] = []
  /// Rows, or cells of wide rows, without a value.
  private(set) var empty = 0
  /// Whether repeats have names of their own, from a column or from the row of a wide table.
  let namesRepeats: Bool

  /// Long form: a row holds subject, method, value and perhaps the name of the repeat.
  init(
    long table: TextTable, subject: String, method: String, value: String, repeated: String?
  ) throws {
    file = table.file
    namesRepeats = repeated != nil
    let (subjectPlace, methodPlace) = (try table.index(of: subject), try table.index(of: method))
    let repeatPlace = try repeated.map { try table.index(of: $0) }
    _ = try table.index(of: value)
    var rowOf: [[String]: Int] = [:]
    for row in table.rows.indices {
      let who = try Self.name(table, row, subject, subjectPlace)
      let how = try Self.name(table, row, method, methodPlace)
      let which = try repeatPlace.map { try Self.name(table, row, repeated!, $0) }
      if let which, let before = rowOf.updateValue(row, forKey: [who, how, which]) {
        throw table.error(
          row, repeated!, expected: "a new repeat of subject \(who), method \(how)",
          hint: "row \(before + 2) has the same one")
      }
      guard let number = try table.double(row, value) else {
        empty += 1
        continue
      }
      add(number, subject: who, method: how, name: which)
    }
    try check(method)
  }

  /// Wide form: a row holds a subject's values by the methods in `columns`; several rows of a
  /// subject are its repeats.
  init(wide table: TextTable, subject: String, columns: [String], repeated: String?) throws {
    file = table.file
    namesRepeats = true
    let subjectPlace = try table.index(of: subject)
    let repeatPlace = try repeated.map { try table.index(of: $0) }
    for column in columns { _ = try table.index(of: column) }
    var rowOf: [[String]: Int] = [:]
    var seen: [String: Int] = [:]
    for row in table.rows.indices {
      let who = try Self.name(table, row, subject, subjectPlace)
      let number = seen[who, default: 0] + 1
      seen[who] = number
      let which = try repeatPlace.map { try Self.name(table, row, repeated!, $0) } ?? "\(number)"
      if let before = rowOf.updateValue(row, forKey: [who, which]) {
        throw table.error(
          row, repeated ?? subject, expected: "a new repeat of subject \(who)",
          hint: "row \(before + 2) has the same one")
      }
      for column in columns {
        guard let value = try table.double(row, column) else {
          empty += 1
          continue
        }
        add(value, subject: who, method: column, name: which)
      }
    }
    // Columns keep the order in which they were asked for.
    let order = columns.compactMap { methods.firstIndex(of: $0) }
    methods = order.map { methods[$0] }
    cells = cells.map { row in order.map { row[$0] } }
    try check(columns.joined(separator: ","))
  }

  private static func name(
    _ table: TextTable, _ row: Int, _ column: String, _ place: Int
  ) throws -> String {
    let text = table.rows[row][place]
    if text.isEmpty { throw table.error(row, column, expected: "a name") }
    return text
  }

  private var subjectPlaces: [String: Int] = [:]

  private mutating func add(_ value: Double, subject: String, method: String, name: String?) {
    let j: Int
    if let known = methods.firstIndex(of: method) {
      j = known
    } else {
      j = methods.count
      methods.append(method)
      for i in cells.indices { cells[i].append([]) }
    }
    let i: Int
    if let known = subjectPlaces[subject] {
      i = known
    } else {
      i = subjects.count
      subjectPlaces[subject] = i
      subjects.append(subject)
      cells.append([[Reading]](repeating: [], count: methods.count))
    }
    cells[i][j].append(Reading(name: name ?? "\(cells[i][j].count + 1)", value: value))
  }

  private func check(_ column: String) throws {
    guard subjects.count > 1, methods.count > 1 else {
      throw LightboxError.input(
        file: file, column: column,
        found:
          "\(subjects.count) subject\(subjects.count == 1 ? "" : "s"), "
          + "\(methods.count) method\(methods.count == 1 ? "" : "s") with values",
        expected: "at least two of both")
    }
  }

  /// [subject][method][repeat] values.
  var values: [[[Double]]] { cells.map { $0.map { $0.map(\.value) } } }
  /// Number of values.
  var count: Int { cells.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }
  /// Fewest and most values in a cell that has some.
  var repeats: ClosedRange<Int> {
    let counts = cells.joined().map(\.count).filter { $0 > 0 }
    return (counts.min() ?? 0)...(counts.max() ?? 0)
  }
  /// Subjects that every method measured: indices into `subjects`.
  var complete: [Int] { cells.indices.filter { i in cells[i].allSatisfy { !$0.isEmpty } } }
}
