import Kernels

/// A figure, or one of its panels, described by layers over the columns of a table.
///
///     try Figure.render(rows, name: "figure-2", directory: folder) { plot in
///       plot.line(x: \.epsilon, y: \.auroc, band: (\.low, \.high), series: \.arm)
///         .printed(x: \.epsilon, y: \.paper)
///         .axes(x: .log(0.1...10).infinity(at: 16), y: 0.5...1)
///         .labels(x: "ε", y: "AUROC")
///     }
///
/// Key paths name stored properties of the row that have a column. Rows whose value is missing
/// are not drawn. A text column on an axis makes it a category axis, in order of appearance
/// unless `axes` lists another. Series are told apart by colour, dash and marker in order of
/// appearance in the whole figure; one name has one look everywhere.
public final class Plot<Row: TableRow> {
  /// The rows drawn, read back from the table's text.
  public let rows: [Row]
  let table: FigureTable<Row>
  let figure: FigureDescription
  let filter: RowFilter
  private var own: Panel?

  init(table: FigureTable<Row>, figure: FigureDescription, filter: RowFilter, panel: Panel? = nil) {
    self.table = table
    rows = filter.rows.map { table.rows[$0] }
    self.figure = figure
    self.filter = filter
    own = panel
  }

  /// The panel that this plot draws in, made on first use.
  var panel: Panel {
    if let own { return own }
    let panel = Panel()
    figure.panels.append(panel)
    own = panel
    return panel
  }

  /// The column of a key path; a failure is kept and thrown by `render`.
  func field(_ path: PartialKeyPath<Row>) -> Field {
    do {
      return try table.field(path)
    } catch {
      if figure.failure == nil { figure.failure = error }
      return table.fields[0]
    }
  }

  /// A column that must hold numbers.
  func number(_ path: PartialKeyPath<Row>) -> Field {
    let field = field(path)
    if !field.isNumeric && figure.failure == nil {
      figure.failure = LightboxError(
        .software, "\(path) holds text; this part of a figure needs numbers")
    }
    return field
  }

  /// Names the axes after their columns unless they have a name, and collects categories.
  func describe(x: Field, y: Field, categoryX: Bool = false, categoryY: Bool = false) {
    panel.xLabel = panel.xLabel ?? x.heading
    panel.yLabel = panel.yLabel ?? y.heading
    if categoryX || !x.isNumeric {
      panel.add(categories: filter.rows.map { x.texts[$0] }, to: \.xCategories)
    }
    if categoryY || !y.isNumeric {
      panel.add(categories: filter.rows.map { y.texts[$0] }, to: \.yCategories)
    }
  }

  /// The series of a layer, each with its rows: those of a column, or one under `label`.
  func series(_ path: PartialKeyPath<Row>?, label: String?) -> [(name: String, rows: RowFilter)] {
    guard let path else {
      let name = label ?? ""
      panel.note(series: name)
      _ = figure.look(of: name)
      return [(name, filter)]
    }
    let column = field(path)
    var names: [String] = []
    for row in filter.rows where !names.contains(column.texts[row]) {
      names.append(column.texts[row])
    }
    return names.map { name in
      panel.note(series: name)
      _ = figure.look(of: name)
      return (name, filter.matching(column, name))
    }
  }

  /// Adds a panel. The first panel is lettered A.
  ///
  /// - `title`: printed above the panel beside its letter.
  @discardableResult
  public func panel(_ title: String? = nil, _ draw: (Plot<Row>) -> Void) -> Plot {
    let panel = Panel()
    panel.title = title
    figure.panels.append(panel)
    draw(Plot(table: table, figure: figure, filter: filter, panel: panel))
    return self
  }

  /// Adds one panel for every value of a column, titled by it, holding that value's rows.
  @discardableResult
  public func panels(by path: PartialKeyPath<Row>, _ draw: (Plot<Row>, String) -> Void) -> Plot {
    let column = field(path)
    var names: [String] = []
    for row in filter.rows where !names.contains(column.texts[row]) {
      names.append(column.texts[row])
    }
    for name in names {
      let panel = Panel()
      panel.title = name
      figure.panels.append(panel)
      draw(
        Plot(
          table: table, figure: figure, filter: filter.matching(column, name), panel: panel), name)
    }
    if names.isEmpty { figure.panels.append(Panel()) }  // a figure without rows says "no data"
    return self
  }

  /// Panels per row of the figure; the default is the squarest arrangement, wider than high.
  @discardableResult
  public func columns(_ count: Int) -> Plot {
    precondition(count > 0, "columns (\(count)) must be positive")
    figure.columns = count
    return self
  }

  /// Fixes the order, and so the looks, of series before any layer names them.
  @discardableResult
  public func order(series names: [String]) -> Plot {
    for name in names { _ = figure.look(of: name) }
    return self
  }

  /// Scales and ranges: `.axes(x: .log(0.1...10), y: 0.5...1)`.
  @discardableResult
  public func axes(x: some AxisRange, y: some AxisRange) -> Plot { axes(x: x).axes(y: y) }

  @discardableResult
  public func axes(x: some AxisRange) -> Plot {
    panel.x = x.axis
    return self
  }

  @discardableResult
  public func axes(y: some AxisRange) -> Plot {
    panel.y = y.axis
    return self
  }

  /// What the axes measure, with units; without this the columns' headings are printed.
  ///
  /// - `value`: what the colours of a heat map measure.
  @discardableResult
  public func labels(
    x: String? = nil, y: String? = nil, value: String? = nil, title: String? = nil
  ) -> Plot {
    if let x { panel.xLabel = x }
    if let y { panel.yLabel = y }
    if let value { panel.valueLabel = value }
    if let title { panel.title = title }
    return self
  }

  /// Where series are explained; by default below when there is something to explain.
  @discardableResult
  public func legend(_ place: Legend) -> Plot {
    panel.legend = place
    return self
  }

  /// The plotting area in pixels.
  @discardableResult
  public func size(width: Double, height: Double) -> Plot {
    precondition(width >= 60 && height >= 40, "a panel of \(width) by \(height) pixels")
    panel.area = (width, height)
    return self
  }
}
