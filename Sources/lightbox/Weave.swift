import ArgumentParser
import Foundation
import Kernels
import StudyKit

/// `lightbox weave`: the pages of a study from its sources and results.
struct Weave: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weave",
    abstract: "Weave README.md and REVIEW.md of a study from its sources and results.",
    discussion: """
      A run does this itself; `make redraw-<study>` after editing prose does it with figures. \
      A log that is older than the sources is an error.

      Example:

        lightbox weave dp-fairness --print \\
          --budget "about 15 minutes at the default scale"
      """)

  @Argument(help: "Name of the study, as in Studies/<study>.")
  var study: String
  @Option(help: "The root of the checkout.")
  var root: String = "."
  @Option(help: "Folder of the results; Figures/<study> without it.")
  var results: String?
  @Option(help: "The stated budget, in words.")
  var budget: String = "see the study's source"
  @Flag(name: .customLong("print"), help: "Print the reader's page instead of writing both.")
  var prints = false
  @Flag(help: "Print both pages as JSON.")
  var json = false

  func run() throws {
    let folder = results ?? "\(root)/Figures/\(study)"
    let pages = try StudyPages.weave(
      header: PageHeader(study: study, budget: budget, command: "make \(study)"),
      folder: "Studies/\(study)", root: root, results: folder)
    if json {
      print(try JSONText.text(["page": pages.page, "review": pages.review]))
    } else if prints {
      print(pages.page, terminator: "")
    } else {
      for (name, text) in [("README.md", pages.page), ("REVIEW.md", pages.review)] {
        do {
          try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        } catch {
          throw LightboxError.cannotWrite("\(folder)/\(name)", "the file cannot be replaced")
        }
      }
    }
  }
}
