import Foundation
import Imaging
import Kernels
import Statistics

/// The columns of a table that `lightbox survival` uses, read and checked.
struct SurvivalColumns {
  /// Rows without a value in a column that is used.
  struct LeftOut: Encodable {
    struct Column: Encodable {
      var column: String
      var rows: Int
    }
    /// As a spreadsheet numbers them.
    var rows: [Int] = []
    /// How many rows lack each column.
    var columns: [Column] = []
  }

  let file: String
  let data: SurvivalTimes
  let leftOut: LeftOut
  let group, strata: SurvivalGroups?
  /// Names and [case][covariate] values.
  let covariates: (names: [String], rows: [[Double]])?
  let score: [Double]?
  let clusters: Clusters?

  init(_ options: Survival) throws {
    let table = try TextTable.read(options.file)
    file = table.file
    let names = try options.covariates.map { try Self.names($0) } ?? []
    var used = [options.time, options.event]
    used += [options.group, options.strata, options.score, options.cluster].compactMap { $0 }
    used += names
    let (rows, missing) = try Self.complete(table, used, leaveOut: options.completeCases)
    leftOut = missing
    data = try Self.followUp(table, rows, options)
    group = try options.group.map { SurvivalGroups(try Self.texts(table, rows, $0)) }
    if let group, group.count > 100 {
      throw LightboxError.input(
        file: table.file, column: options.group, found: "\(group.count) groups",
        expected: "at most 100", hint: "a curve for each cannot be read; --strata takes any number")
    }
    strata = try options.strata.map { SurvivalGroups(try Self.texts(table, rows, $0)) }
    clusters = try options.cluster.map { Clusters(try Self.texts(table, rows, $0)) }
    if let clusters, clusters.count < 2 {
      throw LightboxError.input(
        file: table.file, column: options.cluster, found: "\(clusters.count) cluster",
        expected: "at least two", hint: "leave out --cluster for independent cases")
    }
    score = try options.score.map { try Self.numbers(table, rows, $0) }
    covariates = names.isEmpty ? nil : try Self.design(table, rows, names)
  }

  private static func names(_ list: String) throws -> [String] {
    let names = list.split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard !names.isEmpty, Set(names).count == names.count, !names.contains("") else {
      throw LightboxError(.usage, "--covariates \(list): expected different columns, with commas")
    }
    return names
  }

  private static func isMissing(_ field: String) -> Bool {
    field.isEmpty || field == "NA" || field.allSatisfy { $0 == " " }
  }

  /// Rows with a value in every column, and those without.
  private static func complete(
    _ table: TextTable, _ columns: [String], leaveOut: Bool
  ) throws -> (rows: [Int], LeftOut) {
    var places: [(name: String, place: Int)] = []
    for name in columns where !places.contains(where: { $0.name == name }) {
      places.append((name, try table.index(of: name)))
    }
    var counts = [Int](repeating: 0, count: places.count)
    var rows: [Int] = []
    var missing = LeftOut()
    var first: (row: Int, column: String)?
    for row in table.rows.indices {
      let fields = table.rows[row]
      var isComplete = true
      for (k, column) in places.enumerated() where isMissing(fields[column.place]) {
        counts[k] += 1
        isComplete = false
        if first == nil { first = (row, column.name) }
      }
      if isComplete { rows.append(row) } else { missing.rows.append(row + 2) }
    }
    missing.columns = places.indices.filter { counts[$0] > 0 }.map {
      LeftOut.Column(column: places[$0].name, rows: counts[$0])
    }
    if let first, !leaveOut {
      throw table.error(
        first.row, first.column, expected: "a value",
        hint: "\(missing.rows.count) of \(table.rows.count) rows lack one in a column used; "
          + "--complete-cases leaves them out and lists them")
    }
    guard !rows.isEmpty else {
      throw LightboxError.input(
        file: table.file, found: "no row with a value in every column used",
        expected: "at least two")
    }
    return (rows, missing)
  }

  private static func texts(_ table: TextTable, _ rows: [Int], _ column: String) throws -> [String]
  {
    let place = try table.index(of: column)
    return rows.map { table.rows[$0][place] }
  }

  private static func numbers(
    _ table: TextTable, _ rows: [Int], _ column: String
  ) throws -> [Double] {
    let place = try table.index(of: column)
    var values: [Double] = []
    values.reserveCapacity(rows.count)
    for row in rows {
      if let value = Double(table.rows[row][place]), value.isFinite {
        values.append(value)
      } else if let value = try? table.double(row, column) {
        values.append(value)
      } else {
        throw table.error(row, column, expected: "a finite number")
      }
    }
    return values
  }

  private static func followUp(
    _ table: TextTable, _ rows: [Int], _ options: Survival
  ) throws -> SurvivalTimes {
    let times = try numbers(table, rows, options.time)
    for (k, time) in times.enumerated() where time < 0 {
      throw table.error(
        rows[k], options.time, expected: "a time of 0 or more",
        hint: "follow-up starts at 0; check the order of the dates it was made from")
    }
    let place = try table.index(of: options.event)
    var events: [Bool] = []
    events.reserveCapacity(rows.count)
    for row in rows {
      let field = table.rows[row][place]
      if let wanted = options.eventValue {
        events.append(field == wanted || (Double(field).map { $0 == Double(wanted) } ?? false))
        continue
      }
      switch field {
      case "0", "0.0": events.append(false)
      case "1", "1.0": events.append(true)
      default:
        throw table.error(
          row, options.event, expected: "0 or 1", hint: "--event-value names another event")
      }
    }
    guard events.contains(true) else {
      throw LightboxError.input(
        file: table.file, column: options.event,
        found: "no \(options.eventValue ?? "1") in \(rows.count) rows",
        expected: "at least one event")
    }
    do {
      return try SurvivalTimes(times: times, events: events)
    } catch {
      throw LightboxError.input(
        file: table.file, column: options.time, found: error.reason, expected: "follow-up times")
    }
  }

  /// Number columns as they are; text columns as one indicator for each level but the first.
  private static func design(
    _ table: TextTable, _ rows: [Int], _ columns: [String]
  ) throws -> (names: [String], rows: [[Double]]) {
    var names: [String] = []
    var values: [[Double]] = []
    for column in columns {
      let texts = try texts(table, rows, column)
      let isText = texts.map { Double($0.filter { $0 != " " }) == nil }
      guard isText.allSatisfy({ $0 }) else {
        names.append(column)
        values.append(try numbers(table, rows, column))
        continue
      }
      let levels = SurvivalGroups(texts)
      guard levels.count <= 20 else {
        throw LightboxError.input(
          file: table.file, column: column, found: "\(levels.count) different texts",
          expected: "numbers, or at most 20 levels")
      }
      guard levels.count > 1 else {
        throw LightboxError.input(
          file: table.file, column: column, found: "\(levels.names[0]) in all \(rows.count) rows",
          expected: "a column that varies", hint: "leave it out of --covariates")
      }
      for (k, level) in levels.names.enumerated().dropFirst() {
        names.append("\(column): \(level) to \(levels.names[0])")
        values.append(levels.codes.map { Int($0) == k ? 1 : 0 })
      }
    }
    return (names, rows.indices.map { i in values.map { $0[i] } })
  }

  /// Runs a computation of the library; a statistic without a value becomes an input error.
  func defined<Value>(
    _ column: String?, _ expected: String, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let error as Undefined {
      throw LightboxError.input(
        file: file, column: column, found: error.reason, expected: expected)
    }
  }
}
