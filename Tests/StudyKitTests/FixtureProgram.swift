import Foundation
import Kernels

/// The fixture study as a program of its own, with a root folder that a test may change and break.
final class FixtureProgram {
  let root: String
  var variables = [
    "FIXTURE_STEPS": "10", "FIXTURE_PAUSE_MS": "2", "LIGHTBOX_CHECKPOINT_SECONDS": "0",
  ]

  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  /// A root with the fixture's sources and two modules for it to name.
  init() throws {
    root = NSTemporaryDirectory() + "lightbox-studykit-" + UUID().uuidString
    let manager = FileManager.default
    for (folder, text) in [
      ("Kernels", "public let answer = 42\n"), ("Tensors", "import Kernels\n"),
      ("Other", "let unused = 0\n"),
    ] {
      try manager.createDirectory(
        atPath: "\(root)/Sources/\(folder)", withIntermediateDirectories: true)
      try write(text, to: "Sources/\(folder)/\(folder).swift")
    }
    try manager.createDirectory(atPath: "\(root)/Tests/Fixtures", withIntermediateDirectories: true)
    let here = (#filePath as NSString).deletingLastPathComponent
    let source = (here as NSString).deletingLastPathComponent + "/Fixtures/kill-study"
    try manager.copyItem(atPath: source, toPath: "\(root)/\(Self.sources)")
    for file in try manager.subpathsOfDirectory(atPath: "\(root)/\(Self.sources)") {
      try age("\(Self.sources)/\(file)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// Whether `make sanitize SANITIZER=thread` runs the tests.
  static let isThreadSanitized =
    ProcessInfo.processInfo.environment["LIGHTBOX_SANITIZER"] == "thread"

  static let sources = "Tests/Fixtures/kill-study"
  static let study = "\(sources)/FixtureStudy.swift"

  /// The program beside the tests.
  static var path: String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/fixture-study"
  }

  // MARK: Files

  /// Writes a source and makes it older than the program.
  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/\(file)"))
    try age(file)
  }

  private func age(_ file: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: "\(root)/\(file)")
  }

  func read(_ file: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(file)")), as: UTF8.self)
  }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(file)") }

  /// Files below a folder of the root, sorted.
  func list(_ folder: String) -> [String] {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return all.filter {
      var isFolder: ObjCBool = false
      let found = FileManager.default.fileExists(
        atPath: "\(root)/\(folder)/\($0)", isDirectory: &isFolder)
      return found && !isFolder.boolValue
    }.sorted()
  }

  /// Whether a stage that is not finished has left a state to go on from.
  var hasCheckpoint: Bool { list(".cache").contains { $0.contains(".partial/state-") } }

  /// Digests of all files of a result folder but run.json; nil when there is no folder.
  func digests(_ folder: String = "Figures/fixture-study") throws -> [String: String]? {
    guard exists(folder) else { return nil }
    var found: [String: String] = [:]
    for file in list(folder) where file != "run.json" {
      found[file] = try SHA256.hex(ofFile: "\(root)/\(folder)/\(file)")
    }
    return found
  }

  /// Removes everything that runs have written.
  func forget() {
    for folder in [".cache", "Figures"] {
      try? FileManager.default.removeItem(atPath: "\(root)/\(folder)")
    }
  }

  // MARK: Running

  /// Starts the program; `errors` takes its standard error stream instead of a file.
  func start(
    _ arguments: [String] = [], shell: String? = nil, errors: FileHandle? = nil
  ) throws -> Process {
    let process = Process()
    let all = arguments + ["--root", root]
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", shell + "; exec \"$0\" \"$@\"", Self.path] + all
    } else {
      process.executableURL = URL(fileURLWithPath: Self.path)
      process.arguments = all
    }
    var environment = ProcessInfo.processInfo.environment
    for (name, value) in variables { environment[name] = value }
    for name in ["LIGHTBOX_RELAUNCHED", "LIGHTBOX_THREADS"] { environment[name] = nil }
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: root)
    let (out, err) = (log(process, "out"), log(process, "err"))
    for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = try errors ?? FileHandle(forWritingTo: URL(fileURLWithPath: err))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func log(_ process: Process, _ kind: String) -> String {
    "\(root)/\(ObjectIdentifier(process).hashValue)-\(kind).log"
  }

  private func text(_ process: Process, _ kind: String) -> String {
    let data = FileManager.default.contents(atPath: log(process, kind)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// What a running program has written to its standard error stream so far.
  func errors(_ process: Process) -> String { text(process, "err") }

  func finish(_ process: Process) -> Outcome {
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: text(process, "out"), errors: text(process, "err"))
  }

  @discardableResult
  func run(_ arguments: String..., shell: String? = nil) throws -> Outcome {
    finish(try start(arguments, shell: shell))
  }
}
