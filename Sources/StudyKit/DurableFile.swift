import Foundation
import Kernels

/// Files and folders that are either whole or absent, whatever moment the process dies at.
enum DurableFile {
  /// Writes bytes to a temporary name beside `path`, syncs them and renames.
  ///
  /// Throws exit code 73 where the place cannot be written, 74 when the disk is full or fails.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = path + ".tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do {
      try bytes.withUnsafeBytes { buffer in
        var start = 0
        while start < buffer.count {
          let written = Foundation.write(
            descriptor, buffer.baseAddress! + start, buffer.count - start)
          if written < 0 && errno == EINTR { continue }
          guard written > 0 else { throw failure(path) }
          start += written
        }
      }
      guard fsync(descriptor) == 0 else { throw failure(path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      unlink(temporary)
      throw failure(path)
    }
  }

  static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  /// The bytes of a file.
  static func read(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR
    else {
      throw LightboxError.input(file: path, found: "no readable file", expected: "a file")
    }
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      while count < buffer.count {
        let got = Foundation.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
        if got < 0 && errno == EINTR { continue }
        failed = got < 0
        guard got > 0 else { return }
        count += got
      }
    }
    if failed {
      throw LightboxError(.io, "\(path): cannot read: \(String(cString: strerror(errno)))")
    }
    return bytes
  }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String, mode: Int = 0o755) throws {
    if isFolder(path) { return }
    let parent = (path as NSString).deletingLastPathComponent
    if !parent.isEmpty && parent != path { try makeFolder(parent, mode: mode) }
    guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw failure(path) }
    guard isFolder(path) else {
      throw LightboxError.cannotWrite(path, "a file is in the place of the folder")
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Makes the entries of a folder durable.
  static func syncFolder(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Gives a finished folder its name; what had the name before is removed.
  static func replaceFolder(_ target: String, with finished: String) throws {
    let old = target + ".old"
    remove(old)
    if exists(target) {
      guard rename(target, old) == 0 else { throw failure(target) }
    }
    guard rename(finished, target) == 0 else {
      let problem = failure(target)
      _ = rename(old, target)
      throw problem
    }
    syncFolder((target as NSString).deletingLastPathComponent)
    remove(old)
  }

  /// The files below a folder, as sorted relative paths; linked folders are not entered.
  static func files(below folder: String) -> [String] {
    var found: [String] = []
    var pending = [""]
    while let inside = pending.popLast() {
      guard let handle = opendir(folder + "/" + inside) else { continue }
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard name != "." && name != ".." else { continue }
        let kind = Int(entry.pointee.d_type)
        let path = inside + name
        // Links, and file systems that do not tell, are looked at.
        let isFile = kind == Int(DT_REG) || kind != Int(DT_DIR) && !isFolder(folder + "/" + path)
        if isFile {
          found.append(path)
        } else if kind != Int(DT_LNK) {
          pending.append(path + "/")
        }
      }
    }
    return found.sorted()
  }

  /// The error that errno stands for.
  static func failure(_ path: String) -> LightboxError {
    let why = String(cString: strerror(errno))
    switch errno {
    case ENOSPC, EDQUOT, EIO, EFBIG:
      return LightboxError(.io, "\(path): \(why)")
    default:
      return LightboxError.cannotWrite(path, why)
    }
  }
}
