import Kernels
import Tensors

/// A set of pixels or voxels on a grid with physical spacing.
///
/// Axes are [y, x] or [z, y, x]; voxels are box-shaped and stand for their centres where distances
/// are measured. Two masks can be compared where `isOnGrid(of:)` holds.
public struct Mask: Sendable, Equatable {
  /// Extents, [y, x] or [z, y, x].
  public let shape: [Int]
  /// Distance between neighbouring centres along each axis in millimetres, in the order of `shape`.
  public let spacingMM: [Double]
  /// Whether each voxel belongs to the set, row-major.
  public let voxels: [Bool]

  public init(shape: [Int], spacingMM: [Double]? = nil, _ voxels: [Bool]) {
    precondition(
      shape.count == 2 || shape.count == 3, "shape \(shape) must be [y, x] or [z, y, x]")
    precondition(
      shape.reduce(1, *) == voxels.count,
      "shape \(shape) must hold the given voxels (count \(voxels.count))")
    let spacing = spacingMM ?? [Double](repeating: 1, count: shape.count)
    precondition(
      spacing.count == shape.count && spacing.allSatisfy { $0 > 0 && $0.isFinite },
      "spacingMM \(spacing) must have a positive number for each axis of \(shape)")
    self.shape = shape
    self.spacingMM = spacing
    self.voxels = voxels
  }

  /// The voxels of a tensor [y, x] or [z, y, x] whose value is above the threshold.
  public init(_ values: Tensor<Float>, above threshold: Float = 0.5, spacingMM: [Double]? = nil) {
    self.init(
      shape: values.shape, spacingMM: spacingMM,
      values.withUnsafeElements { $0.map { $0 > threshold } })
  }

  /// Number of voxels in the set.
  public var count: Int {
    voxels.withUnsafeBytes { bytes in
      var total = 0
      for byte in bytes { total &+= Int(byte) }
      return total
    }
  }

  /// Area of a pixel in mm² or volume of a voxel in mm³.
  public var voxelMeasure: Double { spacingMM.reduce(1, *) }

  /// Whether shape and spacing are equal.
  public func isOnGrid(of other: Mask) -> Bool {
    shape == other.shape && spacingMM == other.spacingMM
  }

  /// The set of the voxels that are not in this one.
  public var complement: Mask {
    Mask(shape: shape, spacingMM: spacingMM, voxels.map { !$0 })
  }

  /// The voxels of the set that touch a voxel outside it.
  ///
  /// By faces these are the voxels that a 4-connected (in 3D 6-connected) erosion removes; by
  /// corners more voxels inside count. What lies beyond the grid is outside, so that a set cut off
  /// by the edge of the grid has a surface there, unless `countsGridEdge` is false.
  public func surface(
    _ connectivity: Connectivity = .faces, countsGridEdge: Bool = true
  ) -> Mask {
    let (depth, height, width) = extents
    let isVolume = shape.count == 3
    let edge: UInt8 = countsGridEdge ? 0 : 1
    let beyond = [UInt8](repeating: edge, count: width)
    // A plane has nothing before and behind it that could open its interior.
    let plain = [UInt8](repeating: 1, count: width)
    var offsets: [(z: Int, y: Int)] = [(-1, 0), (0, -1), (0, 0), (0, 1), (1, 0)]
    if connectivity == .corners { offsets += [(-1, -1), (-1, 1), (1, -1), (1, 1)] }
    let result = [Bool](unsafeUninitializedCapacity: voxels.count) { result, count in
      nonisolated(unsafe) let out = UnsafeMutableRawPointer(result.baseAddress!)
        .assumingMemoryBound(to: UInt8.self)
      count = voxels.count
      voxels.withUnsafeBytes { set in
        beyond.withUnsafeBufferPointer { beyond in
          plain.withUnsafeBufferPointer { plain in
            nonisolated(unsafe) let set = set.baseAddress!.assumingMemoryBound(to: UInt8.self)
            nonisolated(unsafe) let (beyond, plain) = (beyond.baseAddress!, plain.baseAddress!)
            func row(_ z: Int, _ y: Int) -> UnsafePointer<UInt8> {
              if y < 0 || y >= height { return beyond }
              if z < 0 || z >= depth { return isVolume ? beyond : plain }
              return set + (z * height + y) * width
            }
            Parallel.chunks(of: depth * height, grain: max(1, (1 << 16) / width)) { range in
              withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width + 2) { full in
                let full = full.baseAddress! + 1
                for line in range {
                  let (z, y) = (line / height, line % height)
                  let own = row(z, y)
                  full.update(from: own, count: width)
                  (full[-1], full[width]) = (edge, edge)
                  let target = out + line * width
                  // Rows beside go into `full` before neighbours in the row are read where corners
                  // count, else past it.
                  if connectivity == .corners {
                    for offset in offsets { meet(full, row(z + offset.z, y + offset.y), width) }
                  }
                  for x in 0..<width { target[x] = full[x &- 1] & full[x &+ 1] & full[x] }
                  if connectivity == .faces {
                    for offset in offsets { meet(target, row(z + offset.z, y + offset.y), width) }
                  }
                  for x in 0..<width { target[x] = own[x] & (target[x] ^ 1) }
                }
              }
            }
          }
        }
      }
    }
    return Mask(shape: shape, spacingMM: spacingMM, result)
  }

  /// The smallest box [axis] that holds the set; nil where the set is empty.
  public var bounds: [Range<Int>]? {
    let (depth, height, width) = extents
    var low = [depth, height, width]
    var high = [-1, -1, -1]
    voxels.withUnsafeBufferPointer { set in
      for z in 0..<depth {
        for y in 0..<height {
          let row = (z * height + y) * width
          guard let first = (0..<width).first(where: { set[row + $0] }) else { continue }
          let last = (0..<width).last { set[row + $0] }!
          low = [min(low[0], z), min(low[1], y), min(low[2], first)]
          high = [max(high[0], z), max(high[1], y), max(high[2], last)]
        }
      }
    }
    guard high[0] >= 0 else { return nil }
    return (3 - shape.count..<3).map { low[$0]..<high[$0] + 1 }
  }

  /// The part of the mask inside a box of the grid.
  public func cropped(to box: [Range<Int>]) -> Mask {
    precondition(
      box.count == shape.count
        && zip(box, shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 },
      "box \(box) must lie inside \(shape)")
    let full = shape.count == 3 ? box : [0..<1] + box
    let (_, height, width) = extents
    var result: [Bool] = []
    result.reserveCapacity(box.reduce(1) { $0 * $1.count })
    for z in full[0] {
      for y in full[1] {
        let row = (z * height + y) * width
        result += voxels[(row + full[2].lowerBound)..<(row + full[2].upperBound)]
      }
    }
    return Mask(shape: box.map(\.count), spacingMM: spacingMM, result)
  }

  /// Extents as depth, height and width; a plane has depth 1.
  var extents: (depth: Int, height: Int, width: Int) {
    shape.count == 3 ? (shape[0], shape[1], shape[2]) : (1, shape[0], shape[1])
  }
}

/// target[x] &= other[x].
@inline(__always)
private func meet(
  _ target: UnsafeMutablePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ width: Int
) {
  for x in 0..<width { target[x] &= other[x] }
}
