import Foundation
import Kernels
import Testing

/// SIGKILL at any moment, then the same command: the same bytes as a run that was left alone.
@Suite struct KillTests {
  @Test func killedRunsEndInTheBytesOfAnUndisturbedOne() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let undisturbed = try #require(try program.digests())
    #expect(undisturbed["table-1.tsv"] != nil && undisturbed["figure-1.svg"] != nil)

    program.forget()
    program.variables["FIXTURE_PAUSE_MS"] = "20"
    let start = Date()
    #expect(try program.run().code == 0)
    #expect(try program.digests() == undisturbed, "a pause changes no byte")
    let duration = Date().timeIntervalSince(start)

    var stream = RandomStream(20_261_121).child("kills")
    var resumed = false
    for round in 0..<3 {
      program.forget()
      var kills = 0
      for attempt in 0..<12 {
        let process = try program.start()
        if attempt % 3 == 2 {
          // Right after a checkpoint, however busy the machine is.
          while process.isRunning && !program.hasCheckpoint { Thread.sleep(forTimeInterval: 0.002) }
        } else {
          Thread.sleep(forTimeInterval: stream.uniform(in: 0.05...0.9) * duration)
        }
        if process.isRunning {
          kill(process.processIdentifier, SIGKILL)
          kills += 1
        }
        _ = program.finish(process)
        resumed = resumed || program.hasCheckpoint
      }
      #expect(kills > 0)
      #expect(try program.run().code == 0)
      #expect(try program.digests() == undisturbed, "round \(round)")
      #expect(!program.list(".cache").contains { $0.contains(".partial/") })
    }
    // Under ThreadSanitizer looking for a checkpoint may last longer than one does.
    #expect(
      resumed || FixtureProgram.isThreadSanitized, "no kill fell between two checkpoints")
  }

  /// The results are swapped in whole: whenever the process dies, readers find the old folder or
  /// the new one, never a mixture.
  @Test func resultsAreOldOrNewAtEveryMoment() throws {
    let program = try FixtureProgram()
    func results(_ steps: String) throws -> [String: String] {
      program.variables["FIXTURE_STEPS"] = steps
      #expect(try program.run().code == 0)
      return try #require(try program.digests())
    }
    let old = try results("10")
    let new = try results("11")
    #expect(old != new)
    let start = Date()
    _ = try results("10")
    let duration = Date().timeIntervalSince(start)

    var stream = RandomStream(20_261_121).child("swaps")
    var (current, steps) = (old, "10")
    for _ in 0..<20 {
      steps = steps == "10" ? "11" : "10"
      program.variables["FIXTURE_STEPS"] = steps
      let process = try program.start()
      Thread.sleep(forTimeInterval: stream.uniform(in: 0.3...1.1) * duration)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      _ = program.finish(process)
      let found = try program.digests()
      #expect(found == current || found == (steps == "10" ? old : new))
      current = found ?? [:]
    }
    #expect(try results("11") == new)
    #expect(program.list("Figures").allSatisfy { $0.hasPrefix("fixture-study/") })
  }

  @Test func aRequestToEndIsAnsweredAndTheRunContinues() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let undisturbed = try program.digests()
    program.forget()
    program.variables["FIXTURE_PAUSE_MS"] = "200"
    for (number, code) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      let process = try program.start()
      while process.isRunning && !program.errors(process).contains("at any time") {
        Thread.sleep(forTimeInterval: 0.01)
      }
      Thread.sleep(forTimeInterval: 0.3)
      kill(process.processIdentifier, number)
      let outcome = program.finish(process)
      #expect(outcome.code == code)
      #expect(outcome.errors.contains("continues where it was"))
      #expect(!program.exists("Figures/fixture-study"))
    }
    program.variables["FIXTURE_PAUSE_MS"] = "2"
    #expect(try program.run().code == 0)
    #expect(try program.digests() == undisturbed)
  }
}
