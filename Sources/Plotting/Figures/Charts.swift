import Kernels

/// Layers that are whole kinds of chart.
extension Plot {
  /// Bars grouped by series over categories, from `baseline`, each with its interval.
  ///
  /// Where the y axis starts above the baseline, bars start at the axis.
  @discardableResult
  public func bars(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>,
    interval: (PartialKeyPath<Row>, PartialKeyPath<Row>)? = nil,
    printed: PartialKeyPath<Row>? = nil,
    series path: PartialKeyPath<Row>? = nil, label: String? = nil, baseline: Double = 0
  ) -> Plot {
    let across = field(x)
    let up = number(y)
    let ends = interval.map { (number($0.0), number($0.1)) }
    let paper = printed.map { number($0) }
    describe(x: across, y: up, categoryX: true)
    let parts = series(path, label: label)
    if paper != nil { panel.note(series: "printed in the paper") }
    panel.layers.append { script in
      let width = 0.8 / Double(parts.count)
      for (index, part) in parts.enumerated() {
        let look = HouseStyle.look(script.figure.look(of: part.name))
        let shift = (Double(index) - Double(parts.count - 1) / 2) * width
        let middle = script.place(across, on: .x, shift: shift)
        let left = script.place(across, on: .x, shift: shift - 0.46 * width)
        let right = script.place(across, on: .x, shift: shift + 0.46 * width)
        let height = script.place(up, on: .y)
        script.add(
          using: [
            middle.expression, height.expression, left.expression, right.expression,
            PanelScript.number(Swift.max(baseline, script.panel.y.low ?? baseline)),
            height.expression,
          ],
          style: "with boxxyerror fs solid 1 border lc rgb '\(HouseStyle.ink)' lw 0.8"
            + " fc rgb '\(look.colour)'",
          filter: part.rows, needs: [middle.isPresent, height.isPresent], series: part.name)
      }
      for (index, part) in parts.enumerated() {
        let shift = (Double(index) - Double(parts.count - 1) / 2) * width
        let middle = script.place(across, on: .x, shift: shift)
        if let (low, high) = ends {
          let lower = script.place(low, on: .y)
          let upper = script.place(high, on: .y)
          // A white line under the dark one keeps the part inside a dark bar visible.
          for style in ["lw 4 lc rgb 'white'", "lw 1.6 lc rgb '\(HouseStyle.ink)'"] {
            script.add(
              using: [
                middle.expression, lower.expression, "0",
                "\(upper.expression)-\(lower.expression)",
              ], style: "with vectors nohead \(style)", filter: part.rows,
              needs: [middle.isPresent, lower.isPresent, upper.isPresent])
          }
        }
        if let paper {
          let place = script.place(paper, on: .y)
          script.add(
            using: [middle.expression, place.expression],
            style: "with points pt 13 ps 1.3"
              + " lc rgb 'white'", filter: part.rows, needs: [middle.isPresent, place.isPresent])
          script.add(
            using: [middle.expression, place.expression],
            style: "with points \(Self.printedMark)", filter: part.rows,
            needs: [middle.isPresent, place.isPresent], series: "printed in the paper")
        }
      }
    }
    return self
  }

  /// Box plots of five numbers per category: whisker, lower hinge, median, upper hinge, whisker.
  ///
  /// Which quartiles and which whiskers these are is the table's business and the caption's.
  @discardableResult
  public func boxes(
    x: PartialKeyPath<Row>,
    low: PartialKeyPath<Row>, lowerHinge: PartialKeyPath<Row>, median: PartialKeyPath<Row>,
    upperHinge: PartialKeyPath<Row>, high: PartialKeyPath<Row>,
    series path: PartialKeyPath<Row>? = nil, label: String? = nil
  ) -> Plot {
    let across = field(x)
    let five = [low, lowerHinge, median, upperHinge, high].map { number($0) }
    describe(x: across, y: five[2], categoryX: true)
    let parts = series(path, label: label)
    panel.layers.append { script in
      let width = 0.72 / Double(parts.count)
      for (index, part) in parts.enumerated() {
        let look = HouseStyle.look(script.figure.look(of: part.name))
        let shift = (Double(index) - Double(parts.count - 1) / 2) * width
        let middle = script.place(across, on: .x, shift: shift)
        let heights = five.map { script.place($0, on: .y) }
        let needs = [middle.isPresent] + heights.map(\.isPresent)
        let box = PanelScript.number(0.8 * width)
        func using(_ order: [Int]) -> [String] {
          [middle.expression] + order.map { heights[$0].expression } + [box]
        }
        script.add(
          using: using([1, 0, 4, 3]),
          style: "with candlesticks whiskerbars 0.5 fs transparent solid 0.3 border"
            + " lw 1.4 lc rgb '\(look.colour)'",
          filter: part.rows, needs: needs, series: part.name)
        script.add(
          using: using([2, 2, 2, 2]),
          style: "with candlesticks lw 3 lc rgb '\(look.colour)'", filter: part.rows, needs: needs)
      }
    }
    return self
  }

