import Foundation

/// The part of a figure's script that draws one panel: margins, axes, legend, words, reference
/// lines, then the plot clauses that the panel's layers write.
struct PanelSettings {
  let figure: FigureDescription
  let panel: Panel
  /// The panel's number from 0, its letter from A.
  let index: Int
  /// The table beside the script.
  let table: String
  /// The figure's footer, which its first panel writes.
  let footer: String
  let layout: PanelLayout
  let frame: PanelFrame
  let isSingle: Bool

  private let size = HouseStyle.fontSize

  /// The settings and the `plot` command.
  ///
  /// - Parameter common: the legend of all panels, which one of them writes.
  func text(key common: String?) throws -> String {
    var writer = PanelScript(panel: panel, figure: figure, file: table, index: index)
    for layer in panel.layers { try layer(&writer) }
    let number = PanelScript.number
    let screen = PanelFrame.screen
    var lines: [String] = []
    lines.append("set lmargin at screen \(screen(frame.left))")
    lines.append("set rmargin at screen \(screen(frame.right))")
    lines.append("set tmargin at screen \(screen(frame.top))")
    lines.append("set bmargin at screen \(screen(frame.bottom))")
    lines.append("unset label; unset arrow; unset logscale; unset colorbox")
    if panel.isBare {
      lines.append("unset border; unset tics; unset grid; unset xlabel; unset ylabel")
      for (axis, letter) in [(panel.x, "x"), (panel.y, "y")] {
        let ends = [axis.low, axis.high].map { $0.map(number) ?? "*" }
        lines.append("set \(letter)range [\(ends[0]):\(ends[1])]")
      }
    } else {
      let width = (frame.right - frame.left) * frame.canvasWidth
      lines +=
        AxisScript(
          axis: panel.x, letter: "x", names: panel.xNames, slants: layout.slantsX, length: width
        ).lines
      lines +=
        AxisScript(
          axis: panel.y, letter: "y", names: panel.yNames, slants: false, length: nil
        ).lines
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
    lines.append(common ?? LegendScript.key(layout, frame: frame))
    lines += words
    lines += writer.declarations
    lines += panel.references.flatMap(reference)
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

  /// Title, letter and footer.
  private var words: [String] {
    let screen = PanelFrame.screen
    var lines = ["unset title"]
    let above = frame.top + 16 / frame.canvasHeight
    let left = Swift.max(
      0.002, frame.left - layout.left / frame.canvasWidth + 6 / frame.canvasWidth)
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

  /// A line across the panel, and its word.
  private func reference(_ reference: Panel.Reference) -> [String] {
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
