import Foundation
import Testing

/// `lightbox check` and `lightbox list` on what is committed.
@Suite struct KitCommandTests {
  static let study = "Figures/phantoms"

  @Test func checkFindsOneChangedDigit() throws {
    try Command.withFolder { folder in
      let copy = folder + "/phantoms"
      try FileManager.default.copyItem(
        atPath: "\(Command.root)/\(Self.study)", toPath: copy)
      let equal = try Command.run("check", Self.study, copy)
      #expect(equal.code == 0 && equal.output == "same bytes\n", "\(equal.output)\(equal.errors)")
      let path = copy + "/table-limits.tsv"
      var text = try String(contentsOfFile: path, encoding: .utf8)
      let header = try #require(text.firstIndex(of: "\n"))
      let digit = try #require(text[header...].firstIndex { "12345678".contains($0) })
      text.replaceSubrange(digit...digit, with: "9")
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let changed = try Command.run("check", Self.study, copy)
      #expect(changed.code == 1)
      #expect(changed.lines.count == 1 && changed.output.hasPrefix("table-limits.tsv, row "))
      let json = try Command.run("check", Self.study, copy, "--json")
      #expect(json.code == 1 && json.output.contains("\"equal\" : false"))
    }
  }

  @Test func checkShowsWhatDiffersOnAPage() throws {
    try Command.withFolder { folder in
      let (copy, page) = (folder + "/phantoms", folder + "/differences.html")
      let manager = FileManager.default
      try manager.copyItem(atPath: "\(Command.root)/\(Self.study)", toPath: copy)
      func check() throws -> Command.Outcome {
        try Command.run("check", Self.study, copy, "--page", page)
      }
      let none = try check()
      #expect(none.code == 0 && none.lines.last == "nothing changed: no page")
      try manager.removeItem(atPath: copy + "/figure-sites.gp")
      let changed = try check()
      #expect(changed.code == 1 && changed.lines.last == "side by side in \(page)")
      let html = try String(contentsOfFile: page, encoding: .utf8)
      #expect(html.contains("<h1>What changed in phantoms</h1>"))
      #expect(html.contains(">figure-sites.gp</a></th><td>no longer written</td>"))
      try manager.copyItem(
        atPath: "\(Command.root)/\(Self.study)/figure-sites.gp",
        toPath: copy + "/figure-sites.gp")
      let again = try check()
      #expect(again.code == 0 && again.lines.last == "nothing changed: \(page) is removed")
      #expect(!manager.fileExists(atPath: page))
      // A file of somebody else is neither replaced nor removed.
      try "thesis".write(toFile: page, atomically: true, encoding: .utf8)
      #expect(try check().code == 73)
      #expect(try String(contentsOfFile: page, encoding: .utf8) == "thesis")
    }
    #expect(try Command.run("check", Self.study, "--page", "a.html").code == 64)
  }

  @Test func checkRefusesWhatIsNoResult() throws {
    try Command.withFolder { folder in
      let outcome = try Command.run("check", Self.study, folder)
      #expect(outcome.code == 65 && outcome.errors.contains("run.json"), "\(outcome.errors)")
    }
    #expect(try Command.run("check", "a", "b", "c").code == 64)
    #expect(try Command.run("check", Self.study, Self.study, "--relative=-1").code == 64)
  }

  @Test func listNamesEveryStudy() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Command.root + "/Studies")
      .filter { !$0.hasPrefix(".") }.sorted()
    let outcome = try Command.run("list", "--json")
    #expect(outcome.code == 0)
    struct Found: Decodable {
      struct Row: Decodable {
        var study, title: String
      }
      var studies: [Row]
    }
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.studies.map(\.study) == folders)
    #expect(found.studies.allSatisfy { !$0.title.isEmpty })
  }
}
