import Foundation

/// An affine map of points in space, p ↦ A p + t, in Double.
///
/// Composition reads as in formulas: `(worldFromTracker * trackerFromProbe)(p)` maps p through the
/// right one first. Lengths are in the units of the two coordinate systems, here mm or voxels.
public struct SpatialTransform: Sendable, Equatable, Codable {
  /// Images of the unit vectors: the columns of A.
  public var x, y, z: SIMD3<Double>
  /// Image of the origin.
  public var translation: SIMD3<Double>

  public init(
    x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>, translation: SIMD3<Double> = .zero
  ) {
    self.x = x
    self.y = y
    self.z = z
    self.translation = translation
  }

  public static let identity = SpatialTransform(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

  /// A pure translation.
  public static func translation(_ by: SIMD3<Double>) -> SpatialTransform {
    var result = identity
    result.translation = by
    return result
  }

  /// Scaling along the axes.
  public static func scaling(_ by: SIMD3<Double>) -> SpatialTransform {
    SpatialTransform(x: [by.x, 0, 0], y: [0, by.y, 0], z: [0, 0, by.z])
  }

  /// Rotation by an angle about an axis through the origin, right-handed (Rodrigues' formula).
  public static func rotation(radians angle: Double, about axis: SIMD3<Double>) -> SpatialTransform
  {
    let length = (axis * axis).sum().squareRoot()
    precondition(length > 0 && length.isFinite, "axis \(axis) must have a direction")
    let u = axis / length
    let (c, s) = (cos(angle), sin(angle))
    func image(_ e: SIMD3<Double>) -> SIMD3<Double> {
      e * c + cross(u, e) * s + u * ((u * e).sum() * (1 - c))
    }
    return SpatialTransform(x: image([1, 0, 0]), y: image([0, 1, 0]), z: image([0, 0, 1]))
  }

  /// The image of a point.
  @inlinable
  public func callAsFunction(_ p: SIMD3<Double>) -> SIMD3<Double> {
    x * p.x + y * p.y + z * p.z + translation
  }

  /// The image of a direction: without the translation.
  @inlinable
  public func direction(_ p: SIMD3<Double>) -> SIMD3<Double> { x * p.x + y * p.y + z * p.z }

  /// The map that applies `right` first, then `left`.
  public static func * (left: SpatialTransform, right: SpatialTransform) -> SpatialTransform {
    SpatialTransform(
      x: left.direction(right.x), y: left.direction(right.y), z: left.direction(right.z),
      translation: left(right.translation))
  }

  /// det A: the ratio of volumes, negative for a map that mirrors.
  public var determinant: Double { (x * cross(y, z)).sum() }

  /// The map back; nil where A is singular to working precision (|det| below 1e-12 of the product
  /// of the column lengths).
  public var inverse: SpatialTransform? {
    let d = determinant
    let size = [x, y, z].reduce(1.0) { $0 * ($1 * $1).sum().squareRoot() }
    guard d.isFinite, abs(d) > 1e-12 * size else { return nil }
    // Rows of the inverse are the cross products of the columns over the determinant.
    let (a, b, c) = (cross(y, z) / d, cross(z, x) / d, cross(x, y) / d)
    var result = SpatialTransform(
      x: [a.x, b.x, c.x], y: [a.y, b.y, c.y], z: [a.z, b.z, c.z])
    result.translation = -result.direction(translation)
    return result
  }

  /// The sixteen numbers of a 4x4 matrix, row by row; nil unless they are finite and the last row
  /// is 0 0 0 1.
  public init?(rowMajor m: [Double]) {
    guard m.count == 16, m.allSatisfy(\.isFinite), Array(m[12...]) == [0, 0, 0, 1] else {
      return nil
    }
    self.init(
      x: [m[0], m[4], m[8]], y: [m[1], m[5], m[9]], z: [m[2], m[6], m[10]],
      translation: [m[3], m[7], m[11]])
  }

  /// The 4x4 matrix, row by row.
  public var rowMajor: [Double] {
    (0..<3).flatMap { [x[$0], y[$0], z[$0], translation[$0]] } + [0, 0, 0, 1]
  }
}

/// The vector product a × b.
@inlinable
package func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}
