import Foundation
import Testing

@Suite struct NewStudyCommandTests {
  static let example = "Tests/Fixtures/first-study"

  /// What a new study is made from, as the checkout has it.
  static func withCheckout(_ body: (String) throws -> Void) throws {
    try Command.withFolder { root in
      let manager = FileManager.default
      try manager.createDirectory(
        atPath: root + "/Tests/Fixtures", withIntermediateDirectories: true)
      for file in ["Package.swift", "Makefile", example] {
        try manager.copyItem(atPath: "\(Command.root)/\(file)", toPath: "\(root)/\(file)")
      }
      try body(root)
    }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  /// The names on the list of studies, which may stand on one line or on several.
  static func studies(_ package: String) throws -> [String] {
    let open = try #require(package.range(of: "let studies = ["))
    let list = package[open.upperBound...].prefix { $0 != "]" }
    return list.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
  }

  @Test func writesTheExampleUnderANewName() throws {
    try Self.withCheckout { root in
      let before = try Self.studies(try Self.text(root + "/Package.swift"))
      let outcome = try Command.run(
        "new-study", "second-look", "--title", "A look", "--root", root)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        outcome.lines.prefix(3) == [
          "Studies/second-look/SecondLook.swift", "Studies/second-look/claims.tsv", "Package.swift",
        ])
      #expect(outcome.output.contains("make second-look SCALE=smoke"))
      let example = try Self.text("\(root)/\(Self.example)/FirstStudy.swift")
      let written = try Self.text("\(root)/Studies/second-look/SecondLook.swift")
      let expected = example.replacing("FirstStudy", with: "SecondLook")
        .replacing("First study", with: "A look")
      #expect(written == expected && written != example)
      #expect(written.hasPrefix("//: # A look\n") && written.contains("struct SecondLook: Study {"))
      #expect(
        try Self.text("\(root)/Studies/second-look/claims.tsv")
          == Self.text("\(root)/\(Self.example)/claims.tsv"))
      let package = try Self.text(root + "/Package.swift")
      #expect(try Self.studies(package) == (before + ["second-look"]).sorted())
      #expect(package.split(separator: "\n").allSatisfy { $0.count <= 100 })
      // The rest of the package is as it was.
      let old = try Self.text(Command.root + "/Package.swift")
      for mark in ["let testTargets", "import PackageDescription"] {
        #expect(package.contains(mark) && old.contains(mark))
      }
      let again = try Command.run("new-study", "second-look", "--root", root)
      #expect(again.code == 64)
      #expect(again.errors.contains("is taken: Studies/second-look is there"))
      #expect(try Self.text(root + "/Package.swift") == package)
      let listed = try Command.run("list", "--root", root)
      #expect(listed.lines.first == "second-look  A look")
    }
  }

  @Test(arguments: [
    ("Knee_Reading", "for example knee-reading"), ("a--b", "for example a-b"),
    ("../away", "for example away"), ("", "lower-case words"), ("9", "lower-case words"),
    (String(repeating: "a", count: 41), "at most 40 characters"),
    ("class", "a word of Swift's own"), ("bench", "Package.swift has bench"),
    ("dp-fairness", "Package.swift has dp-fairness"),
    ("statistics", "Package.swift has Statistics"),
    ("test", "make test does something else"), ("check-up", "make check-<study> is about"),
    ("study", "its type would be Study"),
  ])
  func namesThatAreNoneOrTaken(name: String, part: String) throws {
    try Self.withCheckout { root in
      let outcome = try Command.run("new-study", name, "--root", root)
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: root + "/Studies"))
      #expect(
        try Self.text(root + "/Package.swift") == Self.text(Command.root + "/Package.swift"))
    }
  }

  @Test func titlesAndRootsThatAreNone() throws {
    try Self.withCheckout { root in
      let title = try Command.run("new-study", "look", "--title", "a \"b\"", "--root", root)
      #expect(title.code == 64)
      #expect(title.errors.contains("the title: expected one line"))
      try "let studies = [name]\n".write(
        toFile: root + "/Package.swift", atomically: true, encoding: .utf8)
      let list = try Command.run("new-study", "look", "--root", root)
      #expect(list.code == 65)
      #expect(list.errors.contains("found name in the list of studies"))
      #expect(!FileManager.default.fileExists(atPath: root + "/Studies"))
    }
    try Command.withFolder { root in
      let outcome = try Command.run("new-study", "look", "--root", root)
      #expect(outcome.code == 65)
      #expect(outcome.errors.contains("found no Package.swift, expected the root of a checkout"))
    }
  }

  /// A list that grows too long for its line takes a line a name, and is read in that form too.
  @Test func longListsBreak() throws {
    try Self.withCheckout { root in
      let package = root + "/Package.swift"
      let names = ["diffusion-vs-gan", "dp-fairness", "federated-learning", "thyroid-volumetry"]
      let line = "let studies = [" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
      #expect(line.count == 92)
      try "// before\n\(line)\n  .map(study)\n".write(
        toFile: package, atomically: true, encoding: .utf8)
      for name in ["second-look", "a-third-look"] {
        #expect(try Command.run("new-study", name, "--root", root).code == 0)
      }
      #expect(
        try Self.text(package) == """
          // before
          let studies = [
            "a-third-look",
            "diffusion-vs-gan",
            "dp-fairness",
            "federated-learning",
            "second-look",
            "thyroid-volumetry",
          ]
            .map(study)

          """)
    }
  }

  /// The study that is copied runs, weaves, keeps its claims and can be checked. Simulated in an
  /// independent program (numpy, 5 seeds of 10,000 samples), the intervals cover 82.0 to 87.5 %
  /// of skewed samples at n = 5, 10 and 20, 92.1 % with half the skew, and 94.8 to 95.4 % of normal
  /// ones: each is more than ten standard errors (0.4 points) from what would change a verdict.
  @Test func theExampleRunsWeavesAndHoldsItsClaims() throws {
    try Self.withCheckout { root in
      let manager = FileManager.default
      try manager.createDirectory(atPath: root + "/Studies", withIntermediateDirectories: true)
      try manager.copyItem(
        atPath: "\(root)/\(Self.example)", toPath: root + "/Studies/first-study")
      let run = try Command.run("--root", root, program: "first-study")
      #expect(run.code == 0, "\(run.errors)")
      let figures = root + "/Figures/first-study"
      let ledger = try Self.text(figures + "/ledger.tsv").split(separator: "\n").map {
        $0.components(separatedBy: "\t")
      }
      let columns = try ["id", "tier", "verdict"].map { name in
        try #require(ledger[0].firstIndex(of: name))
      }
      let verdicts = ledger.dropFirst().map { row in columns.map { row[$0] } }
      #expect(verdicts.contains(["mean.se", "aggregates", "agrees"]))
      #expect(verdicts.contains(["mean.coverage", "simulated", "agrees"]))
      let page = try Self.text(figures + "/README.md")
      #expect(page.hasPrefix("<!-- Woven from first-study's sources"))
      #expect(page.contains("It is 2.00: agrees (aggregates)."))
      for file in ["REVIEW.md", "table-1.tsv", "figure-1.svg", "cases/estimates.tsv"] {
        #expect(manager.fileExists(atPath: "\(figures)/\(file)"), "\(file)")
      }
      let woven = try Command.run(
        "weave", "first-study", "--root", root, "--print", "--budget",
        "about 10 seconds at default scale on two cores")
      #expect(woven.code == 0)
      #expect(woven.output == page)
      let check = try Command.run("--check", "--root", root, program: "first-study")
      #expect(check.code == 0, "\(check.output)\(check.errors)")
    }
  }
}
