import Cohorts
import Foundation
import Imaging
import Kernels
import Plotting

// Every output is anchored to the line of the study that made it, written once, and lazy: rows are
// evaluated only by a run that computes.

extension StudyRun {
  /// A table: `<id>.tsv`, shown on the page under `title`.
  ///
  /// Throws whatever computing the rows throws, and an input error for a cell that TSV cannot hold.
  public func table<Row: TableRow>(
    _ id: String, _ title: String, tier: DataTier? = nil, rows: @autoclosure () throws -> [Row],
    fileID: String = #fileID, line: Int = #line
  ) throws {
    let anchor = try anchor(.table, id, tier, title: title, fileID: fileID, line: line)
    if writes {
      try write(try TSV.encode(try rows()), to: "\(id).tsv")
    } else {
      try keep("\(id).tsv")
    }
    record(anchor)
  }

  /// A figure: `<id>.tsv`, `.gp` and `.svg` (image grids `.png`), drawn from the written table only.
  ///
  /// `--redraw` reads the rows back from the table, so restyling a figure computes nothing.
  public func figure<Row: TableRow>(
    _ id: String, _ caption: String = "", tier: DataTier? = nil,
    from rows: @autoclosure () throws -> [Row], fileID: String = #fileID,
    line: Int = #line, function: String = #function, draw: (Plot<Row>) throws -> Void
  ) throws {
    let anchor = try anchor(.figure, id, tier, title: caption, fileID: fileID, line: line)
    if mode != .explain {
      let table = "\(id).tsv"
      let evaluated: [Row]
      if writes {
        evaluated = try rows()
      } else {
        let text = String(decoding: try existing(table), as: UTF8.self)
        evaluated = try TSV.decode(Row.self, text, file: "\(outputs.shown)/\(table)")
        // The pixels of an image grid are data as well, and stay.
        if DurableFile.exists("\(outputs.target)/\(id).tiles.png") { try keep("\(id).tiles.png") }
      }
      let drawer = function.prefix { $0 != "(" }
      let files = try Figure.render(
        evaluated, name: id, directory: outputs.assembly,
        footer: [name, String(drawer), tier?.rawValue ?? ""].filter { !$0.isEmpty }
          .joined(separator: " · "),
        metadata: [
          ("study", name), ("function", String(drawer)), ("source", anchor.file),
          ("tier", tier?.rawValue ?? "none"), ("seed", String(seed)), ("scale", scale.rawValue),
        ].map { (name: $0.0, value: $0.1) },
        reusingTiles: mode == .redraw, draw: draw)
      if !files.warnings.isEmpty { say("\(id): gnuplot remarks: \(files.warnings)") }
    }
    record(anchor)
  }

  /// Per-case rows: `cases/<id>.tsv.gz`, whole or, where `subset` is given, the rows it accepts;
  /// the whole set is then in `.cache/<study>/cases/`.
  ///
  /// `compressed: false` writes `cases/<id>.tsv`, for small tables such as `estimates`. A study
  /// commits at most 8 MB of cases: more is an error that asks for a subset.
  public func cases<Row: TableRow>(
    _ id: String, _ title: String = "", tier: DataTier? = nil,
    rows: @autoclosure () throws -> [Row], subset: ((Row) -> Bool)? = nil,
    compressed: Bool = true, fileID: String = #fileID, line: Int = #line
  ) throws {
    try cases(id, title, tier, keepsWhole: subset != nil, compressed, fileID, line) {
      let all = try rows()
      return (try subset.map { try TSV.encode(all.filter($0)) }, try TSV.encode(all))
    }
  }

  /// Per-case rows whose columns the data decide: `truth.<label>` and `score.<label>` for every
  /// label there is.
  public func cases(
    _ id: String, _ title: String = "", tier: DataTier? = nil,
    table: @autoclosure () throws -> CaseTable, subset: ((CaseTable.Row) -> Bool)? = nil,
    compressed: Bool = true, fileID: String = #fileID, line: Int = #line
  ) throws {
    try cases(id, title, tier, keepsWhole: subset != nil, compressed, fileID, line) {
      let all = try table()
      return (try subset.map { try all.filter($0).text() }, try all.text())
    }
  }

