import Foundation
import Kernels

/// A working study to start from.
///
/// It is a copy of Tests/Fixtures/first-study, which the tests build and run, under a new name: one
/// page with arithmetic, a simulation with its control, a table, a figure, two claims and their
/// verdicts. Nothing in it has to be completed before it runs.
public struct NewStudy {
  /// The study that is copied.
  static let example = "Tests/Fixtures/first-study"
  private static let exampleName = try! StudyName("first-study")

  public let name: StudyName
  let root: String
  private let title: String
  private let source, claims, package: String

  /// Reads what is copied and makes sure that the name is free.
  ///
  /// - title: of the page; made from the name without one.
  /// - Throws: a usage error (64) for a name or title that is not one, or is taken; an input error
  ///   (65) where `root` is no checkout.
  public init(_ name: String, title: String? = nil, root: String) throws {
    self.name = try StudyName(name)
    self.root = URL(fileURLWithPath: root).standardizedFileURL.path
    self.title = title ?? self.name.title
    let isLine = self.title.unicodeScalars.allSatisfy { $0.value >= 32 && $0 != "\"" && $0 != "\\" }
    guard isLine, !self.title.isEmpty, self.title.count <= 80, !self.title.contains("{{") else {
      throw LightboxError(
        .usage, "the title: expected one line of at most 80 characters, without quotes or {{")
    }
    package = try Self.read("Package.swift", root: self.root)
    source = try Self.read(
      "\(Self.example)/\(Self.exampleName.type).swift", root: self.root)
    claims = try Self.read("\(Self.example)/claims.tsv", root: self.root)
    try requireFree(makefile: try Self.read("Makefile", root: self.root))
  }

  private static func read(_ file: String, root: String) throws -> String {
    guard DurableFile.exists("\(root)/\(file)") else {
      throw LightboxError.input(
        file: root, found: "no \(file)", expected: "the root of a checkout",
        hint: "name it with --root")
    }
    return String(decoding: try DurableFile.read("\(root)/\(file)"), as: UTF8.self)
  }

  /// Files that `write` makes or changes, below the root.
  public var files: [String] {
    ["\(folder)/\(name.type).swift", "\(folder)/claims.tsv", "Package.swift"]
  }

  private var folder: String { "Studies/\(name)" }

  /// Writes the study's folder and puts it on the list in Package.swift; all or nothing.
  public func write() throws {
    let listed = try StudyList(package, file: "\(root)/Package.swift").adding(name.description)
    let place = "\(root)/\(folder)"
    do {
      try DurableFile.makeFolder(place)
      try DurableFile.write(text, to: "\(place)/\(name.type).swift")
      try DurableFile.write(claims, to: "\(place)/claims.tsv")
      try DurableFile.write(listed, to: "\(root)/Package.swift")
    } catch {
      DurableFile.remove(place)
      throw error
    }
  }

  /// The example's source under the new name.
  var text: String {
    source.replacing(Self.exampleName.type, with: name.type)
      .replacing(Self.exampleName.title, with: title)
  }

  private func requireFree(makefile: String) throws {
    func taken(_ by: String) -> LightboxError {
      LightboxError(.usage, "the name \(name) is taken: \(by); choose another one")
    }
    if DurableFile.exists("\(root)/\(folder)") { throw taken("\(folder) is there") }
    // Folders, executables and modules share one space of names, whatever their case.
    let own = [name.description, name.description.replacing("-", with: "_")]
    for word in Self.quoted(package) where own.contains(word.lowercased()) {
      throw taken("Package.swift has \(word)")
    }
    for target in Self.targets(makefile) where target == name.description {
      throw taken("make \(target) does something else")
    }
    for verb in ["check-", "explain-", "redraw-"] where name.description.hasPrefix(verb) {
      throw taken("make \(verb)<study> is about a study")
    }
    // A type of the same name would stand in the way of the one that the example uses.
    let words = source.split { !($0.isLetter || $0.isNumber) }
    if words.contains(where: { $0 == name.type }) {
      throw LightboxError(
        .usage,
        "the name \(name): its type would be \(name.type), which studies use for something else; add "
          + "a word, as in \(name)-study")
    }
  }

  /// Texts between quotes, on one line each.
  private static func quoted(_ swift: String) -> [String] {
    swift.split(separator: "\n").flatMap { line in
      line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
  }

  /// Targets that a Makefile spells out.
  private static func targets(_ makefile: String) -> [String] {
    makefile.split(separator: "\n").flatMap { line -> [String] in
      guard line.first?.isLetter == true, let colon = line.firstIndex(of: ":"),
        !line[colon...].hasPrefix(":=")
      else { return [] }
      return line[..<colon].split(separator: " ").map(String.init)
    }
  }
}
