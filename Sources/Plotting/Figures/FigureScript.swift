import Foundation

/// The gnuplot script of a figure: where panels lie on the canvas, then each panel's settings and
/// plot clauses.
struct FigureScript {
  let figure: FigureDescription
  let name: String
  let footer: String
  /// Lines that end the SVG as an XML comment.
  let metadata: [String]

  private struct Box {
    var left, right, top, bottom: Double
    var legend: Legend
    /// Lines of a legend below, each as many entries wide as fit.
    var legendLines: Int
    var slantsX: Bool
    /// Pixels from the panel's lower edge to the top of its legend.
    var legendDrop: Double
  }

  private let size = HouseStyle.fontSize

  /// The whole script.
  func text() throws -> String {
    let panels = figure.panels
    let columns =
      figure.columns ?? Swift.min(panels.count, panels.count == 4 ? 2 : 3)
    let rows = (panels.count + columns - 1) / columns
    let isSingle = panels.count == 1
    let shared = sharedLegend()
    var shown: Set<String> = []
    var boxes: [Box] = []
    for panel in panels {
      let isNew = shared == nil && panel.series.contains { !shown.contains($0) }
      shown.formUnion(panel.series)
      boxes.append(box(panel, isSingle: isSingle, needsLegend: isNew))
    }
    func area(_ panel: Panel) -> (width: Double, height: Double) {
      panel.area ?? Self.area(panel, isSingle: isSingle)
    }
    var widths = [Double](repeating: 0, count: columns)
    var heights = [Double](repeating: 0, count: rows)
    for (index, panel) in panels.enumerated() {
      let box = boxes[index]
      let inner = area(panel)
      let column = index % columns
      let row = index / columns
      widths[column] = Swift.max(widths[column], box.left + inner.width + box.right)
      heights[row] = Swift.max(heights[row], box.top + inner.height + box.bottom)
    }
    let width = widths.reduce(0, +)
    let panelsHeight = heights.reduce(0, +)
    var height = panelsHeight + (footer.isEmpty ? 2 : 18)
    var common: String?
    if let shared {
      let columns = legendColumns(shared, width: width)
      let lines = (shared.count + columns - 1) / columns
      let top = panelsHeight + 4
      height += Double(lines) * 21 + 6
      common = belowKey(lines: lines, x: 0.5, y: 1 - top / height)
    }
    let isImage = figure.images != nil
    var script = "# \(GnuplotText.comment(name)): gnuplot \(name).gp draws \(name)"
    script += isImage ? ".png\n" : ".svg from \(name).tsv\n"
    script += HouseStyle.opening(
      terminal: isImage ? "pngcairo" : "svg", width: width, height: height,
      output: "\(name).\(isImage ? "png" : "svg")")
    if !isSingle { script += "set multiplot\n" }
    for (index, panel) in panels.enumerated() {
      let row = index / columns
      let column = index % columns
      let x = widths[..<column].reduce(0, +) + boxes[index].left
      let y = heights[..<row].reduce(0, +) + boxes[index].top
      let inner = area(panel)
      let frame = Frame(
        left: x / width, right: (x + inner.width) / width,
        top: 1 - y / height, bottom: 1 - (y + inner.height) / height,
        canvasWidth: width, canvasHeight: height)
      script += "\n# Panel \(index + 1)\n"
      script += try body(
        panel, index: index, box: boxes[index], frame: frame, isSingle: isSingle,
        key: index == 0 ? common : nil)
    }
    if !isSingle { script += "unset multiplot\n" }
    script += "unset output\n"
    if !metadata.isEmpty && !isImage {
      script += "set print \(GnuplotText.quoted("\(name).svg")) append\n"
      let lines = ["<!-- Lightbox"] + metadata.map { GnuplotText.comment($0) } + ["-->"]
      for line in lines { script += "print \(GnuplotText.quoted(line))\n" }
      script += "unset print\n"
    }
    return script
  }

  /// The series of one legend for all panels, when the first panel names every series and no
  /// panel asks for a place of its own.
  private func sharedLegend() -> [String]? {
    let panels = figure.panels
    guard panels.count > 1, panels.allSatisfy({ $0.legend == nil }) else { return nil }
    let all = Set(panels.flatMap(\.series))
    let first = panels[0].series
    return !all.isEmpty && all.isSubset(of: first) ? first : nil
  }

  /// How many entries of a legend fit side by side.
  private func legendColumns(_ names: [String], width: Double) -> Int {
    let widest = names.map { GnuplotText.keyWidth($0) }.max() ?? 1
    return Swift.max(1, Swift.min(names.count, Int(width / widest)))
  }

