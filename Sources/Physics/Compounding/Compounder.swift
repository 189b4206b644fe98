import Imaging
import Kernels
import Tensors

/// Freehand compounding: pixels of tracked frames, splatted forward into a volume.
///
/// Every pixel is carried through its frame's pose into the grid and added to the voxels around it
/// by the rule of the settings. Frames are taken in one after the other and forgotten: memory is
/// eight bytes a voxel and sixteen frames.
///
/// A voxel meets its pixels in the order of frames, rows and columns, whatever the number of
/// threads: threads own slabs of the volume, not frames. O(pixels).
///
/// The method is that of vtkPlusPasteSliceIntoVolume (Gobbi and Peters 2002,
/// doi:10.1007/3-540-45787-9_20; Lasso et al. 2014, doi:10.1109/TBME.2014.2322864).
public final class Compounder {
  public let geometry: VolumeGeometry
  public let settings: CompoundingSettings
  /// Frames, and pixels inside the clip rectangle, taken in so far.
  public private(set) var frames = 0
  public private(set) var pixels = 0
  private var pixelsInside = 0
  private var pending: [PlacedFrame] = []
  private let cells: UnsafeMutablePointer<SIMD2<Float>>
  private let cellCount: Int
  /// Frames splatted together.
  private static let batch = 16

  public init(geometry: VolumeGeometry, settings: CompoundingSettings = CompoundingSettings()) {
    self.geometry = geometry
    self.settings = settings
    // One plane more along every axis: the far neighbours, with weight 0, of the last voxels.
    cellCount = geometry.shape.reduce(1) { $0 * ($1 + 1) }
    cells = .allocate(capacity: cellCount)
    cells.initialize(repeating: .zero, count: cellCount)
  }

  deinit { cells.deallocate() }

  /// Takes in a frame.
  ///
  /// - Parameters:
  ///   - pixels: [y, x].
  ///   - imageToWorld: from pixel indices (x, y, 0) to mm.
  public func add(_ pixels: Tensor<Float>, imageToWorld: SpatialTransform) {
    precondition(pixels.rank == 2, "a frame must be [y, x], got \(pixels.shape)")
    let clip =
      settings.clip?.ranges(width: pixels.shape[1], height: pixels.shape[0])
      ?? (x: 0..<pixels.shape[1], y: 0..<pixels.shape[0])
    var map = geometry.worldToIndex * imageToWorld
    // The nearest voxel is floor(p + 1/2).
    if settings.interpolation == .nearest { map.translation += SIMD3(repeating: 0.5) }
    pending.append(PlacedFrame(pixels: pixels, columns: clip.x, rows: clip.y, map: map))
    frames += 1
    self.pixels += clip.x.count * clip.y.count
    if pending.count == Self.batch { splat() }
  }

  /// The volume of all frames taken in; more may follow.
  public func result() -> CompoundedVolume {
    splat()
    let (height, width) = (geometry.height, geometry.width)
    nonisolated(unsafe) let cells = cells
    let isSum = settings.rule == .mean
    var weights = Tensor<Float>.zeros(geometry.shape)
    var voxels = Tensor<Float>.zeros(geometry.shape)
    weights.withUnsafeMutableElements { weights in
      voxels.withUnsafeMutableElements { voxels in
        nonisolated(unsafe) let weights = weights
        nonisolated(unsafe) let voxels = voxels
        Parallel.each(geometry.depth) { z in
          for y in 0..<height {
            let row = cells + (z * (height + 1) + y) * (width + 1)
            let start = (z * height + y) * width
            for x in 0..<width {
              if isSum {
                // Sums of smaller weights would be rounded too coarsely to divide by.
                guard row[x].y >= 0x1p-100 else { continue }
                voxels[start + x] = row[x].x / row[x].y
              } else {
                // PLUS' mean has voxels with a value whose weight was rounded to nothing.
                voxels[start + x] = row[x].x
              }
              weights[start + x] = row[x].y
            }
          }
        }
      }
    }
    return CompoundedVolume(
      volume: Volume(voxels: voxels, geometry: geometry), weights: weights, frames: frames,
      pixels: pixels, pixelsOutside: pixels - pixelsInside)
  }

  /// Adds the pending frames, slab by slab.
  private func splat() {
    guard !pending.isEmpty else { return }
    // Slabs along y or z, whichever the frames extend along further.
    let reach = pending.reduce(SIMD3<Double>.zero) { sum, frame in
      let across = frame.map.x * Double(frame.columns.count)
      let down = frame.map.y * Double(frame.rows.count)
      return sum + SIMD3(abs(across.x), abs(across.y), abs(across.z))
        + SIMD3(abs(down.x), abs(down.y), abs(down.z))
    }
    let axis = reach.z >= reach.y ? 2 : 1
    let planes = (axis == 2 ? geometry.depth : geometry.height) + 1
    let thickness = max(8, (planes + 31) / 32)
    let slabs = (planes + thickness - 1) / thickness
    var inside = [Int](repeating: 0, count: slabs)
    let pending = pending
    inside.withUnsafeMutableBufferPointer { inside in
      nonisolated(unsafe) let inside = inside
      nonisolated(unsafe) let cells = cells
      Parallel.each(slabs) { index in
        let slab = SplatSlab(
          cells: cells, shape: geometry.shape, axis: axis,
          planes: (index * thickness)..<min(planes, (index + 1) * thickness),
          settings: settings)
        for frame in pending { inside[index] += slab.add(frame) }
      }
    }
    pixelsInside += inside.reduce(0, +)
    self.pending.removeAll(keepingCapacity: true)
  }
}

/// What compounding gives.
public struct CompoundedVolume: Sendable {
  /// 0 where no pixel came.
  public var volume: Volume
  /// Σ w of every voxel, 1 for a voxel seen under `maximum` and `latest`, PLUS' 256ths under
  /// `roundedMean`; 0 where no pixel came, also after filling.
  public let weights: Tensor<Float>
  public let frames: Int
  /// Pixels inside the clip rectangle, and those of them that fell outside the volume.
  public let pixels, pixelsOutside: Int
  /// Voxels without a pixel that filling gave a value.
  public internal(set) var filled = 0

  /// Voxels that at least one pixel reached.
  public var seen: Int {
    weights.withUnsafeElements { $0.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
  }
}
