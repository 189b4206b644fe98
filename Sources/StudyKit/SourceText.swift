import Foundation

/// Source code without what cannot change a result: comments and blank lines.
public enum SourceText {
  /// The code of a Swift, C or C++ source, one line for each line that holds code.
  ///
  /// Comments (`//` to the end of the line, `/* */`, nested as in Swift) go, strings stay,
  /// single-line, multi-line and raw; trailing blanks go. Indentation stays. Code inside a
  /// string's interpolation is part of the string.
  public static func withoutComments(_ source: String) -> String {
    String(decoding: withoutComments(Array(source.utf8)), as: UTF8.self)
  }

  /// The same of UTF-8 bytes: a run reads all of its sources before its first line.
  static func withoutComments(_ source: [UInt8]) -> [UInt8] {
    source.withUnsafeBufferPointer { bytes in
      [UInt8](unsafeUninitializedCapacity: bytes.count) { kept, count in
        guard let start = kept.baseAddress else { return }
        var scanner = Scanner(bytes: bytes, kept: start)
        scanner.run()
        count = withoutBlanks(start, scanner.count)
      }
    }
  }

  /// Takes trailing blanks and empty lines out, in place; the last line ends without a break.
  private static func withoutBlanks(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    var start = 0
    var written = 0
    while start < count {
      let rest = UnsafeBufferPointer(start: text + start, count: count - start)
      let next = start + (rest.firstIndex(of: newline) ?? rest.count)
      var end = next
      while end > start, [0x20, 0x09, 0x0D].contains(text[end - 1]) { end -= 1 }
      if end > start {
        if written > 0 {
          text[written] = newline
          written += 1
        }
        (text + written).update(from: text + start, count: end - start)
        written += end - start
      }
      start = next + 1
    }
    return written
  }

  private static let newline = UInt8(ascii: "\n")
  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")
  private static let quote = UInt8(ascii: "\"")
  private static let hash = UInt8(ascii: "#")
  private static let backslash = UInt8(ascii: "\\")

  /// Copies what is no comment; `kept` has room for all of `bytes`.
  private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let kept: UnsafeMutablePointer<UInt8>
    var count = 0
    var i = 0

    init(bytes: UnsafeBufferPointer<UInt8>, kept: UnsafeMutablePointer<UInt8>) {
      self.bytes = bytes
      self.kept = kept
    }

    private func has(_ first: UInt8, _ second: UInt8, at start: Int) -> Bool {
      start + 1 < bytes.count && bytes[start] == first && bytes[start + 1] == second
    }

    private func hasThreeQuotes(at start: Int) -> Bool {
      has(quote, quote, at: start) && start + 2 < bytes.count && bytes[start + 2] == quote
    }

    private mutating func keep(_ length: Int) {
      let end = min(bytes.count, i + length)
      for place in i..<end { kept[count + place - i] = bytes[place] }
      count += end - i
      i = end
    }

    mutating func run() {
      while i < bytes.count {
        switch bytes[i] {
        case slash where has(slash, slash, at: i):
          while i < bytes.count && bytes[i] != newline { i += 1 }
        case slash where has(slash, star, at: i):
          skipBlockComment()
        case quote, hash:
          keepString()
        default:
          kept[count] = bytes[i]
          count += 1
          i += 1
        }
      }
    }

    private mutating func skipBlockComment() {
      var depth = 0
      while i < bytes.count {
        if has(slash, star, at: i) {
          depth += 1
          i += 2
        } else if has(star, slash, at: i) {
          depth -= 1
          i += 2
          if depth == 0 { return }
        } else {
          // The line structure stays, so that code after the comment starts a line of its own.
          if bytes[i] == newline { keep(1) } else { i += 1 }
        }
      }
    }

    private mutating func keepString() {
      var hashes = 0
      while i + hashes < bytes.count && bytes[i + hashes] == hash { hashes += 1 }
      guard i + hashes < bytes.count, bytes[i + hashes] == quote else {
        keep(max(1, hashes))
        return
      }
      keep(hashes)
      let isMultiline = hasThreeQuotes(at: i)
      keep(isMultiline ? 3 : 1)
      while i < bytes.count {
        if bytes[i] == backslash && hashes == 0 {
          keep(2)
        } else if isMultiline ? hasThreeQuotes(at: i) : bytes[i] == quote {
          let quotes = isMultiline ? 3 : 1
          let closes = (0..<hashes).allSatisfy {
            i + quotes + $0 < bytes.count && bytes[i + quotes + $0] == hash
          }
          keep(closes ? quotes + hashes : 1)
          if closes { return }
        } else if bytes[i] == newline && !isMultiline {
          // An unterminated literal, as in a C preprocessor message: the line ends it.
          return
        } else {
          keep(1)
        }
      }
    }
  }
}