  /// A panel's plotting area in fractions of the canvas, y from below.
  private struct Frame {
    var left, right, top, bottom: Double
    var canvasWidth, canvasHeight: Double
  }

  private static func area(_ panel: Panel, isSingle: Bool) -> (width: Double, height: Double) {
    if panel.isSquare { return isSingle ? (340, 340) : (260, 260) }
    if panel.hasHeatMap {
      let width = Double(panel.xNames.count) * 62
      let height = Double(panel.yNames.count) * 34
      return (Swift.min(640, Swift.max(160, width)), Swift.min(560, Swift.max(80, height)))
    }
    let rows = Double(panel.yNames.count)
    let width = isSingle ? 420.0 : 270.0
    if rows > 0 { return (width * 0.85, Swift.max(90, rows * 30 + 20)) }
    return (width, isSingle ? 280 : 210)
  }

  /// Margins around a panel in pixels.
  private func box(_ panel: Panel, isSingle: Bool, needsLegend: Bool) -> Box {
    let inner = panel.area ?? Self.area(panel, isSingle: isSingle)
    let names = panel.yNames
    let tick =
      names.isEmpty ? 48 : (names.map { GnuplotText.width($0, size: size) }.max() ?? 0) + 14
    let left = panel.isBare ? 10 : tick + (panel.yLabel?.isEmpty == false ? 26 : 6)
    let named = panel.series.filter { !$0.isEmpty }
    let legend = panel.legend ?? (named.isEmpty || !needsLegend ? .hidden : .below)
    let words = panel.references.compactMap { reference -> Double? in
      guard case .horizontal = reference.line, let label = reference.label else { return nil }
      return GnuplotText.width(label, size: size - 2)
    }
    var right = Swift.max(18, (words.max() ?? 0) + 12)
    if panel.hasHeatMap { right = 100 }
    if case .right = legend {
      right = 60 + (named.map { GnuplotText.width($0, size: size) }.max() ?? 0)
    }
    let slot = inner.width / Double(Swift.max(1, panel.xNames.count))
    let widest = panel.xNames.map { GnuplotText.width($0, size: size) }.max() ?? 0
    let slants = widest > slot - 4
    var bottom = slants ? 16 + widest * 0.62 : 30
    if panel.isBare { bottom = 6 }
    if panel.xLabel?.isEmpty == false && !panel.isBare { bottom += 22 }
    var legendLines = 0
    var perLine = 1
    let drop = bottom + 4
    if case .below = legend {
      perLine = legendColumns(named, width: left + inner.width + right)
      legendLines = (named.count + perLine - 1) / perLine
      bottom += Double(legendLines) * 21 + 8
    }
    let top = panel.title == nil && isSingle ? 14.0 : 34.0
    return Box(
      left: left, right: right, top: top, bottom: bottom + 4, legend: legend,
      legendLines: legendLines, slantsX: slants, legendDrop: drop)
  }

