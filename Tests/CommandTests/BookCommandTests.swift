import Foundation
import Testing

@Suite struct BookCommandTests {
  /// A checkout with the results of one study.
  static func checkout(_ root: String, link: String) throws {
    for (file, text) in [
      ("Studies/tiny/Tiny.swift", "//: # Tiny\nlet a = 1\n"),
      ("Figures/tiny/README.md", "# Tiny\n\nSee [the review](\(link)).\n"),
      ("Figures/tiny/REVIEW.md", "# Review of tiny\n\nThe study judges no claims.\n"),
    ] {
      let path = "\(root)/\(file)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  struct Summary: Decodable {
    var studies, withoutResults: [String]
    var pages, links, pictures, files: Int
  }

  struct Checked: Decodable {
    var pages, links: Int
    var faults: [String]
  }

  @Test func writesAndChecksABook() throws {
    try Command.withFolder { root in
      try Self.checkout(root, link: "REVIEW.md")
      let json = try Command.run("book", "--root", root, "--json")
      #expect(json.code == 0, "\(json.errors)")
      let summary = try JSONDecoder().decode(Summary.self, from: Data(json.output.utf8))
      #expect(summary.studies == ["tiny"] && summary.pages == 4 && summary.files == 0)
      #expect(summary.withoutResults == [] && summary.pictures == 0 && summary.links > 20)
      let again = try Command.run("book", "--root", root, "--out", root + "/site")
      #expect(again.code == 0)
      #expect(again.lines.first?.hasPrefix("\(root)/site/index.html: tiny; 4 pages") == true)
      let check = try Command.run("book", "--root", root, "--check")
      #expect(check.code == 0)
      #expect(check.output == "4 pages, \(summary.links) links: no fault\n")
    }
  }

  @Test func aBrokenLinkEndsWithPageAndTarget() throws {
    try Command.withFolder { root in
      try Self.checkout(root, link: "gone.tsv")
      let outcome = try Command.run("book", "--root", root)
      #expect(outcome.code == 65)
      #expect(outcome.output == "")
      #expect(
        outcome.errors.contains(
          "tiny/index.html: found a link to gone.tsv, expected a page, a picture or a file"))
      #expect(!FileManager.default.fileExists(atPath: root + "/Figures/book"))
    }
  }

  @Test func aDamagedBookIsFound() throws {
    try Command.withFolder { root in
      try Self.checkout(root, link: "REVIEW.md")
      _ = try Command.run("book", "--root", root)
      try FileManager.default.removeItem(atPath: root + "/Figures/book/tiny/review.html")
      let outcome = try Command.run("book", "--root", root, "--check", "--json")
      #expect(outcome.code == 65)
      let checked = try JSONDecoder().decode(Checked.self, from: Data(outcome.output.utf8))
      // The landing page, the link of the text, and the views of both pages that are left.
      #expect(
        checked.faults.filter { $0.contains("review.html, expected a page") }.count
          == checked.faults.count)
      #expect(
        checked.faults.contains {
          $0.hasPrefix("tiny/index.html: found a link to review.html, expected")
        })
    }
  }

  @Test func refusals() throws {
    try Command.withFolder { root in
      let nothing = try Command.run("book", "--root", root)
      #expect(nothing.code == 65)
      #expect(nothing.errors.contains("expected the root of a checkout"))
      try Self.checkout(root, link: "REVIEW.md")
      let pandoc = try Command.run("book", "--root", root, "--pandoc", root + "/none")
      #expect(pandoc.code == 70)
      #expect(pandoc.errors.contains("run `make book-packages`"))
      let missing = try Command.run("book", "--root", root, "--check")
      #expect(missing.code == 65)
      #expect(missing.errors.contains("found no index.html, expected a book"))
    }
  }
}
