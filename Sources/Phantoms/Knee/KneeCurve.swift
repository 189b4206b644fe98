/// A function of one variable on an even grid, read by linear interpolation; beyond its ends it keeps
/// its last value.
///
/// Outlines are worked out once per film and then read at every sample.
struct KneeCurve: Sendable {
  private let nodes: Nodes
  private let low, inverse, last: Float

  /// Values at a fixed address, so that reading one costs no bookkeeping.
  private final class Nodes: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Float>
    init(_ values: [Float]) {
      self.values = .allocate(capacity: values.count)
      _ = self.values.initialize(from: values)
    }
    deinit { values.deallocate() }
  }

  /// Samples a function at `low`, `low + step`, … up to `high`.
  init(_ low: Float, _ high: Float, step: Float = 0.125, _ function: (Float) -> Float) {
    let count = Int(((high - low) / step).rounded(.up)) + 2
    self.init(low, step: step, (0..<count).map { function(low + step * Float($0)) })
  }

  /// Values at `low`, `low + step`, …
  init(_ low: Float, step: Float, _ values: [Float]) {
    precondition(values.count > 1, "values (\(values.count)) must be two at least")
    nodes = Nodes(values)
    self.low = low
    inverse = 1 / step
    last = Float(values.count) - 1.001
  }

  @inline(__always)
  func callAsFunction(_ x: Float) -> Float {
    let place = min(last, max(0, (x - low) * inverse))
    let index = Int(place)
    let base = nodes.values.baseAddress!
    let a = base[index]
    return a + (base[index &+ 1] - a) * (place - Float(index))
  }

  /// The mean over an interval, from 41 places.
  func mean(_ low: Float, _ high: Float) -> Float {
    (0..<41).reduce(Float(0)) { $0 + self(low + (high - low) * Float($1) / 40) } / 41
  }
}

/// How much of a sample lies at positive distance from an edge that is `width` mm soft.
@inline(__always)
func kneeCover(_ distance: Float, _ width: Float = 0.5) -> Float {
  min(1, max(0, distance / width + 0.5))
}

/// 0 below 0, 1 above 1, 3t² − 2t³ between.
@inline(__always)
func kneeStep(_ t: Float) -> Float {
  let c = min(1, max(0, t))
  return c * c * (3 - 2 * c)
}

/// Chord of a cylinder of the given radius at a depth below its surface, over its diameter.
@inline(__always)
func kneeChord(_ depth: Float, _ radius: Float) -> Float {
  let rest = 1 - min(1, max(0, depth / radius))
  return (1 - rest * rest).squareRoot()
}
