import Foundation
import Kernels
import Tensors

/// The tensors of a cached value as one safetensors file: eight bytes with the length of a JSON
/// header, the header (name, dtype, shape, range of bytes), the numbers, little-endian.
enum TensorFile {
  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  static func encode(_ box: TensorBox) throws -> [UInt8] {
    var header: [String: Entry] = [:]
    var body: [UInt8] = []
    func append<S>(_ name: String, _ tensor: Tensor<S>) {
      let start = body.count
      tensor.withUnsafeElements { body += UnsafeRawBufferPointer($0) }
      header[name] = Entry(
        dtype: S.safetensorsName, shape: tensor.shape, data_offsets: [start, body.count])
    }
    // Doubles first: each tensor starts at a multiple of its element size.
    for name in box.doubles.keys.sorted() { append(name, box.doubles[name]!) }
    for name in box.floats.keys.sorted() { append(name, box.floats[name]!) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    while json.count % 8 != 0 { json.append(0x20) }
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) }
    return length + json + body
  }

  static func decode(_ bytes: [UInt8], file: String) throws -> TensorBox {
    func damaged(_ found: String) -> LightboxError {
      .input(file: file, found: found, expected: "a safetensors file")
    }
    guard bytes.count >= 8 else { throw damaged("\(bytes.count) bytes") }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= UInt64(bytes.count - 8) else { throw damaged("a header of \(length) bytes") }
    let start = 8 + Int(length)
    guard
      let header = try? JSONDecoder().decode(
        [String: Entry].self, from: Data(bytes[8..<start]))
    else { throw damaged("a header that is not JSON") }
    var floats: [String: Tensor<Float>] = [:]
    var doubles: [String: Tensor<Double>] = [:]
    func tensor<S: TensorScalar>(_ entry: Entry, _: S.Type) throws -> Tensor<S> {
      let size = MemoryLayout<S>.size * entry.shape.reduce(1, *)
      guard entry.data_offsets.count == 2, entry.shape.allSatisfy({ $0 >= 0 }),
        entry.data_offsets[0] >= 0, entry.data_offsets[1] - entry.data_offsets[0] == size,
        start + entry.data_offsets[1] <= bytes.count
      else { throw damaged("a tensor of shape \(entry.shape) at \(entry.data_offsets)") }
      let range = (start + entry.data_offsets[0])..<(start + entry.data_offsets[1])
      return Tensor(shape: entry.shape) { buffer in
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: .init(rebasing: $0[range]))
        }
      }
    }
    for (name, entry) in header {
      switch entry.dtype {
      case Float.safetensorsName: floats[name] = try tensor(entry, Float.self)
      case Double.safetensorsName: doubles[name] = try tensor(entry, Double.self)
      default: throw damaged("the type \(entry.dtype)")
      }
    }
    return TensorBox(floats: floats, doubles: doubles)
  }
}
