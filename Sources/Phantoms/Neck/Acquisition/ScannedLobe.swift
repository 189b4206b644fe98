import Imaging
import Kernels
import Physics
import Tensors

/// A sweep as a reader gets it: frames with speckle, compounded with the reported poses.
public struct ScannedLobe: Sendable {
  /// Grey values [z, y, x], 0...255, 0 where no pixel came.
  public var volume: Volume
  /// The true gland as it arrives in this volume: carried through the same poses, voxels of at least
  /// one half.
  public var gland: Mask
  /// Frames used, and frames without a pose.
  public var frames, dropped: Int
}

extension FreehandSweep {
  /// Renders every frame where the probe really was and compounds it where the tracker says it was
  /// (trilinear weights, mean, gaps up to 4.5 mm between frames bridged along the sweep).
  ///
  /// The grid has voxels of `voxelMM` along the axes of the world and holds all frames. Frames are
  /// rendered in parallel; the result does not depend on the number of threads.
  public func scanned(
    _ lobe: ThyroidLobe, by scanner: NeckUltrasound, voxelMM: Double = 0.5
  ) -> ScannedLobe {
    let used = frames.indices.filter { frames[$0].measured != nil }
    let poses = used.map { frames[$0].measured! }
    precondition(!poses.isEmpty, "frames (count \(frames.count)) must hold one with a pose")
    let corners = poses.flatMap { pose in
      [0, Double(probe.width - 1)].flatMap { x in
        [0, Double(probe.height - 1)].map { y in pose([x, y, 0]) }
      }
    }
    let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }
    let high = corners.reduce(corners[0]) { pointwiseMax($0, $1) }
    let sizes = ((high - low) / voxelMM).rounded(.up)
    let geometry = VolumeGeometry(
      shape: [Int(sizes.z) + 1, Int(sizes.y) + 1, Int(sizes.x) + 1], originMM: low,
      spacingMM: SIMD3(repeating: voxelMM))
    let grey = Compounder(geometry: geometry)
    let truth = Compounder(geometry: geometry)
    // Twice as coarse as the image: a gland has no detail at 0.2 mm.
    let halved = SpatialTransform.scaling([2, 2, 1])
    let batch = 16
    for first in stride(from: 0, to: used.count, by: batch) {
      let part = Array(used[first..<min(used.count, first + batch)])
      var rendered = [(image: Tensor<Float>, mask: Tensor<Float>)?](
        repeating: nil, count: part.count)
      rendered.withUnsafeMutableBufferPointer { rendered in
        nonisolated(unsafe) let rendered = rendered
        Parallel.each(part.count) { index in
          let frame = frames[part[index]]
          rendered[index] = (
            scanner.frame(
              columns: probe.width, rows: probe.height, imageToWorld: frame.imageToWorld,
              pressure: frame.pressure),
            Self.mask(
              lobe, frame, halved, width: probe.width / 2, height: probe.height / 2)
          )
        }
      }
      for (index, pair) in zip(part, rendered) {
        let pose = frames[index].measured!
        grey.add(pair!.image, imageToWorld: pose)
        truth.add(pair!.mask, imageToWorld: pose * halved)
      }
    }
    let shares = truth.result().bridged(reach: 9).voxels
    return ScannedLobe(
      volume: Volume(voxels: grey.result().bridged(reach: 9).voxels, geometry: geometry),
      gland: Mask(
        shares, above: 0.5, spacingMM: [voxelMM, voxelMM, voxelMM]),
      frames: used.count, dropped: dropped)
  }
}
