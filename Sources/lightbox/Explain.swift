import ArgumentParser
import Foundation
import Kernels

/// `lightbox explain`: why each stage of a study would run or be reused.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why each stage of a study would run or be reused; compute nothing.",
    discussion: """
      Asks the study's own program, which lies beside lightbox or in .build/release. \
      `make explain-<study>` builds it first. Options of the study (--scale, --seeds, --data, \
      --noise, …) follow its name.

      Example:

        lightbox explain dp-fairness --scale smoke
      """)

  @Argument(help: "Name of the study, as in Studies/<study>.")
  var study: String
  @Option(help: "The root of the checkout.")
  var root: String = "."
  @Flag(help: "Print JSON.")
  var json = false
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Options of the study.", valueName: "study options"))
  var options: [String] = []

  func run() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try program())
    process.arguments = ["--explain", "--root", root] + options
    let pipe = Pipe()
    if json { process.standardOutput = pipe }
    do {
      try process.run()
    } catch {
      throw LightboxError(.software, "\(study): the program cannot be started: \(error)")
    }
    if json {
      // Read to the end first: a full pipe would stop the study.
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      if process.terminationStatus == 0 {
        print(
          try JSONText.text(
            Report(study: study, lines: text.split(separator: "\n").map(String.init))))
      }
    }
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw ExitCode(process.terminationStatus) }
  }

  private struct Report: Encodable {
    var study: String
    var lines: [String]
  }

  /// The study's program: beside this one, or where a build in the checkout leaves it.
  private func program() throws -> String {
    let manager = FileManager.default
    let own =
      (try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    let folders = [(own as NSString).deletingLastPathComponent, "\(root)/.build/release"]
    let isName = !study.isEmpty && !study.contains("/") && study != "." && study != ".."
    let paths = folders.map { "\($0)/\(study)" }
    if isName, let path = paths.first(where: { manager.isExecutableFile(atPath: $0) }) {
      return path
    }
    let known = ((try? manager.contentsOfDirectory(atPath: "\(root)/Studies")) ?? []).sorted()
    guard isName, known.contains(study) else {
      let list =
        known.isEmpty ? "a checkout with Studies/ at --root" : known.joined(separator: ", ")
      throw LightboxError(.usage, "explain: found no study \(study); expected one of: \(list)")
    }
    throw LightboxError(
      .usage,
      "explain: found no program \(study) in \(folders.joined(separator: " or ")); "
        + "run `make explain-\(study)`, which builds it")
  }
}
