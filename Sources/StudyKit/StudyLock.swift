import Foundation
import Kernels

/// One run of a study at a time: an advisory lock on `.cache/<study>/lock`, which the system
/// releases when the process ends, however it ends.
final class StudyLock: Sendable {
  private let descriptor: Int32

  /// Throws exit code 75 when another run holds the lock, unless asked to wait.
  init(study: String, folder: String, waits: Bool, say: (String) -> Void) throws {
    try DurableFile.makeFolder((folder as NSString).deletingLastPathComponent, mode: 0o700)
    try DurableFile.makeFolder(folder, mode: 0o700)
    let path = folder + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DurableFile.failure(path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let holder = FileManager.default.contents(atPath: path)
        .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
      let who = holder.flatMap { $0.isEmpty ? nil : " (process \($0))" } ?? ""
      guard waits else {
        close(descriptor)
        throw LightboxError(
          .locked,
          "another run of \(study)\(who) is at work; wait for it to end, or add --wait")
      }
      say("\(study): waiting for another run\(who) to end")
      while flock(descriptor, LOCK_EX) != 0 {
        guard errno == EINTR else { throw DurableFile.failure(path) }
      }
    }
    let note = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    pwrite(descriptor, note, note.count, 0)
  }

  deinit { close(descriptor) }
}
