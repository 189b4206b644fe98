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
      they differ, and with --page one HTML file that shows it: changed cells, verdicts and \
      pictures side by side. `make check-<study>` runs a study again and does the same.

      With one folder, Figures/<study>, it tells whether the study's claims were committed before \
      its first results.

      Example:

        lightbox check Figures/dp-fairness /tmp/other/Figures/dp-fairness \\
          --relative 1e-6 --page differences.html
      """)

  @Argument(help: "Folders of results: the committed one, then the new one.")
  var folders: [String]
  @Option(help: "Relative difference that numbers may have.")
  var relative: Double = 1e-9
  @Option(help: "Absolute difference that numbers may have.")
  var absolute: Double = 0
  @Option(
    help: ArgumentHelp(
      "Show what differs on this page; where nothing does, an old one is removed.",
      valueName: "file.html"))
  var page: String?
  @Option(help: "The root of the checkout, for the history of claims.")
  var root: String = "."
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...2).contains(folders.count) else { throw ValidationError("name one or two folders") }
    guard relative >= 0, absolute >= 0 else {
      throw ValidationError("tolerances must not be negative")
    }
    guard page == nil || folders.count == 2 else {
      throw ValidationError("--page shows two folders side by side; name both")
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
      if let page { lines.append(try shown(check, on: page)) }
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

  /// Writes the page of what differs or removes an old one, and says so.
  private func shown(_ check: FolderCheck, on page: String) throws -> String {
    let hadPage = try DifferencePage.clear(page)
    guard check.exitCode != 0 else {
      return hadPage ? "nothing changed: \(page) is removed" : "nothing changed: no page"
    }
    let study = URL(filePath: folders[0]).standardizedFileURL.lastPathComponent
    try DifferencePage(study: study, old: folders[0], new: folders[1], check: check)
      .write(to: page)
    return "side by side in \(page)"
  }
}
