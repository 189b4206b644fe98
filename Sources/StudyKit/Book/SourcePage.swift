/// The sources of a study on one page, every line with an anchor of its own.
enum SourcePage {
  /// Anchor of a file's heading.
  static func fileID(_ name: String) -> String { "file-\(id(name))" }

  /// Anchor of a line, as pandoc numbers the lines of a code cell that has a name.
  static func lineID(_ name: String, _ line: String) -> String { "\(id(name))-\(line)" }

  private static func id(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.map {
          $0.isASCII && ($0.properties.isAlphabetic || "0123456789".unicodeScalars.contains($0))
            ? $0 : "_"
        }))
  }

  /// Pandoc's Markdown of the page: a chapter a file, in reading order.
  static func markdown(study: String, sources: [StudySource]) -> String {
    var parts = ["# Sources of \(study)"]
    for source in sources {
      let name = String(source.name.dropLast(source.name.hasSuffix(".swift") ? 6 : 0))
      var lines = StudySource.lines(source.text)
      if lines.last?.isEmpty == true { lines.removeLast() }
      // A fence longer than any run of backquotes inside.
      var fence = "```"
      while source.text.contains(fence) { fence += "`" }
      parts.append("## \(source.name) {#\(fileID(name))}")
      parts.append(
        "\(fence){#\(id(name)) .swift .numberLines}\n" + lines.joined(separator: "\n")
          + "\n\(fence)")
    }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
