import Tensors

extension Image {
  /// The image on a grid of another size over the same field of view.
  ///
  /// Along an axis that shrinks, a new pixel is the area average of the old ones it covers, with
  /// fractional cover at the edges: the mean is kept. Along an axis that grows, pixels are
  /// interpolated linearly between centres and constant beyond the outermost ones. The spacing
  /// changes so that height and width in millimetres stay.
  public func resampled(height newHeight: Int, width newWidth: Int) -> Image {
    precondition(
      newHeight > 0 && newWidth > 0 && height > 0 && width > 0,
      "sizes (\(height) x \(width) to \(newHeight) x \(newWidth)) must be positive")
    if newHeight == height && newWidth == width { return self }
    let across = AxisWeights(from: width, to: newWidth)
    let down = AxisWeights(from: height, to: newHeight)
    let pixels = pixels.withUnsafeElements { input in
      Tensor<Float>(shape: [channels, newHeight, newWidth]) { output in
        var rows = [Float](repeating: 0, count: height * newWidth)
        rows.withUnsafeMutableBufferPointer { rows in
          for c in 0..<channels {
            let plane = UnsafeBufferPointer(rebasing: input[(c * height * width)...])
            for y in 0..<height {
              for x in 0..<newWidth {
                rows[y * newWidth + x] = across.apply(x, plane, y * width, 1)
              }
            }
            let base = c * newHeight * newWidth
            let source = UnsafeBufferPointer(rows)
            for y in 0..<newHeight {
              for x in 0..<newWidth {
                output[base + y * newWidth + x] = down.apply(y, source, x, newWidth)
              }
            }
          }
        }
      }
    }
    let spacing = Spacing(
      y: spacingMM.y * Double(height) / Double(newHeight),
      x: spacingMM.x * Double(width) / Double(newWidth))
    return Image(pixels: pixels, spacingMM: spacing)
  }
}

/// What each new sample of an axis takes from the old ones.
private struct AxisWeights {
  private let first: [Int]
  private let weights: [[Float]]

  init(from old: Int, to new: Int) {
    let ratio = Double(old) / Double(new)
    var first: [Int] = []
    var weights: [[Float]] = []
    for i in 0..<new {
      if new < old {
        let (low, high) = (Double(i) * ratio, min(Double(i + 1) * ratio, Double(old)))
        let start = Int(low)
        let stop = min(old, Int(high.rounded(.up)))
        first.append(start)
        weights.append(
          (start..<stop).map { j in
            Float((min(high, Double(j + 1)) - max(low, Double(j))) / (high - low))
          })
      } else {
        let centre = min(max((Double(i) + 0.5) * ratio - 0.5, 0), Double(old - 1))
        let start = min(Int(centre), max(0, old - 2))
        let fraction = Float(centre - Double(start))
        first.append(start)
        weights.append(old == 1 ? [1] : [1 - fraction, fraction])
      }
    }
    self.first = first
    self.weights = weights
  }

  @inline(__always)
  func apply(_ i: Int, _ values: UnsafeBufferPointer<Float>, _ base: Int, _ step: Int) -> Float {
    var sum: Float = 0
    var position = base + first[i] * step
    for weight in weights[i] {
      sum += weight * values[position]
      position += step
    }
    return sum
  }
}
