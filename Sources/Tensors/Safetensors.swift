import Foundation
import Kernels

/// A safetensors file: named tensors behind a JSON header.
///
/// Layout: header length (8 bytes, little-endian), header, data. The header maps each name to
/// `dtype`, `shape` and `data_offsets`; `__metadata__` maps strings to strings. As in the reference
/// implementation the data ranges must cover the data without overlap or gap, and the header may
/// have at most 100 MB. Source: https://github.com/huggingface/safetensors, section Format.
///
///     let file = try Safetensors.read("model.safetensors")
///     let weight = try file.tensor("fc.weight", as: Float.self)
public struct Safetensors: Sendable {
  /// The number types that are read; all are converted to the type asked for.
  public enum Element: String, Sendable, CaseIterable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u8 = "U8"
    case bool = "BOOL"

    var bytes: Int {
      switch self {
      case .f64, .i64: 8
      case .f32, .i32: 4
      case .f16, .bf16, .i16: 2
      case .i8, .u8, .bool: 1
      }
    }
  }

  public struct Entry: Sendable {
    public let element: Element
    public let shape: [Int]
    /// Bytes after the header.
    public let range: Range<Int>
  }

  /// The name that errors mention.
  public let file: String
  public let metadata: [String: String]
  public let entries: [String: Entry]
  private let data: Data
  private let start: Int

  /// The names in the order of their data.
  public var names: [String] {
    entries.keys.sorted {
      let (a, b) = (entries[$0]!.range, entries[$1]!.range)
      return (a.lowerBound, a.upperBound, $0) < (b.lowerBound, b.upperBound, $1)
    }
  }

  /// Reads a file.
  /// - Throws: `LightboxError` (input) naming the file, and the tensor where one is wrong.
  public static func read(_ path: String) throws -> Safetensors {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw LightboxError.input(
        file: path, found: "no readable file", expected: "a safetensors file")
    }
    return try Safetensors(data, file: path)
  }

  /// Takes a file's bytes apart.
  public init(_ data: Data, file: String) throws {
    func fail(_ found: String, _ expected: String, tensor: String? = nil) -> LightboxError {
      let place = tensor.map { "\(file), tensor \($0)" } ?? file
      return .input(file: place, found: found, expected: expected)
    }
    guard data.count >= 8 else {
      throw fail("\(data.count) bytes", "a safetensors file of 8 bytes or more")
    }
    var length: UInt64 = 0
    for (place, byte) in data.prefix(8).enumerated() { length |= UInt64(byte) << UInt64(8 * place) }
    guard length >= 2 && length <= 100_000_000 && length <= UInt64(data.count - 8) else {
      throw fail(
        "a header length of \(length) in a file of \(data.count) bytes",
        "a length that fits the file and is at most 100000000")
    }
    let size = Int(length)
    let header = data.subdata(in: (data.startIndex + 8)..<(data.startIndex + 8 + size))
    guard header.first == UInt8(ascii: "{"),
      let root = try? JSONSerialization.jsonObject(with: header) as? [String: Any]
    else {
      throw fail("a header that is not JSON", "a JSON object")
    }
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]
    for name in root.keys.sorted() {
      if name == "__metadata__" {
        guard let texts = root[name] as? [String: String] else {
          throw fail("a value that is no string", "strings", tensor: name)
        }
        metadata = texts
        continue
      }
      guard let fields = root[name] as? [String: Any], let dtype = fields["dtype"] as? String,
        let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int]
      else {
        throw fail(
          "an entry with missing fields", "dtype, shape and data_offsets", tensor: name)
      }
      guard let element = Element(rawValue: dtype) else {
        throw fail(
          "dtype \(dtype)", "one of " + Element.allCases.map(\.rawValue).joined(separator: ", "),
          tensor: name)
      }
      var count = element.bytes
      for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else {
          throw fail("shape \(shape)", "extents that fit into memory", tensor: name)
        }
        count = product
      }
      guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
        offsets[1] <= data.count - 8 - size
      else {
        throw fail(
          "data_offsets \(offsets) with \(data.count - 8 - size) bytes of data",
          "an ordered pair inside the data (is the file truncated?)", tensor: name)
      }
      guard offsets[1] - offsets[0] == count else {
        throw fail(
          "\(offsets[1] - offsets[0]) bytes", "\(count) bytes for \(dtype) \(shape)", tensor: name)
      }
      entries[name] = Entry(element: element, shape: shape, range: offsets[0]..<offsets[1])
    }
    self.file = file
    self.metadata = metadata
    self.entries = entries
    self.data = data
    start = 8 + size
    var end = 0
    for name in names {
      let range = entries[name]!.range
      guard range.lowerBound == end else {
        let found = range.lowerBound < end ? "data that overlaps" : "a gap before the data"
        throw fail("\(found) at byte \(range.lowerBound)", "data from byte \(end)", tensor: name)
      }
      end = range.upperBound
    }
    guard end == data.count - start else {
      throw fail("\(data.count - start) bytes of data", "\(end) as the header says")
    }
  }

  /// A tensor by name, converted to a number type.
  /// - Throws: `LightboxError` (input) where the name is missing.
  public func tensor<S: TensorScalar>(_ name: String, as type: S.Type = S.self) throws -> Tensor<S>
  {
    guard let entry = entries[name] else {
      throw LightboxError.input(
        file: file, found: "no tensor \(name)",
        expected: "one of " + names.prefix(8).joined(separator: ", "))
    }
    return Tensor(shape: entry.shape) { target in
      data.withUnsafeBytes { bytes in
        let base = bytes.baseAddress! + start + entry.range.lowerBound
        if entry.element.rawValue == S.safetensorsName {
          // Nothing to convert; x86-64 and arm64 are little-endian, as the format is.
          UnsafeMutableRawBufferPointer(target).copyMemory(
            from: UnsafeRawBufferPointer(start: base, count: entry.range.count))
          return
        }
        func fill<Raw>(_: Raw.Type, _ convert: (Raw) -> S) {
          for i in target.indices {
            target[i] = convert(
              base.loadUnaligned(fromByteOffset: i * MemoryLayout<Raw>.size, as: Raw.self))
          }
        }
        switch entry.element {
        case .f64: fill(UInt64.self) { S(Double(bitPattern: UInt64(littleEndian: $0))) }
        case .f32: fill(UInt32.self) { S(Float(bitPattern: UInt32(littleEndian: $0))) }
        case .f16: fill(UInt16.self) { S(Self.half(UInt16(littleEndian: $0))) }
        case .bf16:
          fill(UInt16.self) { S(Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16)) }
        case .i64: fill(Int64.self) { S(Int64(littleEndian: $0)) }
        case .i32: fill(Int32.self) { S(Int32(littleEndian: $0)) }
        case .i16: fill(Int16.self) { S(Int16(littleEndian: $0)) }
        case .i8: fill(Int8.self) { S($0) }
        case .u8: fill(UInt8.self) { S($0) }
        case .bool: fill(UInt8.self) { $0 == 0 ? 0 : 1 }
        }
      }
    }
  }

  /// IEEE 754 binary16, exactly.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
