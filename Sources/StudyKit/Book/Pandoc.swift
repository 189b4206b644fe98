import Foundation
import Kernels

/// The program that turns Markdown into HTML: formulas as MathML, code in coloured words.
struct Pandoc {
  /// Name on the PATH, or a path.
  var program = "pandoc"
  /// A folder for the texts that pandoc reads and writes.
  var work: String

  /// What the Markdown of a text is.
  enum Flavour: String {
    /// What a study weaves: GitHub's, with formulas between dollars.
    case woven = "gfm+tex_math_dollars"
    /// Pandoc's own, whose code cells can have a name.
    case named = "markdown"
  }

  /// A fragment of HTML.
  ///
  /// - name: what errors call the text.
  /// - Throws: a software error (70) where pandoc is missing or fails, with what to do; an input
  ///   error for what it warns about, such as a formula that it cannot read.
  func html(_ markdown: String, _ flavour: Flavour, name: String) throws -> String {
    let (input, output) = ("\(work)/pandoc.md", "\(work)/pandoc.html")
    defer { for file in [input, output] { DurableFile.remove(file) } }
    try DurableFile.write(markdown, to: input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try path())
    // Nothing that a text names is read or fetched: fragments embed nothing. Wide lines keep pandoc
    // from guessing the widths of columns.
    process.arguments = [
      "--from", flavour.rawValue, "--to", "html5", "--mathml", "--wrap=preserve",
      "--columns=100000",
      "--output", output, input,
    ]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw LightboxError(.software, "\(program) cannot be started: \(error)")
    }
    // Read to the end first: a full pipe would stop it.
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw LightboxError(
        .software,
        "\(name): \(program) failed (\(process.terminationStatus)): \(said); "
          + "version 2.15 or newer is needed")
    }
    guard said.isEmpty else {
      throw LightboxError.input(
        file: name, found: "what pandoc warns about: \(said)", expected: "plain Markdown",
        hint: "mend the prose it comes from, then make the study's page again")
    }
    return String(decoding: try DurableFile.read(output), as: UTF8.self)
  }

  /// Where the program lies.
  private func path() throws -> String {
    let manager = FileManager.default
    let places =
      program.contains("/")
      ? [program]
      : (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/\(program)" }
    if let path = places.first(where: { manager.isExecutableFile(atPath: $0) }) { return path }
    throw LightboxError(
      .software,
      "\(program) was not found; a book needs it: run `make book-packages`, or install pandoc")
  }
}
