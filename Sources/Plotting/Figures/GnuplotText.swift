/// Text for gnuplot scripts that is drawn and never run.
///
/// gnuplot runs what stands between backquotes and expands macros wherever it reads a command,
/// except inside single quotes. All text therefore goes into single quotes; an apostrophe, which
/// would end them, is joined in as `"'"` by gnuplot's concatenation, a line break as `"\n"`, and
/// other control characters become spaces. `]]>`, which no XML text may hold, is drawn with
/// another angle. Scripts turn enhanced markup off, so `_`, `^` and `{}` are themselves.
enum GnuplotText {
  /// `text` as a gnuplot expression for a title, axis label, series name or file name.
  static func quoted(_ text: String) -> String {
    lines(text).map { line in
      line.split(separator: "'", omittingEmptySubsequences: false).map { "'\($0)'" }
        .joined(separator: #"."'"."#)
    }.joined(separator: #"."\n"."#)
  }

  /// `text` for a label drawn at a data point, where gnuplot reads backslash escapes once more.
  static func quotedLabel(_ text: String) -> String {
    quoted(text.replacing(#"\"#, with: #"\\"#))
  }

  /// `text` for a comparison with a table's cell, which has no line breaks.
  static func quotedCell(_ text: String) -> String {
    text.contains("'") ? "(\(quoted(text)))" : quoted(text)
  }

  /// `text` as a tick's label, which gnuplot takes for a number format.
  static func quotedTick(_ text: String) -> String { quoted(text.replacing("%", with: "%%")) }

  /// The lines of `text`, free of control characters.
  private static func lines(_ text: String) -> [String] {
    let unified = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    return unified.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var clean = String.UnicodeScalarView()
      for scalar in line.unicodeScalars {
        let control = scalar.value < 32 || (127..<160).contains(scalar.value)
        clean.append(control ? " " : scalar)
      }
      return String(clean).replacing("]]>", with: "]]›")
    }
  }

  /// `text` inside an XML comment, where two hyphens and line breaks may not stand.
  static func comment(_ text: String) -> String {
    lines(text).joined(separator: " ").replacing("--", with: "- -")
  }

  /// Width of `text` in pixels at `size` pixels, roughly: DejaVu Sans averages .58 em.
  static func width(_ text: String, size: Double) -> Double {
    let longest = lines(text).map(\.count).max() ?? 0
    return Double(longest) * 0.58 * size
  }

  /// Width in pixels that gnuplot sets aside for a legend's entry.
  static func keyWidth(_ text: String) -> Double {
    Double(lines(text).map(\.count).max() ?? 0) * 8.7 + 66
  }
}
