import Imaging
import Statistics
import Tensors

/// How two masks on one grid overlap, in counts of voxels.
public struct Overlap: Sendable, Codable, Hashable {
  /// Voxels of the first mask, of the second, of both.
  public let first: Int
  public let second: Int
  public let both: Int

  public init(_ a: Mask, _ b: Mask) {
    requireSameGrid(a, b)
    var counts = (0, 0, 0)
    a.voxels.withUnsafeBytes { a in
      b.voxels.withUnsafeBytes { b in
        for i in 0..<a.count {
          counts.0 &+= Int(a[i])
          counts.1 &+= Int(b[i])
          counts.2 &+= Int(a[i] & b[i])
        }
      }
    }
    (first, second, both) = counts
  }

  /// 2 |A ∩ B| / (|A| + |B|), also the F1 score of voxels.
  ///
  /// - Throws: `Undefined` where both masks are empty: 0/0, which some programs print as 1.
  public var dice: Double {
    get throws(Undefined) {
      try require()
      return 2 * Double(both) / Double(first + second)
    }
  }

  /// |A ∩ B| / |A ∪ B| = dice / (2 − dice).
  ///
  /// - Throws: `Undefined` where both masks are empty.
  public var jaccard: Double {
    get throws(Undefined) {
      try require()
      return Double(both) / Double(first + second - both)
    }
  }

  private func require() throws(Undefined) {
    guard first + second > 0 else { throw Undefined("both masks are empty: no overlap to measure") }
  }
}

extension Mask {
  /// The volume of the set in millilitres: voxels × spacing, 1 ml = 1000 mm³. Volumes only.
  public var volumeML: Double {
    precondition(shape.count == 3, "a mask of \(shape) has an area, not a volume")
    return Double(count) * voxelMeasure / 1000
  }

  /// The area of the set in mm². Planes only.
  public var areaMM2: Double {
    precondition(shape.count == 2, "a mask of \(shape) has a volume, not an area")
    return Double(count) * voxelMeasure
  }
}

/// The volume in millilitres of fractions of voxels [z, y, x]: Σ clamp(p, 0...1) × voxel volume.
///
/// With p the covered fraction of a voxel this is the partial-volume estimate; with p a probability,
/// the expected volume. Counting voxels with p > ½ instead errs where surfaces are thin.
public func partialVolumeML(_ fractions: Tensor<Float>, spacingMM: [Double]) -> Double {
  precondition(
    fractions.rank == 3 && spacingMM.count == 3,
    "fractions \(fractions.shape) must be [z, y, x] with three spacings, got \(spacingMM)")
  var sum = 0.0
  fractions.withUnsafeElements { values in
    for value in values { sum += Double(min(max(value, 0), 1)) }
  }
  return sum * spacingMM.reduce(1, *) / 1000
}

/// Stops where masks differ in shape or spacing: they are to be resampled before.
func requireSameGrid(_ a: Mask, _ b: Mask) {
  precondition(
    a.isOnGrid(of: b),
    "masks must be on one grid: \(a.shape) at \(a.spacingMM) mm, \(b.shape) at \(b.spacingMM) mm")
}
