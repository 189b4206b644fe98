import Foundation
import Kernels

/// From the command to the first line of a study, against `import torch`, both warm.
///
/// The study is asked to explain what it would run, which changes no file. Its first line says what
/// it explains, before it reads its sources and cache; the second row is the time to its first
/// answer.
enum StartWorkload {
  static func run(_ session: BenchSession) throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    let study = folder + "/dp-fairness"
    guard FileManager.default.isExecutableFile(atPath: study) else {
      return note("  start: no \(study); build it to measure its start")
    }
    let mode = "dp-fairness --explain"
    try session.compare(
      "start of a study to its first line", mode: mode, goal: Goal(must: 0.02),
      peers: [PeerCommand(name: "PyTorch", mode: "import torch", script: "start.py")]
    ) {
      try seconds(toLine: 1, of: study, ["--explain", "--root", session.root])
    }
    try session.compare(
      "start of a study to its first answer", mode: mode, goal: nil, peers: []
    ) {
      try seconds(toLine: 2, of: study, ["--explain", "--root", session.root])
    }
  }

  /// Seconds until a program has written so many lines; it is ended there.
  private static func seconds(
    toLine wanted: Int, of program: String, _ arguments: [String]
  ) throws -> Double {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    let start = ContinuousClock.now
    try process.run()
    var text = Data()
    while text.count(where: { $0 == 10 }) < wanted {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else {
        throw LightboxError(.software, "\(program): ended before line \(wanted)")
      }
      text.append(more)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    process.terminate()
    process.waitUntilExit()
    return seconds
  }
}
