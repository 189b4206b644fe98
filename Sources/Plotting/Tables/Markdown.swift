import Foundation
import Kernels

extension TSV {
  /// The table as Markdown: headings with units, numbers to the right with their column's digits
  /// (at most four significant digits where a column has none, and as many decimals in a column
  /// as its numbers need), missing values as an en dash.
  public static func markdown<Row: TableRow>(_ rows: [Row]) throws -> String {
    try markdown(text: encode(rows), file: "\(Row.self)", digits: Row.columns.map(\.digits))
  }

  /// The Markdown of a table given as TSV text, as a page shows a file that it links to.
  ///
  /// - `digits`: significant digits per column; nil, or a list that is too short, means at most
  ///   four, with equal decimals down the column. Whole numbers keep all their digits.
  /// - `limit`: rows shown; a last line says how many more the file has.
  public static func markdown(
    text: String, file: String, digits: [Int?] = [], limit: Int = .max
  ) throws -> String {
    let grid = try cells(text, file: file)
    let shown = grid.rows.prefix(limit)
    let columns = grid.header.indices
    let numeric = columns.map { column in
      let filled = grid.rows.map { $0[column] }.filter { !$0.isEmpty }
      return !filled.isEmpty && filled.allSatisfy { Double($0) != nil }
    }
    let decimals = columns.map { column in
      column < digits.count && digits[column] != nil || !numeric[column]
        ? nil : commonDecimals(grid.rows.map { $0[column] })
    }
    var lines = [line(grid.header.map(escaped))]
    lines.append(line(columns.map { numeric[$0] ? "---:" : "---" }))
    for row in shown {
      lines.append(
        line(
          columns.map { column in
            let cell = row[column]
            if cell.isEmpty { return "–" }
            if !numeric[column] { return escaped(cell) }
            return number(
              cell, digits: column < digits.count ? digits[column] : nil,
              decimals: decimals[column])
          }))
    }
    if grid.rows.count > shown.count {
      lines.append("")
      lines.append("*… and \(grid.rows.count - shown.count) more rows.*")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |"
  }

  /// Decimals for a column: as many as some number needs for four significant digits, at most what
  /// the middle one in size needs; nil where a number would then vanish.
  private static func commonDecimals(_ cells: [String]) -> Int? {
    let values = cells.compactMap(Double.init).filter { $0.isFinite && $0 != 0 }
    let sizes = values.map(abs).sorted()
    guard !sizes.isEmpty else { return 0 }
    func decimals(_ value: Double) -> Int? {
      let text = Printed.significant(value, digits: 4)
      if text.contains("e") { return nil }
      guard let point = text.firstIndex(of: ".") else { return 0 }
      let fraction = text[text.index(after: point)...]
      return fraction.count - fraction.reversed().prefix { $0 == "0" }.count
    }
    let needed = values.map(decimals)
    guard !needed.contains(where: { $0 == nil }) else { return nil }
    let middle = Printed.rounded(sizes[(sizes.count - 1) / 2], digits: 4)
    let enough = 3 - Printed.decimalExponent(middle)
    let count = max(0, min(enough, needed.compactMap { $0 }.max() ?? 0))
    let vanishes = values.contains { abs($0) < 0.5 * pow(10, -Double(count)) }
    return vanishes ? nil : count
  }

  private static func number(_ cell: String, digits: Int?, decimals: Int?) -> String {
    guard let value = Double(cell) else { return cell }
    let plain: String
    if digits == nil, let whole = Int(cell), decimals ?? 0 == 0 {
      plain = whole.description
    } else if digits == nil, let decimals, value.isFinite {
      plain = Printed.fixed(value, decimals: decimals)
    } else {
      plain = Printed.significant(value, digits: digits ?? 4)
    }
    return plain.hasPrefix("-") ? "−" + plain.dropFirst() : plain
  }

  /// Text that Markdown tables would take for markup.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "|", "*", "_", "`", "\\", "~", "[", "]": result += "\\\(character)"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }
}
