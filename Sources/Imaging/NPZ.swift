import CZip
import Foundation
import Kernels

/// NumPy's `.npz` format: a zip archive of `.npy` members.
///
/// Opening reads the directory alone; arrays are read when asked for, because archives of images
/// are large.
public struct NPZ: Sendable {
  public let file: String
  /// Names of the arrays, without `.npy`, in the order of the archive.
  public let names: [String]

  /// Opens an archive.
  ///
  /// Throws an input error naming the file when it is missing or not a zip archive.
  public init(_ path: String) throws {
    file = path
    names = try Self.withArchive(path) { archive in
      (0..<UInt64(max(0, zip_get_num_entries(archive, 0)))).compactMap { index in
        guard let name = zip_get_name(archive, index, 0).map({ String(cString: $0) }),
          name.hasSuffix(".npy")
        else { return nil }
        return String(name.dropLast(4))
      }
    }
  }

  /// The array of this name.
  ///
  /// Throws an input error when there is none (listing those there are) or when it is damaged.
  public func array(_ name: String) throws -> NPYArray {
    guard names.contains(name) else {
      throw LightboxError.input(
        file: file, found: "no array \(name)",
        expected: names.isEmpty
          ? "arrays in the archive" : "one of \(names.joined(separator: ", "))")
    }
    let label = "\(file), array \(name)"
    var place = stat()
    let archiveSize = stat(file, &place) == 0 ? UInt64(place.st_size) : 0
    let bytes = try Self.withArchive(file) { archive in
      var status = zip_stat_t()
      zip_stat_init(&status)
      guard zip_stat(archive, name + ".npy", 0, &status) == 0,
        let member = zip_fopen(archive, name + ".npy", 0)
      else { throw Self.damaged(label) }
      defer { zip_fclose(member) }
      guard [UInt16(ZIP_CM_STORE), UInt16(ZIP_CM_DEFLATE)].contains(status.comp_method) else {
        throw LightboxError.input(
          file: label, found: "packing method \(status.comp_method)",
          expected: "stored or deflated members, as NumPy writes them")
      }
      // Deflate expands at most 1032-fold: no memory for a larger claim.
      guard status.size / 1032 <= status.comp_size, status.comp_size <= archiveSize
      else { throw Self.damaged(label) }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Int(min(status.size, 1 << 28)))
      var piece = [UInt8](repeating: 0, count: 1 << 18)
      while true {
        let count = zip_fread(member, &piece, UInt64(piece.count))
        if count < 0 { throw Self.damaged(label) }
        if count == 0 || UInt64(bytes.count) > status.size { break }
        bytes += piece[..<Int(count)]
      }
      guard UInt64(bytes.count) == status.size else { throw Self.damaged(label) }
      return bytes
    }
    return try NPY.decode(bytes, file: label)
  }

  /// Writes arrays in the given order, deflated; times in the archive are fixed (1 January 1980),
  /// so that equal arrays give equal bytes.
  public static func write(_ arrays: [(name: String, array: NPYArray)], to path: String) throws {
    var code: Int32 = 0
    let temporary = path + ".partial"
    guard let archive = zip_open(temporary, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw LightboxError.cannotWrite(path, "the folder is missing or closed to writing")
    }
    for (name, array) in arrays {
      let bytes = NPY.encode(array)
      // libzip reads the member when it closes, and frees this copy then.
      let copy = malloc(max(1, bytes.count))!
      bytes.withUnsafeBytes { if !$0.isEmpty { memcpy(copy, $0.baseAddress!, $0.count) } }
      let source = zip_source_buffer(archive, copy, UInt64(bytes.count), 1)
      let index = zip_file_add(archive, name + ".npy", source, zip_flags_t(ZIP_FL_ENC_UTF_8))
      precondition(index >= 0, "array name \(name) must be unique and not empty")
      zip_set_file_compression(archive, UInt64(index), Int32(ZIP_CM_DEFLATE), 6)
      zip_file_set_dostime(archive, UInt64(index), 0, 1 << 5 | 1, 0)
    }
    guard zip_close(archive) == 0 else {
      let why = zip_strerror(archive).map { String(cString: $0) } ?? "unknown"
      zip_discard(archive)
      throw LightboxError.cannotWrite(path, why)
    }
    guard rename(temporary, path) == 0 else {
      unlink(temporary)
      throw LightboxError.cannotWrite(path, "renaming failed")
    }
  }

  private static func withArchive<Result>(
    _ path: String, _ body: (OpaquePointer) throws -> Result
  ) throws -> Result {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      let found =
        switch code {
        case ZIP_ER_NOENT: "no file"
        case ZIP_ER_NOZIP: "a file that is not a zip archive"
        case ZIP_ER_INCONS: "a damaged zip archive"
        default: "a file that cannot be read (zip error \(code))"
        }
      throw LightboxError.input(
        file: path, found: found, expected: "an .npz archive",
        hint: code == ZIP_ER_NOENT ? nil : "download it again")
    }
    defer { zip_discard(archive) }
    return try body(archive)
  }

  private static func damaged(_ label: String) -> LightboxError {
    .input(
      file: label, found: "damaged data", expected: "a complete array",
      hint: "download the archive again")
  }
}
