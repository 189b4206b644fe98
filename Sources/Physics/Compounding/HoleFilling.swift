import Foundation
import Imaging
import Kernels
import Tensors

/// A way to give a value to voxels that no pixel reached, from known voxels near by.
///
/// Voxels whose weights sum to less than 1/512 are holes too, as in PLUS, where that is rounded to
/// nothing; they keep their value where they cannot be filled.
///
/// Kernels are cubes of an odd number of voxels; a hole stays where the known share of the cube's
/// voxels (hole included) does not exceed `leastKnown`. Holes are filled from pixels only, never
/// from filled voxels.
///
/// The ways are those of vtkPlusFillHolesInVolume, without its cutting to whole numbers, and with
/// sticks that interpolate linearly (PLUS gives their forward end half a step more).
public enum HoleFilling: Sendable, Equatable {
  /// Σ g v / Σ g over the known voxels of the cube, g a Gaussian of the distance; the deviation is
  /// in voxels.
  case gaussian(size: Int, deviation: Double, leastKnown: Double)
  /// Σ v/d / Σ 1/d over the known voxels of the cube, d the distance in voxels.
  case inverseDistance(size: Int, leastKnown: Double)
  /// The mean of the known voxels in the smallest cube that has some, up to `size`.
  case nearest(size: Int, leastKnown: Double)
  /// Linear interpolation between the known ends of sticks through the hole in 13 directions,
  /// `length` voxels at most with both ends; the mean of the `count` shortest sticks, and of all as
  /// short as the last of them, weighted by 1/length.
  case sticks(length: Int, count: Int)

  /// The 13 directions of lines through a voxel and two of its 26 neighbours, (x, y, z).
  fileprivate static let directions: [SIMD3<Int>] = [
    [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, -1, 0], [1, 0, -1],
    [0, 1, -1], [1, 1, 1], [-1, 1, 1], [1, -1, 1], [-1, -1, 1],
  ]
}

extension CompoundedVolume {
  /// Σ w from which a voxel is known.
  static let leastKnown: Float = 1 / 512

  /// The volume with its holes filled by the first of the ways that finds enough known voxels.
  public func filled(by ways: [HoleFilling]) -> CompoundedVolume {
    guard !ways.isEmpty else { return self }
    let fillers = ways.map { HoleFiller($0, shape: volume.geometry.shape) }
    let shape = volume.geometry.shape
    let plane = shape[1] * shape[2]
    var counts = [Int](repeating: 0, count: shape[0])
    var result = self
    weights.withUnsafeElements { known in
      volume.voxels.withUnsafeElements { values in
        result.volume.voxels.withUnsafeMutableElements { output in
          counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let (known, values) = (known, values)
            nonisolated(unsafe) let output = output
            nonisolated(unsafe) let counts = counts
            Parallel.each(shape[0]) { z in
              for i in (z * plane)..<((z + 1) * plane) where known[i] < Self.leastKnown {
                let place = SIMD3(i % shape[2], i / shape[2] % shape[1], z)
                for filler in fillers {
                  guard let value = filler.value(place, values, known) else { continue }
                  output[i] = value
                  counts[z] += 1
                  break
                }
              }
            }
          }
        }
      }
    }
    result.filled = counts.reduce(0, +)
    return result
  }
}

/// One way over one shape, its weights worked out.
private struct HoleFiller: Sendable {
  private let way: HoleFilling
  private let shape: [Int]
  /// Reach of the cube on either side.
  private let reach: Int
  /// [dz, dy, dx] of the cube; 0 at the hole for inverse distances.
  private let kernel: [Double]

