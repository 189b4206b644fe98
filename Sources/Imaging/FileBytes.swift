import Foundation
import Kernels

/// Whole files as bytes, with errors that name the file.
package enum FileBytes {
  /// The bytes of a file; throws an input error when it is missing, a folder or unreadable.
  package static func read(_ path: String) throws -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw LightboxError.input(file: path, found: "no file", expected: "a file")
    }
    guard !isFolder.boolValue else {
      throw LightboxError.input(file: path, found: "a folder", expected: "a file")
    }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw LightboxError(.io, "\(path): cannot read: \(error.localizedDescription)")
    }
  }

  /// Whether a path from a file stays below the folder that it is relative to: neither absolute nor
  /// with a step upwards.
  package static func staysBelow(_ path: String) -> Bool {
    !path.hasPrefix("/") && !path.split(separator: "/").contains("..") && !path.utf8.contains(0)
  }

  /// Writes under a temporary name, synced, then renames: the file is whole or absent.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = path + ".partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else {
      throw LightboxError.cannotWrite(path, String(cString: strerror(errno)))
    }
    var start = 0
    var failed = false
    while start < bytes.count, !failed {
      let written = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress! + start, bytes.count - start)
      }
      if written < 0 && errno == EINTR { continue }
      failed = written <= 0
      start += max(0, written)
    }
    failed = fsync(descriptor) != 0 || failed
    failed = close(descriptor) != 0 || failed
    if failed || rename(temporary, path) != 0 {
      let why = String(cString: strerror(errno))
      unlink(temporary)
      throw LightboxError(.io, "\(path): writing stopped: \(why)")
    }
  }
}

extension String {
  /// The text before the terminating zero of a message buffer that C filled.
  init(message: [CChar]) {
    self.init(
      decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
