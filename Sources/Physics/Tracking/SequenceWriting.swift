import Foundation
import Imaging
import Kernels

extension TrackedSequence {
  /// Writes frames of bytes with their transforms as a packed PLUS sequence (`.igs.mha`),
  /// orientation MFA, whole or not at all.
  ///
  /// - `pixels`: the frame of a number, rows of `width` bytes.
  public static func write(
    width: Int, height: Int, frames: [Frame], to path: String, pixels: (Int) throws -> [UInt8]
  ) throws {
    var raw: [UInt8] = []
    raw.reserveCapacity(width * height * frames.count)
    for index in frames.indices {
      let frame = try pixels(index)
      precondition(
        frame.count == width * height,
        "frame \(index) (count \(frame.count)) must have \(width) x \(height) pixels")
      raw += frame
    }
    let data = Zlib.compress(raw)
    var lines = [
      "ObjectType = Image", "NDims = 3", "BinaryData = True", "BinaryDataByteOrderMSB = False",
      "CompressedData = True", "CompressedDataSize = \(data.count)",
      "DimSize = \(width) \(height) \(frames.count)", "ElementSpacing = 1 1 1",
      "Offset = 0 0 0", "TransformMatrix = 1 0 0 0 1 0 0 0 1", "Kinds = domain domain list",
      "ElementType = MET_UCHAR", "UltrasoundImageOrientation = MFA",
      "UltrasoundImageType = BRIGHTNESS",
    ]
    for (index, frame) in frames.enumerated() {
      let digits = String(index)
      let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      for (name, tracked) in frame.transforms.sorted(by: { $0.key < $1.key }) {
        let matrix = tracked.transform.rowMajor.map { "\($0)" }.joined(separator: " ")
        lines.append("Seq_Frame\(number)_\(name)Transform = \(matrix)")
        if let status = tracked.status {
          lines.append("Seq_Frame\(number)_\(name)TransformStatus = \(status)")
        }
      }
      if let time = frame.timestamp { lines.append("Seq_Frame\(number)_Timestamp = \(time)") }
      if let status = frame.imageStatus {
        lines.append("Seq_Frame\(number)_ImageStatus = \(status)")
      }
    }
    lines.append("ElementDataFile = LOCAL")
    try FileBytes.write(Array((lines.joined(separator: "\n") + "\n").utf8) + data, to: path)
  }
}

extension DeviceSet {
  /// Writes a PLUS device set that holds fixed transforms and nothing else.
  public static func write(
    _ transforms: [TransformName: SpatialTransform], to path: String
  ) throws {
    let rows = transforms.sorted { $0.key < $1.key }.map { name, transform in
      let matrix = transform.rowMajor.map { "\($0)" }.joined(separator: " ")
      return "    <Transform From=\"\(name.from)\" To=\"\(name.to)\" Matrix=\"\(matrix)\" />\n"
    }
    let text =
      "<PlusConfiguration version=\"2.0\">\n  <CoordinateDefinitions>\n" + rows.joined()
      + "  </CoordinateDefinitions>\n</PlusConfiguration>\n"
    try FileBytes.write(Array(text.utf8), to: path)
  }
}
