import Foundation
import Imaging
import Tensors

// The inputs of Tests/Outside/metrics.py, which prints the outside values in these tests.

/// A number in [0, 1) from two indices.
func mixed(_ i: Int, _ j: Int) -> Double {
  var h = ((i * 73_856_093) ^ (j * 19_349_663)) & 0x7FFF_FFFF
  h = (h * 1_103_515_245 + 12345) & 0x7FFF_FFFF
  return Double((h >> 8) & 0xFFFF) / 65536
}

func features(
  _ n: Int, _ d: Int, offset: Int = 0, gain: Double = 1, shift: Double = 0
) -> Tensor<Float> {
  let values: [Float] = (0..<n * d).map { (k: Int) -> Float in
    let (i, j) = (k / d + offset, k % d)
    let own: Double = gain * mixed(i, j)
    let next: Double = 0.5 * mixed(i, (j + 1) % d)
    return Float(own + next + shift)
  }
  return Tensor(shape: [n, d], values)
}

func rows(_ features: Tensor<Float>, _ range: Range<Int>) -> Tensor<Float> {
  let d = features.shape[1]
  return Tensor(
    shape: [range.count, d], Array(features.elements[range.lowerBound * d..<range.upperBound * d]))
}

let gridShape = [20, 17, 23]
let gridSpacing = [1.5, 0.8, 0.6]

func grid(_ isSet: (_ z: Int, _ y: Int, _ x: Int) -> Bool) -> Mask {
  let voxels = (0..<20 * 17 * 23).map { i in isSet(i / (17 * 23), i / 23 % 17, i % 23) }
  return Mask(shape: gridShape, spacingMM: gridSpacing, voxels)
}

func ellipsoid(_ centre: [Double], _ radii: [Double]) -> Mask {
  grid { z, y, x in
    var sum = 0.0
    for (axis, g) in [z, y, x].enumerated() {
      let part = (Double(g) - centre[axis]) * gridSpacing[axis] / radii[axis]
      sum += part * part
    }
    return sum <= 1
  }
}

let scattered = grid { z, y, x in mixed(z * 31 + y, x) < 0.1 && z > 3 }
let firstBall = ellipsoid([9, 8, 11], [9, 4.5, 5])
let secondBall = ellipsoid([10, 8, 12], [8, 5, 4.4])

/// |a − b| ≤ relative · |b|.
func near(_ a: Double, _ b: Double, _ relative: Double) -> Bool {
  abs(a - b) <= relative * abs(b)
}
