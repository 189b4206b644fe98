import Foundation
import Kernels

/// A file or folder that a study reads, named by its content.
public struct StudyInput: Codable, Hashable, Sendable {
  public let name: String
  /// Where it lies; takes no part in any key.
  public let path: String
  /// SHA-256 of the file; of a folder, over the sorted relative paths and digests of its files.
  public let digest: String
}

/// Digests of inputs, remembered by path, size and time of change, so that a folder of a hundred
/// thousand images is read once and not before every run.
final class InputDigests: @unchecked Sendable {
  private struct Known: Codable {
    var size: Int
    var modified: Double
    var digest: String
  }
  private let file: String
  private var known: [String: Known]
  private let lock = NSLock()

  init(file: String) {
    self.file = file
    let data = FileManager.default.contents(atPath: file)
    known = data.flatMap { try? JSONDecoder().decode([String: Known].self, from: $0) } ?? [:]
  }

  /// Throws an input error when the path holds nothing readable.
  func input(_ name: String, path: String) throws -> StudyInput {
    lock.lock()
    defer { lock.unlock() }
    let place = URL(fileURLWithPath: path).standardizedFileURL.path
    guard DurableFile.exists(place) else {
      throw LightboxError.input(
        file: path, found: "nothing there", expected: "the file or folder of --\(name)")
    }
    let count = known.count
    var digest: String
    if DurableFile.isFolder(place) {
      let files = DurableFile.files(below: place)
      guard !files.isEmpty else {
        throw LightboxError.input(file: path, found: "an empty folder", expected: "files")
      }
      var hasher = SHA256()
      for relative in files {
        hasher.update("\(relative)\t\(try fileDigest(place + "/" + relative))\n")
      }
      digest = hasher.hexDigest()
    } else {
      digest = try fileDigest(place)
    }
    if known.count != count || changed { try save() }
    return StudyInput(name: name, path: place, digest: digest)
  }

  private var changed = false

  private func fileDigest(_ path: String) throws -> String {
    // The time of the last change of status cannot be set back, as that of the content can.
    var status = stat()
    let isThere = stat(path, &status) == 0
    let size = isThere ? Int(status.st_size) : -1
    let changedAt = isThere ? status.st_ctim : timespec()
    let modified = Double(changedAt.tv_sec) + Double(changedAt.tv_nsec) / 1e9
    if let entry = known[path], entry.size == size, entry.modified == modified {
      return entry.digest
    }
    let digest = try SHA256.hex(ofFile: path)
    known[path] = Known(size: size, modified: modified, digest: digest)
    changed = true
    return digest
  }

  private func save() throws {
    try DurableFile.write(try StageKey.json(known), to: file)
    changed = false
  }
}
