import Kernels

/// The list of studies in Package.swift: `let studies = ["dp-fairness", …]`.
struct StudyList {
  /// Sorted.
  let names: [String]
  private let before: Substring
  private let after: Substring

  private static let start = "let studies = ["

  /// - Throws: an input error where the text has no such list, or the list holds more than names.
  init(_ package: String, file: String) throws {
    guard let open = package.range(of: Self.start),
      let close = package[open.upperBound...].firstIndex(of: "]")
    else {
      throw LightboxError.input(
        file: file, found: "no list of studies", expected: "a line \(Self.start)\"…\"]")
    }
    let entries = package[open.upperBound..<close].split { $0 == "," || $0.isWhitespace }
    names = try entries.map { entry in
      guard entry.count > 2, entry.hasPrefix("\""), entry.hasSuffix("\"") else {
        throw LightboxError.input(
          file: file, found: "\(entry) in the list of studies", expected: "names in quotes",
          hint: "put the study on the list by hand")
      }
      return String(entry.dropFirst().dropLast())
    }
    before = package[..<open.lowerBound]
    after = package[close...].dropFirst()
  }

  /// The package with another study on its list, in alphabetical order.
  func adding(_ name: String) -> String {
    let quoted = (names + [name]).sorted().map { "\"\($0)\"" }
    let line = Self.start + quoted.joined(separator: ", ") + "]"
    if line.count <= 100 { return before + line + after }
    // One name a line, as the formatter breaks a list.
    return before + Self.start + "\n" + quoted.map { "  \($0),\n" }.joined() + "]" + after
  }
}
