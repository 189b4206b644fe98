import Foundation
import Kernels

/// What the code of a run is, as digests of its sources without comments and blank lines.
///
/// A running binary finds its sources below the root. A stage's code is the study's own files and
/// the modules it names with everything those import; by default all modules below Plotting and
/// StudyKit. Where sources are absent, or newer than the binary (so that it may not be built from
/// them), the digest of the binary itself takes part: an edited but not rebuilt program never
/// leaves a value under the name of code that did not compute it.
public final class CodeDigest: @unchecked Sendable {
  /// Modules that stages may depend on: every library but the ones that only present results.
  static let presentation: Set<String> = ["Plotting", "StudyKit", "LightboxStudy"]

  let root: String
  let studyFolder: String
  private let modulesHere: [String]
  private let lock = NSLock()
  private var perFolder: [String: String] = [:]
  private var perModules: [[String]: [String]] = [:]

  /// Digest of the executable when the sources cannot stand for it, else nil.
  public let binary: String?
  /// A line for the reader when `binary` is used.
  public let warning: String?

  /// Reads the sources below `root`; `studyFolder` is relative to it.
  public init(root: String, studyFolder: String, executable: String) throws {
    self.root = root
    self.studyFolder = studyFolder
    modulesHere = Self.libraries(root)
    let folders = modulesHere.map { "Sources/\($0)" } + [studyFolder]
    guard DurableFile.isFolder(root + "/" + studyFolder) else {
      binary = try SHA256.hex(ofFile: executable)
      warning = "no sources at \(root)/\(studyFolder): stages are keyed by the program's digest"
      return
    }
    let built = Self.modified(executable)
    let newer = folders.lazy.flatMap { folder in
      Self.sources(root + "/" + folder).map { folder + "/" + $0 }
    }.first { Self.isLater(Self.modified(root + "/" + $0), than: built) }
    if let newer {
      binary = try SHA256.hex(ofFile: executable)
      warning = "\(newer) is newer than this program; build again to reuse its stages"
    } else {
      binary = nil
      warning = nil
    }
  }

  /// The parts of a stage's key: one for the study, one for each module, in order of names.
  public func parts(modules: [String]?) throws -> [(String, String)] {
    var parts: [(String, String)] = []
    if let binary { parts.append(("code program", binary)) }
    guard DurableFile.isFolder(root + "/" + studyFolder) else { return parts }
    parts.append(("code of the study", try digest(of: studyFolder)))
    for module in try closure(modules) {
      parts.append(("code of \(module)", try digest(of: "Sources/" + module)))
    }
    return parts
  }

  /// One digest over everything, for run.json.
  public func whole() throws -> String {
    StageKey(try parts(modules: nil)).hex
  }

  /// The named modules with all that they import; all compute modules for nil.
  func closure(_ modules: [String]?) throws -> [String] {
    let known = modulesHere
    guard let modules else { return known.filter { !Self.presentation.contains($0) } }
    lock.lock()
    defer { lock.unlock() }
    if let closed = perModules[modules] { return closed }
    var found: Set<String> = []
    var queue = modules
    while let module = queue.popLast() {
      guard known.contains(module) else {
        throw LightboxError(
          .software, "a stage names the module \(module), which \(root)/Sources does not have")
      }
      guard found.insert(module).inserted else { continue }
      queue += try imports(of: module).filter { known.contains($0) }
    }
    perModules[modules] = found.sorted()
    return found.sorted()
  }

  private func imports(of module: String) throws -> Set<String> {
    var found: Set<String> = []
    let folder = root + "/Sources/" + module
    for path in Self.sources(folder) where path.hasSuffix(".swift") {
      let code = SourceText.withoutComments(try DurableFile.read(folder + "/" + path))
      for line in String(decoding: code, as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ")
        if let at = words.firstIndex(of: "import"), at <= 1, at + 1 < words.count {
          found.insert(String(words[at + 1]))
        }
      }
    }
    return found
  }

  /// Digest of a folder's sources: relative path and code of each, in order of paths.
  public func digest(of folder: String) throws -> String {
    lock.lock()
    defer { lock.unlock() }
    if let known = perFolder[folder] { return known }
    var hasher = SHA256()
    for path in Self.sources(root + "/" + folder) {
      let code = SourceText.withoutComments(try DurableFile.read(root + "/" + folder + "/" + path))
      hasher.update("\(path)\n\(code.count)\n")
      hasher.update(code)
      hasher.update("\n")
    }
    let digest = hasher.hexDigest()
    perFolder[folder] = digest
    return digest
  }

  static func libraries(_ root: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: root + "/Sources")) ?? []
    let executables: Set<String> = ["lightbox", "bench"]
    return all.filter {
      !executables.contains($0) && DurableFile.isFolder(root + "/Sources/" + $0)
    }.sorted()
  }

  private static let extensions: Set<String> = [
    "swift", "c", "cpp", "cc", "h", "hpp", "modulemap",
  ]

  static func sources(_ folder: String) -> [String] {
    DurableFile.files(below: folder).filter { path in
      path.lastIndex(of: ".").map { extensions.contains(String(path[$0...].dropFirst())) } ?? false
    }
  }

  /// When a file was last changed; the distant past where there is none.
  private static func modified(_ path: String) -> timespec {
    var status = stat()
    guard stat(path, &status) == 0 else { return timespec(tv_sec: .min, tv_nsec: 0) }
    return status.st_mtim
  }

  private static func isLater(_ a: timespec, than b: timespec) -> Bool {
    (a.tv_sec, a.tv_nsec) > (b.tv_sec, b.tv_nsec)
  }
}
