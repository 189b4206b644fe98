/// How every figure looks: colours that colour-blind readers tell apart, and that in grey still
/// differ by lightness, dash pattern and marker; DejaVu Sans at legible sizes on white.
enum HouseStyle {
  /// One look per series, in order of first appearance.
  ///
  /// The hues are Okabe and Ito's (2008), the first darkened and the last ones lightened so that
  /// lightness rises along the list: L* about 24, 52, 59, 63, 71, 76, 45.
  struct Look {
    var colour: String
    var dash: String
    /// gnuplot's filled and open symbol of the same shape.
    var marker, open: Int
  }

  static let looks = [
    Look(colour: "#0B3C6F", dash: "solid", marker: 7, open: 6),
    Look(colour: "#D55E00", dash: "(9,4)", marker: 5, open: 4),
    Look(colour: "#009E73", dash: "(3,3)", marker: 9, open: 8),
    Look(colour: "#CC79A7", dash: "(10,3,2,3)", marker: 13, open: 12),
    Look(colour: "#E69F00", dash: "(6,2)", marker: 11, open: 10),
    Look(colour: "#56B4E9", dash: "(10,3,2,3,2,3)", marker: 15, open: 14),
    Look(colour: "#6B6B6B", dash: "(1,3)", marker: 7, open: 6),
  ]

  static func look(_ index: Int) -> Look { looks[index % looks.count] }

  static let ink = "#222222"
  static let faint = "#DDDDDD"
  static let quiet = "#666666"
  static let font = "DejaVu Sans"

  /// Sizes in pixels of a canvas whose single panel is about 500 wide: 13 pixels print at about
  /// seven points in a journal's column of 85 mm.
  static let fontSize = 13.0
  static let footerSize = 8.0

  /// Light to dark, monotone in lightness: reads the same in grey.
  static let sequential = ["#F7FBFF", "#C6DBEF", "#6BAED6", "#2171B5", "#08306B"]
  /// Brown to blue through white at the middle; both ends dark, so cells also print their value.
  static let diverging = [
    "#7F3B08", "#E08214", "#FEE0B6", "#F7F7F7", "#D1E5F0", "#67A9CF", "#053061",
  ]

  static func palette(_ colours: [String]) -> String {
    let last = Double(colours.count - 1)
    let stops = colours.enumerated().map { "\(Printed.exact(Double($0) / last)) '\($1)'" }
    return "set palette defined (" + stops.joined(separator: ", ") + ")"
  }

  /// The lines that open every script.
  static func opening(terminal: String, width: Double, height: Double, output: String) -> String {
    let size = "\(Int(width.rounded())),\(Int(height.rounded()))"
    return """
      reset
      set encoding utf8
      set terminal \(terminal) size \(size) font '\(font),\(Int(fontSize))' \
      background rgb 'white' noenhanced
      set output \(GnuplotText.quoted(output))
      set datafile separator "\\t"
      set datafile missing NaN
      set datafile commentschars ''
      set border 3 lw 1.2 lc rgb '\(ink)'
      set tics nomirror out scale 0.6 tc rgb '\(ink)'
      set grid ytics lc rgb '\(faint)' lw 0.8 dt solid back
      set minussign
      set errorbars small
      set style fill solid 1 noborder

      """
  }
}
