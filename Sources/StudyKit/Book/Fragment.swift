/// The body of a page: pandoc's HTML, made fit for a book.
///
/// Links lead where the book has their targets; headings never skip a level; tables have headings
/// of columns and rows, and scroll in a named region of their own; pictures carry an id and open in
/// full; verdicts carry a class. Everything that is read aloud stays the text that it was.
struct Fragment {
  struct Heading {
    var level: Int
    var id, text: String
  }

  struct Picture {
    /// Anchor on the page: `figure-1`.
    var id: String
    /// As the page links to it.
    var source: String
    var caption: String
  }

  private(set) var html = ""
  private(set) var headings: [Heading] = []
  private(set) var pictures: [Picture] = []

  private let bytes: [UInt8]
  private let tags: [HTMLTag]
  private var ids: Set<String> = []
  /// The text of the paragraph above, which names a table.
  private var above = ""
  private var tables = 0

  /// - link: where a link or picture of the woven page lies in the book.
  init(_ text: String, link: (String) -> String) {
    bytes = Array(text.utf8)
    tags = HTML.tags(bytes)
    ids = Set(tags.compactMap { $0["id"] })
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 5 / 4)
    var place = 0
    var level = 0
    var isInHead = false
    var isInLink = false
    var cells = 0
    var endsRowHeading = false
    for (index, tag) in tags.enumerated() {
      output += bytes[place..<tag.range.lowerBound]
      place = tag.range.upperBound
      let written: String
      switch (tag.name, tag.isEnd) {
      case ("a", false):
        isInLink = true
        written = anchor(tag, index, link: link)
      case ("a", true):
        isInLink = false
        written = tag.text
      case ("img", false): written = picture(tag, isInLink: isInLink, link: link)
      case ("h1", false), ("h2", false), ("h3", false), ("h4", false), ("h5", false), ("h6", false):
        level = min(Int(tag.name.suffix(1))!, level + 1)
        var heading = tag
        heading.name = "h\(level)"
        note(heading, index, level)
        written = heading.text
      case ("h1", true), ("h2", true), ("h3", true), ("h4", true), ("h5", true), ("h6", true):
        written = "</h\(level)>"
      case ("p", true):
        above = content(endedBy: index, "p").map(HTML.plain) ?? ""
        written = tag.text
      case ("table", false):
        tables += 1
        let name = above.isEmpty ? "Table \(tables) of this page" : String(above.prefix(120))
        written =
          "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\""
          + "\(HTML.escaped(name))\">\(tag.text)"
      case ("table", true): written = tag.text + "</div>"
      case ("thead", _):
        isInHead = !tag.isEnd
        written = tag.text
      case ("tr", false):
        cells = 0
        written = tag.text
      case ("th", false): written = tag.setting("scope", "col").text
      case ("td", false):
        cells += 1
        var cell = tag
        let text = content(startedBy: index, "td").map(HTML.plain) ?? ""
        if text.hasSuffix(")"), let verdict = Self.verdict(text) {
          cell = cell.setting("class", verdict)
        }
        endsRowHeading = cells == 1 && !isInHead && !text.isEmpty
        if endsRowHeading {
          cell.name = "th"
          cell = cell.setting("scope", "row")
        }
        written = cell.text
      case ("td", true):
        written = endsRowHeading ? "</th>" : tag.text
        endsRowHeading = false
      case ("pre", false):
        written = tag.setting("tabindex", "0").text
      case ("blockquote", false):
        let text = content(startedBy: index, "blockquote").map(HTML.plain) ?? ""
        written = (Self.verdict(text).map { tag.setting("class", $0) } ?? tag).text
      default:
        output += bytes[tag.range]
        continue
      }
      output += written.utf8
    }
    output += bytes[place...]
    html = String(decoding: output, as: UTF8.self)
  }

  private mutating func note(_ tag: HTMLTag, _ index: Int, _ level: Int) {
    let text = content(startedBy: index, tags[index].name).map(HTML.plain) ?? ""
    headings.append(Heading(level: level, id: tag["id"] ?? "", text: text))
  }

  /// A link to where the book has its target. The anchors of lines of code hold no text, and are
  /// hidden from those who would hear them.
  private func anchor(_ tag: HTMLTag, _ index: Int, link: (String) -> String) -> String {
    var tag = tag
    if let target = tag["href"] { tag = tag.setting("href", link(target)) }
    if tag["href"]?.hasPrefix("#") == true, index + 1 < tags.count, tags[index + 1].name == "a",
      tags[index + 1].range.lowerBound == tag.range.upperBound
    {
      tag = tag.setting("aria-hidden", "true").setting("tabindex", "-1")
    }
    return tag.text
  }

  /// A picture with an id of its own, loaded when it comes into view; it opens in full.
  private mutating func picture(
    _ tag: HTMLTag, isInLink: Bool, link: (String) -> String
  ) -> String {
    let source = link(tag["src"] ?? "")
    let file = source.split(separator: "/").last.map(String.init) ?? source
    let name = file.split(separator: ".").first.map(String.init) ?? file
    var id = name
    var count = 1
    while !ids.insert(id).inserted {
      count += 1
      id = "\(name)-\(count)"
    }
    pictures.append(Picture(id: id, source: source, caption: tag["alt"] ?? ""))
    let image = tag.setting("src", source).setting("id", id).setting("loading", "lazy").text
    return isInLink ? image : "<a class=\"picture\" href=\"\(HTML.escaped(source))\">\(image)</a>"
  }

  /// What lies between the start tag `index` and the next end tag of that name.
  private func content(startedBy index: Int, _ name: String) -> ArraySlice<UInt8>? {
    tags[index...].first { $0.isEnd && $0.name == name }
      .map { bytes[tags[index].range.upperBound..<$0.range.lowerBound] }
  }

  /// What lies between the end tag `index` and the start tag of that name before it.
  private func content(endedBy index: Int, _ name: String) -> ArraySlice<UInt8>? {
    tags[..<index].last { !$0.isEnd && $0.name == name }
      .map { bytes[$0.range.upperBound..<tags[index].range.lowerBound] }
  }

  /// Classes of a text that starts like "agrees (simulated)"; nil for any other.
  private static func verdict(_ text: String) -> String? {
    Verdict.allCases.map(\.rawValue).first { text.hasPrefix($0 + " (") }
      .map { "verdict " + $0.prefix { $0 != " " } }
  }

  /// The plain text that follows a bold word at the start of a paragraph: `**Question** …`.
  func passage(_ word: String) -> String? {
    let start = "<p><strong>\(word)</strong>"
    guard let open = html.range(of: start) else { return nil }
    let rest = html[open.upperBound...]
    let ends = ["<strong>", "</p>"].compactMap { rest.range(of: $0)?.lowerBound }
    guard let end = ends.min() else { return nil }
    return HTML.plain(Array(rest[..<end].utf8))
  }
}
