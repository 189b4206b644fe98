/// Where a panel explains its series.
public enum Legend: Sendable {
  /// Under the panel.
  case below
  /// To the right of the panel, outside.
  case right
  case topLeft, topRight, bottomLeft, bottomRight
  case hidden
}

/// One panel while it is being described: layers, axes and words.
final class Panel {
  /// A layer, resolved into gnuplot plot clauses once axes and series are known.
  typealias Layer = (inout PanelScript) throws -> Void

  var title: String?
  var layers: [Layer] = []
  var x = Axis()
  var y = Axis()
  var xLabel: String?
  var yLabel: String?
  var valueLabel: String?
  var legend: Legend?
  var xCategories: [String] = []
  var yCategories: [String] = []
  /// Width and height of the plotting area in pixels; nil takes the house's.
  var area: (width: Double, height: Double)?
  var isSquare = false
  var references: [Reference] = []
  var notes: [Note] = []
  var palette: [String]?
  var paletteRange: ClosedRange<Double>?
  /// Every series named in this panel, in order of first use.
  var series: [String] = []
  var hasHeatMap = false
  var isBare = false

  /// A line that guides the eye.
  struct Reference {
    enum Line {
      case vertical(Double)
      case horizontal(Double)
      case diagonal
    }
    var line: Line
    var label: String?
    var isBold = false
  }

  /// A text at a place in data coordinates.
  struct Note {
    var text: String
    var x, y: Double
  }

  func note(series name: String) {
    if !name.isEmpty && !series.contains(name) { series.append(name) }
  }

  func add(categories: [String], to list: ReferenceWritableKeyPath<Panel, [String]>) {
    for name in categories where !name.isEmpty && !self[keyPath: list].contains(name) {
      self[keyPath: list].append(name)
    }
  }

  /// The category positions of an axis: the listed order, or that of first appearance.
  var xNames: [String] { x.categories ?? xCategories }
  var yNames: [String] { y.categories ?? yCategories }
}

/// A figure while it is being described.
final class FigureDescription {
  var panels: [Panel] = []
  var columns: Int?
  var series: [String] = []
  var failure: (any Error)?
  var images: ImageSheet?

  /// The look of a series: by order of first appearance in the figure, so that one name looks the
  /// same in every panel and layer.
  func look(of name: String) -> Int {
    if name.isEmpty { return 0 }
    if let index = series.firstIndex(of: name) { return index }
    series.append(name)
    return series.count - 1
  }
}
