/// A panel's plot clauses while its layers write them.
struct PanelScript {
  let panel: Panel
  let figure: FigureDescription
  let file: String
  private(set) var clauses: [String] = []
  /// gnuplot arrays with the texts of labels, declared before the plot.
  private(set) var declarations: [String] = []
  /// Width of histogram boxes in x units.
  var boxWidth: Double?
  private var explained: Set<String> = []
  private let arrayPrefix: String

  init(panel: Panel, figure: FigureDescription, file: String, index: Int) {
    self.panel = panel
    self.figure = figure
    self.file = file
    arrayPrefix = "Text\(index + 1)_"
  }

  /// A coordinate as a gnuplot expression, and which rows have one.
  struct Coordinate {
    var expression: String
    var isPresent: [Bool]
  }

  enum Direction { case x, y }

  /// The place of a column on an axis: its number, or its category's.
  ///
  /// - Parameter shift: added to categories, and to numbers on linear axes; factor on
  ///   logarithmic ones is `exp(shift)`.
  func place(_ field: Field, on direction: Direction, shift: Double = 0) -> Coordinate {
    let names = direction == .x ? panel.xNames : panel.yNames
    let axis = direction == .x ? panel.x : panel.y
    let letter = direction == .x ? "X" : "Y"
    if isCategory(field, on: direction) {
      let added = shift == 0 ? "" : (shift > 0 ? "+" : "-") + Self.number(abs(shift))
      return Coordinate(
        expression: "\(letter)(strcol(\(field.index)))\(added)",
        isPresent: field.texts.map(names.contains))
    }
    var expression = "$\(field.index)"
    if axis.infinity != nil { expression = "\(letter)(\(expression))" }
    if shift != 0 {
      expression =
        axis.scale == .logarithmic
        ? "\(expression)*exp(\(Self.number(shift)))" : "(\(expression)+\(Self.number(shift)))"
    }
    let present = field.numbers.map { value in
      guard let value else { return false }
      if value.isInfinite { return axis.infinity != nil }
      return axis.scale == .linear || value > 0
    }
    return Coordinate(expression: expression, isPresent: present)
  }

  func isCategory(_ field: Field, on direction: Direction) -> Bool {
    direction == .x ? !panel.xNames.isEmpty : !panel.yNames.isEmpty
  }

  /// How far apart series stand: as asked, or a fifth of a category at most.
  func dodge(_ x: Field, _ y: Field, parts: Int, asked: Double?) -> Double {
    let onCategories = isCategory(x, on: .x) || isCategory(y, on: .y)
    return asked ?? (onCategories ? Swift.min(0.2, 0.7 / Double(parts)) : 0)
  }

  /// `expression` where the filter holds, else a missing value.
  static func filtered(_ expression: String, by filter: RowFilter) -> String {
    filter.condition.isEmpty
      ? wrapped(expression) : "(\(filter.condition) ? (\(expression)) : NaN)"
  }

  /// Adds a clause unless no row has a point for it.
  ///
  /// - Parameters:
  ///   - using: expressions, the first of which carries the filter.
  ///   - needs: rows that have every coordinate.
  ///   - series: the legend's entry; the first clause of a name explains it.
  mutating func add(
    using: [String], style: String, filter: RowFilter, needs: [[Bool]], series: String? = nil
  ) {
    let isDrawn = filter.rows.contains { row in needs.allSatisfy { $0[row] } }
    guard isDrawn else { return }
    let columns = using.enumerated().map { index, expression in
      index == 0 ? Self.filtered(expression, by: filter) : Self.wrapped(expression)
    }
    var title = "notitle"
    if let series, !series.isEmpty, explained.insert(series).inserted {
      title = "title \(GnuplotText.quoted(series))"
    }
    clauses.append(
      "\(GnuplotText.quoted(file)) skip 1 using \(columns.joined(separator: ":")) \(style) \(title)"
    )
  }

  /// Adds a clause that reads no rows, such as a value printed in the paper.
  mutating func add(literal: String, series: String? = nil) {
    var title = "notitle"
    if let series, !series.isEmpty, explained.insert(series).inserted {
      title = "title \(GnuplotText.quoted(series))"
    }
    clauses.append("\(literal) \(title)")
  }

  /// An array with one text per row of the table, and the expression that reads it.
  mutating func labels(_ texts: [String]) -> String {
    let name = "\(arrayPrefix)\(declarations.count + 1)"
    let values = texts.map(GnuplotText.quotedLabel).joined(separator: ", ")
    declarations.append("array \(name)[\(texts.count)] = [\(values)]")
    return "\(name)[int($0)+1]"
  }

  static func wrapped(_ expression: String) -> String {
    let isPlain = expression.dropFirst().allSatisfy(\.isNumber)
    if isPlain, expression.hasPrefix("$") { return String(expression.dropFirst()) }
    return "(\(expression))"
  }

  static func number(_ value: Double) -> String { Printed.exact(value) }
}

/// Which rows a layer draws: those of its panel and series.
struct RowFilter {
  /// A gnuplot condition; empty draws every row.
  var condition = ""
  var rows: [Int]

  init(count: Int) { rows = Array(0..<count) }

  /// The rows that also hold `text` in `field`.
  func matching(_ field: Field, _ text: String) -> RowFilter {
    var result = self
    let test = "strcol(\(field.index)) eq \(GnuplotText.quotedCell(text))"
    result.condition = condition.isEmpty ? test : "\(condition) && \(test)"
    result.rows = rows.filter { field.texts[$0] == text }
    return result
  }
}
