import Foundation
import Imaging
import Kernels
import Physics
import Tensors

/// A new empty folder for the length of a test.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "lightbox-physics-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// What the error thrown by `body` says, or nil when it throws none.
func message<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// A PLUS sequence as a text that tests write and break.
struct SequenceFile {
  var width = 4, height = 3
  var type = "MET_UCHAR"
  var orientation: String? = "MFA"
  /// Fields of each frame without the prefix.
  var frames: [[(String, String)]]
  var pixels: [UInt8]

  func write(_ path: String) throws {
    var lines = [
      "ObjectType = Image", "NDims = 3", "BinaryData = True", "BinaryDataByteOrderMSB = False",
      "CompressedData = False", "DimSize = \(width) \(height) \(frames.count)",
      "Kinds = domain domain list", "ElementType = \(type)",
    ]
    if let orientation { lines.append("UltrasoundImageOrientation = \(orientation)") }
    for (index, fields) in frames.enumerated() {
      let number = String(format: "%04d", index)
      for (key, value) in fields { lines.append("Seq_Frame\(number)_\(key) = \(value)") }
    }
    lines.append("ElementDataFile = LOCAL")
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8) + pixels
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The fields of a tracked frame.
  static func fields(_ transforms: [(String, SpatialTransform)]) -> [(String, String)] {
    transforms.flatMap { name, transform in
      [
        (name + "Transform", text(transform)), (name + "TransformStatus", "OK"),
      ]
    } + [("Timestamp", "1.5"), ("ImageStatus", "OK")]
  }

  static func text(_ transform: SpatialTransform) -> String {
    transform.rowMajor.map { "\($0)" }.joined(separator: " ")
  }

  /// A device set with the given fixed transforms.
  static func devices(
    _ transforms: [(String, String, SpatialTransform)], reconstruction: String = ""
  ) -> String {
    let rows = transforms.map {
      "<Transform From=\"\($0)\" To=\"\($1)\" Matrix=\"\(text($2))\" />"
    }
    return """
      <PlusConfiguration version="2.0">
        <CoordinateDefinitions>\(rows.joined())</CoordinateDefinitions>
        \(reconstruction)
      </PlusConfiguration>
      """
  }
}