  /// Receiver operating characteristic curves: rows are the curve's corners in order.
  ///
  /// A square panel over 0...1 with the diagonal of chance.
  @discardableResult
  public func roc(
    falsePositiveRate x: PartialKeyPath<Row>, truePositiveRate y: PartialKeyPath<Row>,
    band: (PartialKeyPath<Row>, PartialKeyPath<Row>)? = nil,
    series path: PartialKeyPath<Row>? = nil, label: String? = nil
  ) -> Plot {
    line(x: x, y: y, band: band, series: path, label: label, markers: false)
    panel.isSquare = true
    panel.references.append(.init(line: .diagonal, label: nil))
    panel.xLabel = "1 − specificity"
    panel.yLabel = "Sensitivity"
    return axes(x: 0...1, y: 0...1)
  }

  /// Agreement of two measurements: difference against mean, with the mean difference and the
  /// limits of agreement, mean ± 1.96 SD (Bland and Altman 1986).
  ///
  /// d = first − second; SD with n − 1. The limits are computed from the panel's rows.
  @discardableResult
  public func blandAltman(
    first: PartialKeyPath<Row>, second: PartialKeyPath<Row>,
    series path: PartialKeyPath<Row>? = nil, label: String? = nil
  ) -> Plot {
    let one = number(first)
    let two = number(second)
    let parts = series(path, label: label)
    panel.xLabel = panel.xLabel ?? "Mean of \(one.heading) and \(two.heading)"
    panel.yLabel = panel.yLabel ?? "\(one.heading) − \(two.heading)"
    panel.layers.append { script in
      let present = zip(one.numbers, two.numbers).map { $0 != nil && $1 != nil }
      for part in parts {
        let look = HouseStyle.look(script.figure.look(of: part.name))
        script.add(
          using: ["($\(one.index)+$\(two.index))/2", "$\(one.index)-$\(two.index)"],
          style: "with points pt \(look.open) ps 0.8 lw 1.4 lc rgb '\(look.colour)'",
          filter: part.rows, needs: [present], series: part.name)
      }
    }
    let differences = filter.rows.compactMap { row -> Double? in
      guard let a = one.numbers[row], let b = two.numbers[row] else { return nil }
      return a - b
    }
    guard differences.count >= 2 else { return self }
    let n = Double(differences.count)
    let mean = differences.reduce(0, +) / n
    let squares = differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    let spread = 1.96 * (squares / (n - 1)).squareRoot()
    func printed(_ value: Double) -> String {
      Printed.significant(value, digits: 3).replacing("-", with: "−")
    }
    panel.references += [
      .init(line: .horizontal(mean), label: "mean \(printed(mean))", isBold: true),
      .init(line: .horizontal(mean + spread), label: "+1.96 SD \(printed(mean + spread))"),
      .init(line: .horizontal(mean - spread), label: "−1.96 SD \(printed(mean - spread))"),
    ]
    if panel.y.low == nil && panel.y.high == nil {
      let low = Swift.min(mean - spread, differences.min()!)
      let high = Swift.max(mean + spread, differences.max()!)
      let room = 0.08 * (high - low)
      panel.y.low = Printed.rounded(low - room, digits: 3)
      panel.y.high = Printed.rounded(high + room, digits: 3)
    }
    return self
  }

