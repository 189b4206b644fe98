import Foundation
import Kernels
import Plotting

/// What a check found, side by side: one HTML file that needs nothing but itself.
///
/// Claims of the ledger with verdict and value, changed cells of tables with their rows' keys,
/// figures as they are committed and as they were drawn now, rasters with the absolute difference
/// of their pixels, and the lines in which texts part. Drawings follow from their tables, so an SVG
/// is compared through its `.tsv` and both are shown. No script, nothing from the network, no date:
/// equal folders give equal bytes.
public struct DifferencePage: Sendable {
  /// The text of the page.
  public private(set) var html = ""

  private let old, new: String
  private let check: FolderCheck
  /// Titles of tables and captions of figures, by id.
  private var captions: [String: String] = [:]
  private var changes: [String: FolderCheck.Changed] = [:]

  /// Reads what differs.
  ///
  /// A file that cannot be read or decoded is named on the page with the reason.
  ///
  /// - Parameters:
  ///   - study: name in title and heading.
  ///   - old: folder that is committed.
  ///   - new: folder that was computed now.
  ///   - shown: what a reader may be told of the committed folder; its path where it is nil.
  ///   - check: the comparison of these two folders.
  public init(study: String, old: String, new: String, shown: String? = nil, check: FolderCheck) {
    self.old = old
    self.new = new
    self.check = check
    for change in check.changed { changes[change.file] = change }
    // Fresh words win.
    for folder in [old, new] {
      for row in Self.log(folder) {
        if let title = row.title { captions[row.id] = title }
      }
    }
    html = DifferenceFrame.page(
      study: study, committed: shown ?? old, remarks: remarks, sections: sections())
  }

  // MARK: The file

  /// Writes the page; one of an earlier check is replaced.
  ///
  /// - Throws: what `clear` throws, and the errors of a place that cannot be written.
  public func write(to path: String) throws {
    try Self.clear(path)
    try DurableFile.write(html, to: path)
  }

  /// Removes the page of an earlier check.
  ///
  /// - Returns: whether there was one.
  /// - Throws: exit code 73 where the place holds anything else, which stays.
  @discardableResult
  public static func clear(_ path: String) throws -> Bool {
    guard DurableFile.exists(path) else { return false }
    var isOurs = false
    if !DurableFile.isFolder(path) {
      let start = try DurableFile.read(path).prefix(1000)
      isOurs = String(decoding: start, as: UTF8.self).contains(DifferenceFrame.mark)
    }
    guard isOurs else {
      throw LightboxError.cannotWrite(
        path, "something other than a page of differences is in its place; choose another name")
    }
    guard unlink(path) == 0 else { throw DurableFile.failure(path) }
    return true
  }

  // MARK: Sections

  private var remarks: [String] {
    var lines: [String] = []
    if !check.comparesBytes {
      lines.append(
        "The machines differ: numbers within the tolerance are not listed, and drawings and pages "
          + "are not compared; a picture is shown where its table changed.")
    }
    return lines + check.environment.map { "The runs differ in \($0)" }
  }

  private func sections() -> [DifferenceFrame.Section] {
    var found: [DifferenceFrame.Section] = []
    var figures: [String] = []
    for change in check.changed {
      if let figure = figure(change.file) {
        if !figures.contains(figure) { figures.append(figure) }
        continue
      }
      let kind: DifferenceFrame.Kind =
        switch change.file {
        case "ledger.tsv": .ledger
        case "log.tsv": .other
        default: FolderCheck.isTable(change.file) ? .table : .other
        }
      found.append(
        DifferenceFrame.Section(
          kind: kind, title: titled(change.file), files: [change], body: body(change)))
    }
    for figure in figures {
      found.append(
        DifferenceFrame.Section(
          kind: .figure, title: titled(figure),
          files: check.changed.filter { self.figure($0.file) == figure }, body: drawn(figure)))
    }
    return DifferenceFrame.Kind.allCases.flatMap { kind in found.filter { $0.kind == kind } }
  }

  /// Endings of the files of a figure; the longest of two that fit comes first.
  private static let endings = [".tiles.png", ".png", ".svg", ".tsv", ".gp"]

