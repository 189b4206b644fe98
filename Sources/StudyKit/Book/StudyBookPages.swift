import Foundation
import Kernels
import Plotting

/// The three pages of one study: as a reader sees it, as a reviewer does, and its sources.
struct StudyBookPages {
  let study: String
  let root: String
  let frame: BookFrame
  let pandoc: Pandoc
  /// Neighbours in the catalogue.
  let around: (before: BookFrame.Link?, after: BookFrame.Link?)

  private var views: [BookFrame.Link] {
    [
      BookFrame.Link(text: "Read", place: "\(study)/index.html"),
      BookFrame.Link(text: "Review: ledger first", place: "\(study)/review.html"),
      BookFrame.Link(text: "Sources", place: "\(study)/source.html"),
    ]
  }

  /// Writes the pages, and notes in `links` what they need beside them.
  ///
  /// - Returns: the text of the reader's page.
  /// - Throws: an input error where a page has no title or is missing, and what `Pandoc.html` throws.
  func write(in assembly: String, _ links: inout BookLinks) throws -> Fragment {
    try DurableFile.makeFolder("\(assembly)/\(study)")
    let reader = try woven("README.md", to: "index.html", in: assembly, &links)
    _ = try woven("REVIEW.md", to: "review.html", in: assembly, &links)
    let sources = try StudySource.read(
      folder: "Studies/\(study)", root: root, log: try log())
    let markdown = SourcePage.markdown(study: study, sources: sources)
    let html = try pandoc.html(markdown, .named, name: "Studies/\(study)")
    try put(Fragment(html) { $0 }, "source.html", assembly, from: "Studies/\(study)")
    return reader
  }

  /// Reading order of the sources follows the log.
  private func log() throws -> [LogRow] {
    let file = "Figures/\(study)/log.tsv"
    guard DurableFile.exists("\(root)/\(file)") else { return [] }
    let text = String(decoding: try DurableFile.read("\(root)/\(file)"), as: UTF8.self)
    return try TSV.decode(LogRow.self, text, file: file)
  }

  private func woven(
    _ name: String, to page: String, in assembly: String, _ links: inout BookLinks
  ) throws -> Fragment {
    let file = "Figures/\(study)/\(name)"
    let text = String(decoding: try DurableFile.read("\(root)/\(file)"), as: UTF8.self)
    let html = try pandoc.html(text, .woven, name: file)
    let fragment = Fragment(html) {
      links.target($0, study: study, page: "\(study)/\(page)")
    }
    try put(fragment, page, assembly, from: file)
    return fragment
  }

  /// A page with the contents of its headings of level 2.
  private func put(
    _ fragment: Fragment, _ page: String, _ assembly: String, from file: String
  ) throws {
    guard let title = fragment.headings.first(where: { $0.level == 1 })?.text else {
      throw LightboxError.input(
        file: file, found: "no title", expected: "a line that starts with #")
    }
    let text = frame.page(
      place: "\(study)/\(page)", title: "\(title) · Lightbox", views: views,
      sections: fragment.headings.filter { $0.level == 2 && !$0.id.isEmpty },
      body: fragment.html, around: around)
    try DurableFile.write(text, to: "\(assembly)/\(study)/\(page)")
  }
}
