/// What `axes(x:y:)` takes: a closed range for a linear axis, or an `Axis`.
public protocol AxisRange {
  var axis: Axis { get }
}

extension ClosedRange: AxisRange where Bound == Double {
  public var axis: Axis { Axis(low: lowerBound, high: upperBound) }
}

/// The scale and range of an axis.
public struct Axis: AxisRange, Sendable {
  enum Scale: Sendable { case linear, logarithmic }

  var low: Double?
  var high: Double?
  var scale = Scale.linear
  /// Where infinite values are drawn, and their tick's label.
  var infinity: (position: Double, label: String)?
  var ticks: [Double]?
  var categories: [String]?
  var isReversed = false

  public var axis: Axis { self }

  /// Values at infinity (no privacy, no censoring) drawn at `position` near the end of the axis
  /// with a tick labelled `label`.
  public func infinity(at position: Double, label: String = "∞") -> Axis {
    var axis = self
    axis.infinity = (position, label)
    return axis
  }

  /// Labelled ticks at these values and nowhere else.
  public func ticks(_ values: [Double]) -> Axis {
    var axis = self
    axis.ticks = values
    return axis
  }

  /// Large values at the left, or at the bottom.
  public var reversed: Axis {
    var axis = self
    axis.isReversed = true
    return axis
  }
}

extension AxisRange where Self == Axis {
  /// A range that gnuplot chooses from the data.
  public static var automatic: Axis { Axis() }

  public static func linear(_ range: ClosedRange<Double>) -> Axis { range.axis }

  public static func log(_ range: ClosedRange<Double>) -> Axis {
    precondition(range.lowerBound > 0, "a logarithmic axis cannot start at \(range.lowerBound)")
    var axis = range.axis
    axis.scale = .logarithmic
    return axis
  }

  /// A logarithmic axis whose range comes from the data.
  public static var log: Axis {
    var axis = Axis()
    axis.scale = .logarithmic
    return axis
  }

  /// A category axis in this order; texts that are not listed are not drawn.
  public static func categories(_ names: [String]) -> Axis {
    var axis = Axis()
    axis.categories = names
    return axis
  }
}