  init(_ way: HoleFilling, shape: [Int]) {
    self.way = way
    self.shape = shape
    func cube(_ size: Int, _ weight: (Double) -> Double) -> [Double] {
      let offsets = (0..<size).map { Double($0 - size / 2) }
      return offsets.flatMap { z in
        offsets.flatMap { y in offsets.map { x in weight(x * x + y * y + z * z) } }
      }
    }
    switch way {
    case .gaussian(let size, let deviation, _):
      reach = Self.reach(size)
      kernel = cube(size) { exp(-$0 / (2 * deviation * deviation)) }
    case .inverseDistance(let size, _):
      reach = Self.reach(size)
      kernel = cube(size) { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    case .nearest(let size, _):
      reach = Self.reach(size)
      kernel = []
    case .sticks(let length, let count):
      precondition(
        length > 1 && count > 0, "sticks need length (\(length)) > 1 and count (\(count)) > 0")
      reach = length
      kernel = []
    }
  }

  private static func reach(_ size: Int) -> Int {
    precondition(size > 0 && size % 2 == 1, "size (\(size)) must be odd and positive")
    return size / 2
  }

  func value(
    _ place: SIMD3<Int>, _ values: UnsafeBufferPointer<Float>, _ known: UnsafeBufferPointer<Float>
  ) -> Float? {
    switch way {
    case .gaussian(let size, _, let least), .inverseDistance(let size, let least):
      weighted(place, size, least, values, known)
    case .nearest(let size, let least): nearest(place, size, least, values, known)
    case .sticks(let length, let count): sticks(place, length, count, values, known)
    }
  }

  /// Ranges of the cube around a voxel that lie inside the volume, x, y, z.
  private func cube(_ place: SIMD3<Int>, _ reach: Int) -> [Range<Int>] {
    (0..<3).map { axis in
      max(0, place[axis] - reach)..<min(shape[2 - axis], place[axis] + reach + 1)
    }
  }

  private func weighted(
    _ place: SIMD3<Int>, _ size: Int, _ least: Double,
    _ values: UnsafeBufferPointer<Float>, _ known: UnsafeBufferPointer<Float>
  ) -> Float? {
    let box = cube(place, reach)
    var (sum, total, count) = (0.0, 0.0, 0)
    for z in box[2] {
      for y in box[1] {
        let row = (z * shape[1] + y) * shape[2]
        let line = ((z - place.z + reach) * size + y - place.y + reach) * size - place.x + reach
        for x in box[0] where known[row + x] >= CompoundedVolume.leastKnown {
          let weight = kernel[line + x]
          sum += weight * Double(values[row + x])
          total += weight
          count += 1
        }
      }
    }
    guard total > 0, Double(count) / Double(size * size * size) > least else { return nil }
    return Float(sum / total)
  }

  private func nearest(
    _ place: SIMD3<Int>, _ size: Int, _ least: Double,
    _ values: UnsafeBufferPointer<Float>, _ known: UnsafeBufferPointer<Float>
  ) -> Float? {
    for radius in 1..<(reach + 1) {
      let box = cube(place, radius)
      var (sum, count) = (0.0, 0)
      for z in box[2] {
        for y in box[1] {
          let row = (z * shape[1] + y) * shape[2]
          for x in box[0] where known[row + x] >= CompoundedVolume.leastKnown {
            sum += Double(values[row + x])
            count += 1
          }
        }
      }
      if count == 0 { continue }
      guard Double(count) / Double(size * size * size) > least else { return nil }
      return Float(sum / Double(count))
    }
    return nil
  }

  private func sticks(
    _ place: SIMD3<Int>, _ length: Int, _ wanted: Int,
    _ values: UnsafeBufferPointer<Float>, _ known: UnsafeBufferPointer<Float>
  ) -> Float? {
    /// The first known voxel along a direction within a number of steps.
    func end(_ direction: SIMD3<Int>, _ steps: Int) -> (steps: Int, value: Double)? {
      var at = place
      for step in stride(from: 1, through: steps, by: 1) {
        at &+= direction
        guard (0..<3).allSatisfy({ at[$0] >= 0 && at[$0] < shape[2 - $0] }) else { return nil }
        let i = (at.z * shape[1] + at.y) * shape[2] + at.x
        if known[i] >= CompoundedVolume.leastKnown { return (step, Double(values[i])) }
      }
      return nil
    }
    var found: [(weight: Double, value: Double)] = []
    for direction in HoleFilling.directions {
      guard let ahead = end(direction, length - 1),
        let behind = end(SIMD3(0, 0, 0) &- direction, length - 1 - ahead.steps)
      else { continue }
      let total = Double(ahead.steps + behind.steps)
      let share = Double(behind.steps) / total
      let size = Double((direction &* direction).wrappedSum()).squareRoot()
      found.append(
        (1 / (total * size), share * ahead.value + (1 - share) * behind.value))
    }
    guard !found.isEmpty else { return nil }
    let least = found.map(\.weight).sorted(by: >)[min(wanted, found.count) - 1]
    let used = found.filter { $0.weight >= least }
    return Float(
      used.reduce(0) { $0 + $1.weight * $1.value } / used.reduce(0) { $0 + $1.weight })
  }
}
