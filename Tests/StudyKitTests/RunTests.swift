import Foundation
import Kernels
import Testing

/// The fixture study as its users meet it: options, folders, messages, exit codes.
@Suite struct RunTests {
  @Test func aSecondRunReusesEveryStageAndWritesTheSameBytes() throws {
    let program = try FixtureProgram()
    let first = try program.run()
    #expect(first.code == 0)
    #expect(first.errors.contains("stop and resume at any time"))
    let bytes = try program.digests()
    let second = try program.run()
    #expect(second.output.contains("6 of them reused"))
    #expect(try program.digests() == bytes)
    let mode = try FileManager.default.attributesOfItem(
      atPath: program.root + "/.cache/fixture-study")[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o700)
    let whole = "/.cache/fixture-study/cases/positions.tsv.gz"
    #expect(program.exists(whole))
  }

  @Test func resultsDoNotDependOnJobs() throws {
    let program = try FixtureProgram()
    #expect(try program.run("--jobs", "1").code == 0)
    let one = try program.digests()
    program.forget()
    #expect(try program.run("--jobs", "4").code == 0)
    #expect(try program.digests() == one)
  }

  @Test(arguments: [
    (["--scale", "smoke"], "fixture-study@scale=smoke"),
    (["--seeds", "3"], "fixture-study@seeds=3"),
    (["--seeds", "4"], "fixture-study"),  // the default of this study
    (["--scale", "smoke", "--isa", "avx2"], "fixture-study@scale=smoke+isa=avx2"),
    (["--noise", "secure"], "fixture-study@noise=secure"),
    (["--noise", "seeded", "--jobs", "2"], "fixture-study"),
  ])
  func optionsNameTheFolder(_ options: [String], _ folder: String) throws {
    let program = try FixtureProgram()
    let outcome = program.finish(try program.start(options))
    #expect(outcome.code == 0)
    #expect(program.exists("Figures/\(folder)/run.json"))
    #expect(outcome.output.contains("wrote Figures/\(folder)/"))
  }

  @Test func dataNameTheFolderAndEnterTheKeys() throws {
    let program = try FixtureProgram()
    try program.write("label\n1\n0\n1\n", to: "labels of mine.csv")
    let data = program.root + "/labels of mine.csv"
    #expect(try program.run("--data", data).code == 0)
    let folder = "Figures/fixture-study@data=labels_of_mine.csv"
    let before = try program.read(folder + "/table-1.tsv")
    #expect(before.contains("seed 1\t0\t2\n"))
    let record = try program.read(folder + "/run.json")
    #expect(record.contains(try SHA256.hex(ofFile: data)))
    try program.write("label\n1\n0\n0\n", to: "labels of mine.csv")
    #expect(try program.run("--data", data).code == 0)
    #expect(try program.read(folder + "/table-1.tsv").contains("seed 1\t0\t1\n"))
  }

  @Test(
    arguments: [
      (["--scale", "huge"], 64), (["--seeds", "0"], 64), (["--seeds", "many"], 64),
      (["--jobs", "0"], 64), (["--isa", "sse"], 64), (["--frobnicate"], 64),
      (["--explain", "--redraw"], 64), (["--noise", "loud"], 64),
      (["--out", "/proc/nowhere/at-all"], 73), (["--data", "/nowhere.csv"], 65),
    ] as [([String], Int32)])
  func badOptionsEndWithTheirCode(_ options: [String], _ code: Int32) throws {
    let program = try FixtureProgram()
    let outcome = program.finish(try program.start(options))
    #expect(outcome.code == code)
    #expect(outcome.errors.split(separator: "\n").contains { $0.contains(options.last!) })
    #expect(!program.exists("Figures"))
  }

  @Test func oneSeedIsRefusedBeforeAnythingRunsWhereSeedsAreJudged() throws {
    let program = try FixtureProgram()
    program.variables["FIXTURE_CLAIMS"] = "claims.tsv"
    let file = FixtureProgram.sources + "/claims.tsv"
    try program.write(claimsText([["id": "a.order"]]), to: file)
    let outcome = try program.run("--seeds", "1")
    #expect(outcome.code == 64)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 1)
    #expect(lines[0].contains("--seeds 1: found 1 seed, expected at least 2, and 5 for a verdict"))
    #expect(lines[0].contains("a.order") && lines[0].contains("SCALE=smoke"))
    #expect(!program.exists(".cache") && !program.exists("Figures"))
    #expect(try program.run("--seeds", "2").code == 0)
    // Where nothing is judged between seeds, one will do.
    program.forget()
    let rules = ["rule.simulated": "-", "rule.aggregates": "R", "rule.public": "X"]
    try program.write(claimsText([rules]), to: file)
    #expect(try program.run("--seeds", "1").code == 0)
  }

  @Test func badDataNameFileRowAndColumnAndLeaveResultsAlone() throws {
    let program = try FixtureProgram()
    try program.write("label\n1\n0\n", to: "labels.csv")
    let data = program.root + "/labels.csv"
    #expect(try program.run("--data", data).code == 0)
    let folder = "Figures/fixture-study@data=labels.csv"
    let before = try program.digests(folder)
    try program.write("label\n1\n7\n", to: "labels.csv")
    let outcome = try program.run("--data", data)
    #expect(outcome.code == 65)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.contains { $0.contains("labels.csv, row 3, column label: found 7") })
    #expect(try program.digests(folder) == before)
  }

