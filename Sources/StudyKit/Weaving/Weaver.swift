import Foundation
import Kernels
import Plotting

/// What a page says before its first chapter. Nothing in it varies between equal runs.
public struct PageHeader: Sendable {
  /// Name of the study.
  public var study: String
  /// "about 15 minutes at the default scale".
  public var budget: String
  /// How to run it: `make dp-fairness`.
  public var command: String

  public init(study: String, budget: String, command: String) {
    self.study = study
    self.budget = budget
    self.command = command
  }
}

/// Sources, log and ledger of a run become Markdown pages.
///
/// Runs of `//:` lines are prose; everything else is a code cell, dedented and labelled with its
/// file and lines; after each cell come the outputs whose line falls inside it. A pure function
/// of its inputs: equal inputs give equal bytes.
public struct Weaver {
  public var header: PageHeader
  /// In reading order.
  public var sources: [StudySource]
  public var log: [LogRow]
  public var claims: [WovenClaim]
  /// The text of an output's file (`table-2.tsv`), relative to the page; nil where there is none.
  public var file: (String) -> String?
  /// From the page's folder to the root.
  public var toRoot = "../../"
  /// What recomputes from the cases of the run; nil where nobody looked.
  public var recomputation: Recomputation?

  /// Code cells longer than this fold away.
  static let longCell = 25
  /// Tables longer than this show their first rows.
  static let longTable = 40

  public init(
    header: PageHeader, sources: [StudySource], log: [LogRow], claims: [WovenClaim],
    file: @escaping (String) -> String?
  ) {
    self.header = header
    self.sources = sources
    self.log = log
    self.claims = claims
    self.file = file
  }