  /// The figure that a file belongs to: one of that name has a picture in either folder.
  private func figure(_ file: String) -> String? {
    guard let ending = Self.endings.first(where: { file.hasSuffix($0) }) else { return nil }
    let name = String(file.dropLast(ending.count))
    let hasPicture = [old, new].contains { folder in
      DurableFile.exists("\(folder)/\(name).svg") || DurableFile.exists("\(folder)/\(name).png")
    }
    return hasPicture ? name : nil
  }

  private func titled(_ file: String) -> String {
    let name = (file as NSString).lastPathComponent
    let id = name.prefix { $0 != "." }
    return captions[String(id)].map { "\(file): \($0)" } ?? file
  }

  /// The pictures of a figure, the cells behind them, the lines of its script.
  private func drawn(_ figure: String) -> String {
    var parts: [String] = []
    let table = "\(figure).tsv"
    let caption = captions[(figure as NSString).lastPathComponent] ?? ""
    for ending in [".svg", ".png", ".tiles.png"] {
      let file = figure + ending
      let sides = (old: side(file, old), new: side(file, new))
      let followsTable = changes[table] != nil && ending != ".tiles.png"
      guard changes[file] != nil || followsTable, sides.old != nil || sides.new != nil else {
        continue
      }
      if let a = try? sides.old?.get(), let b = try? sides.new?.get(), a == b {
        parts.append("<p><code>\(HTML.escaped(file))</code> holds the same bytes.</p>")
      } else {
        parts.append(
          DifferencePictures.pair(file, caption: caption, old: sides.old, new: sides.new))
      }
    }
    if let change = changes[table] {
      parts.append("<p>The table that it is drawn from, <code>\(HTML.escaped(table))</code>:</p>")
      parts.append(body(change))
    } else if side(table, old) != nil && side(table, new) != nil {
      parts.append(
        "<p>The table that it is drawn from, <code>\(HTML.escaped(table))</code>, is the same.</p>")
    }
    if let script = changes["\(figure).gp"] {
      parts.append("<p>The script that draws it, <code>\(HTML.escaped(script.file))</code>:</p>")
      parts.append(body(script))
    }
    return parts.joined(separator: "\n")
  }

  /// What changed in a file that is no picture.
  private func body(_ change: FolderCheck.Changed) -> String {
    let isTable = FolderCheck.isTable(change.file)
    do {
      let before = try change.kind == .added ? nil : side(change.file, old)?.get()
      let after = try change.kind == .missing ? nil : side(change.file, new)?.get()
      guard let before, let after else {
        let bytes = before ?? after ?? []
        let size =
          isTable
          ? "\(try FolderCheck.grid(bytes, file: change.file).rows.count) rows"
          : "\(bytes.count) bytes"
        return change.kind == .missing
          ? "<p>No longer written; \(size) are committed.</p>"
          : "<p>New: \(size); none is committed.</p>"
      }
      guard isTable else {
        return TextDifference(old: before, new: after).map(DifferenceTables.text)
          ?? "<p>\(before.count) bytes, now \(after.count).</p>"
      }
      let isLedger = change.file == "ledger.tsv"
      let table = TableDifference(
        old: try FolderCheck.grid(before, file: change.file),
        new: try FolderCheck.grid(after, file: change.file), key: isLedger ? ["id", "tier"] : [],
        accepts: check.accepts)
      let isWhole = [table.old, table.new].allSatisfy { side in
        ["id", "tier", "verdict"].allSatisfy(side.header.contains)
      }
      return isLedger && isWhole
        ? DifferenceTables.ledger(table) : DifferenceTables.cells(table, file: change.file)
    } catch {
      return "<p>Cannot be read: \(HTML.escaped("\(error)")).</p>"
    }
  }

  // MARK: Reading

  /// A file of a folder; nil where there is none.
  private func side(_ file: String, _ folder: String) -> DifferencePictures.Side? {
    let path = "\(folder)/\(file)"
    guard DurableFile.exists(path) else { return nil }
    do {
      return .success(try DurableFile.read(path))
    } catch {
      return .failure(
        error as? LightboxError
          ?? .input(file: file, found: "no readable file", expected: "a file of results"))
    }
  }

  /// The outputs that a run noted; none where its log is of another form.
  private static func log(_ folder: String) -> [LogRow] {
    guard let bytes = try? DurableFile.read("\(folder)/log.tsv") else { return [] }
    let text = String(decoding: bytes, as: UTF8.self)
    return (try? TSV.decode(LogRow.self, text, file: "log.tsv")) ?? []
  }
}
