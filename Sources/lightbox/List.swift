import ArgumentParser
import Foundation
import Kernels
import StudyKit

/// `lightbox list`: the catalogue of studies.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The studies: title, decided claims, measured time.",
    discussion: """
      Reads Studies/ and the committed results in Figures/. --markdown prints the table of \
      README.md; --write puts it between the markers <!-- catalogue --> and <!-- /catalogue -->.

      Example:

        lightbox list --markdown
      """)

  @Option(help: "The root of the checkout.")
  var root: String = "."
  @Flag(help: "Print the table of README.md.")
  var markdown = false
  @Option(help: "Replace the table between the markers of this file.")
  var write: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let catalogue = try Catalogue(root: root)
    if let write {
      guard let page = try? String(contentsOfFile: write, encoding: .utf8) else {
        throw LightboxError.input(file: write, found: "no such text", expected: "a Markdown page")
      }
      let text = try catalogue.inserted(into: page, file: write)
      do {
        try text.write(toFile: write, atomically: true, encoding: .utf8)
      } catch {
        throw LightboxError.cannotWrite(write, "the file cannot be replaced")
      }
      return
    }
    if json {
      print(try JSONText.text(catalogue))
    } else {
      print(markdown ? catalogue.markdown : catalogue.text, terminator: "")
    }
  }
}
