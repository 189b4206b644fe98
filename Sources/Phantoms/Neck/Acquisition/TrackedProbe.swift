import Imaging
import Kernels

/// A linear probe with a tracking sensor: image, tracker and what is wrong between them.
///
/// All numbers are chosen within ranges given for freehand 3D ultrasound (Mercier et al. 2005,
/// Ultrasound in Medicine & Biology 31:143, PMID 15708453, review calibration; the study's own devices
/// are not named in its abstract).
public struct TrackedProbe: Codable, Hashable, Sendable {
  /// Width and depth of the image.
  public var widthMM = 40.0
  public var depthMM = 40.0
  /// Side of a pixel of the image.
  public var pixelMM = 0.2
  public var framesPerS = 25.0
  /// Noise of a pose, anew for each frame: along and about each axis of the sensor.
  public var noiseSDMM = 0.4
  public var noiseSDDegrees = 0.4
  /// Relative SD of the tracker's millimetre. One draw for volunteer and operator.
  public var trackerScaleSD = 0.005
  /// Relative SD of the image's millimetre after calibration. One draw for volunteer and operator:
  /// the sensor is mounted anew. It counts twice in a volume, (1 + s)²: the third axis is the
  /// tracker's, so that only 1 % of both makes 3 %.
  public var calibrationScaleSD = 0.01
  /// SD of the mounted sensor's turn and shift against the calibration, for each axis.
  public var calibrationSDDegrees = 0.7
  public var calibrationSDMM = 0.7
  /// Age of an image at the time of the pose that is stored with it. One draw for volunteer and
  /// operator.
  public var latencyS = 0.010...0.030
  /// Share of frames without a pose.
  public var droppedShare = 0.02

  public init() {}

  /// Pixels of the image along x and y.
  public var width: Int { Int((widthMM / pixelMM).rounded()) }
  public var height: Int { Int((depthMM / pixelMM).rounded()) }

  /// From pixels (x, y, 0) to mm from the middle of the probe's face: x along it, y in depth.
  public var imageToFace: SpatialTransform {
    SpatialTransform(
      x: [pixelMM, 0, 0], y: [0, pixelMM, 0], z: [0, 0, pixelMM],
      translation: [-pixelMM * Double(width - 1) / 2, 0, 0])
  }

  /// From the face to the sensor, which sits 70 mm up the handle and 20 mm in front of it.
  static let faceToProbe = SpatialTransform.translation([0, 70, -20])

  /// From the patient to a tracker at the bedside.
  static let worldToTracker =
    SpatialTransform.translation([180, -60, 700])
    * SpatialTransform.rotation(radians: 0.7, about: [1, 0.4, -0.2])
}

/// What is wrong with the mounted probe of one session, the same in all its sweeps.
struct ProbeMounting {
  /// From pixels to the sensor, as it is.
  let imageToProbe: SpatialTransform
  /// The same as the calibration file says.
  let calibration: SpatialTransform
  let trackerScale: Double
  let latencyS: Double

  init(_ probe: TrackedProbe, session: RandomStream, sources: ErrorSources) {
    /// Normal numbers of a source, 0 where it is off.
    func draws(_ source: ErrorSource, _ count: Int) -> [Double] {
      var stream = session.child(source.rawValue)
      return (0..<count).map { _ in
        let value = stream.normal()
        return sources[source] ? value : 0
      }
    }
    imageToProbe = TrackedProbe.faceToProbe * probe.imageToFace
    let scale = 1 + probe.calibrationScaleSD * draws(.calibrationScale, 1)[0]
    let pose = draws(.calibrationPose, 6)
    let turn = SIMD3(pose[0], pose[1], pose[2]) * probe.calibrationSDDegrees
    let shift = SIMD3(pose[3], pose[4], pose[5]) * probe.calibrationSDMM
    calibration =
      TrackedProbe.faceToProbe * .translation(shift) * .turning(degrees: turn)
      * .scaling(SIMD3(repeating: scale)) * probe.imageToFace
    trackerScale = 1 + probe.trackerScaleSD * draws(.trackerScale, 1)[0]
    var stream = session.child(ErrorSource.latency.rawValue)
    let latency = stream.uniform(in: probe.latencyS)
    latencyS = sources[.latency] ? latency : 0
  }
}

extension SpatialTransform {
  /// The rotation about a vector by its length in degrees.
  static func turning(degrees: SIMD3<Double>) -> SpatialTransform {
    let length = (degrees * degrees).sum().squareRoot()
    return length == 0 ? .identity : .rotation(radians: length * .pi / 180, about: degrees)
  }
}
