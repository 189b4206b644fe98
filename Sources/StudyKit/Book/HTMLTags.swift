/// A tag of an HTML text and where it stands.
struct HTMLTag {
  /// In lower case: `a`, `table`.
  var name: String
  var isEnd: Bool
  /// In the order of the text, values with their entities read.
  var attributes: [(name: String, value: String)]
  /// UTF-8 offsets, from `<` to behind `>`.
  var range: Range<Int>

  /// The value of an attribute; nil where there is none.
  subscript(_ attribute: String) -> String? {
    attributes.first { $0.name == attribute }?.value
  }

  /// The start tag as text, with its attributes' values escaped.
  var text: String {
    isEnd
      ? "</\(name)>"
      : "<\(name)" + attributes.map { " \($0.name)=\"\(HTML.escaped($0.value))\"" }.joined() + ">"
  }

  /// The tag with an attribute set, in its place or at the end.
  func setting(_ attribute: String, _ value: String) -> HTMLTag {
    var tag = self
    if let place = attributes.firstIndex(where: { $0.name == attribute }) {
      tag.attributes[place].value = value
    } else {
      tag.attributes.append((attribute, value))
    }
    return tag
  }
}

/// Reading and writing the little HTML that a book needs.
///
/// Tags and attributes of any text are found, whether or not they match; comments, declarations and
/// the contents of `script` and `style` are passed over. That is what links and structure need;
/// it is no parser of documents.
enum HTML {
  /// The tags in the order of the text. Linear in its length.
  static func tags(_ bytes: [UInt8]) -> [HTMLTag] {
    var tags: [HTMLTag] = []
    var place = 0
    while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      let after = open + 1
      if starts(bytes, after, "!--") {
        place = find(bytes, "-->", from: after) ?? bytes.count
      } else if after < bytes.count, bytes[after] == UInt8(ascii: "!") {
        place = find(bytes, ">", from: after) ?? bytes.count
      } else if let tag = tag(bytes, at: open) {
        tags.append(tag)
        place = tag.range.upperBound
        if !tag.isEnd, tag.name == "script" || tag.name == "style" {
          place =
            find(bytes, "</\(tag.name)", from: place).map { $0 - tag.name.utf8.count - 2 }
            ?? bytes.count
        }
      } else {
        place = after
      }
    }
    return tags
  }

  /// The tag that starts at `open`, or nil where `<` is only a character.
  private static func tag(_ bytes: [UInt8], at open: Int) -> HTMLTag? {
    var place = open + 1
    let isEnd = place < bytes.count && bytes[place] == UInt8(ascii: "/")
    if isEnd { place += 1 }
    guard place < bytes.count, isLetter(bytes[place]) else { return nil }
    func word(until stops: (UInt8) -> Bool) -> String {
      let start = place
      while place < bytes.count, !stops(bytes[place]) { place += 1 }
      return String(decoding: bytes[start..<place], as: UTF8.self)
    }
    func isStop(_ byte: UInt8) -> Bool {
      isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }
    let name = word(until: isStop).lowercased()
    var attributes: [(name: String, value: String)] = []
    while place < bytes.count, bytes[place] != UInt8(ascii: ">") {
      if isSpace(bytes[place]) || bytes[place] == UInt8(ascii: "/") {
        place += 1
        continue
      }
      let key = word { isStop($0) || $0 == UInt8(ascii: "=") }.lowercased()
      var value = ""
      if place < bytes.count, bytes[place] == UInt8(ascii: "=") {
        place += 1
        if place < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[place]) {
          let quote = bytes[place]
          place += 1
          value = word { $0 == quote }
          place = min(place + 1, bytes.count)
        } else {
          value = word { isSpace($0) || $0 == UInt8(ascii: ">") }
        }
      } else if key.isEmpty {
        place += 1
        continue
      }
      attributes.append((key, unescaped(value)))
    }
    guard place < bytes.count else { return nil }
    return HTMLTag(name: name, isEnd: isEnd, attributes: attributes, range: open..<place + 1)
  }

  /// The text between tags, entities read, runs of white space as one space.
  static func plain(_ html: some Collection<UInt8>) -> String {
    let bytes = Array(html)
    var text: [UInt8] = []
    var place = 0
    for tag in tags(bytes) {
      text += bytes[place..<tag.range.lowerBound]
      // A line break and the end of a block part words.
      if ["br", "p", "td", "th", "li", "div"].contains(tag.name) { text.append(32) }
      place = tag.range.upperBound
    }
    text += bytes[place...]
    return unescaped(String(decoding: text, as: UTF8.self))
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Text that is safe between tags and inside a quoted attribute.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  /// The named entities that pandoc writes, and numbered ones.
  static func unescaped(_ text: String) -> String {
    guard text.contains("&") else { return text }
    let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}"]
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "&") {
      result += rest[..<open]
      rest = rest[open...].dropFirst()
      guard let close = rest.prefix(12).firstIndex(of: ";") else {
        result += "&"
        continue
      }
      let name = String(rest[..<close])
      let digits = name.dropFirst(name.hasPrefix("#x") ? 2 : 1)
      if let meaning = named[name] {
        result += meaning
      } else if name.hasPrefix("#"),
        let number = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10),
        let scalar = Unicode.Scalar(number)
      {
        result.unicodeScalars.append(scalar)
      } else {
        result += "&\(name);"
      }
      rest = rest[close...].dropFirst()
    }
    return result + rest
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func starts(_ bytes: [UInt8], _ place: Int, _ word: String) -> Bool {
    bytes[min(place, bytes.count)...].starts(with: word.utf8)
  }

  /// The offset behind the first `word` at or after `start`.
  private static func find(_ bytes: [UInt8], _ word: String, from start: Int) -> Int? {
    let first = word.utf8.first!
    var place = start
    while let next = bytes[min(place, bytes.count)...].firstIndex(of: first) {
      if starts(bytes, next, word) { return next + word.utf8.count }
      place = next + 1
    }
    return nil
  }
}
