import Foundation

/// What a verb found: a text of one screen, or JSON with all digits.
protocol Report: Encodable {
  func text() -> String
}

extension Report {
  func show(asJSON: Bool) throws {
    print(try asJSON ? JSONText.text(self) : text())
  }
}

/// JSON of a verb: keys sorted, one field a line.
enum JSONText {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
