import Imaging
import Kernels
import Physics
import Tensors

/// The volume that a sweep gives when its images are the true gland itself: what poses, calibration,
/// pressure and coverage do, without speckle and without a network.
public struct CarriedVolume: Codable, Hashable, Sendable {
  /// Voxels of at least one half, times their volume.
  public let countedML: Double
  /// Voxels with the share of the gland that their pixels hold, times their volume.
  public let partialML: Double
  /// Area of the gland's surface, ∫ |∇f| over the shares f (coarea formula).
  public let surfaceMM2: Double
  /// By how much the contour lies outside the gland.
  public let contourMM: Double
  /// Frames used, and frames without a pose.
  public let frames, dropped: Int
  /// Voxels between pixels that filling gave a value.
  public let filled: Int

  /// The volume inside the contour: V + m S for a margin m around a surface S, Steiner's formula to
  /// first order. The next term, π m² for each mm of a lobe's length, is below .05 ml for the margins
  /// used here.
  public var volumeML: Double { max(0, countedML + contourMM * surfaceMM2 / 1000) }
}

extension FreehandSweep {
  /// Carries the true mask through the reader's pose chain and measures what arrives.
  ///
  /// Pixels of the true planes in the pressed neck are 1 inside the gland; frames with a pose are
  /// splatted at the measured place (trilinear weights, mean), holes up to 4 mm filled between frames
  /// along the sweep, and voxels of one half or more counted. Frames more than 1 mm off the gland are left out, as are pixels
  /// farther than that beside it: they add zeros where none are missed.
  ///
  /// - `pixelMM`: distance of the pixels that are looked at, in the image.
  /// - `voxelMM`: side of a voxel.
  ///
  /// Without errors the volume is that of the lobe within 1 % for the default sizes.
  public func carriedVolume(
    of lobe: ThyroidLobe, pixelMM: Double = 0.4, voxelMM: Double = 0.5
  ) -> CarriedVolume {
    let step = pixelMM / probe.pixelMM
    let (columns, rows) = (Int(Double(probe.width) / step), Int(Double(probe.height) / step))
    var masks: [(pixels: Tensor<Float>, pose: SpatialTransform)] = []
    var (low, high) = (SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity))
    for frame in frames {
      guard let measured = frame.measured,
        let window = Self.window(
          lobe, frame, step: step, columns: columns, rows: rows, pixelMM: pixelMM)
      else { continue }
      let place = SpatialTransform(
        x: [step, 0, 0], y: [0, step, 0], z: [0, 0, 1],
        translation: [
          step * Double(window.x.lowerBound), step * Double(window.y.lowerBound), 0,
        ])
      let mask = Self.mask(lobe, frame, place, width: window.x.count, height: window.y.count)
      let pose = measured * place
      for x in [0, Double(window.x.count - 1)] {
        for y in [0, Double(window.y.count - 1)] {
          let corner = pose([x, y, 0])
          (low, high) = (pointwiseMin(low, corner), pointwiseMax(high, corner))
        }
      }
      masks.append((mask, pose))
    }
    guard !masks.isEmpty else {
      return CarriedVolume(
        countedML: 0, partialML: 0, surfaceMM2: 0, contourMM: contourMM, frames: 0,
        dropped: dropped, filled: 0)
    }
    let sizes = ((high - low) / voxelMM).rounded(.up)
    let geometry = VolumeGeometry(
      shape: [Int(sizes.z) + 2, Int(sizes.y) + 2, Int(sizes.x) + 2],
      originMM: low - SIMD3(repeating: voxelMM / 2), spacingMM: SIMD3(repeating: voxelMM))
    let compounder = Compounder(geometry: geometry)
    for mask in masks { compounder.add(mask.pixels, imageToWorld: mask.pose) }
    let shares = ShareField(compounder.result(), reach: 9)
    let voxelML = geometry.voxelVolumeMM3 / 1000
    return CarriedVolume(
      countedML: Double(shares.counted) * voxelML, partialML: shares.sum * voxelML,
      surfaceMM2: shares.variation * voxelMM * voxelMM, contourMM: contourMM,
      frames: masks.count, dropped: dropped, filled: shares.filled)
  }

  /// The pixels that may show the gland; nil where the plane passes it by.
  private static func window(
    _ lobe: ThyroidLobe, _ frame: Frame, step: Double, columns: Int, rows: Int, pixelMM: Double
  ) -> (x: Range<Int>, y: Range<Int>)? {
    let worldToImage = frame.imageToWorld.inverse!
    let (a, b) = (lobe.boundsMM.low, lobe.boundsMM.high)
    var low = SIMD3(repeating: Double.infinity)
    var high = -low
    for corner in 0..<8 {
      let rest = SIMD3(
        corner & 1 == 0 ? a.x : b.x, corner & 2 == 0 ? a.y : b.y, corner & 4 == 0 ? a.z : b.z)
      let p = worldToImage(frame.pressure.pressed(rest)) / step
      (low, high) = (pointwiseMin(low, p), pointwiseMax(high, p))
    }
    let reach = 1 / pixelMM
    guard low.z <= reach, high.z >= -reach else { return nil }
    let x = max(0, Int(low.x - reach))..<min(columns, Int(high.x + reach) + 1)
    let y = max(0, Int(low.y - reach))..<min(rows, Int(high.y + reach) + 1)
    return x.count > 1 && y.count > 1 ? (x, y) : nil
  }

  /// 1 inside the gland: [y, x], pixels placed in the image by `place`.
  static func mask(
    _ lobe: ThyroidLobe, _ frame: Frame, _ place: SpatialTransform, width: Int, height: Int
  ) -> Tensor<Float> {
    // Pressure is affine, so that rows of pixels are straight at rest too.
    let toWorld = frame.imageToWorld * place
    let rest = frame.pressure.worldToRest * toWorld
    return Tensor<Float>(shape: [height, width]) { output in
      for y in 0..<height {
        let start = rest([0, Double(y), 0])
        for x in 0..<width {
          output[y * width + x] = lobe.contains(start + rest.x * Double(x)) ? 1 : 0
        }
      }
    }
  }
}

/// Sums over a field of shares, 0 to 1.
private struct ShareField {
  private(set) var counted = 0
  private(set) var sum = 0.0
  private(set) var filled = 0
  /// Σ |∇f| in differences between voxels.
  private(set) var variation = 0.0

  /// Bridges gaps of at most `reach` voxels between frames and sums up.
  init(_ found: CompoundedVolume, reach: Int) {
    let shape = found.volume.voxels.shape
    let (depth, row, plane) = (shape[0], shape[2], shape[1] * shape[2])
    let (field, filled) = found.bridged(reach: reach)
    self.filled = filled
    field.withUnsafeElements { f in
      for z in 0..<depth {
        for y in 0..<shape[1] {
          for x in 0..<row {
            let i = z * plane + y * row + x
            let value = f[i]
            if value >= 0.5 { counted += 1 }
            sum += Double(value)
            guard z > 0, z + 1 < depth, y > 0, y + 1 < shape[1], x > 0, x + 1 < row else {
              continue
            }
            let slope = SIMD3(
              f[i + 1] - f[i - 1], f[i + row] - f[i - row], f[i + plane] - f[i - plane])
            let square = (slope * slope).sum()
            if square > 0 { variation += Double(square.squareRoot()) / 2 }
          }
        }
      }
    }
  }
}
