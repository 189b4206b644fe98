import Foundation
import Kernels

/// From the command to the first line of a study, against `import torch`, both warm.
///
/// The study is asked to explain what it would run, which needs its libraries, its options and its
/// source, and changes no file.
enum StartWorkload {
  static func run(_ session: BenchSession) throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    let study = folder + "/dp-fairness"
    guard FileManager.default.isExecutableFile(atPath: study) else {
      return note("  start: no \(study); build it to measure its start")
    }
    try session.compare(
      "start of a study to its first line", mode: "dp-fairness --explain", goal: Goal(must: 0.02),
      peers: [PeerCommand(name: "PyTorch", mode: "import torch", script: "start.py")]
    ) {
      try firstLine(of: study, ["--explain", "--root", session.root])
    }
  }

  /// Seconds until a program has written its first line.
  private static func firstLine(of program: String, _ arguments: [String]) throws -> Double {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    let start = ContinuousClock.now
    try process.run()
    var text = Data()
    while !text.contains(10) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else {
        throw LightboxError(.software, "\(program): ended without a line")
      }
      text.append(more)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    while !output.fileHandleForReading.availableData.isEmpty {}
    process.waitUntilExit()
    return seconds
  }
}