  /// The reader's page.
  ///
  /// - Throws: an input error for a stale log, an unknown `{{id}}`, a claim without its row in the
  ///   ledger, an output without its file, `// hide` without `// show`.
  public func page() throws -> String {
    try checkLog()
    let substitution = Substitution(log: log, claims: claims)
    var parts = [
      "<!-- Woven from \(header.study)'s sources by its own run; edit those, not this page. -->"
    ]
    var needsHeader = true
    for source in sources {
      for block in try source.blocks() {
        switch block.kind {
        case .prose:
          parts.append(try prose(block, source, substitution))
          if needsHeader {
            parts.append(about)
            needsHeader = false
          }
        case .code, .hidden:
          if let cell = cell(block, source) { parts.append(cell) }
          for row in log where row.file == source.file && (block.first...block.last) ~= row.line {
            if let output = try output(row) { parts.append(output) }
          }
        }
      }
    }
    if needsHeader { parts.insert(about, at: 1) }
    if !claims.isEmpty {
      parts.append("## What the ledger says")
      parts.append(list(WovenClaim.headlines(claims)))
      if let recomputation { parts.append(recomputation.share) }
      parts.append("Every row: [REVIEW.md](REVIEW.md), [ledger.tsv](ledger.tsv).")
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The facts under the title.
  private var about: String {
    var tiers: [String] = []
    for tier in log.compactMap(\.tier) where !tiers.contains(tier) { tiers.append(tier) }
    let data = tiers.isEmpty ? "none" : tiers.joined(separator: ", ")
    let review = claims.isEmpty ? "" : " · **Review** [ledger first](REVIEW.md)"
    return "> **Budget** \(header.budget) (measured: [run.json](run.json)) · **Data** \(data)"
      + " · **Run** `\(header.command)`\(review)"
  }

  /// Every row of the log must point into the sources as they are.
  func checkLog() throws {
    func stale(_ row: LogRow, _ found: String) -> LightboxError {
      LightboxError.input(
        file: "log.tsv", column: row.kind.rawValue, found: found,
        expected: "the source that the run was made from",
        hint: "run `make \(header.study)` or `make redraw-\(header.study)` again")
    }
    for row in log {
      guard let source = sources.first(where: { $0.file == row.file }) else {
        throw stale(row, "\(row.id) of \(row.file), which is not there")
      }
      if row.kind == .source && row.value != source.digest {
        throw stale(row, "a stale log: \(row.file) has changed since")
      }
      if row.line > source.lineCount {
        throw stale(row, "\(row.id) at line \(row.line) of \(source.lineCount)")
      }
    }
    let judged = Set(claims.map(\.id))
    for row in log where row.kind == .claim && !judged.contains(row.id) {
      throw LightboxError.input(
        file: "ledger.tsv", column: "id", found: "no row for the claim \(row.id)",
        expected: "one for every claim of the log",
        hint: "run `make \(header.study)` again")
    }
  }

  private func prose(
    _ block: StudySource.Block, _ source: StudySource, _ substitution: Substitution
  ) throws -> String {
    try block.lines.enumerated().map { index, line in
      try substitution.applied(to: line, file: source.file, row: block.first + index)
    }.joined(separator: "\n")
  }

  /// A code cell, or nil when it is blank or hides nothing but imports.
  private func cell(_ block: StudySource.Block, _ source: StudySource) -> String? {
    func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }
    guard let start = block.lines.firstIndex(where: { !isBlank($0) }),
      let end = block.lines.lastIndex(where: { !isBlank($0) })
    else { return nil }
    let lines = Array(block.lines[start...end])
    if block.kind == .hidden, lines.allSatisfy({ $0.hasPrefix("import ") || isBlank($0) }) {
      return nil
    }
    let indent =
      lines.filter { !isBlank($0) }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    let code = lines.map { String($0.dropFirst(min(indent, $0.prefix { $0 == " " }.count))) }
    var fence = "```"
    while code.contains(where: { $0.contains(fence) }) { fence += "`" }
    let first = block.first + start
    let last = block.first + end
    let place = first == last ? "line \(first)" : "lines \(first)–\(last)"
    let link = "\(toRoot)\(source.file)#L\(first)" + (first == last ? "" : "-L\(last)")
    let text = ([fence + "swift"] + code + [fence]).joined(separator: "\n")
    if block.kind == .hidden || lines.count > Self.longCell {
      let label = "<code>\(source.name)</code> \(place)"
      return "<details><summary>\(label)</summary>\n\n[source](\(link))\n\n\(text)\n\n</details>"
    }
    return "\(text)\n<sub>[\(source.name), \(place)](\(link))</sub>"
  }

  /// What an output of the run looks like on the page; nil for values, which prose prints.
  func output(_ row: LogRow) throws -> String? {
    switch row.kind {
    case .table: return try table(row)
    case .figure: return try figure(row)
    case .cases:
      let name = try existing(row, ["tsv.gz", "tsv", "npy"].map { "cases/\(row.id).\($0)" })
      let title = row.title.map { "\($0): " } ?? "Per-case rows: "
      return "\(title)[\(name)](\(name))\(tier(row))"
    case .claim:
      return claims.filter { $0.id == row.id && (row.tier == nil || $0.tier == row.tier) }
        .map(verdict).joined(separator: "\n\n")
    case .value, .text, .source: return nil
    }
  }

  private func table(_ row: LogRow) throws -> String {
    let name = try existing(row, ["\(row.id).tsv"])
    let text = file(name) ?? ""
    let grid = try TSV.cells(text, file: name)
    let limit = grid.rows.count > Self.longTable ? 12 : .max
    let markdown = try TSV.markdown(text: text, file: name, limit: limit)
    let title = row.title.map { " \($0)" } ?? ""
    return "**\(Self.label(row.id)).**\(title)\(tier(row)) · [data](\(name))\n\n"
      + markdown.trimmingCharacters(in: .newlines)
  }

  private func figure(_ row: LogRow) throws -> String {
    let image = try existing(row, ["\(row.id).svg", "\(row.id).png"])
    let caption = row.title ?? Self.label(row.id)
    let alternative = caption.filter { !"[]()\n".contains($0) }
    return
      "![\(alternative)](\(image))\n\n**\(Self.label(row.id)).** \(row.title ?? "")\(tier(row))"
      + " · [data](\(row.id).tsv) · [script](\(row.id).gp)"
  }

  private func verdict(_ claim: WovenClaim) -> String {
    var words = ["**\(claim.verdict)** (\(claim.tier)) `\(claim.id)`"]
    if !claim.printed.isEmpty { words.append("printed \(claim.printed)") }
    if !claim.outcome.isEmpty { words.append("measured \(claim.outcome)") }
    let size = [
      claim.n.isEmpty ? nil : "n \(claim.n)",
      claim.seeds.isEmpty ? nil : claim.seeds == "1" ? "1 seed" : "\(claim.seeds) seeds",
    ]
    .compactMap { $0 }.joined(separator: ", ")
    if !size.isEmpty { words.append(size) }
    if !claim.reason.isEmpty { words.append(claim.reason) }
    return "> \(words.joined(separator: " · "))"
  }

  private func tier(_ row: LogRow) -> String { row.tier.map { " · *\($0)*" } ?? "" }

  private func existing(_ row: LogRow, _ names: [String]) throws -> String {
    if let name = names.first(where: { file($0) != nil }) { return name }
    throw LightboxError.input(
      file: names[0], found: "no such file",
      expected: "the \(row.kind.rawValue) of line \(row.line)"
        + " of \(row.file)", hint: "run `make \(header.study)` again")
  }

  func list(_ lines: [String]) -> String { lines.map { "- \($0)" }.joined(separator: "\n") }

  /// `figure-3b` is "Figure 3b".
  static func label(_ id: String) -> String {
    let words = id.replacing("-", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
