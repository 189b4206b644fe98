import Foundation
import FoundationXML
import Plotting
import Testing

/// gnuplot runs shell commands from backquotes, `!` and system(): none of it may happen for text.
@Suite struct SafetyTests {
  struct Named: TableRow {
    static let columns = [Column("x"), Column("y"), Column("name"), Column("place")]
    var x, y: Double
    var name, place: String
  }

  static let hostile = [
    "`touch ran`", "$(touch ran)", "'.system('touch ran').'", "\".system(\"touch ran\").\"",
    "'; system 'touch ran'; '", "!touch ran", "@ARG1", "a_b^{c}", "back\\slash \\n \\t \\",
    "it's", "''", "'", "{/:Bold x}", "<b>&amp;</b>]]>", "# no comment", "-- --> <!--", "%s %d %n",
    "ε ≤ ½ „quoted“", "~", "|touch ran", "< touch ran", "\u{7}bell",
  ]

  static let broken = [
    "two\nlines", "!x\n!touch ran\n", "a\r\n`touch ran`", "'\nsystem 'touch ran'\n'",
  ]

  /// What the SVG must show of a text: control characters are spaces, line breaks split it.
  static func shown(_ text: String) -> [String] {
    let clean = text.replacing("\r\n", with: "\n").replacing("\u{7}", with: " ")
    return clean.split(separator: "\n").map { line in
      String(line).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
  }

  static func texts(of svg: String) -> String {
    svg.replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing("&apos;", with: "'")
      .replacing("&#39;", with: "'").replacing("\u{a0}", with: " ")
  }

  @Test(arguments: hostile + broken)
  func wordsAreDrawn(text: String) throws {
    try Gallery.scratch { parent in
      let folder = parent + "/it's `touch ran`"
      let cell = Self.broken.contains(text) || text == "\u{7}bell" ? "plain" : text
      let rows = (0..<3).map {
        Named(x: Double($0), y: 1 + Double($0) / 10, name: cell, place: cell)
      }
      let files = try Figure.render(
        rows, name: "figure", directory: folder, footer: text,
        metadata: [(name: "note", value: text)]
      ) { plot in
        plot.panel(text) { panel in
          panel.line(x: \.x, y: \.y, series: \.name).labels(x: text, y: text)
            .note(text, x: 1, y: 1).reference(y: 1.01, text).reference(x: 1, text)
            .legend(.topLeft)
        }
        plot.panel { panel in
          panel.bars(x: \.place, y: \.y, series: \.name).legend(.right).printed(
            x: 1, y: 1, label: text)
        }
        plot.panel { $0.heatMap(x: \.place, y: \.name, value: \.x).labels(value: text) }
        plot.panels(by: \.place) { panel, _ in panel.points(x: \.x, y: \.y, label: text) }
      }
      #expect(files.warnings == "")
      for place in [folder, parent, FileManager.default.currentDirectoryPath] {
        #expect(!FileManager.default.fileExists(atPath: place + "/ran"))
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["figure.gp", "figure.svg", "figure.tsv"])
      let data = try Data(contentsOf: URL(filePath: files.drawing))
      #expect(XMLParser(data: data).parse(), "the SVG is no XML")
      let svg = Self.texts(of: String(decoding: data, as: UTF8.self))
      // The one sequence that XML text cannot hold is drawn with another angle.
      for line in Self.shown(text.replacing("]]>", with: "]]›"))
      where !line.trimmingCharacters(in: .whitespaces).isEmpty {
        let found = svg.ranges(of: line).count
        // Panel title, three axis words, note, two references, footer, colour bar, key entries.
        #expect(found >= 7, "\(line) is drawn \(found) times")
      }
    }
  }
}
