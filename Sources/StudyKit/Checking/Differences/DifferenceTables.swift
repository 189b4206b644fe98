import Foundation
import Plotting

/// Tables, ledgers and texts of a page of differences, as HTML.
enum DifferenceTables {
  /// Rows of a table, and lines of a text, that are shown before the rest is only counted.
  static let longest = 200
  static let longestText = 40

  // MARK: Cells

  /// Changed cells side by side: row, column, committed, now, how far apart.
  static func cells(_ table: TableDifference, file: String) -> String {
    var lines = columns(table)
    var body: [String] = []
    var rest = 0
    for row in table.rows {
      let changes = row.cells.isEmpty ? [nil] : row.cells.map { TableDifference.Cell?.some($0) }
      for cell in changes {
        guard body.count < longest else {
          rest += 1
          continue
        }
        body.append(line(table, row, cell))
      }
    }
    if !body.isEmpty {
      lines.append(
        grid(
          ["row", "column", "committed", "now", "apart"], body,
          name: "Cells of \(file) that differ"))
    }
    if rest > 0 { lines.append("<p>And \(rest) more.</p>") }
    if lines.isEmpty { lines.append("<p>The cells are equal; the bytes of the file differ.</p>") }
    return lines.joined(separator: "\n")
  }

  private static func columns(_ table: TableDifference) -> [String] {
    func names(_ columns: [String]) -> String {
      columns.map { "<code>\(HTML.escaped($0))</code>" }.joined(separator: ", ")
    }
    var lines: [String] = []
    if !table.removedColumns.isEmpty {
      lines.append("<p>Columns that went: \(names(table.removedColumns)).</p>")
    }
    if !table.addedColumns.isEmpty {
      lines.append("<p>Columns that came: \(names(table.addedColumns)).</p>")
    }
    if table.old.rows.count != table.new.rows.count {
      lines.append("<p>\(table.old.rows.count) rows, now \(table.new.rows.count).</p>")
    }
    return lines
  }

  /// One changed cell, or a whole row where there is no cell.
  private static func line(
    _ table: TableDifference, _ row: TableDifference.Row, _ cell: TableDifference.Cell?
  ) -> String {
    let number = row.old == row.new ? row.old : nil
    let place =
      number.map { "row \($0)" }
      ?? [row.old.map { "row \($0)" }, row.new.map { "now row \($0)" }].compactMap { $0 }
      .joined(separator: ", ")
    let heading =
      "<th scope=\"row\">\(HTML.escaped(row.key))<br><small>\(place)</small></th>"
    guard let cell else {
      let old = row.old.map { whole(table.old.rows[$0 - 2]) } ?? "<em>no such row</em>"
      let new = row.new.map { whole(table.new.rows[$0 - 2]) } ?? "<em>no such row</em>"
      return "<tr>\(heading)<td>all</td><td>\(old)</td><td>\(new)</td><td></td></tr>"
    }
    return "<tr>\(heading)<td>\(HTML.escaped(cell.column))</td><td>\(shown(cell.old))</td>"
      + "<td>\(shown(cell.new))</td><td>\(apart(cell.old, cell.new))</td></tr>"
  }

  private static func whole(_ cells: [String]) -> String {
    cells.map(shown).joined(separator: " · ")
  }

  private static func shown(_ cell: String) -> String {
    cell.isEmpty ? "<em>missing</em>" : HTML.escaped(cell)
  }

  /// New minus old, with its sign; empty where a cell is no number.
  private static func apart(_ old: String, _ new: String) -> String {
    guard let a = Double(old), let b = Double(new), (b - a).isFinite else { return "" }
    let size = Printed.significant(abs(b - a), digits: 3)
    return (b > a ? "+" : b < a ? "−" : "") + size
  }

  // MARK: Ledger

  /// Every claim that is not what it was: verdict and value, committed and now.
  static func ledger(_ table: TableDifference) -> String {
    var lines = columns(table)
    var body: [String] = []
    for row in table.rows.prefix(longest) {
      func text(_ column: String) -> String {
        table.value(row, column, isNew: row.new != nil) ?? ""
      }
      let others = row.cells.filter { !["verdict", "measured", "low", "high"].contains($0.column) }
        .map {
          "\(HTML.escaped($0.column)): \(shown($0.old)) → \(shown($0.new))"
        }
      let quote = text("quote")
      body.append(
        "<tr><th scope=\"row\"><code>\(HTML.escaped(text("id")))</code>"
          + (quote.isEmpty ? "" : "<br><small>\(HTML.escaped(quote))</small>")
          + "</th><td>\(shown(text("tier")))</td>\(judged(table, row, isNew: false))"
          + "\(judged(table, row, isNew: true))<td>\(others.joined(separator: "<br>"))</td></tr>")
    }
    if !body.isEmpty {
      lines.append(
        grid(
          [
            "claim", "tier", "committed verdict", "committed value", "verdict now", "value now",
            "also",
          ], body, name: "Claims whose rows of the ledger differ"))
    }
    if table.rows.count > longest {
      lines.append("<p>And \(table.rows.count - longest) more.</p>")
    }
    if lines.isEmpty {
      lines.append("<p>Every claim has the cells that it had; order or bytes differ.</p>")
    }
    return lines.joined(separator: "\n")
  }

  /// Verdict and measured value with its interval, every digit, of one side.
  private static func judged(
    _ table: TableDifference, _ row: TableDifference.Row, isNew: Bool
  ) -> String {
    guard let verdict = table.value(row, "verdict", isNew: isNew) else {
      return "<td><em>no such claim</em></td><td></td>"
    }
    func number(_ column: String) -> String { table.value(row, column, isNew: isNew) ?? "" }
    let interval = [number("low"), number("high")]
    var value = number("measured")
    if interval.contains(where: { !$0.isEmpty }) {
      value += value.isEmpty ? "" : " "
      value += "(\(interval.map { $0.isEmpty ? "…" : $0 }.joined(separator: " to ")))"
    }
    let known = Verdict(rawValue: verdict).map { _ in
      " class=\"verdict \(verdict.prefix { $0 != " " })\""
    }
    return "<td\(known ?? "")>\(shown(verdict))</td><td>\(shown(value))</td>"
  }

  // MARK: Texts

  /// The lines in which two texts part, one after the other.
  static func text(_ text: TextDifference) -> String {
    func block(_ title: String, _ lines: [String]) -> String {
      var shown = lines.prefix(longestText).joined(separator: "\n")
      if lines.count > longestText { shown += "\n… and \(lines.count - longestText) more lines" }
      let content =
        lines.isEmpty
        ? "<p><em>no lines here</em></p>"
        : "<pre tabindex=\"0\"><code>\(HTML.escaped(shown))</code></pre>"
      return "<div><p>\(title), from line \(text.line):</p>\n\(content)</div>"
    }
    if text.old.isEmpty && text.new.isEmpty {
      return "<p>The lines are equal.</p>"
    }
    return "<div class=\"pair\">\(block("Committed", text.old))\n\(block("Now", text.new))</div>"
  }

  // MARK: Frame of a table

  /// A table in a named region of its own that scrolls where it is too wide.
  static func grid(_ headings: [String], _ rows: [String], name: String) -> String {
    let head = headings.map { "<th scope=\"col\">\(HTML.escaped($0))</th>" }.joined()
    return """
      <div class="scroll" role="region" tabindex="0" aria-label="\(HTML.escaped(name))">
      <table><thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """
  }
}
