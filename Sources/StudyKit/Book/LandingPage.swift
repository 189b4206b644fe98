/// The first page of a book: what there is, a card a study, and every figure.
struct LandingPage {
  /// A study as its card shows it.
  struct Card {
    var entry: Catalogue.Entry
    /// The question that the study asks, from its page; nil without one.
    var question: String?
    /// Of the reader's page; empty for a study that has none yet.
    var pictures: [Fragment.Picture]
    var hasPage: Bool
  }

  var cards: [Card]

  /// The text of the page.
  var body: String {
    var parts = [
      "<h1>Lightbox</h1>",
      "<p class=\"lead\">Medical-AI papers as runnable notebooks: prose beside the code it explains, "
        + "tables, figures, and a ledger that sets every number the paper prints against the number "
        + "computed here, with an interval and a verdict.</p>",
      "<h2 id=\"studies\">Studies</h2>", "<ul class=\"cards\">",
    ]
    // What can be read comes first.
    parts += (cards.filter(\.hasPage) + cards.filter { !$0.hasPage }).map(card)
    parts += ["</ul>", Self.verdicts]
    let shown = cards.filter { !$0.pictures.isEmpty }
    if !shown.isEmpty {
      parts.append("<h2 id=\"gallery\">Gallery</h2>")
      for card in shown {
        let place = "\(card.entry.study)/index.html"
        parts.append("<h3>\(HTML.escaped(card.entry.study))</h3>")
        parts.append("<ul class=\"gallery\">")
        parts += card.pictures.map { picture in
          "<li><a href=\"\(place)#\(picture.id)\">\(image(picture, card, alt: picture.caption))</a></li>"
        }
        parts.append("</ul>")
      }
    }
    return parts.joined(separator: "\n")
  }

  private func card(_ card: Card) -> String {
    let entry = card.entry
    let place = "\(entry.study)/index.html"
    let title = HTML.escaped(entry.title)
    var lines = ["<li class=\"card\">"]
    // Sheets of pictures say more than curves at this size.
    if let picture = card.pictures.first(where: { $0.source.hasSuffix(".png") })
      ?? card.pictures.first
    {
      // The heading below names the link; the picture is described in the gallery.
      lines.append(image(picture, card, alt: "From the study: \(picture.caption)"))
    }
    lines.append("<h3>" + (card.hasPage ? "<a href=\"\(place)\">\(title)</a>" : title) + "</h3>")
    if let question = card.question { lines.append("<p>\(HTML.escaped(question))</p>") }
    var facts: [String] = []
    if entry.claims > 0 {
      facts.append(entry.claims == 1 ? "1 claim declared" : "\(entry.claims) claims declared")
      let decided = entry.coverage.map(Catalogue.short).joined(separator: ", ")
      if !decided.isEmpty { facts.append("decided \(decided)") }
    }
    if entry.seconds != nil { facts.append("measured \(Catalogue.time(entry.seconds))") }
    if !facts.isEmpty {
      lines.append("<p class=\"facts\">\(HTML.escaped(facts.joined(separator: " · ")))</p>")
    }
    if card.hasPage {
      let name = HTML.escaped(entry.study)
      lines.append(
        "<p class=\"facts\"><a href=\"\(place)\" aria-label=\"Read \(name)\">Read</a> · "
          + "<a href=\"\(entry.study)/review.html\" aria-label=\"Review \(name)\">Review</a> · "
          + "<code>\(HTML.escaped(entry.command))</code></p>")
    } else {
      lines.append(
        "<p class=\"facts\">No results yet: <code>\(HTML.escaped(entry.command))</code> makes them.</p>"
      )
    }
    return (lines + ["</li>"]).joined(separator: "\n")
  }

  private func image(_ picture: Fragment.Picture, _ card: Card, alt: String) -> String {
    "<img src=\"\(HTML.escaped("\(card.entry.study)/\(picture.source)"))\" "
      + "alt=\"\(HTML.escaped(alt))\" loading=\"lazy\">"
  }

  /// What the words of the ledgers mean.
  private static let verdicts = """
    <h2 id="verdicts">How to read a verdict</h2>
    <p>The rule of every claim was written down before its first run. At risk, and able to go the
    other way: <em>agrees</em>, <em>disagrees</em>, <em>undecided</em>. Not at risk: <em>built in</em>
    (the value was tuned to the paper, so agreement proves nothing), <em>context</em> (a fact about the
    authors' data), <em>untestable here</em>. The data tier stands beside each: <em>simulated</em>
    (patients with known truth), <em>aggregates</em> (what the paper prints), <em>public</em> or
    <em>restricted</em> (real patients).</p>
    """
}
