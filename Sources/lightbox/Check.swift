import ArgumentParser
import Foundation
import Kernels
import StudyKit

/// `lightbox check`: two folders of results of one study, compared.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare two folders of results: verdicts exactly, numbers to tolerance.",
    discussion: """
      On the same machine class (run.json) every file must hold the same bytes; elsewhere tables \
      must have the same structure and texts, and numbers within the tolerance. Exit code 1 when \
      they differ. `make check-<study>` runs a study again and does the same.

      With one folder, Figures/<study>, it tells whether the study's claims were committed before \
      its first results.

      Example:

        lightbox check Figures/dp-fairness /tmp/other/Figures/dp-fairness \\
          --relative 1e-6
      """)

  @Argument(help: "Folders of results: the committed one, then the new one.")
  var folders: [String]
  @Option(help: "Relative difference that numbers may have.")
  var relative: Double = 1e-9
  @Option(help: "Absolute difference that numbers may have.")
  var absolute: Double = 0
  @Option(help: "The root of the checkout, for the history of claims.")
  var root: String = "."
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...2).contains(folders.count) else { throw ValidationError("name one or two folders") }
    guard relative >= 0, absolute >= 0 else {
      throw ValidationError("tolerances must not be negative")
    }
  }

  func run() throws {
    var lines: [String] = []
    var differs = false
    if folders.count == 2 {
      let check = try FolderCheck(
        old: folders[0], new: folders[1],
        tolerance: FolderCheck.Tolerance(absolute: absolute, relative: relative))
      lines = check.lines
      differs = check.exitCode != 0
    } else {
      let study = URL(filePath: folders[0]).lastPathComponent
      let history = ClaimHistory(
        root: root, claims: "Studies/\(study)/claims.tsv", ledger: "Figures/\(study)/ledger.tsv")
      lines = history.lines
      differs = history.isBroken
    }
    if json {
      struct Report: Encodable {
        var equal: Bool
        var lines: [String]
      }
      print(try JSONText.text(Report(equal: !differs, lines: lines)))
    } else {
      for line in lines { print(line) }
    }
    if differs { throw ExitCode(1) }
  }
}