  private func body(
    _ panel: Panel, index: Int, box: Box, frame: Frame, isSingle: Bool, key common: String?
  ) throws -> String {
    var writer = PanelScript(panel: panel, figure: figure, file: "\(name).tsv", index: index)
    for layer in panel.layers { try layer(&writer) }
    let number = PanelScript.number
    func screen(_ value: Double) -> String { Printed.fixed(value, decimals: 5) }
    var lines: [String] = []
    lines.append("set lmargin at screen \(screen(frame.left))")
    lines.append("set rmargin at screen \(screen(frame.right))")
    lines.append("set tmargin at screen \(screen(frame.top))")
    lines.append("set bmargin at screen \(screen(frame.bottom))")
    lines.append("unset label; unset arrow; unset logscale; unset colorbox")
    if panel.isBare {
      lines.append("unset border; unset tics; unset grid; unset xlabel; unset ylabel")
    } else {
      let width = (frame.right - frame.left) * frame.canvasWidth
      lines += axis(panel.x, "x", names: panel.xNames, slants: box.slantsX, length: width)
      lines += axis(panel.y, "y", names: panel.yNames, slants: false, length: nil)
      let words = [("xlabel", panel.xLabel, "0,0.4"), ("ylabel", panel.yLabel, "0.8,0")]
      for (name, text, offset) in words {
        lines.append("set \(name) \(GnuplotText.quoted(text ?? "")) offset \(offset)")
      }
      if !panel.yNames.isEmpty {
        lines.append(
          panel.hasHeatMap
            ? "unset grid"
            : "unset grid; set grid xtics lc rgb '\(HouseStyle.faint)' lw 0.8 dt solid")
      }
    }
    if let width = writer.boxWidth { lines.append("set boxwidth \(number(width)) absolute") }
    if let palette = panel.palette, let range = panel.paletteRange {
      lines.append(HouseStyle.palette(palette))
      lines.append("set cbrange [\(number(range.lowerBound)):\(number(range.upperBound))]")
      let x = frame.right + 12 / frame.canvasWidth
      let height = frame.top - frame.bottom
      lines.append(
        "set colorbox vertical user origin screen \(screen(x)), screen \(screen(frame.bottom))"
          + " size screen \(screen(12 / frame.canvasWidth)), screen \(screen(height)) noborder")
      lines.append("set cblabel \(GnuplotText.quoted(panel.valueLabel ?? ""))")
    }
    lines.append(common ?? key(box, frame: frame))
    lines += words(panel, index: index, box: box, frame: frame, isSingle: isSingle)
    lines += writer.declarations
    lines += panel.references.flatMap { reference($0, panel) }
    for note in panel.notes {
      lines.append(
        "set label \(GnuplotText.quotedLabel(note.text)) at \(number(note.x)),\(number(note.y))"
          + " left front font ',\(Int(size) - 2)'")
    }
    if writer.clauses.isEmpty {
      lines.append("set label 'no data' at graph 0.5,0.5 center tc rgb '\(HouseStyle.quiet)'")
      if panel.x.low == nil { lines.append("set xrange [0:1]") }
      if panel.y.low == nil { lines.append("set yrange [0:1]") }
      lines.append("plot NaN notitle")
    } else {
      lines.append("plot \(writer.clauses.joined(separator: ", \\\n  "))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Scale, range, ticks and the helper that places categories or infinity on one axis.
  ///
  /// - Parameter length: pixels along x, to leave out tick labels that would run into each other.
  private func axis(
    _ axis: Axis, _ letter: String, names: [String], slants: Bool, length: Double?
  ) -> [String] {
    let number = PanelScript.number
    let helper = letter.uppercased()
    var lines: [String] = []
    if !names.isEmpty {
      let tests = names.enumerated().map { index, name in
        "s eq \(GnuplotText.quotedCell(name)) ? \(index + 1) : "
      }
      lines.append("\(helper)(s) = \(tests.joined())NaN")
      let ticks = names.enumerated().map { index, name in
        "\(GnuplotText.quotedTick(name)) \(index + 1)"
      }
      let turn = slants ? " rotate by 35 right" : " norotate"
      lines.append("set \(letter)tics\(turn) (\(ticks.joined(separator: ", "))) scale 0")
      let ends = ("0.5", number(Double(names.count) + 0.5))
      // Categories read from the top.
      let upward = letter == "y" ? !axis.isReversed : axis.isReversed
      lines.append("set \(letter)range [\(upward ? "\(ends.1):\(ends.0)" : "\(ends.0):\(ends.1)")]")
      return lines
    }
    if axis.scale == .logarithmic { lines.append("set logscale \(letter)") }
    let low = axis.low.map(number) ?? "*"
    let high = axis.high.map(number) ?? "*"
    lines.append(
      "set \(letter)range [\(low):\(high)]" + (axis.isReversed ? " reverse" : " noreverse"))
    lines.append("set format \(letter) '%g'")
    var option = " norotate autofreq"
    if let ticks = axis.ticks {
      let labels = Self.spaced(ticks, axis: axis, length: length, size: size)
      let listed = zip(labels, ticks).map { "\(GnuplotText.quotedTick($0)) \(number($1))" }
      option = " norotate (\(listed.joined(separator: ", ")))"
    }
    lines.append("set \(letter)tics\(option) scale 0.6")
    if let infinity = axis.infinity {
      lines.append("\(helper)(v) = v > 1e300 ? \(number(infinity.position)) : v")
      lines.append(
        "set \(letter)tics add (\(GnuplotText.quotedTick(infinity.label)) \(number(infinity.position)))"
      )
    }
    return lines
  }

  /// Tick labels, empty where one would run into the one before.
  private static func spaced(
    _ ticks: [Double], axis: Axis, length: Double?, size: Double
  ) -> [String] {
    let labels = ticks.map(Printed.exact)
    guard let length, let low = axis.low, let high = axis.high else { return labels }
    func scaled(_ value: Double) -> Double {
      func plain(_ value: Double) -> Double {
        axis.scale == .logarithmic ? log10(value) : value
      }
      return length * (plain(value) - plain(low)) / (plain(high) - plain(low))
    }
    var end = -Double.infinity
    return zip(labels, ticks).map { label, tick in
      let half = GnuplotText.width(label, size: size) / 2
      if scaled(tick) - half < end + 4 { return "" }
      end = scaled(tick) + half
      return label
    }
  }

  private static let keyLook = "samplen 2.6 spacing 1.1 noenhanced noautotitle"

  private func belowKey(lines: Int, x: Double, y: Double) -> String {
    let place =
      "screen \(Printed.fixed(x, decimals: 5)), screen \(Printed.fixed(y, decimals: 5))"
    return "set key at \(place) center top vertical Left reverse maxrows \(lines)"
      + " \(Self.keyLook)"
  }

  private func key(_ box: Box, frame: Frame) -> String {
    func inside(_ x: Double, _ y: Double, _ corner: String) -> String {
      "set key at graph \(x),\(y) \(corner) vertical Left reverse \(Self.keyLook)"
    }
    switch box.legend {
    case .hidden: return "unset key"
    case .topLeft: return inside(0.02, 0.98, "left top")
    case .topRight: return inside(0.98, 0.98, "right top")
    case .bottomLeft: return inside(0.02, 0.03, "left bottom")
    case .bottomRight: return inside(0.98, 0.03, "right bottom")
    case .right: return inside(1.03, 1, "left top")
    case .below:
      return belowKey(
        lines: box.legendLines, x: (frame.left + frame.right) / 2,
        y: frame.bottom - box.legendDrop / frame.canvasHeight)
    }
  }

  /// Title, letter and footer.
  private func words(
    _ panel: Panel, index: Int, box: Box, frame: Frame, isSingle: Bool
  ) -> [String] {
    func screen(_ value: Double) -> String { Printed.fixed(value, decimals: 5) }
    var lines = ["unset title"]
    let above = frame.top + 16 / frame.canvasHeight
    let left = Swift.max(0.002, frame.left - box.left / frame.canvasWidth + 6 / frame.canvasWidth)
    if !isSingle {
      let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
      lines.append(
        "set label '\(letter)' at screen \(screen(left)), screen \(screen(above)) left"
          + " font '\(HouseStyle.font) Bold,\(Int(size) + 3)' tc rgb '\(HouseStyle.ink)'")
    }
    if let title = panel.title {
      lines.append(
        "set label \(GnuplotText.quotedLabel(title)) at screen \(screen(frame.left)),"
          + " screen \(screen(above)) left tc rgb '\(HouseStyle.ink)'")
    }
    if index == 0 && !footer.isEmpty {
      lines.append(
        "set label \(GnuplotText.quotedLabel(footer)) at screen"
          + " \(screen(6 / frame.canvasWidth)), screen \(screen(8 / frame.canvasHeight)) left"
          + " font ',\(Int(HouseStyle.footerSize))' tc rgb '\(HouseStyle.quiet)'")
    }
    return lines
  }

  private func reference(_ reference: Panel.Reference, _ panel: Panel) -> [String] {
    let number = PanelScript.number
    let look =
      reference.isBold
      ? "nohead lw 1.8 dt solid lc rgb '\(HouseStyle.ink)' back"
      : "nohead lw 1.2 dt (5,4) lc rgb '\(HouseStyle.quiet)' back"
    let word = reference.label.map(GnuplotText.quotedLabel)
    let font = "font ',\(Int(size) - 2)' tc rgb '\(HouseStyle.quiet)' front"
    switch reference.line {
    case .horizontal(let y):
      var lines = [
        "set arrow from graph 0, first \(number(y)) to graph 1, first \(number(y)) \(look)"
      ]
      if let word {
        lines.append(
          "set label \(word) at graph 1.01, first \(number(y)) left \(font)")
      }
      return lines
    case .vertical(let x):
      var lines = [
        "set arrow from first \(number(x)), graph 0 to first \(number(x)), graph 1 \(look)"
      ]
      if let word {
        lines.append(
          "set label \(word) at first \(number(x)), graph 0.96 left offset 0.5,0 \(font)")
      }
      return lines
    case .diagonal:
      let low = Swift.max(panel.x.low ?? 0, panel.y.low ?? 0)
      let high = Swift.min(panel.x.high ?? 1, panel.y.high ?? 1)
      var lines = [
        "set arrow from first \(number(low)), first \(number(low)) to first \(number(high)),"
          + " first \(number(high)) \(look)"
      ]
      if let word {
        lines.append(
          "set label \(word) at first \(number(high)), first \(number(high)) right"
            + " offset -1,-1 \(font)")
      }
      return lines
    }
  }
}
