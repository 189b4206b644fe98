import Foundation
import Imaging
import Kernels
import Tensors

/// A tracked ultrasound sequence as PLUS writes it: `.igs.mha` (or `.igs.mhd` with its voxels
/// beside), frames as the planes of a MetaImage, and per frame the poses, their statuses and a time.
///
/// Frames are given in PLUS' orientation "MF": x from the marked side of the probe, y away from it;
/// files stored as UF, MN or UN are flipped on reading, a file that says nothing is taken as MF.
///
/// Source: PLUS user manual, "Sequence file format"; Lasso et al. 2014,
/// doi:10.1109/TBME.2014.2322864.
public struct TrackedSequence: Sendable {
  /// What the file says of one frame.
  public struct Frame: Sendable {
    public var transforms: [TransformName: TrackedTransform] = [:]
    public var timestamp: Double?
    /// "OK", another word for a frame without an image, or nil where none was given.
    public var imageStatus: String?

    public init(
      transforms: [TransformName: TrackedTransform] = [:], timestamp: Double? = nil,
      imageStatus: String? = nil
    ) {
      self.transforms = transforms
      self.timestamp = timestamp
      self.imageStatus = imageStatus
    }
  }

  public let file: String
  public let width, height: Int
  public let frames: [Frame]
  /// How the file stores pixels.
  public let type: VoxelType
  /// How the file orients its frames, "MF" where it does not say.
  public let orientation: String
  private let header: MetaImageHeader

  /// Reads everything but the pixels.
  ///
  /// Throws an input error for an unknown pixel type, a matrix that is none, frames numbered beyond
  /// the stated count, an orientation that is not one of the four.
  public init(_ path: String) throws {
    let header = try MetaImageHeader(path)
    func fail(_ found: String, _ expected: String, _ hint: String? = nil) -> LightboxError {
      .input(file: path, found: found, expected: expected, hint: hint)
    }
    guard header.dimensions.count == 3 else {
      throw fail("\(header.dimensions.count) axes", "frames of width x height (NDims = 3)")
    }
    try header.checkSize()
    let count = header.dimensions[2]
    var frames = [Frame](repeating: Frame(), count: count)
    var statuses: [(frame: Int, name: TransformName, status: String)] = []
    let prefix = "Seq_Frame"
    // In the order of keys, so that the error of a broken file is always the same one.
    for (key, value) in header.fields.sorted(by: { $0.key < $1.key }) where key.hasPrefix(prefix) {
      let rest = key.dropFirst(prefix.count)
      let digits = rest.prefix { $0.isNumber }
      guard let frame = Int(digits), rest.dropFirst(digits.count).first == "_" else {
        throw fail("the field \(key)", "Seq_Frame, a number, an underscore and a name")
      }
      guard frame < count else {
        throw fail("fields of frame \(frame)", "frames 0 to \(count - 1), as DimSize states")
      }
      let field = String(rest.dropFirst(digits.count + 1))
      switch field {
      case "Timestamp": frames[frame].timestamp = Double(value)
      case "ImageStatus": frames[frame].imageStatus = value
      default:
        if field.hasSuffix("TransformStatus") {
          guard let name = TransformName(String(field.dropLast(15))) else {
            throw fail("the field \(key)", "a name such as ProbeToTrackerTransformStatus")
          }
          statuses.append((frame, name, value))
        } else if field.hasSuffix("Transform") {
          guard let name = TransformName(String(field.dropLast(9))) else {
            throw fail("the field \(key)", "a name such as ProbeToTrackerTransform")
          }
          let numbers = value.split(separator: " ").compactMap { Double($0) }
          guard let transform = SpatialTransform(rowMajor: numbers) else {
            throw fail("\(key) = \(value)", "16 finite numbers that end in 0 0 0 1")
          }
          frames[frame].transforms[name] = TrackedTransform(transform, status: nil)
        }
      }
    }
    for (frame, name, status) in statuses { frames[frame].transforms[name]?.status = status }
    let stated = header.fields["UltrasoundImageOrientation"] ?? "MF"
    guard ["MF", "UF", "MN", "UN"].contains(String(stated.prefix(2))) else {
      throw fail(
        "UltrasoundImageOrientation = \(stated)", "MF, UF, MN or UN, with or without A at the end")
    }
    orientation = String(stated.prefix(2))
    file = path
    width = header.dimensions[0]
    height = header.dimensions[1]
    type = header.type
    self.frames = frames
    self.header = header
  }

  /// Names of the transforms that at least one frame carries.
  public var transformNames: Set<TransformName> {
    frames.reduce(into: []) { $0.formUnion($1.transforms.keys) }
  }

  /// The pixels, frame after frame; one frame is in memory at a time.
  public func pixels() throws -> FramePixels { try FramePixels(self, header) }
}

/// The frames of a sequence as a stream.
public final class FramePixels {
  private let sequence: TrackedSequence
  private let header: MetaImageHeader
  private let stored: StoredBytes
  private var raw: UnsafeMutableRawBufferPointer
  private var index = 0

  init(_ sequence: TrackedSequence, _ header: MetaImageHeader) throws {
    self.sequence = sequence
    self.header = header
    stored = try header.voxels()
    raw = .allocate(
      byteCount: sequence.width * sequence.height * sequence.type.size, alignment: 8)
  }

  deinit { raw.deallocate() }

  /// The next frame [y, x], nil after the last; throws where the data are damaged or end early.
  public func next() throws -> Tensor<Float>? {
    guard index < sequence.frames.count else { return nil }
    let found = try stored.read(into: raw)
    guard found == raw.count else {
      throw header.early(index * raw.count + found, of: sequence.frames.count * raw.count)
    }
    index += 1
    let (width, height) = (sequence.width, sequence.height)
    return Tensor<Float>(shape: [height, width]) { output in
      sequence.type.decode(
        UnsafeRawBufferPointer(raw), bigEndian: header.isBigEndian, into: output)
      if sequence.orientation.hasPrefix("U") {
        for y in 0..<height { output[(y * width)..<((y + 1) * width)].reverse() }
      }
      if sequence.orientation.hasSuffix("N") {
        for y in 0..<(height / 2) {
          for x in 0..<width { output.swapAt(y * width + x, (height - 1 - y) * width + x) }
        }
      }
    }
  }
}
