/// What a page needs so that a keyboard, a screen reader and a phone can use it.
///
/// A language, a title, a viewport; a link that skips to the text; one `main` and one `h1`, levels
/// of headings without gaps; navigation and scrolling regions with names; pictures with alternative
/// texts; tables whose headings say what they head; links that have a text; ids used once.
enum PageStructure {
  /// What was found, and what was expected instead.
  typealias Fault = (found: String, expected: String)

  static func faults(_ bytes: [UInt8], _ tags: [HTMLTag]) -> [Fault] {
    head(bytes, tags) + landmarks(tags) + headings(bytes, tags) + tables(bytes, tags)
      + names(bytes, tags)
  }

  private static func starts(_ tags: [HTMLTag], _ name: String) -> [HTMLTag] {
    tags.filter { $0.name == name && !$0.isEnd }
  }

  /// The text of the element that starts with the tag at `index`; nested ones of its name are none.
  private static func text(_ bytes: [UInt8], _ tags: [HTMLTag], _ index: Int) -> String {
    let tag = tags[index]
    guard let end = tags[index...].first(where: { $0.isEnd && $0.name == tag.name }) else {
      return ""
    }
    return HTML.plain(bytes[tag.range.upperBound..<end.range.lowerBound])
  }

  private static func head(_ bytes: [UInt8], _ tags: [HTMLTag]) -> [Fault] {
    var faults: [Fault] = []
    let start = String(decoding: bytes.prefix(15), as: UTF8.self).lowercased()
    if start != "<!doctype html>" { faults.append(("no document type", "<!DOCTYPE html> first")) }
    if starts(tags, "html").first?["lang"]?.isEmpty ?? true {
      faults.append(("no language", "<html lang=\"en\">"))
    }
    let title = tags.firstIndex { $0.name == "title" && !$0.isEnd }
    if title.map({ text(bytes, tags, $0).isEmpty }) ?? true {
      faults.append(("no title", "a <title> with a text"))
    }
    let viewport = starts(tags, "meta").first { $0["name"] == "viewport" }?["content"] ?? ""
    if !viewport.contains("width=device-width") || viewport.contains("user-scalable=no") {
      faults.append(("no viewport for phones", "one of the device's width that can be enlarged"))
    }
    if !starts(tags, "script").isEmpty { faults.append(("a script", "a page without scripts")) }
    return faults
  }

  private static func landmarks(_ tags: [HTMLTag]) -> [Fault] {
    var faults: [Fault] = []
    let mains = starts(tags, "main")
    if mains.count != 1 {
      faults.append(("\(mains.count) main elements", "one"))
    }
    let skip = starts(tags, "a").first?["href"] ?? ""
    if skip != "#" + (mains.first?["id"] ?? "main") {
      faults.append(("no skip link", "a first link that leads to the main element"))
    }
    for name in ["header", "footer"] where starts(tags, name).isEmpty {
      faults.append(("no \(name)", "one"))
    }
    var labels: Set<String> = []
    for tag in starts(tags, "nav") {
      let label = tag["aria-label"] ?? ""
      if label.isEmpty || !labels.insert(label).inserted {
        faults.append(("a navigation called \"\(label)\"", "a name of its own"))
      }
    }
    for tag in tags where tag["role"] == "region" && (tag["aria-label"] ?? "").isEmpty {
      faults.append(("a region without a name", "aria-label"))
    }
    for (index, tag) in tags.enumerated() where tag.name == "details" && !tag.isEnd {
      if index + 1 >= tags.count || tags[index + 1].name != "summary" {
        faults.append(("details without a summary", "a summary first"))
      }
    }
    return faults
  }

  private static func headings(_ bytes: [UInt8], _ tags: [HTMLTag]) -> [Fault] {
    var faults: [Fault] = []
    var before = 0
    var titles = 0
    for (index, tag) in tags.enumerated() where !tag.isEnd {
      guard tag.name.count == 2, tag.name.first == "h", let level = Int(tag.name.dropFirst()),
        (1...6).contains(level)
      else { continue }
      let text = text(bytes, tags, index)
      if text.isEmpty { faults.append(("an empty \(tag.name)", "a heading with a text")) }
      if level > before + 1 {
        faults.append(("the \(tag.name) \"\(text)\"", "a level of at most h\(before + 1) here"))
      }
      if level == 1 { titles += 1 }
      before = level
    }
    if titles != 1 { faults.append(("\(titles) headings h1", "one")) }
    return faults
  }

  private static func tables(_ bytes: [UInt8], _ tags: [HTMLTag]) -> [Fault] {
    var faults: [Fault] = []
    var count = 0
    var hasHeading = true
    for tag in tags {
      switch (tag.name, tag.isEnd) {
      case ("table", false):
        count += 1
        hasHeading = false
      case ("table", true) where !hasHeading:
        faults.append(("table \(count) without headings", "th elements"))
      case ("th", false):
        hasHeading = true
        if !["col", "row", "colgroup", "rowgroup"].contains(tag["scope"] ?? "") {
          faults.append(("a heading of table \(count) without scope", "col or row"))
        }
      default: break
      }
    }
    return faults
  }

  /// Pictures, links and ids.
  private static func names(_ bytes: [UInt8], _ tags: [HTMLTag]) -> [Fault] {
    var faults: [Fault] = []
    var ids: Set<String> = []
    for (index, tag) in tags.enumerated() where !tag.isEnd {
      if let id = tag["id"], !ids.insert(id).inserted || id.isEmpty {
        faults.append(("the id \"\(id)\" again", "an id used once"))
      }
      if tag.name == "img", (tag["alt"] ?? "").allSatisfy(\.isWhitespace) {
        faults.append(("the picture \(tag["src"] ?? "") without a text", "alt that describes it"))
      }
      guard tag.name == "a", tag["href"] != nil, tag["aria-hidden"] != "true" else { continue }
      let inside = tags[index...].dropFirst().prefix { !($0.isEnd && $0.name == "a") }
      let isNamed =
        !(tag["aria-label"] ?? "").isEmpty || inside.contains { !($0["alt"] ?? "").isEmpty }
        || !text(bytes, tags, index).isEmpty
      if !isNamed {
        faults.append(
          ("a link to \(tag["href"] ?? "") without a text", "a text that says where to"))
      }
    }
    return faults
  }
}
