import Tensors

extension Mask {
  /// The set closed with a ball: dilated by the radius, then eroded by it.
  ///
  /// Dilation takes every voxel whose centre lies within `radiusMM` of a centre of the set, erosion
  /// gives up every voxel whose centre lies within it of a centre left outside. The grid is thought
  /// to go on in all directions, so a set at its edge is not eaten away there. Exact in the Euclidean
  /// distance between centres; O(voxels).
  public func closed(radiusMM: Double) -> Mask {
    precondition(radiusMM >= 0, "radiusMM (\(radiusMM)) must not be negative")
    guard radiusMM > 0, let bounds else { return self }
    // Only the neighbourhood of the set can change.
    let reach = spacingMM.map { Int((radiusMM / $0).rounded(.up)) + 1 }
    let box = zip(bounds, reach).map { ($0.lowerBound - $1)..<($0.upperBound + $1) }
    let radius = Float(radiusMM) * (1 + 1e-6)
    let wide = extended(to: box)
    let dilated = Mask(
      shape: wide.shape, spacingMM: spacingMM,
      wide.distanceMap().withUnsafeElements { $0.map { $0 <= radius } })
    let closed = Mask(
      shape: wide.shape, spacingMM: spacingMM,
      dilated.complement.distanceMap().withUnsafeElements { $0.map { $0 > radius } })
    return closed.extended(to: zip(box, shape).map { -$0.lowerBound..<($1 - $0.lowerBound) })
  }

  /// The mask on another box of its endless grid; voxels that were not on the grid are outside.
  func extended(to box: [Range<Int>]) -> Mask {
    let full = shape.count == 3 ? box : [0..<1] + box
    let (depth, height, width) = extents
    var result = [Bool](repeating: false, count: full.reduce(1) { $0 * $1.count })
    let columns = full[2].clamped(to: 0..<width)
    voxels.withUnsafeBufferPointer { voxels in
      for z in full[0].clamped(to: 0..<depth) {
        for y in full[1].clamped(to: 0..<height) {
          let source = (z * height + y) * width
          let target =
            ((z - full[0].lowerBound) * full[1].count + y - full[1].lowerBound) * full[2].count
            - full[2].lowerBound
          for x in columns { result[target + x] = voxels[source + x] }
        }
      }
    }
    return Mask(shape: box.map(\.count), spacingMM: spacingMM, result)
  }
}
