import Foundation
import Kernels

/// The name of a study: folder, executable and make target at once.
///
/// Lower-case words joined by hyphens, each of letters and digits, the first of them starting with a
/// letter: `dp-fairness`. The Swift module is the same with underscores, the type is written
/// together: `DpFairness`.
public struct StudyName: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  static let longest = 40

  /// Words that Swift keeps for itself, so that no module can be called like them.
  private static let reserved: Set<String> = [
    "any", "as", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
    "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard",
    "if",
    "import", "in", "init", "inout", "internal", "is", "let", "main", "nil", "operator",
    "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self",
    "static", "struct", "subscript", "super", "swift", "switch", "throw", "throws", "true", "try",
    "typealias", "var", "where", "while",
  ]

  /// - Throws: a usage error (64) that says what a name is made of, and offers one where it can.
  public init(_ text: String) throws {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    let isPlain = words.allSatisfy { word in
      !word.isEmpty && word.utf8.allSatisfy { Self.isLetter($0) || Self.isDigit($0) }
    }
    let startsWell = text.utf8.first.map(Self.isLetter) ?? false
    guard isPlain, startsWell, text.utf8.count <= Self.longest else {
      let offered = Self.offer(text).map { "; for example \($0)" } ?? ""
      throw LightboxError(
        .usage,
        "the name \"\(text)\": expected lower-case words of letters and digits, joined by single "
          + "hyphens, at most \(Self.longest) characters\(offered)")
    }
    guard !Self.reserved.contains(text) else {
      throw LightboxError(
        .usage, "the name \(text) is a word of Swift's own; add a word, as in \(text)-study")
    }
    description = text
  }

  /// The name of the study's type and of its main file.
  public var type: String {
    description.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// Title of the page until the study has one of its own.
  public var title: String {
    let words = description.replacing("-", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// A name made of what a text has of letters and digits.
  private static func offer(_ text: String) -> String? {
    let plain = text.lowercased().utf8.map { isLetter($0) || isDigit($0) ? $0 : 45 }
    let words = plain.split(separator: 45).drop { !isLetter($0.first!) }
    let name = String(decoding: Array(words.joined(separator: [45])), as: UTF8.self)
    return name.isEmpty || name.utf8.count > longest ? nil : name
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
