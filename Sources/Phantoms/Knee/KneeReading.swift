import Foundation

/// A picture of a knee as measures read it: bilinear values at places in mm from its middle.
///
/// Pictures of 128 pixels and more are averaged down to 64 to 127 first, so that the same code reads
/// every size.
struct KneeReading {
  let size: Int
  let pixelMM: Float
  /// Row-major.
  let values: [Float]

  init(_ pixels: [Float], size: Int) {
    precondition(size >= 32, "size (\(size)) must be 32 at least")
    precondition(pixels.count == size * size, "pixels (\(pixels.count)) must be \(size) squared")
    let factor = max(1, size / 64)
    let small = size / factor
    var values = [Float](repeating: 0, count: small * small)
    let share = 1 / Float(factor * factor)
    for row in 0..<(small * factor) {
      for column in 0..<(small * factor) {
        values[row / factor * small + column / factor] += share * pixels[row * size + column]
      }
    }
    self.size = small
    self.values = values
    pixelMM = Float(KneeRenderer.fieldMM) / Float(size) * Float(factor)
  }

  /// Place of a row or column in mm.
  func place(_ index: Int) -> Float {
    (Float(index) + 0.5) * pixelMM - Float(KneeRenderer.fieldMM) / 2
  }

  /// The value at a place; beyond the border that of the border.
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let half = Float(KneeRenderer.fieldMM) / 2
    let last = Float(size) - 1.001
    let u = min(last, max(0, (x + half) / pixelMM - 0.5))
    let v = min(last, max(0, (y + half) / pixelMM - 0.5))
    let (i, j) = (Int(u), Int(v))
    let (a, b) = (u - Float(i), v - Float(j))
    let at = j * size + i
    let upper = values[at] + a * (values[at + 1] - values[at])
    let lower = values[at + size] + a * (values[at + size + 1] - values[at + size])
    return upper + b * (lower - upper)
  }

  /// A straight line across the picture, with depths perpendicular to it.
  struct Line {
    /// A place on the line, and its direction.
    var x, y, cosine, sine: Float

    init(x: Float, y: Float, slope: Float) {
      (self.x, self.y) = (x, y)
      cosine = 1 / (1 + slope * slope).squareRoot()
      sine = slope * cosine
    }

    /// The place `along` the line and `depth` below it.
    func point(_ along: Float, _ depth: Float) -> SIMD2<Float> {
      SIMD2(x + along * cosine - depth * sine, y + along * sine + depth * cosine)
    }
  }

  /// The value at a place relative to a line.
  func callAsFunction(_ line: Line, _ along: Float, _ depth: Float) -> Float {
    let point = line.point(along, depth)
    return self(point.x, point.y)
  }

  /// The mean over a rectangle relative to a line, at places 1 mm apart.
  func mean(
    _ line: Line, along: ClosedRange<Float>, depth: ClosedRange<Float>
  ) -> Float {
    var (sum, count) = (Float(0), Float(0))
    for d in stride(from: depth.lowerBound, through: depth.upperBound, by: 1) {
      for t in stride(from: along.lowerBound, through: along.upperBound, by: 1) {
        sum += self(line, t, d)
        count += 1
      }
    }
    return sum / max(1, count)
  }

  /// Distance from the line's place at which the value first exceeds a threshold, coming from outside
  /// at a depth below the line; `nearest` where it does nowhere. `lean` is added to the slope.
  func border(
    _ line: Line, side: Float, depth: Float, threshold: Float, nearest: Float, lean: Float = 0
  ) -> Float {
    var along: Float = 46
    while along > nearest {
      var value: Float = 0
      for off in [Float(-0.7), 0, 0.7] {
        value += self(line, side * along, depth + off + lean * side * along)
      }
      if value >= 3 * threshold { return along }
      along -= 0.25
    }
    return nearest
  }
}
