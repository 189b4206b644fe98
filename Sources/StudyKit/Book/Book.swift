import Foundation
import Kernels

/// A static site of what the studies left in Figures/: a landing page with a gallery, and for each
/// study the reader's view, the reviewer's view (ledger first) and its sources.
///
/// Pages are pandoc's HTML of the woven Markdown; pictures, tables and cases are copied where a
/// page links to them. Nothing is loaded from the network, and no page has a script. Only the
/// committed results of studies take part, never folders of other options or of real data. Equal
/// results give equal bytes. The book is checked before it takes the place of the one before it.
public struct Book {
  /// The mark by which a folder is known as a book.
  static let generator = "lightbox book"

  /// What a book holds.
  public struct Summary: Codable, Hashable, Sendable {
    /// With pages, in the catalogue's order; and those without results.
    public var studies, withoutResults: [String]
    /// Numbers of pages, links that were checked, pictures and copied files.
    public var pages, links, pictures, files: Int
  }

  let root: String
  /// The folder that becomes the book.
  public let folder: String
  private let program: String

  /// - folder: `Figures/book` below the root without one.
  /// - pandoc: the program, by name or path.
  public init(root: String, folder: String? = nil, pandoc: String = "pandoc") {
    self.root = URL(fileURLWithPath: root).standardizedFileURL.path
    self.folder =
      folder.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
      ?? "\(self.root)/Figures/book"
    program = pandoc
  }

  /// Writes the book whole, or leaves what was there.
  ///
  /// - Throws: an input error (65) where no study has results, a page cannot be turned into HTML,
  ///   or the finished book has a fault (`BookCheck`); 70 without pandoc; 73 for a folder that
  ///   cannot be written or holds something else.
  @discardableResult
  public func write() throws -> Summary {
    let catalogue = try Catalogue(root: root)
    let (with, without) = split(catalogue)
    guard !with.isEmpty else {
      throw LightboxError.input(
        file: "\(root)/Figures", found: "no results of a study",
        expected: "Figures/<study>/README.md", hint: "run `make <study>` first")
    }
    try checkOwnership()
    let parent = (folder as NSString).deletingLastPathComponent
    let assembly = "\(parent)/.\((folder as NSString).lastPathComponent).assembly"
    DurableFile.remove(assembly)
    defer { DurableFile.remove(assembly) }
    try DurableFile.makeFolder(assembly)
    let files = try assemble(catalogue, with: with, in: assembly)
    let check = try BookCheck(folder: assembly)
    try check.requireNone(
      hint: "mend the sources of the study that a page is about, then `make redraw-<study>`")
    try DurableFile.replaceFolder(folder, with: assembly)
    return Summary(
      studies: with, withoutResults: without, pages: check.pages.count, links: check.links,
      pictures: check.pictures, files: files)
  }

  /// The studies that have results, and the others.
  private func split(_ catalogue: Catalogue) -> (with: [String], without: [String]) {
    let names = catalogue.studies.map(\.study)
    func has(_ study: String) -> Bool { DurableFile.exists("\(root)/Figures/\(study)/README.md") }
    return (names.filter(has), names.filter { !has($0) })
  }

  /// Every file of the book; the number of those that are copies.
  private func assemble(_ catalogue: Catalogue, with: [String], in assembly: String) throws -> Int {
    var links = BookLinks(root: root, studies: Set(catalogue.studies.map(\.study)))
    let frame = BookFrame(
      studies: with.map { BookFrame.Link(text: $0, place: "\($0)/index.html") })
    let pandoc = Pandoc(program: program, work: assembly)
    var cards: [LandingPage.Card] = []
    for entry in catalogue.studies {
      var card = LandingPage.Card(entry: entry, question: nil, pictures: [], hasPage: false)
      if let place = with.firstIndex(of: entry.study) {
        let around = (
          before: place > 0 ? frame.studies[place - 1] : nil,
          after: place + 1 < with.count ? frame.studies[place + 1] : nil
        )
        let pages = StudyBookPages(
          study: entry.study, root: root, frame: frame, pandoc: pandoc, around: around)
        let reader = try pages.write(in: assembly, &links)
        card.question = reader.passage("Question")
        card.pictures = reader.pictures
        card.hasPage = true
      }
      cards.append(card)
    }
    let landing = frame.page(
      place: "index.html", title: "Lightbox: medical-AI papers as runnable notebooks",
      body: LandingPage(cards: cards).body)
    try DurableFile.write(landing, to: "\(assembly)/index.html")
    try DurableFile.write(BookStyle.css, to: "\(assembly)/book.css")
    for (place, file) in links.copies.sorted(by: { $0.key < $1.key }) {
      let target = "\(assembly)/\(place)"
      try DurableFile.makeFolder((target as NSString).deletingLastPathComponent)
      try DurableFile.write(try DurableFile.read(file), to: target)
    }
    return links.copies.count
  }

  /// A folder of somebody else's files is never replaced.
  private func checkOwnership() throws {
    guard DurableFile.exists(folder) else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    if DurableFile.isFolder(folder), names.isEmpty { return }
    let index = (try? DurableFile.read("\(folder)/index.html")) ?? []
    let isBook = HTML.tags(index).contains {
      $0.name == "meta" && $0["name"] == "generator" && $0["content"] == Self.generator
    }
    guard isBook else {
      throw LightboxError.cannotWrite(
        folder, "the place holds other files; choose an empty folder or a new one")
    }
  }
}