  /// Numbers of cases as an array, the first axis the cases: `cases/<id>.npy`.
  public func cases(
    _ id: String, _ title: String = "", tier: DataTier? = nil,
    array: @autoclosure () throws -> NPYArray, fileID: String = #fileID, line: Int = #line
  ) throws {
    let anchor = try anchor(.cases, id, tier, title: title, fileID: fileID, line: line)
    let file = "cases/\(id).npy"
    if writes {
      try write(NPY.encode(try array()), to: file)
      try checkCasesSize(file)
    } else {
      try keep(file)
    }
    record(anchor)
  }

  private func checkCasesSize(_ file: String) throws {
    let size = casesSize
    guard size > 8 << 20 else { return }
    throw LightboxError(
      .software,
      "\(file): the study's cases come to \(size >> 20) MB, the limit is 8 MB; name a complete "
        + "subset (one seed, the judged arms)")
  }

  /// Per-case rows as text. `keepsWhole` writes the whole set beside the stages as well.
  func cases(
    _ id: String, _ title: String, _ tier: DataTier?, keepsWhole: Bool, _ compressed: Bool,
    _ fileID: String, _ line: Int, _ make: () throws -> (subset: String?, all: String)
  ) throws {
    let anchor = try anchor(.cases, id, tier, title: title, fileID: fileID, line: line)
    let file = compressed ? "\(id).tsv.gz" : "\(id).tsv"
    func bytes(_ text: String) -> [UInt8] {
      compressed ? Gzip.compress(Array(text.utf8)) : Array(text.utf8)
    }
    if writes {
      let made = try make()
      try write(bytes(made.subset ?? made.all), to: "cases/\(file)")
      if keepsWhole { try keepWhole(bytes(made.all), file) }
      try checkCasesSize("cases/\(file)")
    } else {
      try keep("cases/\(file)")
    }
    record(anchor)
  }

  /// A number of the text: `{{id}}` on the page.
  ///
  /// - digits: significant digits printed; nil prints the shortest decimal.
  public func value(
    _ id: String, _ value: @autoclosure () throws -> Double, unit: String? = nil,
    digits: Int? = nil, fileID: String = #fileID, line: Int = #line
  ) throws {
    try text(.value, id, unit, fileID, line) {
      let number = try value()
      guard number.isFinite else {
        throw LightboxError(.software, "the value \(id) is \(number), not a number to print")
      }
      return digits.map { Printed.significant(number, digits: $0) } ?? Printed.exact(number)
    }
  }

  /// A whole number of the text.
  public func value(
    _ id: String, _ value: @autoclosure () throws -> Int, unit: String? = nil,
    fileID: String = #fileID, line: Int = #line
  ) throws {
    try text(.value, id, unit, fileID, line) { String(try value()) }
  }

  /// A computed word or phrase of the text.
  public func text(
    _ id: String, _ text: @autoclosure () throws -> String, fileID: String = #fileID,
    line: Int = #line
  ) throws {
    try self.text(.text, id, nil, fileID, line) { try text() }
  }

  private func text(
    _ kind: LogRow.Kind, _ id: String, _ unit: String?, _ fileID: String, _ line: Int,
    _ make: () throws -> String
  ) throws {
    var anchor = try anchor(kind, id, nil, title: nil, fileID: fileID, line: line)
    anchor.unit = unit
    if writes {
      anchor.value = try make()
    } else if mode == .redraw {
      anchor.value = try oldRow(kind, id).value
    }
    record(anchor)
  }

  /// What was measured for a claim of claims.tsv; judged at the end of the run.
  ///
  /// - measured: the primary setting.
  /// - flip: the setting in which the outcome must reverse.
  /// - alternatives: the settings of the claim's knobs in which it should hold.
  /// - recipe: estimator and columns of cases that recompute it.
  /// - seeds: number of seeds behind the primary setting.
  /// - reason: why there is no outcome, where the study says so.
  public func claim(
    _ id: String, tier: DataTier, measured: @autoclosure () throws -> Measured,
    flip: @autoclosure () throws -> Setting? = nil,
    alternatives: @autoclosure () throws -> [Setting] = [], recipe: String = "",
    seeds: Int? = nil, reason: String? = nil, fileID: String = #fileID, line: Int = #line
  ) throws {
    let anchor = try anchor(.claim, id, tier, title: nil, fileID: fileID, line: line)
    if writes {
      measure(
        ClaimMeasurement(
          id: id, tier: tier.rawValue, measured: try measured(), flip: try flip(),
          alternatives: try alternatives(), recipe: recipe, seeds: seeds, reason: reason))
    }
    record(anchor)
  }
}
