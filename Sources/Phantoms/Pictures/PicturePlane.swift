import Physics

/// One channel of a picture as measures read it: by places and lengths in half-widths, so that the
/// same code reads 32 and 64 pixels.
struct PicturePlane {
  let size: Int
  /// Row-major.
  var values: [Float]

  init(size: Int, _ values: [Float]) {
    precondition(values.count == size * size, "values (\(values.count)) must fill \(size) squared")
    self.size = size
    self.values = values
  }

  /// The place of a row or column, -1...1.
  @inline(__always)
  func place(_ index: Int) -> Float { (2 * Float(index) + 1) / Float(size) - 1 }

  /// The width of a pixel in half-widths of the picture.
  var pixel: Float { 2 / Float(size) }

  /// Blurred by a Gaussian with the given standard deviation in half-widths.
  func blurred(_ sigma: Double) -> PicturePlane {
    var copy = self
    gaussianBlur(
      &copy.values, rows: size, columns: size, sigma: sigma * Double(size) / 2)
    return copy
  }

  /// Largest (or smallest) value within a square of the given radius in pixels.
  private func extreme(_ radius: Int, _ better: (Float, Float) -> Float) -> PicturePlane {
    var across = self
    var result = self
    for row in 0..<size {
      for column in 0..<size {
        var best = values[row * size + column]
        for x in max(0, column - radius)...min(size - 1, column + radius) {
          best = better(best, values[row * size + x])
        }
        across.values[row * size + column] = best
      }
    }
    for row in 0..<size {
      for column in 0..<size {
        var best = across.values[row * size + column]
        for y in max(0, row - radius)...min(size - 1, row + radius) {
          best = better(best, across.values[y * size + column])
        }
        result.values[row * size + column] = best
      }
    }
    return result
  }

  /// Grey-value closing by a square: dark lines up to twice the radius wide (in pixels) vanish,
  /// bright shapes keep their outline.
  func closed(_ radius: Int) -> PicturePlane {
    extreme(radius, max).extreme(radius, min)
  }

  /// The value that a share of the given values lies below; 0 where there are none.
  static func quantile(_ values: [Float], _ share: Double) -> Float {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  /// The mean; nil where there is nothing.
  static func mean(_ values: [Float]) -> Float? {
    values.isEmpty ? nil : values.reduce(0, +) / Float(values.count)
  }
}
