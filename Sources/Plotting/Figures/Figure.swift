import Foundation
import Kernels

/// The files of one figure, all beside each other and named after it.
public struct FigureFiles: Sendable {
  /// The data, the script and the drawing: `figure-2.tsv`, `figure-2.gp`, `figure-2.svg`.
  public var table, script, drawing: String
  /// The pixels of an image grid, `figure-1.tiles.png`.
  public var tiles: String?
  /// SHA-256 of the table's bytes.
  public var dataDigest: String
  /// What gnuplot remarked while drawing; empty as a rule.
  public var warnings: String
}

/// Figures as values: rows become a table, the table and a description become a gnuplot script,
/// and gnuplot draws the script.
///
/// The script reads the table beside it and is sent to gnuplot byte for byte, so that
/// `gnuplot figure-2.gp` in the figure's folder draws the same SVG again. Everything drawn comes
/// from the table as written: rows read back from it give the same bytes.
public enum Figure {
  /// Draws `rows` and writes `<name>.tsv`, `.gp` and `.svg` (image grids: `.png`) in `directory`.
  ///
  /// The files appear under their names only when all of them are complete.
  ///
  /// - `footer`: a short line at the lower left of the drawing; the data digest is appended.
  /// - `metadata`: study, function, tier, seed: written with the data digest into the SVG, as an
  ///   XML comment after the drawing, which is where gnuplot itself can put it.
  /// - `reusingTiles`: whether the pixels of an image grid that are already there are kept
  ///   instead of asking for the images again.
  /// - Throws: an error of the table, gnuplot's own message, how to install gnuplot, or a folder
  ///   that cannot be written.
  @discardableResult
  public static func render<Row: TableRow>(
    _ rows: [Row], name: String, directory: String, footer: String = "",
    metadata: [(name: String, value: String)] = [], reusingTiles: Bool = false,
    draw: (Plot<Row>) throws -> Void
  ) throws -> FigureFiles {
    let plain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    precondition(plain && !name.isEmpty, "name (\(name)) must be letters, digits, - _ .")
    let table = try FigureTable(rows)
    let figure = FigureDescription()
    try draw(Plot(table: table, figure: figure, filter: RowFilter(count: rows.count)))
    if let failure = figure.failure { throw failure }
    precondition(!figure.panels.isEmpty, "figure \(name) has no layers")

    let digest = SHA256.hex(of: Array(table.text.utf8))
    let foot = [footer, "data \(digest.prefix(12))"].filter { !$0.isEmpty }
    let notes = metadata + [(name: "data", value: "sha256:\(digest)")]
    let script = try FigureScript(
      figure: figure, name: name, footer: foot.joined(separator: " · "),
      metadata: notes.map { "\($0.name): \($0.value)" }
    ).text()

    let manager = FileManager.default
    let work = "\(directory)/.drawing-\(name)-\(getpid())"
    do {
      try manager.createDirectory(atPath: work, withIntermediateDirectories: true)
    } catch {
      throw LightboxError.cannotWrite(directory, "the folder cannot be made or written")
    }
    defer { try? manager.removeItem(atPath: work) }
    let drawing = figure.images == nil ? "\(name).svg" : "\(name).png"
    var files = ["\(name).tsv", "\(name).gp", drawing]
    try write(table.text, to: "\(work)/\(files[0])")
    try write(script, to: "\(work)/\(files[1])")
    if let sheet = figure.images {
      let tiles = "\(name).tiles.png"
      try sheet.write(to: "\(work)/\(tiles)", keeping: reusingTiles ? "\(directory)/\(tiles)" : nil)
      files.append(tiles)
    }
    let warnings = try Gnuplot.run(script, in: work, name: name)
    guard manager.fileExists(atPath: "\(work)/\(drawing)") else {
      throw LightboxError(.software, "\(name).gp: gnuplot drew nothing")
    }
    for file in files { try move("\(work)/\(file)", to: "\(directory)/\(file)") }
    return FigureFiles(
      table: "\(directory)/\(files[0])", script: "\(directory)/\(files[1])",
      drawing: "\(directory)/\(drawing)",
      tiles: files.count > 3 ? "\(directory)/\(files[3])" : nil, dataDigest: digest,
      warnings: warnings)
  }

  private static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw LightboxError.cannotWrite(path, "\((error as NSError).localizedDescription)")
    }
  }

  /// Renames within one folder, which replaces what was there in one step.
  private static func move(_ path: String, to final: String) throws {
    let descriptor = open(path, O_RDONLY)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
    if rename(path, final) != 0 {
      throw LightboxError.cannotWrite(final, String(cString: strerror(errno)))
    }
  }
}
