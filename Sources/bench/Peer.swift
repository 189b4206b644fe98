import Foundation
import Kernels

/// A peer's script in `peers`, and what it is told.
struct PeerCommand {
  let name: String
  let mode: String
  let script: String
  var arguments: [String] = []
  /// Whether it computes something easier (numbers of fewer bits): reported beside, outside the
  /// ratio, and timed only once where it is slower than the others.
  var isBeside = false
}

/// A peer that stays alive: it prepares and warms up, says "ready", and answers every line "run"
/// with the seconds of one repetition, its processor seconds, and its peak memory in MB.
final class Peer {
  let command: PeerCommand
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  init(_ command: PeerCommand, interpreter: String, folder: String) throws {
    self.command = command
    process.executableURL = URL(fileURLWithPath: interpreter)
    process.arguments = [folder + "/" + command.script] + command.arguments
    var environment = ProcessInfo.processInfo.environment
    // A peer finds its own threads, and its own kernels unless ours are held to AVX2.
    environment["OPENBLAS_NUM_THREADS"] = nil
    if environment["ONEDNN_MAX_CPU_ISA"] == nil {
      environment["OPENBLAS_CORETYPE"] = nil
    } else {
      environment["ATEN_CPU_CAPABILITY"] = "avx2"
      environment["MKL_ENABLE_INSTRUCTIONS"] = "AVX2"
    }
    environment["BENCH_THREADS"] = String(Parallel.threads)
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw LightboxError(.input, "cannot start \(interpreter): \(error.localizedDescription)")
    }
    let greeting = try line()
    if greeting.hasPrefix("absent ") {
      process.waitUntilExit()
      throw PeerAbsent(module: String(greeting.dropFirst(7)))
    }
    guard greeting.hasPrefix("ready") else {
      throw LightboxError(
        .software, "\(command.script): found \"\(greeting)\", expected a line \"ready\"")
    }
  }

  /// One turn of so many repetitions; the times are those of one.
  func time(_ repetitions: Int) throws -> (seconds: Double, processor: Double, peakMB: Double) {
    input.fileHandleForWriting.write(Data("run \(repetitions)\n".utf8))
    let fields = try line().split(separator: " ").compactMap { Double($0) }
    guard fields.count == 3 else {
      throw LightboxError(.software, "\(command.script): an answer must be three numbers")
    }
    return (fields[0], fields[1], fields[2])
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func line() throws -> String {
    while true {
      if let end = rest.firstIndex(of: 10) {
        let text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        rest.removeSubrange(rest.startIndex...end)
        return text
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else {
        throw LightboxError(
          .software, "\(command.script) \(command.arguments.joined(separator: " ")): ended early")
      }
      rest.append(more)
    }
  }
}

/// The named Python lacks a module that a peer needs.
struct PeerAbsent: Error {
  let module: String
}
