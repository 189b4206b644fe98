import CZlib
import Foundation
import Kernels

/// The zlib format (RFC 1950), which MetaImage stores voxels in.
package enum Zlib {
  /// One zlib stream; a function of the bytes and of the zlib version.
  package static func compress(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { output, count in
      let status = bytes.withUnsafeBufferPointer {
        compress2(output.baseAddress, &length, $0.baseAddress, UInt($0.count), level)
      }
      precondition(status == Z_OK, "compress2 returned \(status)")
      count = Int(length)
    }
  }
}

/// The bytes of a file from an offset on, raw or in a zlib stream, read in pieces so that files may
/// be larger than memory.
package final class StoredBytes {
  private let path: String
  private let file: UnsafeMutablePointer<FILE>
  private var stream = z_stream()
  private let isCompressed: Bool
  private var isAtEnd = false
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// Throws an input error when the file is missing or a folder.
  package init(_ path: String, offset: Int, isCompressed: Bool) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, !isFolder.boolValue, let file = fopen(path, "rb") else {
      throw LightboxError.input(
        file: path,
        found: exists ? (isFolder.boolValue ? "a folder" : "no readable file") : "no file",
        expected: "the voxels")
    }
    self.path = path
    self.file = file
    self.isCompressed = isCompressed
    input = .allocate(capacity: 1 << 16)
    fseeko(file, off_t(offset), SEEK_SET)
    if isCompressed {
      let made = inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      precondition(made == Z_OK, "inflateInit returned \(made)")
    }
  }

  /// Fills the buffer; the number of bytes read is smaller only where the data end early.
  ///
  /// Throws an input error when the compressed data are damaged.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard isCompressed else {
      return buffer.isEmpty ? 0 : fread(buffer.baseAddress!, 1, buffer.count, file)
    }
    var filled = 0
    while filled < buffer.count, !isAtEnd {
      if stream.avail_in == 0 {
        let count = fread(input.baseAddress!, 1, input.count, file)
        if count == 0 { break }
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(count)
      }
      // zlib counts output in 32 bits.
      let room = min(1 << 30, buffer.count - filled)
      stream.next_out = (buffer.baseAddress! + filled).assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(room)
      let status = inflate(&stream, Z_NO_FLUSH)
      filled += room - Int(stream.avail_out)
      isAtEnd = status == Z_STREAM_END
      guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
        throw LightboxError.input(
          file: path, found: "corrupt data in the zlib stream of the voxels",
          expected: "a complete file", hint: "copy or download it again")
      }
    }
    return filled
  }

  deinit {
    fclose(file)
    input.deallocate()
    if isCompressed { inflateEnd(&stream) }
  }
}
