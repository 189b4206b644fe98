import Foundation
import Imaging
import Kernels
import Tensors

/// A T1-weighted spoiled gradient echo of the neck, with partial volume and Rician noise.
///
/// The signal of a tissue with proton density ρ and relaxation time T1 is
///
///     S = ρ sin α (1 − E) / (1 − E cos α),  E = exp(−TR/T1)
///
/// (Ernst and Anderson 1966, doi:10.1063/1.1719961); a voxel holds the mean over `samples`³ points.
/// Thyroid, muscle, and vessels with inflow have chosen effective values.
public struct NeckMRI: Codable, Hashable, Sendable {
  public var voxelMM = SIMD3(0.8, 0.8, 1)
  public var repetitionMS = 5.0
  public var flipDegrees = 12.0
  /// Signal of fat over the standard deviation of the noise in each channel.
  public var signalToNoise = 40.0
  /// Points along each axis of a voxel.
  public var samples = 3
  /// Relative standard deviation of one reader's volume.
  public var readerError = 0.03

  public init() {}

  /// The image, the share of thyroid in each voxel, and the volumes.
  ///
  /// The field of view is 104 mm across, from 6 mm before the skin to 58 mm deep and 12 mm beyond
  /// the lobes; the patient is at rest. `stream` decides the noise and the reader.
  public func scan(_ anatomy: NeckAnatomy, stream: RandomStream) -> NeckMRIScan {
    let (a, b) = (anatomy.right.boundsMM, anatomy.left.boundsMM)
    let low = SIMD3(-52, -6, min(a.low.z, b.low.z) - 12)
    let high = SIMD3(52, 58, max(a.high.z, b.high.z) + 12)
    let count = ((high - low) / voxelMM).rounded(.up)
    let (nx, ny, nz) = (Int(count.x), Int(count.y), Int(count.z))
    // The grid does not know the anatomy: its phase is drawn.
    var phase = stream.child("phase")
    let shift = SIMD3(phase.uniform(), phase.uniform(), phase.uniform()) - 0.5
    let geometry = VolumeGeometry(
      shape: [nz, ny, nx], originMM: low + voxelMM * (0.5 + shift), spacingMM: voxelMM)
    let signals = NeckTissue.allCases.map { Float(signal($0) / signal(.fat)) }
    let offsets = (0..<samples).map { (Double($0) + 0.5) / Double(samples) - 0.5 }
    let points = offsets.flatMap { z in
      offsets.flatMap { y in offsets.map { x in SIMD3(x, y, z) * voxelMM } }
    }
    var image = [Float](repeating: 0, count: nx * ny * nz)
    var (rights, lefts) = (image, image)
    let lobes = [anatomy.right, anatomy.left]
    let middle = 0.5 * (anatomy.right.boundsMM.high.x + anatomy.left.boundsMM.low.x)
    image.withUnsafeMutableBufferPointer { image in
      rights.withUnsafeMutableBufferPointer { right in
        lefts.withUnsafeMutableBufferPointer { left in
          nonisolated(unsafe) let image = image.baseAddress!
          nonisolated(unsafe) let share = (right.baseAddress!, left.baseAddress!)
          Parallel.each(nz) { k in
            for j in 0..<ny {
              for i in 0..<nx {
                let centre =
                  geometry.originMM + SIMD3(Double(i), Double(j), Double(k)) * voxelMM
                let at = (k * ny + j) * nx + i
                let lobe = lobes[centre.x < middle ? 0 : 1]
                var (sum, inside): (Float, Float) = (0, 0)
                for point in points {
                  let p = centre + point
                  let tissue = anatomy.tissue(at: p)
                  sum += signals[Int(tissue.rawValue)]
                  if tissue == .thyroid, lobe.contains(p) { inside += 1 }
                }
                image[at] = sum / Float(points.count)
                (centre.x < middle ? share.0 : share.1)[at] = inside / Float(points.count)
              }
            }
          }
        }
      }
    }
    var noise = [Float](repeating: 0, count: 2 * image.count + 8)
    var own = stream.child("noise")
    noise.withUnsafeMutableBufferPointer {
      own.fillNormal($0, standardDeviation: Float(1 / signalToNoise))
    }
    for v in image.indices {
      let real = image[v] + noise[2 * v]
      image[v] = (real * real + noise[2 * v + 1] * noise[2 * v + 1]).squareRoot()
    }
    var reader = stream.child("reader")
    let factor = 1 + readerError * reader.normal()
    return NeckMRIScan(
      image: Volume(voxels: Tensor(shape: geometry.shape, image), geometry: geometry),
      right: Volume(voxels: Tensor(shape: geometry.shape, rights), geometry: geometry),
      left: Volume(voxels: Tensor(shape: geometry.shape, lefts), geometry: geometry),
      readerFactor: factor)
  }

  /// S of the formula.
  func signal(_ tissue: NeckTissue) -> Double {
    // Proton density, T1 in ms; values near those at 1.5 T, chosen where none is known.
    let (density, t1): (Double, Double) =
      switch tissue {
      case .outside, .trachealAir: (0, 1000)
      case .skin: (0.7, 800)
      case .fat: (0.95, 290)
      case .connective: (0.8, 380)
      case .septum: (0.75, 500)
      case .muscle: (0.75, 1000)
      case .thyroid, .isthmus: (0.88, 780)
      case .cartilage: (0.55, 900)
      case .vesselWall: (0.6, 900)
      case .arterialBlood: (0.9, 420)
      case .venousBlood: (0.9, 560)
      case .oesophagus: (0.78, 950)
      case .mucosa: (0.6, 700)
      case .bone: (0.7, 550)
      }
    let alpha = flipDegrees * .pi / 180
    let e = exp(-repetitionMS / t1)
    return density * sin(alpha) * (1 - e) / (1 - e * cos(alpha))
  }
}

/// What the magnet gives, and what its reader makes of it.
public struct NeckMRIScan: Sendable {
  /// Signal with noise; fat is 1.
  public let image: Volume
  /// Share of each voxel that belongs to the right and to the left lobe, 0...1.
  public let right, left: Volume
  /// What the reader's contour multiplies volumes by.
  public let readerFactor: Double

  public func share(_ side: NeckSide) -> Volume { side == .right ? right : left }

  /// Volume in mm³ of a lobe by summing the shares: the truth on this grid.
  public func partialVolumeMM3(_ side: NeckSide) -> Double {
    share(side).voxels.withUnsafeElements { $0.reduce(0.0) { $0 + Double($1) } }
      * right.geometry.voxelVolumeMM3
  }

  /// Volume in mm³ of the voxels that are at least half thyroid.
  public func countedMM3(_ side: NeckSide) -> Double {
    let count = share(side).voxels.withUnsafeElements { $0.reduce(0) { $0 + ($1 >= 0.5 ? 1 : 0) } }
    return Double(count) * right.geometry.voxelVolumeMM3
  }

  /// What the reader reports in mm³: counted voxels times the reader's factor.
  public func readMM3(_ side: NeckSide) -> Double { countedMM3(side) * readerFactor }
}