  @Test func estimatesAreATableOfTheirOwnBesideTheCases() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let folder = "Figures/fixture-study"
    let text = try program.read(folder + "/cases/estimates.tsv")
    let lines = text.split(separator: "\n")
    #expect(lines.first == "arm\tseed\tcell\testimator\tvalue\tstandard error\tn")
    let rows = lines.dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    // Four seeds; an empty standard error; positions after 10 steps and the start.
    #expect(rows.map { "\($0[0]) \($0[1])" } == ["walk 1", "walk 2", "walk 3", "walk 4"])
    #expect(rows.allSatisfy { $0[5] == "" && $0[6] == "11" })
    // The value carries every digit: it is what the text prints with four.
    let first = try #require(Double(rows[0][4]))
    let log = try program.read(folder + "/log.tsv")
    let logged = log.split(separator: "\n").map { $0.components(separatedBy: "\t") }
    let printed = try #require(logged.first { $0[3] == "mean.first" })[6]
    #expect(abs(first - Double(printed)!) <= 0.0005 * max(1, abs(first)))
    #expect(logged.contains { $0[2] == "cases" && $0[3] == "estimates" && $0[4] == "simulated" })
    let record = try program.read(folder + "/run.json")
    #expect(record.contains("\"cases/estimates.tsv\""))
    let page = try program.read(folder + "/README.md")
    let link = "Estimates by arm, seed and cell: [cases/estimates.tsv](cases/estimates.tsv)"
    #expect(page.contains(link))
    #expect(try program.read(".cache/fixture-study/cases/estimates.tsv") == text)
    // Redraw carries it over; check names the cell that was changed.
    #expect(try program.run("--redraw").code == 0)
    #expect(try program.read(folder + "/cases/estimates.tsv") == text)
    try program.write(
      text.replacing("walk\t2", with: "jump\t2"), to: folder + "/cases/estimates.tsv")
    let check = try program.run("--check")
    #expect(check.code == 1)
    #expect(check.output.contains("cases/estimates.tsv, row 3, column arm: jump → walk"))
  }

  @Test func twoEstimatesOfOneArmSeedAndCellAreRefused() throws {
    let program = try FixtureProgram()
    program.variables["FIXTURE_ONE_SEED"] = "7"
    let outcome = try program.run()
    #expect(outcome.code == 70)
    #expect(outcome.errors.contains("two rows hold mean(position) of walk, seed 7, cell all"))
    #expect(!program.exists("Figures/fixture-study"))
  }

  @Test func anOutputFolderOfOtherFilesIsNeverReplaced() throws {
    let program = try FixtureProgram()
    let out = program.root + "/mine"
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    #expect(try program.run("--out", out).code == 0)
    #expect(program.exists("mine/run.json"))
    #expect(try program.run("--out", out).code == 0)
    try FileManager.default.removeItem(atPath: out)
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    try program.write("thesis", to: "mine/thesis.txt")
    let outcome = try program.run("--out", out)
    #expect(outcome.code == 73)
    #expect(outcome.errors.contains("thesis.txt"))
    #expect(program.list("mine") == ["thesis.txt"])
  }

  @Test(
    .disabled(
      if: FixtureProgram.isThreadSanitized, "ThreadSanitizer's own files pass the limit on size"))
  func aFullDiskEndsWith74AndNothingHalfWritten() throws {
    let program = try FixtureProgram()
    // No file may grow beyond 4 KiB: values of 1000 steps do not fit.
    program.variables["FIXTURE_STEPS"] = "1000"
    program.variables["FIXTURE_PAUSE_MS"] = "0"
    program.variables["LIGHTBOX_CHECKPOINT_SECONDS"] = "60"
    let outcome = try program.run(shell: "ulimit -f 4")
    #expect(outcome.code == 74)
    #expect(!program.exists("Figures/fixture-study"))
    #expect(!program.list(".cache").contains { $0.hasSuffix(".tmp") })
  }

  @Test func aSecondRunAtTheSameTimeStopsOrWaits() throws {
    let program = try FixtureProgram()
    program.variables["FIXTURE_PAUSE_MS"] = "150"
    let first = try program.start()
    while first.isRunning && !program.exists("Figures") { Thread.sleep(forTimeInterval: 0.01) }
    let second = try program.run()
    #expect(second.code == 75)
    #expect(second.errors.contains("another run of fixture-study (process "))
    let waiting = try program.run("--wait")
    #expect(waiting.code == 0)
    #expect(waiting.output.contains("6 of them reused"))
    #expect(program.finish(first).code == 0)
  }

  @Test func withoutSourcesTheProgramItselfIsTheCode() throws {
    let program = try FixtureProgram()
    try FileManager.default.removeItem(atPath: "\(program.root)/\(FixtureProgram.sources)")
    let outcome = try program.run()
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("keyed by the program's digest"))
  }

  @Test func helpIsOneScreenWithAnExample() throws {
    let outcome = try FixtureProgram().run("--help")
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("Example: make fixture-study SCALE=smoke"))
    #expect(outcome.output.split(separator: "\n", omittingEmptySubsequences: false).count <= 50)
  }
}
