import Imaging
import Kernels
import Tensors

/// A tracked sequence with the pose of every frame, and the frames that have none.
public struct Sweep: Sendable {
  /// A frame that is not used, and why.
  public struct Exclusion: Sendable, Equatable, Codable {
    public let frame: Int
    public let reason: String
  }

  public let sequence: TrackedSequence
  public let chain: PoseChain
  /// From pixel indices (x, y, 0) to the reference in mm; nil for excluded frames.
  public let poses: [SpatialTransform?]
  public let exclusions: [Exclusion]

  /// Resolves the poses over the transforms of the device set and of the frames.
  ///
  /// A frame is left out, and listed in `exclusions`, when its image or a transform on the way is
  /// missing or marked as other than OK. Throws an input error when no frame is left, or when the
  /// way from image to reference does not exist at all.
  public init(
    _ sequence: TrackedSequence, devices: DeviceSet?, image: String = "Image",
    reference: String = "Reference"
  ) throws {
    let chain = try PoseChain(
      from: image, to: reference, fixed: devices?.transforms ?? [:],
      tracked: sequence.transformNames, file: sequence.file)
    var poses: [SpatialTransform?] = []
    var exclusions: [Exclusion] = []
    for (index, frame) in sequence.frames.enumerated() {
      do throws(PoseChain.Missing) {
        if let status = frame.imageStatus, status != "OK" {
          throw PoseChain.Missing(description: "image \(status)")
        }
        poses.append(try chain.pose(frame.transforms))
      } catch {
        poses.append(nil)
        exclusions.append(Exclusion(frame: index, reason: error.description))
      }
    }
    guard exclusions.count < sequence.frames.count else {
      throw LightboxError.input(
        file: sequence.file, found: "no usable frame: " + Self.summary(exclusions),
        expected: "frames with an image and the transforms \(chain)")
    }
    self.sequence = sequence
    self.chain = chain
    self.poses = poses
    self.exclusions = exclusions
  }

  /// Frames left out by reason: "3 ProbeToTracker INVALID, 1 image INVALID".
  public static func summary(_ exclusions: [Exclusion]) -> String {
    Dictionary(grouping: exclusions, by: \.reason).sorted { $0.key < $1.key }
      .map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
  }

  /// The box that the usable frames sweep.
  public func sweptGeometry(
    spacingMM: SIMD3<Double>, clip: ClipRectangle?
  ) throws -> VolumeGeometry {
    try VolumeGeometry(
      sweptBy: poses.compactMap { $0 }, frameWidth: sequence.width, frameHeight: sequence.height,
      clip: clip, spacingMM: spacingMM, file: sequence.file)
  }

  /// All usable frames in one volume; pixels are streamed from the file.
  public func compounded(
    into geometry: VolumeGeometry, settings: CompoundingSettings = CompoundingSettings()
  ) throws -> CompoundedVolume {
    let compounder = Compounder(geometry: geometry, settings: settings)
    let pixels = try sequence.pixels()
    for pose in poses {
      // Excluded frames are read too: a sequence that ends early is an error wherever it ends.
      guard let frame = try pixels.next() else { break }
      if let pose { compounder.add(frame, imageToWorld: pose) }
    }
    return compounder.result()
  }
}
