import Kernels

/// The light of a picture on a grid finer than its pixels, so that what is thinner than a pixel
/// still counts by its area.
///
/// Places are in half-widths of the picture: x from -1 at the left to 1 at the right, y from -1 at
/// the top to 1 at the bottom. Three samples a pixel and axis up to 32 pixels, two above.
struct PictureCanvas {
  let size, channels, factor: Int
  /// [channel, fine, fine], linear light, 0...1.
  var samples: [Float]

  init(size: Int, channels: Int) {
    precondition(size >= 16, "size (\(size)) must be 16 at least")
    self.size = size
    self.channels = channels
    factor = size <= 32 ? 3 : 2
    samples = [Float](repeating: 0, count: channels * size * factor * size * factor)
  }

  /// Samples along an axis.
  var fine: Int { size * factor }
  /// Samples of a channel.
  var plane: Int { fine * fine }

  /// The places of the rows, and of the columns, of samples.
  var places: [Float] { (0..<fine).map { (2 * Float($0) + 1) / Float(fine) - 1 } }

  /// The pixels, [channel, size, size]: means over their samples plus normal noise of the given
  /// standard deviation, cut to 0...1.
  func pixels(noise: Float, stream: inout RandomStream) -> [Float] {
    let count = size * size
    var result = [Float](repeating: 0, count: channels * count)
    result.withUnsafeMutableBufferPointer { stream.fillNormal($0, standardDeviation: noise) }
    let share = 1 / Float(factor * factor)
    samples.withUnsafeBufferPointer { samples in
      for channel in 0..<channels {
        for row in 0..<size {
          for column in 0..<size {
            var sum: Float = 0
            for y in 0..<factor {
              let start = channel * plane + (row * factor + y) * fine + column * factor
              for x in 0..<factor { sum += samples[start + x] }
            }
            let index = channel * count + row * size + column
            result[index] = min(1, max(0, result[index] + sum * share))
          }
        }
      }
    }
    return result
  }
}

/// How strongly lines cover the samples of a square grid, 0...1: of lines that cross, the stronger
/// one counts.
package struct StrokeMap {
  let fine: Int
  /// Row-major.
  package private(set) var values: [Float]

  package init(fine: Int) {
    self.fine = fine
    values = [Float](repeating: 0, count: fine * fine)
  }

  /// Draws a polyline of one radius (half-widths of the picture) with the given strength.
  ///
  /// Coverage falls from 1 to 0 over a sample's width around the border; a line thinner than a
  /// sample covers as much as its width.
  package mutating func add(_ points: [SIMD2<Float>], radius: Float, strength: Float) {
    let scale = Float(fine) / 2
    let thick = radius * scale
    let reach = thick + 0.5
    let size = fine
    values.withUnsafeMutableBufferPointer { values in
      for index in 1..<max(1, points.count) {
        let a = (points[index - 1] + 1) * scale - 0.5
        let along = (points[index] - points[index - 1]) * scale
        let inverse = 1 / max(1e-12, (along * along).sum())
        let b = a + along
        let low = pointwiseMin(a, b) - reach
        let high = pointwiseMax(a, b) + reach
        // A line thinner than a sample may pass between the middles of two.
        let top = max(0, Int(low.y.rounded(.up)))
        let bottom = min(size - 1, Int(high.y.rounded(.down)))
        let first = max(0, Int(low.x.rounded(.up)))
        let last = min(size - 1, Int(high.x.rounded(.down)))
        guard top <= bottom, first <= last else { continue }
        for row in top...bottom {
          for column in first...last {
            let offset = SIMD2(Float(column), Float(row)) - a
            let t = min(1, max(0, (offset * along).sum() * inverse))
            let rest = offset - t * along
            let distance = (rest * rest).sum().squareRoot()
            let cover = min(1, 2 * thick, max(0, reach - distance)) * strength
            let at = row &* size &+ column
            if cover > values[at] { values[at] = cover }
          }
        }
      }
    }
  }
}
