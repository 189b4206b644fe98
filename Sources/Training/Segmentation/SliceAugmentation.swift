import Foundation
import Kernels
import Tensors

/// Random changes of a picture and its mask that leave what is seen what it is.
///
/// Every case is mirrored left to right with probability 1/2 where `mirrors`, turned by a uniform
/// angle, scaled by a uniform factor, both about the picture's centre (bilinear, zeros beyond the
/// edge), blurred by a Gaussian of a uniform width, and its grey values are multiplied by a uniform
/// gain. Masks move with the pictures, bilinear and cut at 1/2, and are neither blurred nor scaled
/// in value.
public struct SliceAugmentation: Codable, Hashable, Sendable {
  public var mirrors: Bool
  /// Largest turn to either side in degrees.
  public var rotationDegrees: Double
  /// Largest relative change of size.
  public var scaling: Double
  /// Largest relative change of brightness.
  public var gain: Double
  /// Largest standard deviation of the blur in pixels.
  public var blurPixels: Double

  public init(
    mirrors: Bool = true, rotationDegrees: Double = 15, scaling: Double = 0.1, gain: Double = 0.2,
    blurPixels: Double = 1
  ) {
    precondition(
      rotationDegrees >= 0 && (0..<1).contains(scaling) && (0..<1).contains(gain)
        && blurPixels >= 0,
      "rotation (\(rotationDegrees)), scaling (\(scaling)), gain (\(gain)) and blur "
        + "(\(blurPixels)) must not be negative, scaling and gain below 1")
    self.mirrors = mirrors
    self.rotationDegrees = rotationDegrees
    self.scaling = scaling
    self.gain = gain
    self.blurPixels = blurPixels
  }

  /// The changes of one case, drawn from its own stream.
  struct Draw {
    /// From a pixel of the result to the one of the original, about the centre: rows of a matrix.
    var xx, xy, yx, yy: Float
    var gain: Float
    var blur: Double
  }

  func draw(_ stream: RandomStream) -> Draw {
    var stream = stream
    let mirrored = stream.bernoulli(0.5) && mirrors
    let angle = stream.uniform(in: -1...1) * rotationDegrees * .pi / 180
    let size = 1 / (1 + stream.uniform(in: -1...1) * scaling)
    let gain = 1 + stream.uniform(in: -1...1) * self.gain
    let blur = stream.uniform() * blurPixels
    let sign = mirrored ? -1.0 : 1
    return Draw(
      xx: Float(sign * size * cos(angle)), xy: Float(-sign * size * sin(angle)),
      yx: Float(size * sin(angle)), yy: Float(size * cos(angle)), gain: Float(gain), blur: blur)
  }

  /// Changed copies of pictures [case, 1, height, width] and their masks [case, height * width].
  ///
  /// Case i of the step draws from `stream.child(i)`; the cut into threads changes nothing.
  public func changed(
    images: Tensor<Float>, masks: Tensor<Float>, stream: RandomStream
  ) -> (images: Tensor<Float>, masks: Tensor<Float>) {
    precondition(
      images.rank == 4 && images.shape[1] == 1
        && masks.shape == [images.shape[0], images.shape[2] * images.shape[3]],
      "images \(images.shape) must be [case, 1, height, width] and masks \(masks.shape) "
        + "[case, height * width]")
    let (cases, height, width) = (images.shape[0], images.shape[2], images.shape[3])
    var newImages = Tensor<Float>.zeros(images.shape)
    var newMasks = Tensor<Float>.zeros(masks.shape)
    let plane = height * width
    images.withUnsafeElements { images in
      masks.withUnsafeElements { masks in
        newImages.withUnsafeMutableElements { newImages in
          newMasks.withUnsafeMutableElements { newMasks in
            nonisolated(unsafe) let (images, masks) = (images, masks)
            nonisolated(unsafe) let (newImages, newMasks) = (newImages, newMasks)
            Parallel.each(cases) { i in
              let draw = draw(stream.child(i))
              let range = (i * plane)..<((i + 1) * plane)
              let target = UnsafeMutableBufferPointer(rebasing: newImages[range])
              moved(
                UnsafeBufferPointer(rebasing: images[range]), by: draw, height, width, into: target)
              if draw.blur > 0 { blurred(target, draw.blur, height, width) }
              for p in 0..<plane { target[p] *= draw.gain }
              let mask = UnsafeMutableBufferPointer(rebasing: newMasks[range])
              moved(
                UnsafeBufferPointer(rebasing: masks[range]), by: draw, height, width, into: mask)
              for p in 0..<plane { mask[p] = mask[p] > 0.5 ? 1 : 0 }
            }
          }
        }
      }
    }
    return (newImages, newMasks)
  }
}

/// One picture, bilinear at the places that a draw says; zeros beyond the edge.
private func moved(
  _ source: UnsafeBufferPointer<Float>, by draw: SliceAugmentation.Draw, _ height: Int,
  _ width: Int, into target: UnsafeMutableBufferPointer<Float>
) {
  let (cx, cy) = (Float(width - 1) / 2, Float(height - 1) / 2)
  func value(_ x: Int, _ y: Int) -> Float {
    x >= 0 && x < width && y >= 0 && y < height ? source[y * width + x] : 0
  }
  for y in 0..<height {
    for x in 0..<width {
      let (dx, dy) = (Float(x) - cx, Float(y) - cy)
      let (sx, sy) = (draw.xx * dx + draw.xy * dy + cx, draw.yx * dx + draw.yy * dy + cy)
      let (x0, y0) = (Int(sx.rounded(.down)), Int(sy.rounded(.down)))
      let (fx, fy) = (sx - Float(x0), sy - Float(y0))
      let top = value(x0, y0) * (1 - fx) + value(x0 + 1, y0) * fx
      let bottom = value(x0, y0 + 1) * (1 - fx) + value(x0 + 1, y0 + 1) * fx
      target[y * width + x] = top * (1 - fy) + bottom * fy
    }
  }
}

/// Gaussian blur in place, separable, cut at three standard deviations, weights renormalised at the
/// edge.
private func blurred(
  _ plane: UnsafeMutableBufferPointer<Float>, _ deviation: Double, _ height: Int, _ width: Int
) {
  let reach = max(1, Int((3 * deviation).rounded(.up)))
  let taps = (0...reach).map { Float(exp(-0.5 * pow(Double($0) / deviation, 2))) }
  func pass(_ count: Int, _ stride: Int, _ start: Int, _ line: inout [Float]) {
    for i in 0..<count { line[i] = plane[start + i * stride] }
    for i in 0..<count {
      var (sum, weight) = (Float(0), Float(0))
      for j in max(0, i - reach)...min(count - 1, i + reach) {
        let tap = taps[abs(j - i)]
        sum += tap * line[j]
        weight += tap
      }
      plane[start + i * stride] = sum / weight
    }
  }
  var line = [Float](repeating: 0, count: max(height, width))
  for y in 0..<height { pass(width, 1, y * width, &line) }
  for x in 0..<width { pass(height, width, x, &line) }
}
