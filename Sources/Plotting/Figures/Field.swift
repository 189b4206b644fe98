import Kernels

/// A column of the table behind a figure, as key paths find it.
struct Field {
  /// Position in the file, from 1 as gnuplot counts.
  var index: Int
  var heading: String
  var texts: [String]
  /// nil where the cell is empty or no number.
  var numbers: [Double?]
  /// Whether every filled cell is a number.
  var isNumeric: Bool
}

/// The table behind a figure: what its .tsv holds, read back.
struct FigureTable<Row: TableRow> {
  let text: String
  let rows: [Row]
  let fields: [Field]

  /// The table as gnuplot will read it. Straight double quotes in texts become typographic ones,
  /// because gnuplot would take them for the quotes of a field and run cells together; backslashes
  /// become the set-minus sign, because gnuplot would read `\n` as a line break.
  init(_ rows: [Row]) throws {
    text = try TSV.encode(rows).replacing("\"", with: "”")
      .replacing("\\", with: "∖").replacing("]]>", with: "]]›")
    self.rows = try TSV.decode(Row.self, text, file: "\(Row.self)")
    let grid = try TSV.cells(text, file: "\(Row.self)")
    fields = grid.header.indices.map { column in
      let texts = grid.rows.map { $0[column] }
      let numbers = texts.map { $0.isEmpty ? nil : Double($0) }
      let isNumeric = zip(texts, numbers).allSatisfy { $0.isEmpty || $1 != nil }
      return Field(
        index: column + 1, heading: grid.header[column], texts: texts, numbers: numbers,
        isNumeric: isNumeric)
    }
  }

  /// The column that holds the values of `path`.
  ///
  /// Columns are recognised by content, cell by cell; where several columns agree in every row,
  /// the one that `path` follows when the cell changes.
  ///
  /// - Throws: a software error if no column holds these values.
  func field(_ path: PartialKeyPath<Row>) throws -> Field {
    let cells = try rows.map { try Self.cell($0, path) }
    var candidates = fields.filter { $0.texts == cells }
    if candidates.count > 1, let first = rows.first {
      let before = try Self.cell(first, path)
      let followed = candidates.filter { candidate in
        ["0", "1", before + "x", ""].contains { replacement in
          guard replacement != before,
            let row = try? changed(column: candidate.index - 1, to: replacement),
            let after = try? Self.cell(row, path)
          else { return false }
          return after != before
        }
      }
      if !followed.isEmpty { candidates = followed }
    }
    if rows.isEmpty, let any = fields.first { return any }
    guard let field = candidates.first else {
      throw LightboxError(
        .software,
        "\(path) is no column of \(Row.self): a figure draws what its table holds; add the value"
          + " as a property with a column")
    }
    return field
  }

  /// The first row with one cell replaced.
  private func changed(column: Int, to cell: String) throws -> Row? {
    var cells = fields.map { $0.texts[0] }
    cells[column] = cell
    let header = fields.map(\.heading).joined(separator: "\t")
    let text = header + "\n" + cells.joined(separator: "\t") + "\n"
    return try TSV.decode(Row.self, text, file: "\(Row.self)").first
  }

  /// What a cell of this value reads.
  private static func cell(_ row: Row, _ path: PartialKeyPath<Row>) throws -> String {
    let any = row[keyPath: path]
    // Casting a missing optional fails: it is the empty cell.
    guard let value = any as? any Encodable else {
      return Mirror(reflecting: any).displayStyle == .optional ? "" : "\(any)"
    }
    let writer = CellWriter(table: "\(Row.self)", columns: [Column("value")])
    writer.start(row: 1)
    try value.encode(to: writer)
    return writer.cells.first ?? ""
  }
}
