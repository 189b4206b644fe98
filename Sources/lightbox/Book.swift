import ArgumentParser
import Foundation
import Kernels
import StudyKit

/// `lightbox book`: what the studies left in Figures/, as a static site.
struct BookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "book",
    abstract: "The studies as a static site: read, review, sources.",
    discussion: """
      From the woven pages in Figures/<study>/ pandoc makes a site that needs no network and no \
      script: a landing page with a gallery, and for each study the reader's view, the reviewer's \
      view (ledger first) and the sources. Every link and the structure of every page are checked \
      before the site replaces the one before; a broken link is an error that names page and target. \
      `make book` installs pandoc and does this.

      Example:

        lightbox book --out /tmp/book
      """)

  @Option(help: "The root of the checkout.")
  var root: String = "."
  @Option(help: "The folder of the site; Figures/book without it.")
  var out: String?
  @Option(help: "The pandoc program, by name or path.")
  var pandoc: String = "pandoc"
  @Flag(name: .customLong("check"), help: "Only check the site that is there.")
  var checks = false
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let book = Book(root: root, folder: out, pandoc: pandoc)
    if checks {
      let check = try BookCheck(folder: book.folder)
      if json {
        print(
          try JSONText.text(
            Checked(
              pages: check.pages.count, links: check.links, faults: check.faults.map(\.description))
          ))
        if !check.faults.isEmpty { throw ExitCode(LightboxError.Kind.input.rawValue) }
      } else {
        try check.requireNone(hint: "run `make book` again")
        print("\(check.pages.count) pages, \(check.links) links: no fault")
      }
      return
    }
    let summary = try book.write()
    if json {
      print(try JSONText.text(summary))
    } else {
      print(
        "\(book.folder)/index.html: \(summary.studies.joined(separator: ", ")); "
          + "\(summary.pages) pages, \(summary.links) links and \(summary.pictures) pictures checked"
      )
      for study in summary.withoutResults {
        print("\(study): no results yet; `make \(study)` makes them")
      }
    }
  }

  private struct Checked: Encodable {
    var pages, links: Int
    var faults: [String]
  }
}
