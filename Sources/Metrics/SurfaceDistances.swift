import Imaging
import Statistics

/// Distances in mm between the surfaces of two masks on one grid.
///
/// The surface is the voxels with a face neighbour outside the mask (`Mask.surface(_:)` by faces), and every
/// surface voxel counts once wherever it lies: the convention of MedPy and MONAI. Programs that
/// weigh by surface area (Nikolov et al. 2018) give slightly other means and percentiles.
/// O(voxels) of the box around both surfaces, by exact distance maps.
public struct SurfaceDistances: Sendable {
  /// From each surface voxel of the first mask to the nearest one of the second, in row-major order.
  public let firstToSecond: [Double]
  /// The other way round.
  public let secondToFirst: [Double]

  /// - Throws: `Undefined` where a mask is empty.
  public init(_ a: Mask, _ b: Mask) throws(Undefined) {
    requireSameGrid(a, b)
    guard let first = a.bounds else { throw Undefined("the first mask is empty") }
    guard let second = b.bounds else { throw Undefined("the second mask is empty") }
    let box = zip(first, second).map {
      min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
    }
    // Cropping at the box changes no surface: what lies beyond it is outside either mask.
    let surfaces = (a.cropped(to: box).surface(), b.cropped(to: box).surface())
    firstToSecond = Self.distances(from: surfaces.0, to: surfaces.1)
    secondToFirst = Self.distances(from: surfaces.1, to: surfaces.0)
  }

  private static func distances(from: Mask, to: Mask) -> [Double] {
    to.distanceMap().withUnsafeElements { map in
      from.voxels.indices.filter { from.voxels[$0] }.map { Double(map[$0]) }
    }
  }

  /// The largest distance either way (Hausdorff).
  public var hausdorff: Double { max(firstToSecond.max()!, secondToFirst.max()!) }

  /// The larger of the two directed percentiles, 95 by default: "HD95" in MONAI and in the
  /// challenges that use it.
  public func largerPercentile(_ percent: Double = 95) -> Double {
    max(
      quantile(sorted: firstToSecond.sorted(), percent / 100),
      quantile(sorted: secondToFirst.sorted(), percent / 100))
  }

  /// The percentile of all distances of both directions pooled: "hd95" in MedPy. At most
  /// `largerPercentile`, and lower where one direction is worse than the other.
  public func pooledPercentile(_ percent: Double = 95) -> Double {
    quantile(sorted: (firstToSecond + secondToFirst).sorted(), percent / 100)
  }

  /// (Σ d(A → B) + Σ d(B → A)) / (|A| + |B|) over surface voxels: the average symmetric surface
  /// distance, also of MONAI. MedPy's `assd` is `meanOfDirections`.
  public var averageSymmetric: Double {
    (firstToSecond.reduce(0, +) + secondToFirst.reduce(0, +))
      / Double(firstToSecond.count + secondToFirst.count)
  }

  /// The mean of the two directed average distances.
  public var meanOfDirections: Double {
    (firstToSecond.reduce(0, +) / Double(firstToSecond.count)
      + secondToFirst.reduce(0, +) / Double(secondToFirst.count)) / 2
  }

  /// The share of surface voxels of both masks that lie within the tolerance of the other surface:
  /// the normalised surface distance ("surface Dice"), counted in voxels.
  ///
  /// Reference: Nikolov et al. 2018, doi:10.48550/arXiv.1809.04430, there weighed by area.
  public func withinTolerance(_ toleranceMM: Double) -> Double {
    precondition(toleranceMM >= 0, "toleranceMM (\(toleranceMM)) must not be negative")
    let near = [firstToSecond, secondToFirst].reduce(0) { sum, distances in
      sum + distances.reduce(0) { $0 + ($1 <= toleranceMM ? 1 : 0) }
    }
    return Double(near) / Double(firstToSecond.count + secondToFirst.count)
  }
}
