import Foundation
import Testing

/// Every verb explains itself on one page, with an example that works on files of the repository.
@Suite struct HelpTests {
  static let verbs = [
    "agreement", "book", "check", "compound", "epsilon", "explain", "fairness", "fid", "list",
    "new-study", "readers", "roc", "survival", "volume", "weave",
  ]

  /// The lines of the first example in a verb's help.
  static func example(_ verb: String, in help: [String]) throws -> [String] {
    let indented = help.map { $0.trimmingCharacters(in: .whitespaces) }
    let first = try #require(indented.firstIndex { $0.hasPrefix("lightbox \(verb) ") })
    let rest = indented[first...]
    let end = rest.firstIndex { !$0.hasSuffix("\\") } ?? rest.endIndex - 1
    return Array(rest[first...end])
  }

  @Test(arguments: verbs)
  func helpFitsAPageAndHasAnExample(verb: String) throws {
    let outcome = try Command.run(verb, "--help")
    #expect(outcome.code == 0)
    let help = outcome.output.components(separatedBy: "\n")
    #expect(help.count <= 66, "\(verb): \(help.count) lines")
    #expect(try !Self.example(verb, in: help).isEmpty)
    let listed = try Command.run("--help")
    #expect(listed.lines.contains { $0.hasPrefix("  \(verb) ") }, "\(listed.output)")
  }

  /// The examples as they stand, typed into a shell at the root of the checkout.
  @Test(arguments: [
    "agreement", "compound", "epsilon", "fairness", "fid", "list", "readers", "roc", "survival",
    "volume",
  ])
  func examplesRun(verb: String) throws {
    try Command.withFolder { folder in
      let help = try Command.run(verb, "--help").output.components(separatedBy: "\n")
      let typed = try Self.example(verb, in: help).joined(separator: "\n")
        .replacing("--out sweep.nii.gz", with: "--out '\(folder)/sweep.nii.gz'")
      let up = String(repeating: "../", count: 64)
      let outcome = try Command.run(
        ["sh", "-c", "PATH=\"$1:$PATH\"\n\(typed)\n", "sh", Command.folder],
        program: up + "usr/bin/env")
      #expect(outcome.code == 0, "\(typed): \(outcome.errors)")
      #expect(!outcome.output.isEmpty)
    }
  }
}
