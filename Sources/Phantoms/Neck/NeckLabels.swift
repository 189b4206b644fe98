import Foundation
import Imaging
import Kernels

/// The tissues of a volunteer at rest on a regular grid, for fast look-up.
///
/// The grid covers what a probe on the front of the neck can see: ±52 mm across, from 1 mm before
/// the skin to 50 mm deep, and 16 mm beyond the lobes' poles. Points outside it take the tissue of
/// the nearest voxel.
public struct NeckLabels: Sendable {
  public let geometry: VolumeGeometry
  /// Raw values of `NeckTissue`, [z, y, x].
  public let tissues: [UInt8]

  /// Labels at voxel centres, in parallel over slices.
  public init(_ anatomy: NeckAnatomy, spacingMM: Double = 0.5) {
    precondition(spacingMM > 0, "spacingMM (\(spacingMM)) must be positive")
    let (a, b) = (anatomy.right.boundsMM, anatomy.left.boundsMM)
    let low = SIMD3(-52, -1, min(a.low.z, b.low.z) - 16)
    let high = SIMD3(52, 50, max(a.high.z, b.high.z) + 16)
    let count = ((high - low) / spacingMM).rounded(.up)
    let (nx, ny, nz) = (Int(count.x), Int(count.y), Int(count.z))
    let origin = low + 0.5 * spacingMM
    geometry = VolumeGeometry(
      shape: [nz, ny, nx], originMM: origin, spacingMM: SIMD3(repeating: spacingMM))
    tissues = [UInt8](unsafeUninitializedCapacity: nx * ny * nz) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      Parallel.each(nz) { k in
        var p = origin + SIMD3(0, 0, Double(k) * spacingMM)
        for j in 0..<ny {
          p.y = origin.y + Double(j) * spacingMM
          let row = target + (k * ny + j) * nx
          for i in 0..<nx {
            p.x = origin.x + Double(i) * spacingMM
            row[i] = anatomy.tissue(at: p).rawValue
          }
        }
      }
      filled = nx * ny * nz
    }
  }

  /// The tissue of the voxel that a point at rest lies in, in mm.
  @inline(__always)
  public subscript(_ p: SIMD3<Double>) -> NeckTissue {
    let at = ((p - geometry.originMM) / geometry.spacingMM).rounded(.toNearestOrAwayFromZero)
    let i = min(geometry.width - 1, max(0, Int(at.x)))
    let j = min(geometry.height - 1, max(0, Int(at.y)))
    let k = min(geometry.depth - 1, max(0, Int(at.z)))
    return NeckTissue(rawValue: tissues[(k * geometry.height + j) * geometry.width + i])!
  }
}
