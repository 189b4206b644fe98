import Foundation

/// The gnuplot script of a figure: the canvas with its panels in rows, then what each panel writes.
struct FigureScript {
  let figure: FigureDescription
  let name: String
  let footer: String
  /// Lines that end the SVG as an XML comment.
  let metadata: [String]

  /// The whole script.
  func text() throws -> String {
    let panels = figure.panels
    let columns =
      figure.columns ?? Swift.min(panels.count, panels.count == 4 ? 2 : 3)
    let rows = (panels.count + columns - 1) / columns
    let isSingle = panels.count == 1
    let shared = sharedLegend()
    var shown: Set<String> = []
    var layouts: [PanelLayout] = []
    for panel in panels {
      let isNew = shared == nil && panel.series.contains { !shown.contains($0) }
      shown.formUnion(panel.series)
      layouts.append(PanelLayout(panel, isSingle: isSingle, needsLegend: isNew))
    }
    var widths = [Double](repeating: 0, count: columns)
    var heights = [Double](repeating: 0, count: rows)
    for (index, layout) in layouts.enumerated() {
      let column = index % columns
      let row = index / columns
      widths[column] = Swift.max(widths[column], layout.left + layout.width + layout.right)
      heights[row] = Swift.max(heights[row], layout.top + layout.height + layout.bottom)
    }
    let width = widths.reduce(0, +)
    let panelsHeight = heights.reduce(0, +)
    var height = panelsHeight + (footer.isEmpty ? 2 : 18)
    var common: String?
    if let shared {
      let columns = LegendScript.columns(shared, width: width)
      let lines = (shared.count + columns - 1) / columns
      let top = panelsHeight + 4
      height += Double(lines) * 21 + 6
      common = LegendScript.below(lines: lines, x: 0.5, y: 1 - top / height)
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
      let layout = layouts[index]
      let x = widths[..<column].reduce(0, +) + layout.left
      let y = heights[..<row].reduce(0, +) + layout.top
      let frame = PanelFrame(
        left: x / width, right: (x + layout.width) / width,
        top: 1 - y / height, bottom: 1 - (y + layout.height) / height,
        canvasWidth: width, canvasHeight: height)
      script += "\n# Panel \(index + 1)\n"
      script += try PanelSettings(
        figure: figure, panel: panel, index: index, table: "\(name).tsv", footer: footer,
        layout: layout, frame: frame, isSingle: isSingle
      ).text(key: index == 0 ? common : nil)
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
}
