import Kernels
import Tensors

/// How a volume file stores its voxels.
///
/// In memory voxels are Float: integers up to 2^24 are exact, larger ones and Double are rounded to
/// nearest.
public enum VoxelType: String, Sendable, CaseIterable, Codable {
  case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64

  /// Bytes a voxel.
  public var size: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Whether values are whole numbers.
  public var isInteger: Bool { self != .float32 && self != .float64 }

  /// Stored voxels as Float; `bytes` holds `size` bytes for each place of `output`.
  package func decode(
    _ bytes: UnsafeRawBufferPointer, bigEndian: Bool, into output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      bytes.count == output.count * size,
      "bytes (\(bytes.count)) must hold \(output.count) voxels of \(size) bytes")
    func whole<T: FixedWidthInteger>(_: T.Type) {
      for i in output.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: i &* MemoryLayout<T>.size, as: T.self)
        output[i] = Float(bigEndian ? T(bigEndian: raw) : T(littleEndian: raw))
      }
    }
    func bits<T: FixedWidthInteger>(_: T.Type, _ make: (T) -> Float) {
      for i in output.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: i &* MemoryLayout<T>.size, as: T.self)
        output[i] = make(bigEndian ? T(bigEndian: raw) : T(littleEndian: raw))
      }
    }
    switch self {
    case .uint8: whole(UInt8.self)
    case .int8: whole(Int8.self)
    case .uint16: whole(UInt16.self)
    case .int16: whole(Int16.self)
    case .uint32: whole(UInt32.self)
    case .int32: whole(Int32.self)
    case .uint64: whole(UInt64.self)
    case .int64: whole(Int64.self)
    case .float32: bits(UInt32.self) { Float(bitPattern: $0) }
    case .float64: bits(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }

  /// Little-endian bytes of voxels, rounded to nearest for integers.
  ///
  /// Throws an error naming `file` when a value does not fit: a file never holds wrapped or clipped
  /// numbers.
  func encode(_ voxels: Tensor<Float>, file: String) throws -> [UInt8] {
    func whole<T: FixedWidthInteger>(_: T.Type) throws -> [UInt8] {
      var bad: Float?
      let bytes = voxels.withUnsafeElements { values in
        [UInt8](unsafeUninitializedCapacity: values.count * MemoryLayout<T>.size) { output, count in
          let raw = UnsafeMutableRawBufferPointer(output)
          for i in values.indices {
            let number = T(exactly: values[i].rounded())
            if number == nil, bad == nil { bad = values[i] }
            raw.storeBytes(
              of: (number ?? 0).littleEndian, toByteOffset: i &* MemoryLayout<T>.size, as: T.self)
          }
          count = output.count
        }
      }
      if let bad {
        throw LightboxError.cannotWrite(
          file, "the value \(bad) does not fit \(rawValue); choose a wider type, such as float32")
      }
      return bytes
    }
    func bits<T: FixedWidthInteger>(_: T.Type, _ make: (Float) -> T) -> [UInt8] {
      voxels.withUnsafeElements { values in
        [UInt8](unsafeUninitializedCapacity: values.count * MemoryLayout<T>.size) { output, count in
          let raw = UnsafeMutableRawBufferPointer(output)
          for i in values.indices {
            raw.storeBytes(
              of: make(values[i]).littleEndian, toByteOffset: i &* MemoryLayout<T>.size,
              as: T.self)
          }
          count = output.count
        }
      }
    }
    return switch self {
    case .uint8: try whole(UInt8.self)
    case .int8: try whole(Int8.self)
    case .uint16: try whole(UInt16.self)
    case .int16: try whole(Int16.self)
    case .uint32: try whole(UInt32.self)
    case .int32: try whole(Int32.self)
    case .uint64: try whole(UInt64.self)
    case .int64: try whole(Int64.self)
    case .float32: bits(UInt32.self) { $0.bitPattern }
    case .float64: bits(UInt64.self) { Double($0).bitPattern }
    }
  }
}
