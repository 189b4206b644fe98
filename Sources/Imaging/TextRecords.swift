import Kernels

/// Splits the bytes of a delimited text file into records of equal length.
enum TextRecords {
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// All records, the header first; throws on ragged rows, open quotes and bad UTF-8.
  static func parse(_ bytes: [UInt8], file: String, format: TextTable.Format) throws -> [[String]] {
    let separator = UInt8(ascii: format == .csv ? "," : "\t")
    var records: [[String]] = []
    try bytes.withUnsafeBufferPointer { all in
      var position = all.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      var end = all.count
      while end > position, all[end - 1] == newline || all[end - 1] == carriageReturn { end -= 1 }
      // A blank last line of a one-column table is a missing value; only line ends are cut here.
      guard end > position else { return }
      var width = 0
      var record: [String] = []
      var scratch: [UInt8] = []

      while true {
        let row = records.count + 1
        // One field, from `position` up to the separator, line end or end of text.
        if format == .csv, position < end, all[position] == quote {
          position = try quoted(all, position, end, &scratch, file, row)
          record.append(try scratch.withUnsafeBufferPointer { try text($0[...], file, row) })
          let atEnd = position == end || all[position] == separator || all[position] == newline
          let atReturn =
            position + 1 < end && all[position] == carriageReturn && all[position + 1] == newline
          guard atEnd || atReturn else {
            throw LightboxError.input(
              file: file, row: row, found: "text after a closing quote",
              expected: "a comma or the end of the line", hint: "double the quotes inside a field")
          }
          if atReturn { position += 1 }
        } else {
          let start = position
          while position < end, all[position] != separator, all[position] != newline {
            position += 1
          }
          var stop = position
          if position < end, all[position] == newline, stop > start,
            all[stop - 1] == carriageReturn
          {
            stop -= 1
          }
          record.append(try text(all[start..<stop], file, row))
        }
        if position < end, all[position] == separator {
          position += 1
          continue
        }
        // The record is complete.
        if records.isEmpty { width = record.count }
        guard record.count == width else {
          throw LightboxError.input(
            file: file, row: row, found: record.count == 1 ? "1 field" : "\(record.count) fields",
            expected: "\(width) as in the header")
        }
        records.append(record)
        if position >= end { return }
        position += 1
        record = []
        record.reserveCapacity(width)
      }
    }
    return records
  }

  /// Unquotes the field at `start` into `scratch`; returns the position after the closing quote.
  private static func quoted(
    _ all: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ scratch: inout [UInt8],
    _ file: String, _ row: Int
  ) throws -> Int {
    scratch.removeAll(keepingCapacity: true)
    var position = start + 1
    while position < end {
      if all[position] != quote {
        scratch.append(all[position])
        position += 1
      } else if position + 1 < end, all[position + 1] == quote {
        scratch.append(quote)
        position += 2
      } else {
        return position + 1
      }
    }
    throw LightboxError.input(
      file: file, row: row, found: "a quote that is never closed", expected: "a closing quote")
  }

  private static func text(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ file: String, _ row: Int
  ) throws -> String {
    let field = UnsafeBufferPointer(rebasing: bytes)
    guard let text = String(validating: field, as: UTF8.self) else {
      throw LightboxError.input(
        file: file, row: row, found: "bytes that are not UTF-8", expected: "UTF-8 text",
        hint: "save the file as UTF-8")
    }
    return text
  }
}