  /// Shares of the rows in equal bins, one histogram per series.
  ///
  /// - `bins`: number of bins over `range`; the upper end belongs to the last bin.
  /// - `range`: without it, the extent of the column's values. Values outside are not counted.
  /// - `density`: heights are shares per unit of x (area 1) instead of counts.
  @discardableResult
  public func histogram(
    _ value: PartialKeyPath<Row>, bins: Int = 30, range: ClosedRange<Double>? = nil,
    density: Bool = false, series path: PartialKeyPath<Row>? = nil, label: String? = nil
  ) -> Plot {
    precondition(bins > 0, "bins (\(bins)) must be positive")
    let field = number(value)
    let parts = series(path, label: label)
    let values = filter.rows.compactMap { field.numbers[$0] }.filter(\.isFinite)
    let low = range?.lowerBound ?? values.min() ?? 0
    var high = range?.upperBound ?? values.max() ?? 1
    if high <= low { high = low + 1 }
    let width = (high - low) / Double(bins)
    panel.xLabel = panel.xLabel ?? field.heading
    panel.yLabel = panel.yLabel ?? (density ? "Density" : "Count")
    if panel.x.low == nil { panel.x = Axis(low: low, high: high) }
    if panel.y.low == nil { panel.y.low = 0 }
    panel.layers.append { script in
      let inside = field.numbers.map { value in value.map { $0 >= low && $0 <= high } ?? false }
      for part in parts {
        let look = HouseStyle.look(script.figure.look(of: part.name))
        let counted = part.rows.rows.filter { inside[$0] }.count
        let each = density ? 1 / (Double(Swift.max(1, counted)) * width) : 1
        let number = PanelScript.number
        let column = "$\(field.index)"
        let bin = "floor((\(column)-\(number(low)))/\(number(width)))"
        let last = "(\(bin) > \(bins - 1) ? \(bins - 1) : \(bin))"
        let middle = "\(number(low))+\(number(width))*(\(last)+0.5)"
        let isInside = "\(column) >= \(number(low)) && \(column) <= \(number(high))"
        script.add(
          using: ["\(isInside) ? \(middle) : NaN", number(each)],
          style: "smooth frequency with boxes fs transparent solid 0.35 border lw 1.2"
            + " lc rgb '\(look.colour)'",
          filter: part.rows, needs: [inside], series: part.name)
      }
      script.boxWidth = width
    }
    return self
  }

  /// A matrix of coloured cells over two columns of categories, each cell printing its value.
  ///
  /// - `digits`: decimals printed in the cells; nil prints nothing.
  /// - `range`: values of the palette's ends; for a diverging palette symmetric about its middle.
  /// - `diverging`: brown through white to blue instead of light to dark.
  @discardableResult
  public func heatMap(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, value: PartialKeyPath<Row>,
    digits: Int? = 2, range: ClosedRange<Double>? = nil, diverging: Bool = false
  ) -> Plot {
    let across = field(x)
    let down = field(y)
    let height = number(value)
    describe(x: across, y: down, categoryX: true, categoryY: true)
    panel.hasHeatMap = true
    panel.valueLabel = panel.valueLabel ?? height.heading
    panel.palette = diverging ? HouseStyle.diverging : HouseStyle.sequential
    let values = filter.rows.compactMap { height.numbers[$0] }.filter(\.isFinite)
    let extent = (values.min() ?? 0)...Swift.max(values.max() ?? 1, values.min() ?? 0)
    let largest = Swift.max(abs(extent.lowerBound), abs(extent.upperBound))
    var limits = range ?? (diverging ? -largest...largest : extent)
    if limits.lowerBound == limits.upperBound {
      limits = limits.lowerBound - 0.5...limits.upperBound + 0.5
    }
    panel.paletteRange = limits
    let filter = filter
    panel.layers.append { script in
      let place = script.place(across, on: .x)
      let row = script.place(down, on: .y)
      let present = height.numbers.map { $0 != nil }
      let needs = [place.isPresent, row.isPresent, present]
      func moved(_ expression: String, _ by: String) -> String { "\(expression)\(by)" }
      script.add(
        using: [
          place.expression, row.expression, moved(place.expression, "-0.5"),
          moved(place.expression, "+0.5"), moved(row.expression, "-0.5"),
          moved(row.expression, "+0.5"), "$\(height.index)",
        ],
        style: "with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette", filter: filter,
        needs: needs)
      guard let digits else { return }
      let texts = script.labels(
        height.numbers.map { number in
          number.map { Printed.fixed($0, decimals: digits).replacing("-", with: "−") } ?? ""
        })
      let middle = (limits.lowerBound + limits.upperBound) / 2
      let half = (limits.upperBound - limits.lowerBound) / 2
      // Light text where the palette is dark: past 60 % of a light-to-dark palette, and towards
      // both ends of a diverging one.
      let relative = "($\(height.index)-\(PanelScript.number(middle)))/\(PanelScript.number(half))"
      let isDark = diverging ? "abs(\(relative)) > 0.62" : "\(relative) > 0.15"
      let shades = Set(
        values.map { value in
          let place = (value - middle) / half
          return diverging ? abs(place) > 0.62 : place > 0.15
        })
      for (dark, condition, colour) in [
        (false, "!(\(isDark))", HouseStyle.ink), (true, isDark, "#FFFFFF"),
      ] where shades.contains(dark) {  // gnuplot remarks on a layer without points
        script.add(
          using: ["\(condition) ? \(place.expression) : NaN", row.expression, texts],
          style: "with labels font ',\(Int(HouseStyle.fontSize) - 2)' tc rgb '\(colour)'",
          filter: filter, needs: needs)
      }
    }
    return self
  }
}
