import Kernels

/// Walks over the data elements of a DICOM file, from the first to the pixels.
///
/// An element is a tag (group and element, 2 bytes each), with explicit VR two letters for the kind
/// of its value, a length and the value (PS3.5, section 7). Sequences hold items, each a data set;
/// both may have an undefined length and end at a delimiter. Nothing is allocated for what a length
/// claims: values stay in the bytes of the file, and a length beyond its end is an error, but for
/// the pixels, whose reader says what is missing.
struct DICOMParser {
  let file: String
  let bytes: [UInt8]
  var place: Int

  /// Sequences within sequences; real files have fewer than ten.
  private static let deepest = 32
  /// Kinds of values with a length of 4 bytes behind 2 that are reserved.
  private static let longKinds: Set<String> = [
    "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
  ]

  /// The head of an element: its tag, how its value is encoded, and its length where defined.
  private struct Head {
    var tag: UInt32
    var kind: String?
    var length: Int?
  }

  /// Group 2 at the head of the file, always explicit VR little endian.
  mutating func fileMeta() throws -> DICOMDataSet {
    var found = DICOMDataSet(file: file, bytes: bytes)
    while place + 8 <= bytes.count, bytes[place] == 2, bytes[place + 1] == 0 {
      let head = try head(end: bytes.count, isExplicit: true)
      guard let length = head.length, length <= bytes.count - place else { throw early(head) }
      if let tag = DICOMTag(rawValue: head.tag) { found.ranges[tag] = place..<(place + length) }
      place += length
    }
    return found
  }

  /// The data set from here to the pixels or the end of the file.
  mutating func dataSet(isExplicit: Bool) throws -> DICOMDataSet {
    try elements(end: bytes.count, isOpen: false, keeps: true, depth: 0, isExplicit: isExplicit)
  }

  /// Elements up to `end`, or in an open item up to its delimiter.
  private mutating func elements(
    end: Int, isOpen: Bool, keeps: Bool, depth: Int, isExplicit: Bool
  ) throws -> DICOMDataSet {
    var found = DICOMDataSet(file: file, bytes: keeps ? bytes : [])
    while place < end {
      let start = place
      let head = try head(end: end, isExplicit: isExplicit)
      if head.tag >> 16 == 0xFFFE {
        guard isOpen, head.tag == 0xFFFE_E00D else {
          throw damaged("an item outside of a sequence", start)
        }
        return found
      }
      let tag = DICOMTag(rawValue: head.tag)
      if depth == 0, tag == .pixels {
        guard let length = head.length else {
          throw damaged("compressed pixels that the transfer syntax does not state", start)
        }
        found.ranges[.pixels] = place..<(place + min(length, end - place))
        place = end
        return found
      }
      let keepsItems = keeps && tag?.isSequence == true
      guard head.length == nil || keepsItems else {
        guard let length = head.length, length <= end - place else { throw early(head) }
        if keeps, let tag { found.ranges[tag] = place..<(place + length) }
        place += length
        continue
      }
      guard head.length.map({ $0 <= end - place }) ?? true else { throw early(head) }
      // A sequence of unknown kind is implicit inside, whatever the file is (PS3.5, 6.2.2).
      let list = try items(
        end: head.length.map { place + $0 } ?? end, isOpen: head.length == nil, keeps: keepsItems,
        depth: depth + 1, isExplicit: isExplicit && head.kind != "UN")
      if keepsItems, let tag { found.items[tag] = list }
    }
    if isOpen { throw damaged("an early end in a sequence", place) }
    return found
  }

  /// The items of a sequence up to `end`, or in an open one up to its delimiter.
  private mutating func items(
    end: Int, isOpen: Bool, keeps: Bool, depth: Int, isExplicit: Bool
  ) throws -> [DICOMDataSet] {
    guard depth <= Self.deepest else {
      throw damaged("more than \(Self.deepest) sequences within each other", place)
    }
    var list: [DICOMDataSet] = []
    while place < end {
      let start = place
      let head = try head(end: end, isExplicit: false)
      if head.tag == 0xFFFE_E0DD, isOpen { return list }
      guard head.tag == 0xFFFE_E000 else { throw damaged("no item in a sequence", start) }
      guard head.length.map({ $0 <= end - place }) ?? true else { throw early(head) }
      let item = try elements(
        end: head.length.map { place + $0 } ?? end, isOpen: head.length == nil, keeps: keeps,
        depth: depth, isExplicit: isExplicit)
      if keeps { list.append(item) }
    }
    if isOpen { throw damaged("an early end in a sequence", place) }
    return list
  }

  /// Tag, kind and length; items and delimiters have no kind.
  private mutating func head(end: Int, isExplicit: Bool) throws -> Head {
    let start = place
    let group = UInt32(try number(2, end))
    let tag = group << 16 | UInt32(try number(2, end))
    guard isExplicit, group != 0xFFFE else {
      let length = try number(4, end)
      return Head(tag: tag, length: length == 0xFFFF_FFFF ? nil : length)
    }
    let letters = [UInt8(try number(1, end)), UInt8(try number(1, end))]
    guard letters.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
      throw damaged("no kind of value", start)
    }
    let kind = String(decoding: letters, as: UTF8.self)
    guard Self.longKinds.contains(kind) else {
      return Head(tag: tag, kind: kind, length: try number(2, end))
    }
    _ = try number(2, end)
    let length = try number(4, end)
    return Head(tag: tag, kind: kind, length: length == 0xFFFF_FFFF ? nil : length)
  }

  /// An unsigned number of some bytes, the lowest first.
  private mutating func number(_ size: Int, _ end: Int) throws -> Int {
    guard size <= end - place else { throw damaged("an early end in an element", place) }
    defer { place += size }
    return (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  private func early(_ head: Head) -> LightboxError {
    damaged("a value of \(head.length.map(String.init) ?? "unknown") bytes beyond its end", place)
  }

  private func damaged(_ found: String, _ at: Int) -> LightboxError {
    .input(
      file: file, found: "\(found) at byte \(at)", expected: "a complete DICOM file",
      hint: "the file was cut or damaged; copy or download it again")
  }
}
