import Foundation

/// Source code without what cannot change a result: comments and blank lines.
public enum SourceText {
  /// The code of a Swift, C or C++ source, one line for each line that holds code.
  ///
  /// Comments (`//` to the end of the line, `/* */`, nested as in Swift) go, strings stay,
  /// single-line, multi-line and raw; trailing blanks go. Indentation stays. Code inside a
  /// string's interpolation is part of the string.
  public static func withoutComments(_ source: String) -> String {
    var scanner = Scanner(bytes: Array(source.utf8))
    scanner.run()
    var lines: [String] = []
    for line in scanner.kept.split(separator: UInt8(ascii: "\n")) {
      var end = line.endIndex
      while end > line.startIndex, [0x20, 0x09, 0x0D].contains(line[end - 1]) { end -= 1 }
      if end > line.startIndex { lines.append(String(decoding: line[..<end], as: UTF8.self)) }
    }
    return lines.joined(separator: "\n")
  }

  private struct Scanner {
    let bytes: [UInt8]
    var kept: [UInt8] = []
    var i = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private func has(_ text: StaticString, at start: Int) -> Bool {
      let count = text.utf8CodeUnitCount
      guard start + count <= bytes.count else { return false }
      return (0..<count).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
    }

    private mutating func keep(_ count: Int) {
      let end = min(bytes.count, i + count)
      kept += bytes[i..<end]
      i = end
    }

    mutating func run() {
      while i < bytes.count {
        if has("//", at: i) {
          while i < bytes.count && bytes[i] != 0x0A { i += 1 }
        } else if has("/*", at: i) {
          skipBlockComment()
        } else if bytes[i] == UInt8(ascii: "\"") || bytes[i] == UInt8(ascii: "#") {
          keepString()
        } else {
          keep(1)
        }
      }
    }

    private mutating func skipBlockComment() {
      var depth = 0
      while i < bytes.count {
        if has("/*", at: i) {
          depth += 1
          i += 2
        } else if has("*/", at: i) {
          depth -= 1
          i += 2
          if depth == 0 { return }
        } else {
          // The line structure stays, so that code after the comment starts a line of its own.
          if bytes[i] == 0x0A { kept.append(0x0A) }
          i += 1
        }
      }
    }

    private mutating func keepString() {
      var hashes = 0
      while i + hashes < bytes.count && bytes[i + hashes] == UInt8(ascii: "#") { hashes += 1 }
      guard i + hashes < bytes.count, bytes[i + hashes] == UInt8(ascii: "\"") else {
        keep(max(1, hashes))
        return
      }
      keep(hashes)
      let isMultiline = has("\"\"\"", at: i)
      keep(isMultiline ? 3 : 1)
      while i < bytes.count {
        if bytes[i] == UInt8(ascii: "\\") && hashes == 0 {
          keep(2)
        } else if isMultiline ? has("\"\"\"", at: i) : bytes[i] == UInt8(ascii: "\"") {
          let quotes = isMultiline ? 3 : 1
          let closes = (0..<hashes).allSatisfy {
            i + quotes + $0 < bytes.count && bytes[i + quotes + $0] == UInt8(ascii: "#")
          }
          keep(closes ? quotes + hashes : 1)
          if closes { return }
        } else if bytes[i] == 0x0A && !isMultiline {
          // An unterminated literal, as in a C preprocessor message: the line ends it.
          return
        } else {
          keep(1)
        }
      }
    }
  }
}
