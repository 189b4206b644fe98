import Kernels

/// A data set of a DICOM file, or an item of one of its sequences: where the known values lie.
///
/// Values are taken from the bytes when they are asked for. Numbers as text (DS, IS) and as 16 bits
/// (US) are read; an empty value is the same as none.
struct DICOMDataSet {
  let file: String
  let bytes: [UInt8]
  /// Where the values of known elements lie in `bytes`.
  var ranges: [DICOMTag: Range<Int>] = [:]
  /// Items of known sequences.
  var items: [DICOMTag: [DICOMDataSet]] = [:]

  init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }

  /// Bytes at the head of a file: 128 free ones and the letters DICM.
  static let preamble = 132

  /// Whether these are the first bytes of a DICOM file (PS3.10).
  static func isSigned(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.count >= preamble && bytes.dropFirst(128).starts(with: Array("DICM".utf8))
  }

  /// The data set of a whole file, with the transfer syntax of its file meta information.
  ///
  /// Throws an input error for a file that is no DICOM file, is compressed, cut or damaged.
  static func read(_ bytes: [UInt8], file: String) throws -> DICOMDataSet {
    guard isSigned(bytes) else {
      throw LightboxError.input(
        file: file,
        found: bytes.isEmpty ? "an empty file" : "no DICOM signature (DICM at byte 128)",
        expected: "a DICOM file")
    }
    var parser = DICOMParser(file: file, bytes: bytes, place: preamble)
    let meta = try parser.fileMeta()
    guard let uid = meta.text(.transferSyntax) else {
      throw LightboxError.input(
        file: file, found: "no \(DICOMTag.transferSyntax.name)",
        expected: "the encoding of the file")
    }
    let syntax = try DICOMTransferSyntax(uid: uid, file: file)
    var found = try parser.dataSet(isExplicit: syntax == .explicitVR)
    found.ranges[.mediaClass] = meta.ranges[.mediaClass]
    return found
  }

  /// The text of a value without the blanks and zeros that fill it up; nil where it is empty.
  func text(_ tag: DICOMTag) -> String? {
    guard let range = ranges[tag], range.count <= 1 << 16 else { return nil }
    let fill: [UInt8] = [0, 0x20]
    var value = bytes[range]
    while let last = value.last, fill.contains(last) { value.removeLast() }
    while let first = value.first, fill.contains(first) { value.removeFirst() }
    return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
  }

  /// Decimal numbers between backslashes; nil where there are none.
  ///
  /// Throws an input error unless there are `count` finite numbers.
  func numbers(_ tag: DICOMTag, count: Int) throws -> [Double]? {
    guard let text = text(tag) else { return nil }
    let parts = text.split(separator: "\\", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part -> Double? in
      let digits = part.filter { $0 != " " }
      guard digits.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
      return Double(digits).flatMap { $0.isFinite ? $0 : nil }
    }
    guard numbers.count == count, parts.count == count else {
      throw fault(tag, text.count > 80 ? "\(text.prefix(80))…" : text, "\(count) finite numbers")
    }
    return numbers
  }

  /// One decimal number.
  func number(_ tag: DICOMTag) throws -> Double? { try numbers(tag, count: 1)?[0] }

  /// An unsigned number of 16 bits.
  func word(_ tag: DICOMTag) throws -> Int? {
    guard let range = ranges[tag], !range.isEmpty else { return nil }
    guard range.count == 2 else { throw fault(tag, "\(range.count) bytes", "2 bytes") }
    return Int(bytes[range.lowerBound]) | Int(bytes[range.lowerBound + 1]) << 8
  }

  /// An unsigned number of 16 bits that has to be there.
  func required(_ tag: DICOMTag) throws -> Int {
    guard let value = try word(tag) else { throw fault(tag, "no value", "a number") }
    return value
  }

  /// An input error about an element.
  func fault(
    _ tag: DICOMTag, _ found: String, _ expected: String, hint: String? = nil
  ) -> LightboxError {
    .input(file: file, found: "\(tag.name) = \(found)", expected: expected, hint: hint)
  }
}
