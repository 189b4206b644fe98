import Foundation
import Imaging
import Kernels
import Physics
import Tensors

/// A known object imaged by planes: a freehand sweep with tremor over a field of small round bodies,
/// written as a PLUS sequence with its device set.
///
/// Pixels are values of the object at points of the plane, without speckle or thickness: what a
/// reconstruction gets wrong is the reconstruction's.
struct SimulatedSweep {
  /// Brightness of the object at a point of the reference system in mm.
  let object: @Sendable (SIMD3<Double>) -> Double
  let width = 96, height = 160
  let calibration: SpatialTransform
  let frames: [(probe: SpatialTransform, reference: SpatialTransform)]

  /// From pixels to the reference, as the truth has it.
  func pose(_ frame: Int) -> SpatialTransform {
    frames[frame].reference.inverse! * frames[frame].probe * calibration
  }

  init(frames count: Int = 64, object: @escaping @Sendable (SIMD3<Double>) -> Double) {
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
  func image(_ frame: Int) -> [UInt8] {
    let map = pose(frame)
    return (0..<height).flatMap { y in
      (0..<width).map { x in
        UInt8(min(255, max(0, object(map([Double(x), Double(y), 0])).rounded())))
      }
    }
  }

  /// Writes `sweep.igs.mha` and `devices.xml`.
  func write(_ folder: String) throws {
    let file = SequenceFile(
      width: width, height: height,
      frames: frames.map {
        SequenceFile.fields([("ProbeToTracker", $0.probe), ("ReferenceToTracker", $0.reference)])
      }, pixels: frames.indices.flatMap { image($0) })
    try file.write(folder + "/sweep.igs.mha")
    try Data(SequenceFile.devices([("Image", "Probe", calibration)]).utf8)
      .write(to: URL(fileURLWithPath: folder + "/devices.xml"))
  }

  /// The object at the voxels that pixels reached, 0 elsewhere.
  func truth(_ found: CompoundedVolume) -> Volume {
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
  static func bodies() -> SimulatedSweep {
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

/// How a compounded volume is judged against a reference on the same grid.
struct ReconstructionGate: CustomStringConvertible {
  /// Correlation over all voxels; NaN where one side is constant.
  let correlation: Double
  /// Overlap of the voxels above 20.
  let dice: Double

  init(_ found: Volume, _ reference: Volume) {
    let (a, b) = (
      found.voxels.elements.map(Double.init), reference.voxels.elements.map(Double.init)
    )
    let n = Double(a.count)
    let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (aa, bb, ab, both, sum) = (0.0, 0.0, 0.0, 0, 0)
    for i in a.indices {
      aa += (a[i] - ma) * (a[i] - ma)
      bb += (b[i] - mb) * (b[i] - mb)
      ab += (a[i] - ma) * (b[i] - mb)
      both += a[i] > 20 && b[i] > 20 ? 1 : 0
      sum += (a[i] > 20 ? 1 : 0) + (b[i] > 20 ? 1 : 0)
    }
    correlation = ab / (aa * bb).squareRoot()
    dice = sum == 0 ? 0 : 2 * Double(both) / Double(sum)
  }

  var passes: Bool { correlation >= 0.98 && dice >= 0.9 }
  var description: String { "r \(correlation), Dice \(dice)" }
}

/// What can go wrong between tracker, probe and image.
enum SweepFault: String, CaseIterable {
  case latency, scale, flippedAcross, flippedDown, invertedPose

  /// The sequence's frames with their poses under this fault.
  func compounded(
    _ sweep: Sweep, into geometry: VolumeGeometry, settings: CompoundingSettings
  ) throws -> CompoundedVolume {
    let compounder = Compounder(geometry: geometry, settings: settings)
    let pixels = try sweep.sequence.pixels()
    let (width, height) = (sweep.sequence.width, sweep.sequence.height)
    let count = sweep.poses.count
    let inverted = TransformName(from: "Probe", to: "Tracker")
    for index in 0..<count {
      let frame = try pixels.next()!
      var pose = sweep.poses[self == .latency ? min(index + 1, count - 1) : index]!
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
        transforms[inverted]!.transform = transforms[inverted]!.transform.inverse!
        pose = try sweep.chain.pose(transforms)
      }
      compounder.add(frame, imageToWorld: pose)
    }
    return compounder.result()
  }
}
