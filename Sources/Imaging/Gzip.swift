import CZlib
import Foundation
import Kernels

/// Compression in the gzip format, whole or piece by piece.
///
/// Output is a function of the bytes and of the zlib version: the header holds no file name and
/// no time (mtime 0). Reading accepts plain files as well, and several members in a row.
public enum Gzip {
  /// The bytes of a file, decompressed when it starts with the gzip signature.
  ///
  /// Throws an input error naming the file when it is missing, truncated or corrupt.
  public static func read(_ path: String) throws -> [UInt8] {
    var reader = try GzipReader(path)
    var bytes: [UInt8] = []
    while let piece = try reader.next() { bytes += piece }
    return bytes
  }

  /// Compresses bytes into one gzip member.
  public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
    precondition((0...9).contains(level), "level (\(level)) must lie in 0...9")
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "deflateInit2 returned \(status)")
    defer { deflateEnd(&stream) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var input = bytes
    // zlib counts input in 32 bits, so feed it in slices.
    var start = 0
    repeat {
      let slice = min(1 << 30, input.count - start)
      let isLast = start + slice == input.count
      input.withUnsafeMutableBufferPointer { pointer in
        stream.next_in = pointer.baseAddress.map { $0 + start }
        stream.avail_in = UInt32(slice)
        repeat {
          let produced = buffer.withUnsafeMutableBufferPointer { out in
            stream.next_out = out.baseAddress
            stream.avail_out = UInt32(out.count)
            deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            return out.count - Int(stream.avail_out)
          }
          output += buffer[..<produced]
        } while stream.avail_out == 0
      }
      start += slice
    } while start < input.count
    return output
  }

  /// Decompresses gzip bytes held in memory; `file` names them in errors.
  public static func decompress(_ bytes: [UInt8], file: String) throws -> [UInt8] {
    var stream = z_stream()
    let made = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(made == Z_OK, "inflateInit2 returned \(made)")
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var input = bytes
    var status = Z_OK
    var consumed = 0
    while consumed < input.count || status == Z_OK {
      let before = consumed
      let produced = input.withUnsafeMutableBufferPointer { pointer in
        stream.next_in = pointer.baseAddress.map { $0 + consumed }
        let available = min(1 << 30, pointer.count - consumed)
        stream.avail_in = UInt32(available)
        return buffer.withUnsafeMutableBufferPointer { out in
          stream.next_out = out.baseAddress
          stream.avail_out = UInt32(out.count)
          status = inflate(&stream, Z_NO_FLUSH)
          consumed += available - Int(stream.avail_in)
          return out.count - Int(stream.avail_out)
        }
      }
      output += buffer[..<produced]
      if status == Z_STREAM_END {
        if consumed == input.count { return output }
        inflateReset(&stream)
        status = Z_OK
      } else if status != Z_OK || (produced == 0 && consumed == before) {
        throw Self.damaged(file, status == Z_DATA_ERROR ? "corrupt data" : "an early end")
      }
    }
    throw Self.damaged(file, "an early end")
  }

  static func damaged(_ file: String, _ found: String) -> LightboxError {
    .input(
      file: file, found: "\(found) in gzip data", expected: "a complete gzip file",
      hint: "copy or download it again")
  }
}

/// Reads a gzip (or plain) file in pieces of at most a megabyte.
public struct GzipReader: ~Copyable {
  private let path: String
  private let handle: gzFile

  public init(_ path: String) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, !isFolder.boolValue, let handle = gzopen(path, "rb") else {
      throw LightboxError.input(
        file: path,
        found: exists ? (isFolder.boolValue ? "a folder" : "no readable file") : "no file",
        expected: "a file")
    }
    gzbuffer(handle, 1 << 17)
    self.path = path
    self.handle = handle
  }

  /// The next piece, or nil at the end; throws when the compressed data are damaged.
  public mutating func next() throws -> [UInt8]? {
    var count: Int32 = 0
    let piece = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
      count = gzread(handle, buffer.baseAddress, UInt32(buffer.count))
      filled = max(0, Int(count))
    }
    var status: Int32 = Z_OK
    _ = gzerror(handle, &status)
    if count < 0 || status < 0 {
      throw Gzip.damaged(path, status == Z_BUF_ERROR ? "an early end" : "corrupt data")
    }
    return count == 0 ? nil : piece
  }

  deinit { gzclose(handle) }
}

/// Writes a gzip file piece by piece; the file appears under its name when `finish` is called.
public final class GzipWriter {
  private let path: String
  private let temporary: String
  private var handle: gzFile?

  public init(_ path: String) throws {
    self.path = path
    temporary = path + ".partial"
    handle = gzopen(temporary, "wb6")
    guard handle != nil else {
      throw LightboxError.cannotWrite(path, "the folder is missing or closed to writing")
    }
  }

  /// Appends bytes.
  public func write(_ bytes: [UInt8]) throws {
    guard let handle else { preconditionFailure("write after finish: \(path)") }
    var start = 0
    while start < bytes.count {
      let slice = min(1 << 30, bytes.count - start)
      let written = bytes.withUnsafeBytes {
        gzwrite(handle, $0.baseAddress! + start, UInt32(slice))
      }
      guard written == slice else { throw LightboxError(.io, "\(path): writing stopped early") }
      start += slice
    }
  }

  /// Appends the UTF-8 bytes of a text.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Completes the file and gives it its name.
  public func finish() throws {
    guard let open = handle else { return }
    handle = nil
    guard gzclose(open) == Z_OK, rename(temporary, path) == 0 else {
      unlink(temporary)
      throw LightboxError(.io, "\(path): writing stopped early")
    }
  }

  deinit {
    if let open = handle {
      gzclose(open)
      unlink(temporary)
    }
  }
}
