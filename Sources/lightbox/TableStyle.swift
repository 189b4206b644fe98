import ArgumentParser

/// How a verb prints its tables.
enum TableStyle: String, ExpressibleByArgument, CaseIterable {
  case text, markdown, latex

  /// A table under a title, notes below; the first row is the heading, the first column names rows.
  struct Section {
    var title: String
    var rows: [[String]]
    var notes: [String] = []
  }

  func lines(_ section: Section) -> [String] {
    let count = section.rows.map(\.count).max() ?? 0
    let rows = section.rows.map { $0 + [String](repeating: "", count: count - $0.count) }
    switch self {
    case .text:
      let ends = Cells.columns(rows).map { line in
        String(line.reversed().drop { $0 == " " }.reversed())
      }
      return [section.title] + ends + section.notes
    case .markdown:
      var lines = ["**\(section.title)**", ""]
      for (k, row) in rows.enumerated() {
        let cells = row.map { $0.replacing("|", with: "\\|") }
        lines.append("| \(cells.joined(separator: " | ")) |")
        if k == 0 {
          lines.append("| --- |" + String(repeating: " ---: |", count: count - 1))
        }
      }
      return lines + (section.notes.isEmpty ? [] : [""]) + section.notes
    case .latex:
      var lines = [
        "% \(section.title)", "\\begin{tabular}{l\(String(repeating: "r", count: count - 1))}",
        "\\hline",
      ]
      for (k, row) in rows.enumerated() {
        lines.append(row.map(Self.latex).joined(separator: " & ") + " \\\\")
        if k == 0 { lines.append("\\hline") }
      }
      return lines + ["\\hline", "\\end{tabular}"] + section.notes.map { "% \($0)" }
    }
  }

  /// Text safe in LaTeX; minus signs before digits in mathematics.
  private static func latex(_ text: String) -> String {
    let special: [Character: String] = [
      "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
      "_": "\\_", "%": "\\%", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
      "<": "$<$", ">": "$>$",
    ]
    var result = ""
    let characters = Array(text)
    for (k, character) in characters.enumerated() {
      let isSign =
        character == "-" && k + 1 < characters.count && characters[k + 1].isNumber
        && (k == 0 || characters[k - 1] == " ")
      result += isSign ? "$-$" : special[character] ?? String(character)
    }
    return result
  }
}
