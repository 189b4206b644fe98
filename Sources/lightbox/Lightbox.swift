import ArgumentParser
import Foundation
import Kernels

/// The reviewer's instruments on one's own files.
@main
struct Lightbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lightbox",
    abstract: "The instruments of the studies, on your own files.",
    subcommands: [
      Agreement.self, BookCommand.self, Check.self, Compound.self, Epsilon.self, Explain.self,
      Fairness.self,
      Fid.self, List.self, NewStudyCommand.self, Readers.self, Roc.self, Survival.self,
      VolumeCommand.self, Weave.self,
    ])

  /// Runs the command; a `LightboxError` ends it with one line and the exit code of its kind.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as LightboxError {
      FileHandle.standardError.write(Data("lightbox: \(error)\n".utf8))
      Foundation.exit(error.kind.rawValue)
    } catch {
      Self.exit(withError: error)
    }
  }
}
