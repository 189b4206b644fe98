import Foundation
import Kernels

extension Safetensors {
  /// The bytes of a file with the given tensors, in the given order; metadata keys are sorted, so
  /// equal contents give equal bytes.
  public static func encoded<S: TensorScalar>(
    _ tensors: [(name: String, value: Tensor<S>)], metadata: [String: String] = [:]
  ) -> Data {
    precondition(
      Set(tensors.map(\.name)).count == tensors.count && !tensors.contains { $0.name.isEmpty },
      "names (\(tensors.map(\.name))) must differ")
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.keys.sorted().map { "\(quoted($0)):\(quoted(metadata[$0]!))" }
      parts.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, value) in tensors {
      let end = offset + value.count * MemoryLayout<S>.size
      let shape = value.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(quoted(name)):{\"dtype\":\"\(S.safetensorsName)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(parts.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var data = Data(capacity: 8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: header)
    // x86-64 and arm64 are little-endian, as the format is.
    for (_, value) in tensors {
      value.withUnsafeElements { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    return data
  }

  /// Writes a file under a temporary name and renames it, so that no reader sees half of it.
  /// - Throws: `LightboxError` (cannotWrite).
  public static func write<S: TensorScalar>(
    _ tensors: [(name: String, value: Tensor<S>)], metadata: [String: String] = [:],
    to path: String
  ) throws {
    let data = encoded(tensors, metadata: metadata)
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
    do {
      try data.write(to: URL(fileURLWithPath: temporary))
    } catch {
      throw LightboxError.cannotWrite(path, "no file can be made there")
    }
    let handle = open(temporary, O_RDONLY)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
    guard rename(temporary, path) == 0 else {
      unlink(temporary)
      throw LightboxError.cannotWrite(path, String(cString: strerror(errno)))
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
