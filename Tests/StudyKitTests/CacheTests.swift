import Foundation
import Testing

/// What is reused, what is computed again, and how that is explained.
@Suite struct CacheTests {
  @Test func aDamagedEntryIsComputedAgainAndSaidSo() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let bytes = try program.digests()
    let stored = program.list(".cache/fixture-study/stages/walks")
    #expect(stored.filter { $0.hasSuffix("tensors.safetensors") }.count == 4)
    for name in ["tensors.safetensors", "value.json", "digests.json", "entry.json"] {
      let file = try #require(stored.first { $0.hasSuffix(name) })
      let path = "\(program.root)/.cache/fixture-study/stages/walks/\(file)"
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      data[data.count / 2] ^= 1
      try data.write(to: URL(fileURLWithPath: path))
      #expect(try program.run("--explain").output.contains("its cached value is damaged"))
      let outcome = try program.run()
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("the cached value is damaged and is computed again"))
      #expect(outcome.output.contains("5 of them reused"))
      #expect(try program.digests() == bytes)
    }
  }

  @Test func proseChangesNoKeyAndCodeChangesEvery() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let source = try program.read(FixtureProgram.study)
    try program.write(
      "//: A new opening.\n\n" + source.replacing("//: ## What is written", with: "//: ## Else"),
      to: FixtureProgram.study)
    #expect(try program.run().output.contains("6 of them reused"))
    try program.write(
      source.replacing("offset = 1.5", with: "offset = 1.5 + 0"), to: FixtureProgram.study)
    let explained = try program.run("--explain")
    #expect(explained.output.components(separatedBy: "code of the study:").count - 1 == 6)
    #expect(try program.run().output.contains("0 of them reused"))
  }

  @Test func modulesThatAStageDoesNotNameDoNotTouchIt() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    try program.write("let unused = 1\n", to: "Sources/Other/Other.swift")
    #expect(try program.run().output.contains("6 of them reused"))
    // Tensors is named by the walks alone; the summary stands on them.
    try program.write("import Kernels\nlet more = 1\n", to: "Sources/Tensors/Tensors.swift")
    let explained = try program.run("--explain").output.split(separator: "\n")
    #expect(explained.contains { $0.hasPrefix("reuse  start") })
    #expect(explained.contains { $0.contains("code of Tensors: ") })
    #expect(explained.contains { $0.contains("upstream walks[seed=1,steps=10]: ") })
  }

  @Test func explainSaysWhyAndComputesNothing() throws {
    let program = try FixtureProgram()
    let fresh = try program.run("--explain")
    #expect(fresh.code == 0)
    #expect(fresh.output.hasPrefix("fixture-study at default scale, 4 seeds: what a run would"))
    #expect(fresh.output.contains("run    start  was never run"))
    #expect(!program.exists("Figures"))
    #expect(!program.list(".cache").contains { $0.contains("stages") })
    #expect(try program.run().code == 0)
    #expect(try program.run("--explain").output.contains("reuse  walks[seed=4,steps=10]"))
    program.variables["FIXTURE_STEPS"] = "12"
    let changed = try program.run("--explain").output
    #expect(changed.contains(#"configuration: {"seed":2,"steps":10} -> {"seed":2,"steps":12}"#))
  }

  @Test func moreSeedsReuseTheSeedsThatAreThere() throws {
    let program = try FixtureProgram()
    #expect(try program.run("--seeds", "2").code == 0)
    // start and two walks are reused; two walks and the summary are new.
    #expect(try program.run("--seeds", "4").output.contains("6 stages, 3 of them reused"))
  }

  @Test func redrawNeedsNoCacheAndComputesNothing() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    let bytes = try program.digests()
    try FileManager.default.removeItem(atPath: program.root + "/.cache")
    let outcome = try program.run("--redraw")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try program.digests() == bytes)
    #expect(!program.list(".cache").contains { $0.contains("stages") })
    // A figure whose table was edited by hand is drawn from the edited table.
    let table = "Figures/fixture-study/figure-1.tsv"
    let edited = try program.read(table).replacing("seed 1\t0\t", with: "seed 1\t0\t9")
    try Data(edited.utf8).write(to: URL(fileURLWithPath: "\(program.root)/\(table)"))
    #expect(try program.run("--redraw").code == 0)
    let now = try #require(try program.digests())
    #expect(now["figure-1.svg"] != bytes?["figure-1.svg"])
    #expect(now["table-1.tsv"] == bytes?["table-1.tsv"])
  }

  @Test func redrawWithoutResultsSaysWhatToDo() throws {
    let program = try FixtureProgram()
    let outcome = try program.run("--redraw")
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("run `make fixture-study` first"))
  }

  @Test func checkFindsWhatWasChanged() throws {
    let program = try FixtureProgram()
    #expect(try program.run().code == 0)
    #expect(try program.run("--check").code == 0)
    let table = "Figures/fixture-study/table-1.tsv"
    let edited = try program.read(table).replacing("seed 1\t0\t", with: "seed 1\t0\t9")
    try Data(edited.utf8).write(to: URL(fileURLWithPath: "\(program.root)/\(table)"))
    let bytes = try program.digests()
    let outcome = try program.run("--check")
    #expect(outcome.code == 1)
    #expect(outcome.output.contains("table-1.tsv"))
    #expect(try program.digests() == bytes, "a check writes nothing")
  }

  /// What differs is on a page beside the cache; where nothing does, no page stays.
  @Test func checkWritesAPageOnlyOfWhatChanged() throws {
    let program = try FixtureProgram()
    let page = ".cache/fixture-study/check.html"
    #expect(try program.run().code == 0)
    let equal = try program.run("--check")
    #expect(equal.code == 0 && equal.output.hasSuffix("nothing changed, no page\n"))
    #expect(!program.exists(page))
    let table = "Figures/fixture-study/table-1.tsv"
    let written = try program.read(table)
    try program.write(written.replacing("seed 1\t0\t", with: "seed 1\t0\t9"), to: table)
    let changed = try program.run("--check")
    #expect(changed.code == 1)
    #expect(changed.output.contains("fixture-study: side by side in \(page)\n"))
    let html = try program.read(page)
    #expect(html.contains("<h1>What changed in fixture-study</h1>"))
    #expect(html.contains("<h3 id=\"change-1\">table-1.tsv: Where the walks went</h3>"))
    #expect(html.contains("<th scope=\"row\">seed seed 1, step 0<br><small>row 2</small></th>"))
    // The stages of a check are gone; only the page is left of it.
    #expect(!program.exists(".cache/fixture-study/check"))
    try program.write(written, to: table)
    let again = try program.run("--check")
    #expect(again.code == 0)
    #expect(again.output.hasSuffix("nothing changed; the page of an earlier check is removed\n"))
    #expect(!program.exists(page))
  }
}
