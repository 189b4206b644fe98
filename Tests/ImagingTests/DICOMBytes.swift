import Foundation

/// DICOM files, written byte by byte.
enum DICOMBytes {
  indirect enum Value {
    case text(String)
    case word(Int)
    case bytes([UInt8])
    /// Items of defined length.
    case items([[Element]])
    /// Items and a sequence that end at delimiters.
    case open([[Element]])
  }

  struct Element {
    var tag: UInt32
    var kind: String
    var value: Value

    init(_ tag: UInt32, _ kind: String, _ value: Value) {
      self.tag = tag
      self.kind = kind
      self.value = value
    }
    static func text(_ tag: UInt32, _ kind: String, _ text: String) -> Element {
      Element(tag, kind, .text(text))
    }
    static func word(_ tag: UInt32, _ number: Int) -> Element { Element(tag, "US", .word(number)) }
  }

  static let implicit = "1.2.840.10008.1.2"
  static let explicit = "1.2.840.10008.1.2.1"

  static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func tag(_ tag: UInt32) -> [UInt8] {
    number(Int(tag >> 16), 2) + number(Int(tag & 0xFFFF), 2)
  }

  static func encode(_ elements: [Element], isExplicit: Bool) -> [UInt8] {
    elements.flatMap { element -> [UInt8] in
      var body: [UInt8]
      var isOpen = false
      switch element.value {
      case .text(let text):
        body = Array(text.utf8)
        if body.count % 2 == 1 { body.append(element.kind == "UI" ? 0 : 0x20) }
      case .word(let number): body = Self.number(number, 2)
      case .bytes(let bytes): body = bytes
      case .items(let items):
        body = items.flatMap { item -> [UInt8] in
          let inner = encode(item, isExplicit: isExplicit)
          return tag(0xFFFE_E000) + number(inner.count, 4) + inner
        }
      case .open(let items):
        isOpen = true
        // A sequence of unknown kind is implicit inside.
        let inside = isExplicit && element.kind != "UN"
        body = items.flatMap { item in
          tag(0xFFFE_E000) + number(0xFFFF_FFFF, 4) + encode(item, isExplicit: inside)
            + tag(0xFFFE_E00D) + number(0, 4)
        }
        body += tag(0xFFFE_E0DD) + number(0, 4)
      }
      let length = isOpen ? 0xFFFF_FFFF : body.count
      guard isExplicit else { return tag(element.tag) + number(length, 4) + body }
      let isLong = ["OB", "OW", "SQ", "UN", "UT"].contains(element.kind)
      return tag(element.tag) + Array(element.kind.utf8)
        + (isLong ? [0, 0] + number(length, 4) : number(length, 2)) + body
    }
  }

  /// A whole file: preamble, file meta information and data set.
  static func file(
    _ elements: [Element], syntax: String = explicit,
    mediaClass: String = "1.2.840.10008.5.1.4.1.1.2"
  ) -> [UInt8] {
    let meta = encode(
      [.text(0x0002_0002, "UI", mediaClass), .text(0x0002_0010, "UI", syntax)], isExplicit: true)
    let group = encode(
      [Element(0x0002_0000, "UL", .bytes(number(meta.count, 4)))], isExplicit: true)
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + group + meta
      + encode(elements, isExplicit: syntax != implicit)
  }

  /// A slice of 16 bits with its place; numbers in `changes` replace or add elements, nil removes.
  static func slice(
    rows: Int = 2, columns: Int = 3, at position: String? = "1\\2\\3",
    along orientation: String? = "1\\0\\0\\0\\1\\0", spacing: String? = "2\\0.5",
    samples: [Int], changes: [UInt32: Element?] = [:]
  ) -> [Element] {
    var elements: [UInt32: Element] = [
      0x0008_0016: .text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
      0x0010_0010: .text(0x0010_0010, "PN", "Nobody^At^All"),
      0x0018_0050: .text(0x0018_0050, "DS", "1.5"),
      0x0020_000E: .text(0x0020_000E, "UI", "1.2.3"),
      0x0028_0002: .word(0x0028_0002, 1), 0x0028_0004: .text(0x0028_0004, "CS", "MONOCHROME2"),
      0x0028_0010: .word(0x0028_0010, rows), 0x0028_0011: .word(0x0028_0011, columns),
      0x0028_0100: .word(0x0028_0100, 16), 0x0028_0101: .word(0x0028_0101, 16),
      0x0028_0102: .word(0x0028_0102, 15), 0x0028_0103: .word(0x0028_0103, 0),
      0x7FE0_0010: Element(0x7FE0_0010, "OW", .bytes(samples.flatMap { number($0, 2) })),
    ]
    if let position { elements[0x0020_0032] = .text(0x0020_0032, "DS", position) }
    if let orientation { elements[0x0020_0037] = .text(0x0020_0037, "DS", orientation) }
    if let spacing { elements[0x0028_0030] = .text(0x0028_0030, "DS", spacing) }
    for (tag, element) in changes { elements[tag] = element }
    return elements.keys.sorted().map { elements[$0]! }
  }
}
