/// gnuplot's `set key`: where the series of a panel, or of all panels, are explained.
enum LegendScript {
  /// How many entries of a legend fit side by side.
  static func columns(_ names: [String], width: Double) -> Int {
    let widest = names.map { GnuplotText.keyWidth($0) }.max() ?? 1
    return Swift.max(1, Swift.min(names.count, Int(width / widest)))
  }

  private static let look = "samplen 2.6 spacing 1.1 noenhanced noautotitle"

  /// A legend of so many lines, its upper edge's middle at a place of the canvas.
  static func below(lines: Int, x: Double, y: Double) -> String {
    let place = "screen \(PanelFrame.screen(x)), screen \(PanelFrame.screen(y))"
    return "set key at \(place) center top vertical Left reverse maxrows \(lines)"
      + " \(look)"
  }

  /// The legend of a panel where its layout puts it.
  static func key(_ layout: PanelLayout, frame: PanelFrame) -> String {
    func inside(_ x: Double, _ y: Double, _ corner: String) -> String {
      "set key at graph \(x),\(y) \(corner) vertical Left reverse \(look)"
    }
    switch layout.legend {
    case .hidden: return "unset key"
    case .topLeft: return inside(0.02, 0.98, "left top")
    case .topRight: return inside(0.98, 0.98, "right top")
    case .bottomLeft: return inside(0.02, 0.03, "left bottom")
    case .bottomRight: return inside(0.98, 0.03, "right bottom")
    case .right: return inside(1.03, 1, "left top")
    case .below:
      return below(
        lines: layout.legendLines, x: (frame.left + frame.right) / 2,
        y: frame.bottom - layout.legendDrop / frame.canvasHeight)
    }
  }
}
