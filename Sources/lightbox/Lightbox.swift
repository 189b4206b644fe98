import ArgumentParser

/// The reviewer's instruments on one's own files.
@main
struct Lightbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lightbox",
    abstract: "The instruments of the studies, on your own files.",
    subcommands: [])
}
