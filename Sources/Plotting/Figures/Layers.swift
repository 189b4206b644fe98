/// Layers of points and lines.
extension Plot {
  typealias Direction = PanelScript.Direction

  /// Lines through the rows in their order, with markers, and a shaded band between two columns.
  ///
  /// - `series`: one line per value of this column.
  /// - `label`: the legend's entry where there is no series column.
  /// - `markers`: whether rows are marked on the line; curves with many rows look better without.
  @discardableResult
  public func line(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>,
    band: (PartialKeyPath<Row>, PartialKeyPath<Row>)? = nil,
    series path: PartialKeyPath<Row>? = nil, label: String? = nil, markers: Bool = true
  ) -> Plot {
    let across = field(x)
    let up = number(y)
    let limits = band.map { (number($0.0), number($0.1)) }
    describe(x: across, y: up)
    let parts = series(path, label: label)
    panel.layers.append { script in
      let place = script.place(across, on: .x)
      if let (low, high) = limits {
        for part in parts {
          let look = HouseStyle.look(script.figure.look(of: part.name))
          let lower = script.place(low, on: .y)
          let upper = script.place(high, on: .y)
          script.add(
            using: [place.expression, lower.expression, upper.expression],
            style:
              "with filledcurves fs transparent solid 0.18 noborder lc rgb '\(look.colour)'",
            filter: part.rows, needs: [place.isPresent, lower.isPresent, upper.isPresent])
        }
      }
      for part in parts {
        let look = HouseStyle.look(script.figure.look(of: part.name))
        let height = script.place(up, on: .y)
        let points = markers ? "linespoints pt \(look.marker) ps 0.8" : "lines"
        script.add(
          using: [place.expression, height.expression],
          style: "with \(points) lw 2 dt \(look.dash) lc rgb '\(look.colour)'",
          filter: part.rows, needs: [place.isPresent, height.isPresent], series: part.name)
      }
    }
    return self
  }

  /// Points, each with an interval along the axis that measures: vertical, or horizontal where
  /// the y axis holds categories or `across` is given.
  ///
  /// - `interval`: lower and upper end on the measuring axis.
  /// - `across`: lower and upper end along x.
  /// - `label`: the legend's entry where there is no series column.
  /// - `dodge`: how far series stand apart, so that intervals do not hide each other: in
  ///   categories on a category axis (default .2), in x units or, on a logarithmic axis, as a
  ///   natural-log factor otherwise (default 0).
  /// - `open`: whether markers are hollow.
  @discardableResult
  public func points(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>,
    interval: (PartialKeyPath<Row>, PartialKeyPath<Row>)? = nil,
    across: (PartialKeyPath<Row>, PartialKeyPath<Row>)? = nil,
    series path: PartialKeyPath<Row>? = nil, label: String? = nil, dodge: Double? = nil,
    open: Bool = false
  ) -> Plot {
    let first = field(x)
    let second = field(y)
    describe(x: first, y: second)
    let isForest = !second.isNumeric
    let vertical = isForest ? nil : interval.map { (number($0.0), number($0.1)) }
    let horizontal = (across ?? (isForest ? interval : nil)).map { (number($0.0), number($0.1)) }
    let parts = series(path, label: label)
    panel.layers.append { script in
      let step = script.dodge(first, second, parts: parts.count, asked: dodge)
      for (index, part) in parts.enumerated() {
        let look = HouseStyle.look(script.figure.look(of: part.name))
        let shift = (Double(index) - Double(parts.count - 1) / 2) * step
        let moved = isForest ? (x: 0, y: shift) : (x: shift, y: 0)
        let place = script.place(first, on: .x, shift: moved.x)
        let height = script.place(second, on: .y, shift: moved.y)
        var using = [place.expression, height.expression]
        var needs = [place.isPresent, height.isPresent]
        var bars = ""
        if let (low, high) = horizontal {
          let ends = [script.place(low, on: .x), script.place(high, on: .x)]
          using += ends.map(\.expression)
          needs += ends.map(\.isPresent)
          bars += "x"
        }
        if let (low, high) = vertical {
          let ends = [script.place(low, on: .y), script.place(high, on: .y)]
          using += ends.map(\.expression)
          needs += ends.map(\.isPresent)
          bars += "y"
        }
        let mark = "pt \(open ? look.open : look.marker) ps 0.9 lw 1.6 lc rgb '\(look.colour)'"
        if bars.isEmpty {
          script.add(
            using: using, style: "with points \(mark)", filter: part.rows, needs: needs,
            series: part.name)
        } else {
          script.add(
            using: using, style: "with \(bars)errorbars \(mark)", filter: part.rows, needs: needs,
            series: part.name)
          // A row whose interval does not exist still has its point.
          script.add(
            using: Array(using.prefix(2)), style: "with points \(mark)", filter: part.rows,
            needs: Array(needs.prefix(2)))
        }
      }
    }
    return self
  }

  /// The values that the paper prints, as open diamonds in black over everything else.
  ///
  /// - `series`: on a category axis, puts each value beside its series' `points`.
  @discardableResult
  public func printed(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, series path: PartialKeyPath<Row>? = nil,
    dodge: Double? = nil, label: String = "printed in the paper"
  ) -> Plot {
    let first = field(x)
    let second = field(y)
    describe(x: first, y: second)
    let parts = path == nil ? [(name: "", rows: filter)] : series(path, label: nil)
    panel.note(series: label)
    panel.layers.append { script in
      let step = script.dodge(first, second, parts: parts.count, asked: dodge)
      for (index, part) in parts.enumerated() {
        let shift = (Double(index) - Double(parts.count - 1) / 2) * step
        let isForest = !second.isNumeric
        let place = script.place(first, on: .x, shift: isForest ? 0 : shift)
        let height = script.place(second, on: .y, shift: isForest ? shift : 0)
        script.add(
          using: [place.expression, height.expression], style: "with points \(Self.printedMark)",
          filter: part.rows, needs: [place.isPresent, height.isPresent], series: label)
      }
    }
    return self
  }

  /// One value that the paper prints and the table does not hold.
  @discardableResult
  public func printed(x: Double, y: Double, label: String = "printed in the paper") -> Plot {
    panel.note(series: label)
    panel.layers.append { script in
      let (across, up) = (PanelScript.number(x), PanelScript.number(y))
      script.add(
        literal: "'+' using (\(across)):(\(up)) every ::0::0 with points \(Self.printedMark)",
        series: label)
    }
    return self
  }

  static var printedMark: String { "pt 12 ps 1.3 lw 1.8 lc rgb '#000000'" }

  /// A line across the panel at a height, with a word at its right end.
  @discardableResult
  public func reference(y value: Double, _ label: String? = nil) -> Plot {
    panel.references.append(.init(line: .horizontal(value), label: label))
    return self
  }

  /// A line up the panel.
  @discardableResult
  public func reference(x value: Double, _ label: String? = nil) -> Plot {
    panel.references.append(.init(line: .vertical(value), label: label))
    return self
  }

  /// The line on which both axes agree, over the ranges that `axes` gave (0...1 without).
  @discardableResult
  public func diagonal(_ label: String? = nil) -> Plot {
    panel.references.append(.init(line: .diagonal, label: label))
    return self
  }

  /// A text in data coordinates.
  @discardableResult
  public func note(_ text: String, x: Double, y: Double) -> Plot {
    panel.notes.append(.init(text: text, x: x, y: y))
    return self
  }
}
