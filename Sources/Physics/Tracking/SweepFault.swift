import Imaging
import Kernels
import Tensors

/// What can go wrong between tracker, probe and image.
public enum SweepFault: String, CaseIterable, Sendable, Codable {
  /// Poses come one frame late.
  case latency
  /// Pixels are taken to be 1 % larger than they are.
  case scale
  /// Frames are mirrored left to right.
  case flippedAcross
  /// Frames are upside down.
  case flippedDown
  /// The probe's pose is used backwards, tracker to probe.
  case invertedPose

  /// The volume of the sequence's frames with their poses under this fault; needs a chain with a
  /// transform ProbeToTracker.
  public func compounded(
    _ sweep: Sweep, into geometry: VolumeGeometry, settings: CompoundingSettings
  ) throws -> CompoundedVolume {
    let compounder = Compounder(geometry: geometry, settings: settings)
    let pixels = try sweep.sequence.pixels()
    let (width, height) = (sweep.sequence.width, sweep.sequence.height)
    let count = sweep.poses.count
    let inverted = TransformName(from: "Probe", to: "Tracker")
    for index in 0..<count {
      guard let frame = try pixels.next() else { break }
      let source = self == .latency ? min(index + 1, count - 1) : index
      guard var pose = sweep.poses[source] else { continue }
      switch self {
      case .latency: break
      case .scale: pose = pose * SpatialTransform.scaling([1.01, 1.01, 1.01])
      case .flippedAcross:
        pose =
          pose * SpatialTransform.translation([Double(width - 1), 0, 0])
          * SpatialTransform.scaling([-1, 1, 1])
      case .flippedDown:
        pose =
          pose * SpatialTransform.translation([0, Double(height - 1), 0])
          * SpatialTransform.scaling([1, -1, 1])
      case .invertedPose:
        var transforms = sweep.sequence.frames[index].transforms
        guard let back = transforms[inverted]?.transform.inverse else { continue }
        transforms[inverted]!.transform = back
        pose = try sweep.chain.pose(transforms)
      }
      compounder.add(frame, imageToWorld: pose)
    }
    return compounder.result()
  }
}
