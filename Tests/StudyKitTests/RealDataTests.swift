import Foundation
import Testing

/// Runs on real patients' data: where their names, rows and numbers may turn up, and where not.
@Suite struct RealDataTests {
  /// A cohort beside the checkout whose files, patients and ages are found wherever they are written.
  private final class Patients {
    let folder = NSTemporaryDirectory() + "lightbox-patients-" + UUID().uuidString
    let scratch = NSTemporaryDirectory() + "lightbox-scratch-" + UUID().uuidString
    static let marks = ["zqxfile", "ZQXPATIENT", "61.40625"]

    init() throws {
      for place in [folder, scratch] {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      }
      var rows = ["image,patient,sex,age,split,label"]
      for (k, split) in ["train", "validation", "test"].enumerated() {
        try BadInputTests.image.write(to: URL(fileURLWithPath: "\(folder)/zqxfile\(k).png"))
        rows.append("zqxfile\(k).png,ZQXPATIENT\(k),F,61.40625,\(split),\(k % 2)")
      }
      try Data((rows.joined(separator: "\n") + "\n").utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/cases.csv"))
    }

    deinit {
      for place in [folder, scratch] { try? FileManager.default.removeItem(atPath: place) }
    }

    /// A run of the fixture on this cohort, with temporary files in a folder that can be searched.
    func run(_ program: FixtureProgram, _ more: String...) throws -> FixtureProgram.Outcome {
      program.variables["TMPDIR"] = scratch
      return program.finish(try program.start(["--data", folder] + more))
    }

    /// The folder of results, as the data name it.
    var results: String { "Figures/fixture-study@data=" + (folder as NSString).lastPathComponent }
  }

  @Test func nothingOfThePatientsLeavesTheResultsAndTheClosedCache() throws {
    let program = try FixtureProgram()
    let patients = try Patients()
    let outcome = try patients.run(program)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(program.exists(patients.results + "/run.json"))
    // What the screen shows, and with it the logs of the test.
    for mark in Patients.marks {
      #expect(!outcome.output.contains(mark) && !outcome.errors.contains(mark), "\(mark) on screen")
    }
    for file in program.list(".") {
      let name = file.hasPrefix("./") ? String(file.dropFirst(2)) : file
      if name.hasPrefix(patients.results + "/") || name.hasPrefix(".cache/fixture-study/") {
        continue
      }
      let data = FileManager.default.contents(atPath: "\(program.root)/\(file)") ?? Data()
      let text = String(decoding: data, as: UTF8.self)
      for mark in Patients.marks {
        #expect(!name.contains(mark) && !text.contains(mark), "\(mark) in \(name)")
      }
    }
    let left = try FileManager.default.subpathsOfDirectory(atPath: patients.scratch)
    #expect(left.isEmpty, "temporary files stay: \(left)")
    // The cache, which holds rows to go on from, is closed to others.
    for folder in [".cache", ".cache/fixture-study"] {
      let mode =
        try FileManager.default.attributesOfItem(
          atPath: "\(program.root)/\(folder)")[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o700, "\(folder)")
    }
  }

  /// A check names files on the screen; their cells are on its page, in the closed cache.
  @Test func aCheckShowsNoRowOfThePatients() throws {
    let program = try FixtureProgram()
    let patients = try Patients()
    #expect(try patients.run(program).code == 0)
    let table = patients.results + "/table-1.tsv"
    let planted = try program.read(table).replacing("seed 1\t0\t", with: "ZQXPATIENT0\t0\t")
    try program.write(planted, to: table)
    let outcome = try patients.run(program, "--check")
    #expect(outcome.code == 1, "\(outcome.errors)")
    #expect(outcome.output.contains("fixture-study: table-1.tsv: 1 difference\n"))
    #expect(!outcome.output.contains("ZQXPATIENT") && !outcome.errors.contains("ZQXPATIENT"))
    let name = (patients.folder as NSString).lastPathComponent
    let page = ".cache/fixture-study/check@data=\(name).html"
    #expect(outcome.output.contains("side by side in \(page)"))
    #expect(try program.read(page).contains("<td>ZQXPATIENT0</td><td>seed 1</td>"))
  }

  /// With the checkout's own rules, a run on real data leaves nothing that git would add.
  @Test func gitIgnoresAllThatARunOnRealDataWrites() throws {
    let program = try FixtureProgram()
    let patients = try Patients()
    var checkout = #filePath as NSString
    for _ in 0..<3 { checkout = checkout.deletingLastPathComponent as NSString }
    try FileManager.default.copyItem(
      atPath: checkout.appendingPathComponent(".gitignore"), toPath: program.root + "/.gitignore")
    func git(_ arguments: String...) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        ["git", "-C", program.root, "-c", "user.name=t", "-c", "user.email=t@t"] + arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return String(decoding: output, as: UTF8.self)
    }
    _ = try git("init", "-q")
    _ = try git("add", "-A")
    _ = try git("commit", "-q", "-m", "sources")
    for options in [[], ["--noise", "seeded"], ["--scale", "smoke"]] {
      let outcome = program.finish(
        try program.start(["--data", patients.folder] + options))
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(program.list("Figures").count > 3)
    // The output of the runs, which the test itself keeps in files, stands aside.
    let seen = try git("status", "--porcelain", "--untracked-files=all")
      .split(separator: "\n").filter { !$0.hasSuffix(".log") }
    #expect(seen.isEmpty, "\(seen)")
  }

  /// Secure noise is what real data get unless somebody asks for the other: only that is named.
  @Test func noiseIsSecureByDefault() throws {
    let program = try FixtureProgram()
    let patients = try Patients()
    #expect(try patients.run(program, "--noise", "secure").code == 0)
    #expect(program.exists(patients.results + "/run.json"))
    #expect(try patients.run(program, "--noise", "seeded").code == 0)
    #expect(program.exists(patients.results + "+noise=seeded/run.json"))
    #expect(!program.exists("Figures/fixture-study"))
  }
}
