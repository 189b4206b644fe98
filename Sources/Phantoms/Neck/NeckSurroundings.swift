import Foundation
import Kernels

/// A tube along z with an elliptic section that shifts and tilts: vessels, trachea, oesophagus.
struct NeckTube: Codable, Hashable, Sendable {
  /// Middle of the section at z = 0 in mm, and its shift per mm towards the head.
  var x, y: Double
  var slopeX = 0.0
  var slopeY = 0.0
  /// Half-axes across and in depth in mm.
  var radiusX, radiusY: Double

  /// Squared elliptic distance from the middle: 1 at the surface.
  @inline(__always)
  func square(_ p: SIMD3<Double>) -> Double {
    let u = (p.x - x - slopeX * p.z) / radiusX
    let v = (p.y - y - slopeY * p.z) / radiusY
    return u * u + v * v
  }

  /// The tube widened by `by` mm on all sides.
  func widened(by: Double) -> NeckTube {
    var result = self
    result.radiusX += by
    result.radiusY += by
    return result
  }
}

/// A muscle that runs along the neck: an elliptic section, turned in the transverse plane.
struct NeckMuscle: Codable, Hashable, Sendable {
  var x, y, halfWidth, halfDepth: Double
  /// Shift per mm towards the head.
  var slopeX: Double
  /// Distance between fibre bundles in mm.
  var bundleMM: Double
  /// Cosine and sine of the turn from x towards y.
  private let cosine, sine: Double

  init(
    x: Double, y: Double, halfWidth: Double, halfDepth: Double, radians angle: Double,
    slopeX: Double = 0, bundleMM: Double = 1.9
  ) {
    (self.x, self.y, self.halfWidth, self.halfDepth) = (x, y, halfWidth, halfDepth)
    (self.slopeX, self.bundleMM) = (slopeX, bundleMM)
    (cosine, sine) = (cos(angle), sin(angle))
  }

  /// The tissue at a point, nil outside the muscle: bundles, the septa between them and the sheath.
  @inline(__always)
  func tissue(at p: SIMD3<Double>) -> NeckTissue? {
    let dx = p.x - x - slopeX * p.z
    let dy = p.y - y
    // The longer half-axis bounds the section: no turning far away.
    if abs(dx) > halfWidth || abs(dy) > halfWidth { return nil }
    let u = cosine * dx + sine * dy
    let v = cosine * dy - sine * dx
    let square = (u / halfWidth) * (u / halfWidth) + (v / halfDepth) * (v / halfDepth)
    if square > 1 { return nil }
    if square > 1 - 0.5 / halfDepth { return .septum }
    // Flattened bundles: septa are the thin ridges of a warped pattern that is long in u and
    // almost constant along the fibres.
    let phase = 2 * Double.pi / bundleMM
    let wave = sin(phase * (v + 0.35 * sin(0.9 * u + 0.05 * p.z)))
    let cut = sin(phase * 0.37 * u + 2.1 * sin(1.7 * v))
    return wave > 0.86 && cut > -0.55 ? .septum : .muscle
  }
}

/// Everything around the thyroid, in mm.
struct NeckSurroundings: Codable, Hashable, Sendable {
  var skinMM, fatMM: Double
  var trachea: NeckTube
  /// Thickness of the tracheal wall; height and distance of its rings.
  var wallMM, ringMM, ringPitchMM: Double
  var oesophagus: NeckTube
  /// Right and left.
  var carotids: [NeckTube]
  var jugulars: [NeckTube]
  var vesselWallMM: Double
  var muscles: [NeckMuscle]
  var vertebraY: Double

  /// Depth of the skin's surface: flat under the probe, falling away at the sides.
  @inline(__always)
  static func skinDepth(_ x: Double) -> Double {
    let beyond = max(0, abs(x) - 34)
    return beyond * beyond / 45
  }

  /// The tissue at a point that is not thyroid.
  func tissue(at p: SIMD3<Double>) -> NeckTissue {
    let below = p.y - Self.skinDepth(p.x)
    if below < 0 { return .outside }
    if below < skinMM { return .skin }
    if below < skinMM + fatMM { return .fat }
    if let found = airway(p) { return found }
    let side = p.x < 0 ? 0 : 1
    let artery = carotids[side].square(p)
    if artery < 1 { return .arterialBlood }
    let vein = jugulars[side].square(p)
    if artery < 4, carotids[side].widened(by: vesselWallMM).square(p) < 1 { return .vesselWall }
    if vein < 1 { return .venousBlood }
    if vein < 4, jugulars[side].widened(by: 0.4 * vesselWallMM).square(p) < 1 { return .vesselWall }
    let gullet = oesophagus.square(p)
    if gullet < 1 { return gullet < 0.12 ? .mucosa : .oesophagus }
    for muscle in muscles {
      if let found = muscle.tissue(at: p) { return found }
    }
    let u = p.x / 19
    let v = (p.y - vertebraY - 14) / 14
    return u * u + v * v < 1 ? .bone : .connective
  }

  /// Wall and lumen of the trachea; the back of the wall has no cartilage.
  @inline(__always)
  private func airway(_ p: SIMD3<Double>) -> NeckTissue? {
    let outer = trachea.square(p)
    if outer > 1 { return nil }
    if trachea.widened(by: -wallMM).square(p) < 1 { return .trachealAir }
    if p.y - trachea.y - trachea.slopeY * p.z > 0.72 * trachea.radiusY { return .connective }
    let along = p.z / ringPitchMM
    return (along - along.rounded()).magnitude * ringPitchMM < ringMM / 2 ? .cartilage : .connective
  }
}
