import Foundation

/// DICOM files, written byte by byte.
package enum DICOMBytes {
  package indirect enum Value: Sendable {
    case text(String)
    case word(Int)
    case bytes([UInt8])
    /// Items of defined length.
    case items([[Element]])
    /// Items and a sequence that end at delimiters.
    case open([[Element]])
  }

  package struct Element: Sendable {
    package var tag: UInt32
    package var kind: String
    package var value: Value

    package init(_ tag: UInt32, _ kind: String, _ value: Value) {
      self.tag = tag
      self.kind = kind
      self.value = value
    }
    package static func text(_ tag: UInt32, _ kind: String, _ text: String) -> Element {
      Element(tag, kind, .text(text))
    }
    package static func word(_ tag: UInt32, _ number: Int) -> Element {
      Element(tag, "US", .word(number))
    }
  }

  package static let implicit = "1.2.840.10008.1.2"
  package static let explicit = "1.2.840.10008.1.2.1"

  package static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func tag(_ tag: UInt32) -> [UInt8] {
    number(Int(tag >> 16), 2) + number(Int(tag & 0xFFFF), 2)
  }

  package static func encode(_ elements: [Element], isExplicit: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for element in elements {
      let (body, isOpen) = value(element, isExplicit: isExplicit)
      let length = isOpen ? 0xFFFF_FFFF : body.count
      bytes += tag(element.tag)
      if !isExplicit {
        bytes += number(length, 4)
      } else {
        bytes += Array(element.kind.utf8)
        if ["OB", "OW", "SQ", "UN", "UT"].contains(element.kind) {
          bytes += number(0, 2)
          bytes += number(length, 4)
        } else {
          bytes += number(length, 2)
        }
      }
      bytes += body
    }
    return bytes
  }

  /// The bytes of a value, and whether it ends at a delimiter.
  private static func value(_ element: Element, isExplicit: Bool) -> ([UInt8], isOpen: Bool) {
    var body: [UInt8] = []
    switch element.value {
    case .text(let text):
      body = Array(text.utf8)
      if body.count % 2 == 1 { body.append(element.kind == "UI" ? 0 : 0x20) }
    case .word(let word): body = number(word, 2)
    case .bytes(let bytes): body = bytes
    case .items(let items):
      for item in items {
        let inner = encode(item, isExplicit: isExplicit)
        body += tag(0xFFFE_E000)
        body += number(inner.count, 4)
        body += inner
      }
    case .open(let items):
      // A sequence of unknown kind is implicit inside.
      let inside = isExplicit && element.kind != "UN"
      for item in items {
        body += tag(0xFFFE_E000)
        body += number(0xFFFF_FFFF, 4)
        body += encode(item, isExplicit: inside)
        body += tag(0xFFFE_E00D)
        body += number(0, 4)
      }
      body += tag(0xFFFE_E0DD)
      body += number(0, 4)
      return (body, true)
    }
    return (body, false)
  }

  /// A whole file: preamble, file meta information and data set.
  package static func file(
    _ elements: [Element], syntax: String = explicit,
    mediaClass: String = "1.2.840.10008.5.1.4.1.1.2"
  ) -> [UInt8] {
    let meta = encode(
      [.text(0x0002_0002, "UI", mediaClass), .text(0x0002_0010, "UI", syntax)], isExplicit: true)
    let group = encode(
      [Element(0x0002_0000, "UL", .bytes(number(meta.count, 4)))], isExplicit: true)
    var bytes = [UInt8](repeating: 0, count: 128)
    bytes += Array("DICM".utf8)
    bytes += group
    bytes += meta
    bytes += encode(elements, isExplicit: syntax != implicit)
    return bytes
  }

  /// A slice of 16 bits with its place; numbers in `changes` replace or add elements, nil removes.
  package static func slice(
    rows: Int = 2, columns: Int = 3, at position: String? = "1\\2\\3",
    along orientation: String? = "1\\0\\0\\0\\1\\0", spacing: String? = "2\\0.5",
    samples: [Int], changes: [UInt32: Element?] = [:]
  ) -> [Element] {
    var elements: [UInt32: Element] = [
      0x0008_0016: Element.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
      0x0010_0010: Element.text(0x0010_0010, "PN", "Nobody^At^All"),
      0x0018_0050: Element.text(0x0018_0050, "DS", "1.5"),
      0x0020_000E: Element.text(0x0020_000E, "UI", "1.2.3"),
      0x0028_0002: Element.word(0x0028_0002, 1),
      0x0028_0004: Element.text(0x0028_0004, "CS", "MONOCHROME2"),
      0x0028_0010: Element.word(0x0028_0010, rows), 0x0028_0011: Element.word(0x0028_0011, columns),
      0x0028_0100: Element.word(0x0028_0100, 16), 0x0028_0101: Element.word(0x0028_0101, 16),
      0x0028_0102: Element.word(0x0028_0102, 15), 0x0028_0103: Element.word(0x0028_0103, 0),
      0x7FE0_0010: Element(0x7FE0_0010, "OW", .bytes(samples.flatMap { number($0, 2) })),
    ]
    if let position { elements[0x0020_0032] = .text(0x0020_0032, "DS", position) }
    if let orientation { elements[0x0020_0037] = .text(0x0020_0037, "DS", orientation) }
    if let spacing { elements[0x0028_0030] = .text(0x0028_0030, "DS", spacing) }
    for (tag, element) in changes { elements[tag] = element }
    return elements.keys.sorted().map { elements[$0]! }
  }
}
