import Foundation
import Kernels
import StudyKit
import Testing

@Suite struct FolderCheckTests {
  /// A folder of results on a machine.
  static func folder(
    _ place: String, isa: String = "avx2", files: [String: String]
  ) throws -> String {
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let record = """
      {"study": "tiny", "machine": {"cpu": "\(place.suffix(3))", "isa": "\(isa)"}, "seeds": 5}
      """
    for (name, text) in files.merging(["run.json": record], uniquingKeysWith: { $1 }) {
      try text.write(toFile: "\(place)/\(name)", atomically: true, encoding: .utf8)
    }
    return place
  }

  static func scratch<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("check-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  static let table = "arm\tauroc\tverdict\na\t0.87\tagrees\nb\t0.9\tundecided\n"

  static func check(
    _ new: [String: String], isa: String = "avx2",
    tolerance: FolderCheck.Tolerance = .init()
  ) throws -> FolderCheck {
    try scratch { place in
      let old = try folder(place + "/old", files: ["t.tsv": table, "f.svg": "<svg/>\n"])
      return try FolderCheck(
        old: old, new: try folder(place + "/new", isa: isa, files: new), tolerance: tolerance)
    }
  }

  @Test func equalFoldersAgree() throws {
    let check = try Self.check(["t.tsv": Self.table, "f.svg": "<svg/>\n"])
    #expect(check.comparesBytes)
    #expect(check.differences == [])
    #expect(check.exitCode == 0)
    #expect(check.environment.map { $0.prefix(11) } == ["machine.cpu"])
  }

  @Test func sameMachineMeansSameBytes() throws {
    let near = Self.table.replacing("0.87", with: "0.8700000000000001")
    let check = try Self.check(["t.tsv": near, "f.svg": "<svg />\n"])
    #expect(check.exitCode == 1)
    #expect(check.differences.count == 2)
    #expect(check.differences[0] == "f.svg: differs from line 1 on (byte 4 of 7 → 8)")
    #expect(check.differences[1].hasPrefix("t.tsv, row 2, column auroc: 0.87 → 0.8700000000000001"))
  }

  @Test func elsewhereNumbersHaveTolerance() throws {
    let near = Self.table.replacing("0.87", with: "0.87000000001")
    let files = ["t.tsv": near, "f.svg": "<svg />\n"]
    #expect(try Self.check(files, isa: "avx512").exitCode == 0)
    let strict = try Self.check(
      files, isa: "avx512", tolerance: .init(relative: 1e-12))
    #expect(strict.exitCode == 1)
    #expect(strict.lines.contains("  machine.isa: avx2 → avx512"))
  }

  @Test(arguments: [
    ("undecided", "agrees", "t.tsv, row 3, column verdict: undecided → agrees"),
    ("\tauroc", "\tauc", "t.tsv, row 1: columns"),
    ("b\t0.9\tundecided\n", "", "t.tsv: 2 rows → 1 rows"),
    ("0.9\t", "\t", "t.tsv, row 3, column auroc: 0.9 → missing"),
  ])
  func structureAndVerdictsAreExact(from: String, to: String, said: String) throws {
    let new = ["t.tsv": Self.table.replacing(from, with: to), "f.svg": "<svg/>\n"]
    let check = try Self.check(new, isa: "avx512", tolerance: .init(relative: 1))
    #expect(check.differences.count == 1)
    #expect(check.differences.first?.hasPrefix(said) == true, "\(check.differences)")
  }

  @Test func missingAndNewFilesDiffer() throws {
    let check = try Self.check(["t.tsv": Self.table, "g.svg": ""])
    #expect(check.differences == ["f.svg: no longer written", "g.svg: new"])
  }

  @Test func foldersWithoutARunAreRefused() {
    #expect(throws: LightboxError.self) { try FolderCheck(old: "/nowhere", new: "/nowhere") }
  }

  @Test func historyTellsWhatCameFirst() throws {
    try Self.scratch { place in
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      func git(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
          ["git", "-C", place, "-c", "user.name=t", "-c", "user.email=t@t"] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
      func put(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(place)/\(name)", atomically: true, encoding: .utf8)
        try git("add", name)
        try git("commit", "-q", "-m", "change \(name)")
      }
      func history() -> ClaimHistory {
        ClaimHistory(root: place, claims: "claims.tsv", ledger: "ledger.tsv")
      }
      if case .unknown = history().order {} else { Issue.record("no checkout has no history") }
      try git("init", "-q")
      try put("a", "1")
      #expect(history().order == .uncommitted)
      try put("claims.tsv", "1")
      #expect(history().order == .noResults)
      try put("ledger.tsv", "1")
      #expect(history() == history())
      #expect(history().order == .before)
      #expect(!history().isBroken && history().amendments.isEmpty)
      try put("claims.tsv", "2")
      #expect(history().lines.last?.hasSuffix("change claims.tsv") == true)
      #expect(
        ClaimHistory(root: place, claims: "ledger.tsv", ledger: "claims.tsv").order == .notBefore)
    }
  }
}
