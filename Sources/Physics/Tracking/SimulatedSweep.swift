import Foundation
import Imaging
import Kernels
import Tensors

/// A known object imaged by planes: a freehand sweep with tremor over a field of small round bodies,
/// written as a PLUS sequence with its device set.
///
/// Pixels are values of the object at points of the plane, without speckle or thickness: what a
/// reconstruction gets wrong is the reconstruction's.
public struct SimulatedSweep: Sendable {
  /// Brightness of the object at a point of the reference system in mm.
  public let object: @Sendable (SIMD3<Double>) -> Double
  public let width = 96, height = 160
  public let calibration: SpatialTransform
  public let frames: [(probe: SpatialTransform, reference: SpatialTransform)]

  /// From pixels to the reference, as the truth has it.
  public func pose(_ frame: Int) -> SpatialTransform {
    frames[frame].reference.inverse! * frames[frame].probe * calibration
  }

  public init(frames count: Int = 64, object: @escaping @Sendable (SIMD3<Double>) -> Double) {
    self.object = object
    // 0.3 mm a pixel, 29 x 48 mm, the sensor beside the probe.
    let turn = SpatialTransform.rotation(radians: 0.3, about: [0.2, 1, 0.1])
    calibration =
      SpatialTransform.translation([-14, 6, 40]) * turn * SpatialTransform.scaling([0.3, 0.3, 0.3])
    // The image plane lies in x and y of the reference and moves along z, by 0.4 mm a frame.
    let patient =
      SpatialTransform.translation([210, -80, 900])
      * SpatialTransform.rotation(radians: 0.8, about: [1, 0.5, -0.3])
    let centre = calibration([48, 80, 0])
    frames = (0..<count).map { frame in
      let t = Double(frame)
      let tremor = SpatialTransform.rotation(
        radians: 0.015 * sin(0.9 * t), about: [1, 0.4 * cos(0.5 * t), 0.3])
      let place = SpatialTransform.translation([
        0.8 * sin(0.35 * t), 0.5 * cos(0.6 * t), 0.4 * (t - Double(count - 1) / 2),
      ])
      // The patient moves too: the tracker sees both.
      let drift = SpatialTransform.translation([0.02 * t, -0.03 * t, 0.01 * t]) * patient
      let probe =
        drift * place * tremor * turn.inverse! * SpatialTransform.translation(-centre)
      return (probe, drift)
    }
  }

  /// The frames as the scanner gives them, 0 to 255.
  public func image(_ frame: Int) -> [UInt8] {
    let map = pose(frame)
    return (0..<height).flatMap { y in
      (0..<width).map { x in
        UInt8(min(255, max(0, object(map([Double(x), Double(y), 0])).rounded())))
      }
    }
  }

  /// Writes `sweep.igs.mha` and `devices.xml` into a folder.
  public func write(_ folder: String) throws {
    let names = ["Probe", "Reference"].map { TransformName(from: $0, to: "Tracker") }
    try TrackedSequence.write(
      width: width, height: height,
      frames: frames.indices.map { index in
        TrackedSequence.Frame(
          transforms: [
            names[0]: TrackedTransform(frames[index].probe),
            names[1]: TrackedTransform(frames[index].reference),
          ], timestamp: Double(index) / 25, imageStatus: "OK")
      }, to: folder + "/sweep.igs.mha"
    ) { image($0) }
    try DeviceSet.write(
      [TransformName(from: "Image", to: "Probe"): calibration], to: folder + "/devices.xml")
  }

  /// The object at the voxels that pixels reached, 0 elsewhere.
  public func truth(_ found: CompoundedVolume) -> Volume {
    let geometry = found.volume.geometry
    let map = geometry.indexToWorld
    let voxels = found.weights.withUnsafeElements { weights in
      Tensor<Float>(shape: geometry.shape) { output in
        var i = 0
        for z in 0..<geometry.depth {
          for y in 0..<geometry.height {
            for x in 0..<geometry.width {
              output[i] =
                weights[i] > 0 ? Float(object(map([Double(x), Double(y), Double(z)]))) : 0
              i += 1
            }
          }
        }
      }
    }
    return Volume(voxels: voxels, geometry: geometry)
  }

  /// Seventy round bodies of 0.6 mm (one SD), brightness 220, in the middle of the swept box.
  public static func bodies() -> SimulatedSweep {
    var stream = RandomStream(11).child("bodies")
    let centres = (0..<70).map { _ in
      SIMD3(
        stream.uniform(in: -12...12), stream.uniform(in: -21...21), stream.uniform(in: -10...10))
    }
    return SimulatedSweep { p in
      var sum = 0.0
      for centre in centres {
        let d = p - centre
        let square = (d * d).sum()
        if square < 16 { sum += 220 * exp(-square / (2 * 0.36)) }
      }
      return sum
    }
  }
}
