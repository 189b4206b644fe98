import Foundation
import Kernels
import Tensors

/// MetaImage volumes: .mha with the voxels behind the header, .mhd with the voxels in a file of
/// their own; raw or zlib-compressed.
///
/// Offset and directions are taken as LPS mm, as ITK does, whatever AnatomicalOrientation says: ITK
/// writes "RAI" for it, the letters one comes from. A row of TransformMatrix is the direction of
/// one grid axis.
public enum MetaImage {
  /// The volume in a file; a plane (NDims = 2) is a volume one voxel deep.
  ///
  /// Throws an input error for an unknown pixel type, several channels, voxels as text, a damaged
  /// or shortened file.
  public static func read(_ path: String) throws -> Volume {
    try readTyped(path).volume
  }

  /// The volume and the type that its file stores.
  static func readTyped(_ path: String) throws -> (volume: Volume, type: VoxelType) {
    let header = try MetaImageHeader(path)
    let geometry = try geometry(header)
    try header.checkSize()
    let stored = try header.voxels()
    let size = geometry.count * header.type.size
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    defer { raw.deallocate() }
    let found = try stored.read(into: raw)
    guard found == size else { throw header.early(found, of: size) }
    let voxels = Tensor<Float>(shape: geometry.shape) { output in
      header.type.decode(UnsafeRawBufferPointer(raw), bigEndian: header.isBigEndian, into: output)
    }
    return (Volume(voxels: voxels, geometry: geometry), header.type)
  }

  /// The geometry that a header states.
  static func geometry(_ header: MetaImageHeader) throws -> VolumeGeometry {
    let axes = header.dimensions.count
    guard axes == 2 || axes == 3 else {
      throw LightboxError.input(
        file: header.file, found: "\(axes) axes", expected: "a volume with 3",
        hint: "take one volume out of a series before")
    }
    func three(_ numbers: [Double]?, _ rest: Double) -> SIMD3<Double> {
      guard let numbers else { return SIMD3(repeating: rest) }
      return SIMD3(numbers[0], numbers[1], axes == 3 ? numbers[2] : rest)
    }
    let spacing = three(try header.numbers(["ElementSpacing", "ElementSize"], count: axes), 1)
    let origin = three(try header.numbers(["Offset", "Position", "Origin"], count: axes), 0)
    let matrix = try header.numbers(
      ["TransformMatrix", "Rotation", "Orientation"], count: axes * axes)
    var direction = VolumeGeometry.Direction.identity
    if let m = matrix {
      direction.x = three(Array(m[..<axes]), 0)
      direction.y = three(Array(m[axes..<2 * axes]), 0)
      if axes == 3 { direction.z = three(Array(m[6...]), 0) }
    }
    let shape = Array((header.dimensions + (axes == 2 ? [1] : [])).reversed())
    guard (0..<3).allSatisfy({ spacing[$0] > 0 }) else {
      throw LightboxError.input(
        file: header.file, found: "ElementSpacing \(spacing)", expected: "positive distances in mm")
    }
    let map = SpatialTransform(
      x: direction.x * spacing.x, y: direction.y * spacing.y, z: direction.z * spacing.z)
    guard map.inverse != nil else {
      throw LightboxError.input(
        file: header.file, found: "a singular TransformMatrix", expected: "independent directions")
    }
    return VolumeGeometry(
      shape: shape, originMM: origin, spacingMM: spacing, direction: direction)
  }

  /// Writes a volume, whole or not at all: `.mha` in one file, `.mhd` with `.zraw` or `.raw` beside.
  ///
  /// Integers are rounded to nearest; a value that does not fit is an error.
  public static func write(
    _ volume: Volume, to path: String, as type: VoxelType = .float32, compressed: Bool = true
  ) throws {
    let geometry = volume.geometry
    var data = try type.encode(volume.voxels, file: path)
    if compressed { data = Zlib.compress(data) }
    let isLocal = !path.hasSuffix(".mhd")
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let dataName = isLocal ? "LOCAL" : stem + (compressed ? ".zraw" : ".raw")
    func text(_ vectors: SIMD3<Double>...) -> String {
      vectors.map { "\($0.x) \($0.y) \($0.z)" }.joined(separator: " ")
    }
    let d = geometry.direction
    var lines = [
      "ObjectType = Image", "NDims = 3", "BinaryData = True", "BinaryDataByteOrderMSB = False",
      "CompressedData = \(compressed ? "True" : "False")",
    ]
    if compressed { lines.append("CompressedDataSize = \(data.count)") }
    lines += [
      "TransformMatrix = \(text(d.x, d.y, d.z))", "Offset = \(text(geometry.originMM))",
      "CenterOfRotation = 0 0 0", "AnatomicalOrientation = RAI",
      "ElementSpacing = \(text(geometry.spacingMM))",
      "DimSize = \(geometry.width) \(geometry.height) \(geometry.depth)",
      "ElementType = \(MetaImageHeader.typeNames[type]!)", "ElementDataFile = \(dataName)",
    ]
    let header = Array((lines.joined(separator: "\n") + "\n").utf8)
    if isLocal {
      try FileBytes.write(header + data, to: path)
    } else {
      let folder = (path as NSString).deletingLastPathComponent as NSString
      try FileBytes.write(data, to: folder.appendingPathComponent(dataName))
      try FileBytes.write(header, to: path)
    }
  }
}
