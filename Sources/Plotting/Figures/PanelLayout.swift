/// What a panel takes of the canvas: its plotting area and the margins around it, in pixels.
struct PanelLayout {
  /// The plotting area.
  var width, height: Double
  /// Margins, which hold ticks, labels, title and legend.
  var left, right, top, bottom: Double
  var legend: Legend
  /// Lines of a legend below, each as many entries wide as fit.
  var legendLines: Int
  /// Whether the names of categories along x are too wide to stand side by side.
  var slantsX: Bool
  /// Pixels from the panel's lower edge to the top of its legend.
  var legendDrop: Double

  /// - Parameters:
  ///   - isSingle: whether the figure has no other panel; a single one is larger.
  ///   - needsLegend: whether the panel has series that no panel before it explains.
  init(_ panel: Panel, isSingle: Bool, needsLegend: Bool) {
    let size = HouseStyle.fontSize
    let inner = panel.area ?? Self.area(of: panel, isSingle: isSingle)
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
      perLine = LegendScript.columns(named, width: left + inner.width + right)
      legendLines = (named.count + perLine - 1) / perLine
      bottom += Double(legendLines) * 21 + 8
    }
    let top = panel.title == nil && isSingle ? 14.0 : 34.0
    (width, height) = inner
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom + 4)
    self.legend = legend
    self.legendLines = legendLines
    slantsX = slants
    legendDrop = drop
  }

  /// The plotting area of a panel that asks for none.
  private static func area(of panel: Panel, isSingle: Bool) -> (width: Double, height: Double) {
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
}

/// A panel's plotting area in fractions of the canvas, y from below.
struct PanelFrame {
  var left, right, top, bottom: Double
  var canvasWidth, canvasHeight: Double

  /// A fraction as scripts write it.
  static func screen(_ value: Double) -> String { Printed.fixed(value, decimals: 5) }
}
