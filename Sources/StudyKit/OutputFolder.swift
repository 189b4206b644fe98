import Foundation
import Kernels

/// Where the results of a run go, and how they get there: assembled elsewhere, swapped in whole.
///
/// `Figures/<study>/` is for runs with every byte-changing option at its default; anything else
/// goes to `Figures/<study>@<options joined by +>/`, which git ignores. `--out` names another
/// folder, which must be absent, empty or an earlier result of the same study.
final class OutputFolder: @unchecked Sendable {
  /// The folder that readers see.
  let target: String
  /// What a reader may be told: relative to the root where it lies below.
  let shown: String
  /// Whether it is the folder that is committed.
  let isCommitted: Bool
  /// Non-default options joined by +; empty for the committed results.
  let suffix: String
  /// The folder that the run writes into.
  let assembly: String
  /// `.cache/<study>/cases` for the committed options, another folder for others.
  let wholeCases: String
  /// The page of what a check found: `.cache/<study>/check.html`, another name for other options.
  let differencePage: String
  private let study: String
  private let lock = NSLock()
  private var isPrepared = false

  init(
    study: String, options: StudyOptions, seedsByDefault: Int, root: String, cacheFolder: String
  ) throws {
    self.study = study
    suffix = options.byteChanging(seedsByDefault: seedsByDefault).joined(separator: "+")
    let name = suffix.isEmpty ? study : "\(study)@\(suffix)"
    let usual = "\(root)/Figures/\(name)"
    target = options.out.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? usual
    isCommitted = target == "\(root)/Figures/\(study)"
    shown = target.hasPrefix(root + "/") ? String(target.dropFirst(root.count + 1)) : target
    wholeCases = cacheFolder + (suffix.isEmpty ? "/cases" : "/cases@\(suffix)")
    differencePage = cacheFolder + (suffix.isEmpty ? "/check.html" : "/check@\(suffix).html")
    let parent = (target as NSString).deletingLastPathComponent
    // A rename cannot cross file systems or mounts: a folder elsewhere is assembled beside itself.
    let isBelowRoot = target.hasPrefix(root + "/")
    assembly =
      isBelowRoot && Self.device(cacheFolder) == Self.device(Self.nearestFolder(parent))
      ? cacheFolder + "/assembly"
      : "\(parent)/.\((target as NSString).lastPathComponent).assembly"
  }

  /// Makes sure, before anything is computed, that the results can be written in the end.
  func prepare() throws {
    let parent = (target as NSString).deletingLastPathComponent
    do {
      try DurableFile.makeFolder(parent)
    } catch let error as LightboxError {
      throw LightboxError(error.kind, "\(target): the folder above it fails: \(error)")
    }
    if DurableFile.exists(target) {
      guard DurableFile.isFolder(target) else {
        throw LightboxError.cannotWrite(target, "a file is in the place of the folder")
      }
      try checkOwnership()
    }
    // The rename needs to write in the parent; permission bits alone do not tell.
    let probe = "\(parent)/.\(study)-\(getpid())"
    guard mkdir(probe, 0o755) == 0 else { throw DurableFile.failure(target) }
    rmdir(probe)
    lock.lock()
    isPrepared = true
    lock.unlock()
    DurableFile.remove(assembly)
    try DurableFile.makeFolder(assembly)
  }

  /// A folder of somebody else's files is never replaced.
  private func checkOwnership() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
    if names.isEmpty { return }
    let record = FileManager.default.contents(atPath: target + "/" + RunRecord.file)
    let owner = record.flatMap { try? JSONDecoder().decode(RunRecord.Owner.self, from: $0) }?.study
    guard owner == study else {
      throw LightboxError.cannotWrite(
        target,
        "the folder holds \(owner.map { "results of \($0)" } ?? "other files (\(names.sorted()[0]) …)"); "
          + "choose an empty or a new one")
    }
  }

  /// Swaps the assembled results in.
  func publish() throws {
    for file in DurableFile.files(below: assembly) {
      chmod(assembly + "/" + file, 0o644)
    }
    DurableFile.syncFolder(assembly)
    if !DurableFile.exists(target) {
      guard rename(assembly, target) == 0 else { throw DurableFile.failure(target) }
    } else if !Self.exchange(assembly, target) {
      try DurableFile.replaceFolder(target, with: assembly)
    }
    DurableFile.syncFolder((target as NSString).deletingLastPathComponent)
    DurableFile.remove(assembly)
  }

  /// Removes what was assembled by this run.
  func discard() {
    lock.lock()
    defer { lock.unlock() }
    if isPrepared { DurableFile.remove(assembly) }
  }

  /// Exchanges two folders in one step, where the system can.
  private static func exchange(_ a: String, _ b: String) -> Bool {
    typealias Rename =
      @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    let symbols = dlopen(nil, RTLD_LAZY)
    defer { if let symbols { dlclose(symbols) } }
    guard let address = dlsym(symbols, "renameat2") else { return false }
    let exchangeFlag: UInt32 = 2
    return unsafeBitCast(address, to: Rename.self)(AT_FDCWD, a, AT_FDCWD, b, exchangeFlag) == 0
  }

  private static func nearestFolder(_ path: String) -> String {
    var place = path
    while !DurableFile.exists(place) && place != "/" && !place.isEmpty {
      place = (place as NSString).deletingLastPathComponent
    }
    return place
  }

  private static func device(_ path: String) -> UInt {
    var status = stat()
    return stat(path, &status) == 0 ? UInt(status.st_dev) : 0
  }
}
