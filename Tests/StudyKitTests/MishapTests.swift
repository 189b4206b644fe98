import Foundation
import Testing

/// What happens between two runs and under one: clocks set back, caches edited by hand, places that
/// turn out closed. Kills are in KillTests, damaged inputs in BadInputTests, a full disk, two runs at
/// once and changed inputs in RunTests.
@Suite struct MishapTests {
  /// Gives all files below a folder of the program a date in the year 2096.
  private func postdate(_ program: FixtureProgram, _ folder: String) throws {
    for file in program.list(folder) {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 4e9)],
        ofItemAtPath: "\(program.root)/\(folder)/\(file)")
    }
  }

  /// Files of a future that the clock has been set back from are as good as any: keys are digests,
  /// not dates.
  @Test func aClockSetBackChangesNothing() throws {
    let program = try FixtureProgram()
    try program.write("label\n1\n0\n1\n", to: "labels.csv")
    let data = program.root + "/labels.csv"
    let folder = "Figures/fixture-study@data=labels.csv"
    #expect(try program.run("--data", data).code == 0)
    let bytes = try #require(try program.digests(folder))
    try postdate(program, ".cache")
    try postdate(program, "Figures")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 4e9)], ofItemAtPath: data)
    let again = try program.run("--data", data)
    #expect(again.code == 0)
    #expect(again.output.contains("6 of them reused"))
    #expect(try program.digests(folder) == bytes)

    // Checkpoints too: killed in the future, continued today.
    program.forget()
    program.variables["FIXTURE_PAUSE_MS"] = "40"
    let process = try program.start(["--data", data])
    while process.isRunning && !program.hasCheckpoint { Thread.sleep(forTimeInterval: 0.002) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    _ = program.finish(process)
    try postdate(program, ".cache")
    #expect(try program.run("--data", data).code == 0)
    #expect(try program.digests(folder) == bytes)
  }

  /// Sources that seem younger than the program cannot stand for it: stages are keyed by the program
  /// itself, and the user is told.
  @Test func sourcesFromTheFutureAreNoted() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let bytes = try program.digests()
    try postdate(program, FixtureProgram.sources)
    let outcome = try program.run()
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("is newer than this program; build again to reuse its stages"))
    #expect(try program.digests() == bytes)
  }

  /// Whatever a hand does to the cache, what is not whole is computed again, to the same bytes.
  @Test func aCacheEditedByHandIsRebuilt() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let bytes = try program.digests()
    let walks = program.root + "/.cache/fixture-study/stages/walks"
    let manager = FileManager.default
    let entries = try manager.contentsOfDirectory(atPath: walks).sorted()
      .filter { manager.fileExists(atPath: "\(walks)/\($0)/value.json") }
    #expect(entries.count == 4)
    // A file in the place of an entry, an entry without its value, an emptied one, one under the
    // name of another.
    try manager.removeItem(atPath: "\(walks)/\(entries[0])")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(walks)/\(entries[0])"))
    try manager.removeItem(atPath: "\(walks)/\(entries[1])/value.json")
    for file in try manager.contentsOfDirectory(atPath: "\(walks)/\(entries[2])") {
      try Data().write(to: URL(fileURLWithPath: "\(walks)/\(entries[2])/\(file)"))
    }
    try manager.removeItem(atPath: "\(walks)/\(entries[3])")
    try manager.copyItem(atPath: "\(walks)/\(entries[2])", toPath: "\(walks)/\(entries[3])")
    // And the remembered digests of inputs.
    try program.write("no JSON", to: ".cache/fixture-study/inputs.json")
    let outcome = try program.run()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("2 of them reused"), "\(outcome.output)")
    #expect(try program.digests() == bytes)
    #expect(try program.run().output.contains("6 of them reused"))
  }

  @Test func aCacheThatCannotBeMadeIsSaidFirst() throws {
    let program = try FixtureProgram()
    try program.write("mine", to: ".cache")
    let outcome = try program.run()
    #expect(outcome.code == 73)
    #expect(outcome.errors.contains(".cache: cannot write: a file is in the place of the folder"))
    #expect(try program.read(".cache") == "mine")
    #expect(!program.exists("Figures"))
  }

  /// A place closed to everyone, whoever runs the test: the kernel's own file system.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel")))
  func aReadOnlyPlaceEndsWith73BeforeAnythingIsComputed() throws {
    let program = try FixtureProgram()
    let outcome = try program.run("--out", "/sys/lightbox-results")
    #expect(outcome.code == 73)
    #expect(outcome.errors.contains("/sys/lightbox-results: "), "\(outcome.errors)")
    #expect(!program.list(".cache").contains { $0.contains("stages/") })
  }
}
