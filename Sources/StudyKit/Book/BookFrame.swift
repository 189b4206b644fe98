/// What surrounds the text of every page: head, landmarks, navigation.
struct BookFrame {
  /// An entry of the navigation.
  struct Link {
    var text: String
    /// Place in the book.
    var place: String
  }

  /// Pages of studies, in the catalogue's order.
  var studies: [Link]

  /// A page of the book.
  ///
  /// - place: where it lies in the book: `dp-fairness/review.html`.
  /// - views: the pages of the same study, this one among them.
  /// - sections: headings of the text that the contents list.
  func page(
    place: String, title: String, views: [Link] = [], sections: [Fragment.Heading] = [],
    body: String, around: (before: Link?, after: Link?) = (nil, nil)
  ) -> String {
    func to(_ target: String) -> String { BookLinks.relative(from: place, to: target) }
    func anchor(_ link: Link, attributes: String = "") -> String {
      let mark = link.place == place ? " aria-current=\"page\"" : ""
      return "<a href=\"\(to(link.place))\"\(mark)\(attributes)>\(HTML.escaped(link.text))</a>"
    }
    func list(_ items: [String]) -> String {
      "<ul>\n" + items.map { "<li>\($0)</li>\n" }.joined() + "</ul>"
    }
    var beside: [String] = []
    if !views.isEmpty {
      beside.append(
        "<nav class=\"views\" aria-label=\"Views of this study\">\n\(list(views.map { anchor($0) }))"
          + "\n</nav>")
    }
    if sections.count > 1 {
      let items = sections.map { "<a href=\"#\($0.id)\">\(HTML.escaped($0.text))</a>" }
      beside.append(
        "<nav class=\"contents\" aria-label=\"On this page\">\n\(list(items))\n</nav>")
    }
    var turns: [String] = []
    if let before = around.before { turns.append(anchor(before, attributes: " rel=\"prev\"")) }
    if let after = around.after { turns.append(anchor(after, attributes: " rel=\"next\"")) }
    let turning =
      turns.isEmpty
      ? "" : "<nav class=\"turn\" aria-label=\"Other studies\">\n\(list(turns))\n</nav>\n"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="\(Book.generator)">
      <title>\(HTML.escaped(title))</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="\(to("book.css"))">
      </head>
      <body>
      <a class="skip" href="#main">Skip to the text</a>
      <header>
      <a class="home" href="\(to("index.html"))">Lightbox</a>
      <nav aria-label="Studies"><details><summary>Studies</summary>
      \(list(studies.map { anchor($0) }))
      </details></nav>
      </header>
      <div class="sheet\(beside.isEmpty ? " wide" : "")">
      \(beside.isEmpty ? "" : "<div class=\"beside\">\n\(beside.joined(separator: "\n"))\n</div>")
      <main id="main">
      \(body)
      </main>
      </div>
      <footer>
      \(turning)<p>Made by <code>make book</code> from what the studies wrote. Numbers carry the tier of
      their data; a simulated result never claims to have reproduced an empirical finding.</p>
      </footer>
      </body>
      </html>

      """
  }
}
