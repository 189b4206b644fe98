import Imaging
import Physics

extension FreehandSweep {
  /// The fixed transforms of the session.
  public var fixedTransforms: [TransformName: SpatialTransform] {
    Self.fixedTransforms(calibration)
  }

  /// The frames as a tracked sequence holds them.
  public var sequenceFrames: [TrackedSequence.Frame] {
    frames.map {
      TrackedSequence.Frame(
        transforms: [Self.trackedName: $0.probeToTracker], timestamp: $0.timeS, imageStatus: "OK")
    }
  }

  /// Writes `<stem>.igs.mha` and `<stem>.xml`: what a real set-up would leave, without the truth.
  ///
  /// - Parameters:
  ///   - stem: folder and name without an extension.
  ///   - pixels: the bytes of an image [y, x] for its index, `probe.height` x `probe.width`.
  public func write(_ stem: String, pixels: (Int) throws -> [UInt8]) throws {
    try DeviceSet.write(fixedTransforms, to: stem + ".xml")
    try TrackedSequence.write(
      width: probe.width, height: probe.height, frames: sequenceFrames, to: stem + ".igs.mha",
      pixels: pixels)
  }
}
