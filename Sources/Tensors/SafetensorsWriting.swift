import Foundation
import Kernels

extension Safetensors {
  /// The bytes of a file with the given tensors, in the given order; metadata keys are sorted, so
  /// equal contents give equal bytes.
  public static func encoded<S: TensorScalar>(
    _ tensors: [(name: String, value: Tensor<S>)], metadata: [String: String] = [:]
  ) -> Data {
    encoded(tensors.map { Part($0.name, $0.value) }, metadata: metadata)
  }

  /// The same for tensors of both number types, by name. Doubles come first, so that each tensor
  /// starts at a multiple of its element's size.
  public static func encoded(
    doubles: [String: Tensor<Double>], floats: [String: Tensor<Float>],
    metadata: [String: String] = [:]
  ) -> Data {
    let parts =
      doubles.keys.sorted().map { Part($0, doubles[$0]!) }
      + floats.keys.sorted().map { Part($0, floats[$0]!) }
    return encoded(parts, metadata: metadata)
  }

  /// A tensor of either number type on its way into a file.
  private struct Part {
    let name, dtype: String
    let shape: [Int]
    let bytes: Int
    let append: (inout Data) -> Void

    init<S: TensorScalar>(_ name: String, _ value: Tensor<S>) {
      self.name = name
      dtype = S.safetensorsName
      shape = value.shape
      bytes = value.count * MemoryLayout<S>.size
      // x86-64 and arm64 are little-endian, as the format is.
      append = { data in
        value.withUnsafeElements { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
      }
    }
  }

  private static func encoded(_ tensors: [Part], metadata: [String: String]) -> Data {
    let names = Set(tensors.map(\.name))
    precondition(
      names.count == tensors.count && names.isDisjoint(with: ["", "__metadata__"]),
      "names (\(tensors.map(\.name))) must differ, and be neither empty nor __metadata__")
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.keys.sorted().map { "\(quoted($0)):\(quoted(metadata[$0]!))" }
      parts.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.bytes
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.dtype)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(parts.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var data = Data(capacity: 8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: header)
    for tensor in tensors { tensor.append(&data) }
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
