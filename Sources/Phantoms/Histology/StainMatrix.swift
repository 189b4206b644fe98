import Foundation
import Kernels

/// The colours of haematoxylin and eosin: what a unit of each absorbs in red, green and blue.
///
/// Light through a stained section is exp(−h·H − e·E), H and E unit vectors of optical density and h
/// and e the amounts of stain (Beer and Lambert), so the optical density of a tile has rank two.
/// The vectors lie midway between those of Ruifrok and Johnston 2001 (.650 .704 .286 and .072 .990
/// .105; Anal Quant Cytol Histol 23:291) and of Macenko et al. 2009 (.563 .720 .406 and .216 .801
/// .558; doi:10.1109/ISBI.2009.5193250), whose stains are 40 and 22 degrees apart.
package struct StainMatrix: Sendable {
  /// Unit vectors in red, green, blue.
  package var haematoxylin, eosin: SIMD3<Float>

  /// Midway between the published pairs.
  package static let reference = StainMatrix(
    haematoxylin: [0.607, 0.713, 0.350], eosin: [0.149, 0.926, 0.346])

  init(haematoxylin: SIMD3<Float>, eosin: SIMD3<Float>) {
    self.haematoxylin = Self.unit(haematoxylin)
    self.eosin = Self.unit(eosin)
  }

  /// A laboratory's own stains: both vectors turned by two degrees of standard deviation within
  /// their plane, and by one out of it.
  init(stream: inout RandomStream) {
    let reference = Self.reference
    let normal = reference.normal
    func turned(_ vector: SIMD3<Float>) -> SIMD3<Float> {
      let across = Self.cross(normal, vector)
      let within = Float(2.0 * max(-2.5, min(2.5, stream.normal())) * .pi / 180)
      let out = Float(1.0 * max(-2.5, min(2.5, stream.normal())) * .pi / 180)
      return pointwiseMax(
        vector + tanf(within) * across + tanf(out) * normal, SIMD3(repeating: 0.02))
    }
    let first = turned(reference.haematoxylin)
    self.init(haematoxylin: first, eosin: turned(reference.eosin))
  }

  /// The angle between the stains in degrees.
  package var degrees: Double {
    Double(acosf(min(1, (haematoxylin * eosin).sum()))) * 180 / .pi
  }

  /// The unit vector at right angles to both stains.
  package var normal: SIMD3<Float> { Self.unit(Self.cross(haematoxylin, eosin)) }

  /// The amounts of both stains that come closest to an optical density, and what is left over along
  /// the normal.
  @inline(__always)
  package func unmixed(_ density: SIMD3<Float>) -> (h: Float, e: Float, rest: Float) {
    let c = (haematoxylin * eosin).sum()
    let a = (density * haematoxylin).sum()
    let b = (density * eosin).sum()
    let inverse = 1 / (1 - c * c)
    return ((a - c * b) * inverse, (b - c * a) * inverse, (density * normal).sum())
  }

  static func unit(_ v: SIMD3<Float>) -> SIMD3<Float> { v / (v * v).sum().squareRoot() }

  static func cross(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}
