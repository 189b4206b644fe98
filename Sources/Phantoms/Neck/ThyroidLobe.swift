import Foundation
import Imaging
import Kernels

/// One lobe of the thyroid: a smooth star-shaped body of known volume.
///
/// Along the lobe's own axes (length towards the head, width away from the trachea, depth to the
/// back) a point p has scaled coordinates q = ((p − centre)·axis / scale), and belongs to the lobe
/// when |q| ≤ R(q/|q|), a polynomial of degree four in the direction (`LobeShape`). The volume
/// abc ∫R³/3 is therefore exact.
public struct ThyroidLobe: Codable, Hashable, Sendable {
  public let side: NeckSide
  /// The true volume in mm³.
  public let volumeMM3: Double
  /// The largest extents along the lobe's own axes in mm: what a perfect caliper reads.
  public let lengthMM, widthMM, depthMM: Double
  /// The point that rays to the surface start from, in mm.
  public private(set) var centreMM: SIMD3<Double>
  /// Unit vectors of length (to the head), width (lateral) and depth (to the back).
  public let lengthAxis, widthAxis, depthAxis: SIMD3<Double>
  private let shape: LobeShape
  /// mm per unit of the shape along the three axes.
  private let scale: SIMD3<Double>
  /// The axes over the scales: q = rows · (p − centre).
  private let rowL, rowW, rowD: SIMD3<Double>
  /// Bounds relative to the centre, and bounds on R².
  private let low, high: SIMD3<Double>
  private let innerSquare, outerSquare: Double

  /// A lobe with the given shape and extents, `volume` = coefficient · length · width · depth.
  init(
    side: NeckSide, shape: LobeShape, extents: (length: Double, width: Double, depth: Double),
    axes: [SIMD3<Double>], centreMM: SIMD3<Double> = .zero
  ) {
    self.side = side
    self.shape = shape
    (lengthMM, widthMM, depthMM) = extents
    (lengthAxis, widthAxis, depthAxis) = (axes[0], axes[1], axes[2])
    let units = [SIMD3<Double>(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
    let own = units.map { shape.support($0) + shape.support(-$0) }
    let scale = SIMD3(extents.length / own[0], extents.width / own[1], extents.depth / own[2])
    self.scale = scale
    volumeMM3 = shape.volume * scale.x * scale.y * scale.z
    (rowL, rowW, rowD) = (axes[0] / scale.x, axes[1] / scale.y, axes[2] / scale.z)
    self.centreMM = centreMM
    var (low, high) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    for k in 0..<3 {
      let towards = SIMD3(axes[0][k], axes[1][k], axes[2][k]) * scale
      high[k] = shape.support(towards) + 0.01
      low[k] = -shape.support(-towards) - 0.01
    }
    (self.low, self.high) = (low, high)
    let radii = LobeShape.directions.map(shape.radius)
    // Two hundred directions miss the extremes of a quartic by less than .05.
    let least = max(0, radii.min()! - 0.05)
    let most = radii.max()! + 0.05
    (innerSquare, outerSquare) = (least * least, most * most)
  }

  /// The lobe moved by a vector in mm.
  func moved(by offset: SIMD3<Double>) -> ThyroidLobe {
    var result = self
    result.centreMM += offset
    return result
  }

  /// From mm along length, width and depth (origin at the centre) to mm in the patient.
  public var axes: SpatialTransform {
    SpatialTransform(x: lengthAxis, y: widthAxis, z: depthAxis, translation: centreMM)
  }

  /// The box in the patient's axes that holds the lobe, in mm.
  public var boundsMM: (low: SIMD3<Double>, high: SIMD3<Double>) {
    (centreMM + low, centreMM + high)
  }

  /// The true coefficient V / (L W D); π/6 for an ellipsoid.
  public var ellipsoidCoefficient: Double { volumeMM3 / (lengthMM * widthMM * depthMM) }

  /// Whether a point in mm lies in the lobe.
  @inline(__always)
  public func contains(_ p: SIMD3<Double>) -> Bool {
    let d = p - centreMM
    if d.x < low.x || d.x > high.x || d.y < low.y || d.y > high.y { return false }
    if d.z < low.z || d.z > high.z { return false }
    let q = scaled(d)
    let square = q.x * q.x + q.y * q.y + q.z * q.z
    if square > outerSquare { return false }
    if square <= innerSquare { return true }
    let r = square.squareRoot()
    return r <= shape.radius(q / r)
  }

  @inline(__always)
  private func scaled(_ d: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      rowL.x * d.x + rowL.y * d.y + rowL.z * d.z, rowW.x * d.x + rowW.y * d.y + rowW.z * d.z,
      rowD.x * d.x + rowD.y * d.y + rowD.z * d.z)
  }

  /// The point of the surface in a direction (l, w, d) of the scaled coordinates, in mm.
  public func surface(_ direction: SIMD3<Double>) -> SIMD3<Double> {
    let n = direction / (direction * direction).sum().squareRoot()
    return axes(n * scale * shape.radius(n))
  }

  /// Points spread over the surface, in mm.
  func surfacePoints(_ count: Int) -> [SIMD3<Double>] { LobeShape.spread(count).map(surface) }
}
