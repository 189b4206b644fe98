import ArgumentParser
import Foundation
import Kernels
import StudyKit

/// `lightbox new-study`: a working study to start from.
struct NewStudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new-study",
    abstract: "Write a working study to start from.",
    discussion: """
      Writes Studies/<name>/ with one source and its claims.tsv, and puts the name on the list in \
      Package.swift. The study runs as it is: arithmetic, a simulation with its control, a table, a \
      figure, two claims and their verdicts. A name or folder that is taken is refused, and nothing \
      is written. `make new-study NAME=<name>` does the same; CONTRIBUTING.md tells what comes next.

      Example:

        lightbox new-study knee-reading \\
          --title "How far apart do two readers read a knee?"
      """)

  @Argument(help: "Folder, executable and make target: lower-case words joined by hyphens.")
  var name: String
  @Option(help: "Title of the page; made from the name without one.")
  var title: String?
  @Option(help: "The root of the checkout.")
  var root: String = "."
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let study = try NewStudy(name, title: title, root: root)
    try study.write()
    if json {
      print(try JSONText.text(Written(study: study.name.description, files: study.files)))
    } else {
      for file in study.files { print(file) }
      print(
        """
        Next: make \(study.name) SCALE=smoke
              read Figures/\(study.name)@scale=smoke/README.md, then CONTRIBUTING.md
        """)
    }
  }

  private struct Written: Encodable {
    var study: String
    var files: [String]
  }
}
