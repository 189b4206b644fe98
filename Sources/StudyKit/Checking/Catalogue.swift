import Foundation
import Kernels
import Plotting

/// The studies of a checkout: what each is, how much of its paper is decided, what it took.
public struct Catalogue: Codable, Sendable {
  public struct Entry: Codable, Sendable {
    public var study: String
    public var title: String
    /// Statements declared in claims.tsv.
    public var claims: Int
    /// Headline per tier, in the ledger's order; empty before the first committed run.
    public var coverage: [String]
    /// Seconds of the committed run, from run.json.
    public var seconds: Double?
    /// Memory of the committed run, from run.json.
    public var peakMB: Double?
    public var command: String
  }

  public var studies: [Entry]

  /// Reads Studies/ and Figures/ below `root`.
  ///
  /// - Throws: an input error when there is no Studies folder, or a ledger is damaged.
  public init(root: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: root + "/Studies") else {
      throw LightboxError.input(
        file: root, found: "no folder Studies", expected: "the root of a checkout",
        hint: "name it with --root")
    }
    studies = try names.sorted().filter { DurableFile.isFolder("\(root)/Studies/\($0)") }.map {
      try Self.entry($0, root: root)
    }
  }

  private static func entry(_ study: String, root: String) throws -> Entry {
    let sources = try StudySource.read(folder: "Studies/\(study)", root: root)
    let heading = sources.lazy.flatMap { StudySource.lines($0.text) }
      .first { $0.hasPrefix("//: # ") }?.dropFirst(6)
    func text(_ path: String) -> String? {
      (try? DurableFile.read("\(root)/\(path)")).map { String(decoding: $0, as: UTF8.self) }
    }
    var claims = 0
    if let declared = text("Studies/\(study)/claims.tsv") {
      claims = try TSV.cells(declared, file: "Studies/\(study)/claims.tsv").rows.count
    }
    var coverage: [String] = []
    if let ledger = text("Figures/\(study)/ledger.tsv") {
      let rows = try WovenClaim.read(ledger, file: "Figures/\(study)/ledger.tsv")
      coverage = WovenClaim.headlines(rows)
    }
    let record = text("Figures/\(study)/run.json").flatMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    return Entry(
      study: study, title: heading.map(String.init) ?? study, claims: claims, coverage: coverage,
      seconds: ((record?["whole_wall_s"] ?? record?["wall_s"]) as? NSNumber)?.doubleValue,
      peakMB: (record?["peak_mb"] as? NSNumber)?.doubleValue, command: "make \(study)")
  }

  /// The table of README.md. Titles and page links, decided claims, measured time.
  public var markdown: String {
    var lines = [
      "| study | what | claims | decided | measured |", "| --- | --- | ---: | --- | ---: |",
    ]
    for entry in studies {
      let hasPage = entry.seconds != nil
      let name = hasPage ? "[\(entry.study)](Figures/\(entry.study)/README.md)" : entry.study
      let decided = entry.coverage.map(Self.short).joined(separator: "<br>")
      let cells = [
        "\(name)<br>`\(entry.command)`", entry.title.replacing("|", with: "\\|"),
        entry.claims == 0 ? "–" : String(entry.claims), decided.isEmpty ? "–" : decided,
        Self.time(entry.seconds),
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The list of a terminal.
  public var text: String {
    studies.map { entry in
      var lines = ["\(entry.study)  \(entry.title)"]
      lines.append(
        "  \(entry.command), measured \(Self.time(entry.seconds)), \(entry.claims) claims")
      lines += entry.coverage.map { "  \($0.replacing("**", with: ""))" }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n") + "\n"
  }

  /// "3 of 8 (simulated)" out of a headline.
  static func short(_ headline: String) -> String {
    let parts = headline.split(separator: "**", omittingEmptySubsequences: true)
    let tier = parts.first.map(String.init) ?? ""
    let counts = parts.last.map { $0.split(separator: " at risk")[0].dropFirst(2) } ?? ""
    return "\(counts) (\(tier))"
  }

  static func time(_ seconds: Double?) -> String {
    guard let seconds else { return "–" }
    return seconds < 90
      ? "\(Printed.fixed(seconds, decimals: 0)) s"
      : "\(Printed.fixed(seconds / 60, decimals: 1)) min"
  }

  /// `page` with the table between `<!-- catalogue -->` and `<!-- /catalogue -->` replaced.
  ///
  /// - Throws: an input error when the markers are not there, in this order.
  public func inserted(into page: String, file: String) throws -> String {
    guard let open = page.range(of: "<!-- catalogue -->"),
      let close = page[open.upperBound...].range(of: "<!-- /catalogue -->")
    else {
      throw LightboxError.input(
        file: file, found: "no markers", expected: "<!-- catalogue --> and <!-- /catalogue -->")
    }
    return page[..<open.upperBound] + "\n" + markdown + page[close.lowerBound...]
  }
}
