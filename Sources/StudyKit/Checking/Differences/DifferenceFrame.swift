/// What surrounds the sections of a page of differences: head, style, a list of what changed.
enum DifferenceFrame {
  /// Kinds of files, in the order of the page.
  enum Kind: CaseIterable {
    case ledger, table, figure, other

    var heading: String {
      switch self {
      case .ledger: "Ledger"
      case .table: "Tables"
      case .figure: "Figures"
      case .other: "Other files"
      }
    }
  }

  /// A table, a figure with its files, or any other file.
  struct Section {
    var kind: Kind
    var title: String
    var files: [FolderCheck.Changed]
    /// HTML.
    var body: String
  }

  /// What tells such a page from any other file.
  static let mark = "<meta name=\"generator\" content=\"lightbox check\">"

  /// The page: sections in the order that they are given in, those of a kind beside each other.
  ///
  /// - remarks: sentences, as text, that say what the comparison was.
  static func page(
    study: String, committed: String, remarks: [String], sections: [Section]
  ) -> String {
    let name = HTML.escaped(study)
    let count = sections.reduce(0) { $0 + $1.files.count }
    var body = [
      "<h1>What changed in \(name)</h1>",
      "<p class=\"lead\">\(count) \(count == 1 ? "file differs" : "files differ") between what is "
        + "committed in <code>\(HTML.escaped(committed))</code> and what was computed now.</p>",
    ]
    if !remarks.isEmpty {
      body.append("<ul>\(remarks.map { "<li>\(HTML.escaped($0))</li>" }.joined())</ul>")
    }
    body.append(summary(sections))
    for (index, section) in sections.enumerated() {
      if index == 0 || sections[index - 1].kind != section.kind {
        body.append("<h2>\(section.kind.heading)</h2>")
      }
      body.append("<h3 id=\"change-\(index + 1)\">\(HTML.escaped(section.title))</h3>")
      body.append(section.body)
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      \(mark)
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>What changed in \(name) · Lightbox</title>
      <link rel="icon" href="data:,">
      <style>
      \(BookStyle.css)
      \(rules)
      </style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the text</a>
      <header><span class="home">Lightbox</span></header>
      <div class="sheet wide">
      <main id="main">
      \(body.joined(separator: "\n"))
      </main>
      </div>
      <footer>
      <p>Made by a check of results, and not committed. A change is for its author to explain:
      results are committed again by <code>make \(name)</code>.</p>
      </footer>
      </body>
      </html>

      """
  }

  /// Every file, what became of it, and a link to where it is shown.
  private static func summary(_ sections: [Section]) -> String {
    var rows: [String] = []
    for (index, section) in sections.enumerated() {
      for change in section.files {
        let what =
          switch change.kind {
          case .missing: "no longer written"
          case .added: "new"
          case .changed: "changed"
          }
        rows.append(
          "<tr><th scope=\"row\"><a href=\"#change-\(index + 1)\">\(HTML.escaped(change.file))</a>"
            + "</th><td>\(what)</td></tr>")
      }
    }
    return DifferenceTables.grid(["file", "what"], rows, name: "Files that differ")
  }

  /// What the style of a book lacks: sides beside each other where there is room.
  private static let rules = """
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));
      gap:1rem;align-items:start;margin:1rem 0}
    .pair>*{min-width:0;margin:0}
    .pair img{display:block;border:1px solid var(--rule)}
    figcaption,small{color:var(--quiet);font-size:.85rem}
    @media print{.pair{grid-template-columns:1fr 1fr 1fr}}
    """
}
