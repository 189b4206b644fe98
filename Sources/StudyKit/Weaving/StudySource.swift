import Foundation
import Kernels

/// One source file of a study, cut into prose and code.
public struct StudySource: Sendable {
  /// Relative to the root: `Studies/dp-fairness/DPFairness.swift`.
  public var file: String
  public var text: String

  public init(file: String, text: String) {
    self.file = file
    self.text = text
  }

  /// A run of lines of one kind. Lines count from 1.
  struct Block {
    enum Kind { case prose, code, hidden }
    var kind: Kind
    var first: Int
    var lines: [String]
    var last: Int { first + lines.count - 1 }
  }

  var name: String { (file as NSString).lastPathComponent }

  var lineCount: Int { Self.lines(text).count }

  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// `//:` lines are prose, wherever they are indented; everything else is code; code between
  /// `// hide` and `// show` is hidden.
  func blocks() throws -> [Block] {
    var blocks: [Block] = []
    var hiddenSince: Int?
    func add(_ kind: Block.Kind, _ line: String, _ number: Int) {
      if let last = blocks.indices.last, blocks[last].kind == kind {
        blocks[last].lines.append(line)
      } else {
        blocks.append(Block(kind: kind, first: number, lines: [line]))
      }
    }
    for (index, line) in Self.lines(text).enumerated() {
      let bare = line.trimmingCharacters(in: .whitespaces)
      let number = index + 1
      switch bare {
      case "// hide":
        if let hiddenSince {
          throw LightboxError.input(
            file: file, row: number, found: "// hide inside // hide of line \(hiddenSince)",
            expected: "// show first")
        }
        hiddenSince = number
        // The marker stands for an empty line, so that line numbers stay.
        add(.hidden, "", number)
      case "// show":
        guard hiddenSince != nil else {
          throw LightboxError.input(
            file: file, row: number, found: "// show without // hide", expected: "// hide above")
        }
        add(.hidden, "", number)
        hiddenSince = nil
      case _ where hiddenSince != nil: add(.hidden, line, number)
      case _ where bare.hasPrefix("//:"):
        let words = bare.dropFirst(3)
        add(.prose, String(words.first == " " ? words.dropFirst() : words), number)
      default: add(.code, line, number)
      }
    }
    if let hiddenSince {
      throw LightboxError.input(
        file: file, row: hiddenSince, found: "// hide", expected: "// show below it")
    }
    return blocks
  }

  /// A digest of the whole text: prose moves lines, and a log refers to lines.
  public var digest: String { SHA256.hex(of: Array(text.utf8)) }

  /// The sources of a study folder in reading order: the file with `@main` first, then siblings
  /// as the first file's prose names them, then as the log meets them, then by name.
  ///
  /// - Throws: an input error when the folder has no Swift source.
  public static func read(folder: String, root: String, log: [LogRow] = []) throws -> [StudySource]
  {
    let place = root + "/" + folder
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [])
      .filter { $0.hasSuffix(".swift") }.sorted()
    guard !names.isEmpty else {
      throw LightboxError.input(
        file: folder, found: "no Swift source", expected: "a study's folder")
    }
    let sources = try names.map { name in
      StudySource(
        file: "\(folder)/\(name)",
        text: String(decoding: try DurableFile.read("\(place)/\(name)"), as: UTF8.self))
    }
    let main = sources.first { $0.text.contains("@main") } ?? sources[0]
    let met = log.map(\.file)
    func rank(_ source: StudySource) -> (Int, Int, String) {
      if source.file == main.file { return (0, 0, "") }
      // In backquotes, so that a name that ends like another is not taken for it.
      if let place = main.text.range(of: "`\(source.name)`") {
        return (1, main.text.utf8.distance(from: main.text.startIndex, to: place.lowerBound), "")
      }
      if let place = met.firstIndex(of: source.file) { return (2, place, "") }
      return (3, 0, source.name)
    }
    return sources.sorted { rank($0) < rank($1) }
  }
}
