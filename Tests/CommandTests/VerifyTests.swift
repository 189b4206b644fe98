import Foundation
import Testing

private enum Python {
  static let isThere = ["/usr/bin/python3", "/usr/local/bin/python3"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}

/// `make verify` on the results of the first study: the script recomputes what the page says, and
/// finds a wrong digit in a table, in the ledger and in the cases.
@Suite(.enabled(if: Python.isThere, "python3 is needed")) struct VerifyTests {
  static func verify(_ folder: String, _ script: String = "verify.py") throws -> Command.Outcome {
    // The command's helper starts programs beside the tests; env finds those of the system.
    let up = String(repeating: "../", count: 64)
    return try Command.run(
      ["python3", "-B", "\(Command.root)/Tests/Outside/\(script)", folder],
      program: up + "usr/bin/env")
  }

  /// Results of the first study at default options, in a checkout of their own.
  static func withResults(_ body: (String) throws -> Void) throws {
    try NewStudyCommandTests.withCheckout { root in
      let manager = FileManager.default
      try manager.createDirectory(atPath: root + "/Studies", withIntermediateDirectories: true)
      try manager.copyItem(
        atPath: "\(root)/\(NewStudyCommandTests.example)", toPath: root + "/Studies/first-study")
      let run = try Command.run("--root", root, program: "first-study")
      #expect(run.code == 0, "\(run.errors)")
      try body(root + "/Figures/first-study")
    }
  }

  @Test func theScriptAgreesWithThePageAndFindsPlantedDigits() throws {
    try Self.withResults { folder in
      let share =
        "`make verify` recomputes 1 of 2 measured values from `cases/`, and 1 of their intervals."
      for page in ["README.md", "REVIEW.md"] {
        let text = try NewStudyCommandTests.text("\(folder)/\(page)")
        #expect(text.contains(share), "\(page)")
      }
      let review = try NewStudyCommandTests.text(folder + "/REVIEW.md")
      #expect(
        review.contains(
          "- follows from printed numbers, with no cases behind it: `mean.se` (aggregates)"))
      let sound = try Self.verify(folder)
      #expect(sound.code == 0, "\(sound.output)\(sound.errors)")
      #expect(sound.output.contains("1 of 2 measured values recomputed, 1 of their intervals"))
      let planted = try Self.verify(folder, "verify_planted.py")
      #expect(planted.code == 0, "\(planted.output)\(planted.errors)")
      // A table and the ledger as they are; value, end of the interval and cases with fitting
      // digests as well.
      for part in [
        "/table-1.tsv, ", "/ledger.tsv, ", "column measured", "column low",
        "/cases/estimates.tsv, ",
        "(digest made to fit): FAULT mean.coverage (simulated)", "6 wrong digits planted, 6 found",
      ] {
        #expect(planted.output.contains(part), "\(part) in \(planted.output)")
      }
    }
  }

  @Test func whatIsNoResultIsSaid() throws {
    try Command.withFolder { folder in
      let outcome = try Self.verify(folder)
      #expect(outcome.code == 1)
      #expect(outcome.output.contains("cannot be read"))
    }
  }
}
