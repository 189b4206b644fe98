import Foundation

/// gnuplot's settings of one axis: scale, range, ticks, and the helper function `X(…)` or `Y(…)`
/// that places categories or infinity on it.
struct AxisScript {
  let axis: Axis
  /// `x` or `y`.
  let letter: String
  /// Names of categories; empty on an axis of numbers.
  let names: [String]
  /// Whether the names of categories are turned to fit.
  let slants: Bool
  /// Pixels along x, to leave out tick labels that would run into each other.
  let length: Double?

  /// The settings, one a line.
  var lines: [String] {
    let number = PanelScript.number
    let helper = letter.uppercased()
    var lines: [String] = []
    if !names.isEmpty {
      let tests = names.enumerated().map { index, name in
        "s eq \(GnuplotText.quotedCell(name)) ? \(index + 1) : "
      }
      lines.append("\(helper)(s) = \(tests.joined())NaN")
      let ticks = names.enumerated().map { index, name in
        "\(GnuplotText.quotedTick(name)) \(index + 1)"
      }
      let turn = slants ? " rotate by 35 right" : " norotate"
      lines.append("set \(letter)tics\(turn) (\(ticks.joined(separator: ", "))) scale 0")
      let ends = ("0.5", number(Double(names.count) + 0.5))
      // Categories read from the top.
      let upward = letter == "y" ? !axis.isReversed : axis.isReversed
      lines.append("set \(letter)range [\(upward ? "\(ends.1):\(ends.0)" : "\(ends.0):\(ends.1)")]")
      return lines
    }
    if axis.scale == .logarithmic { lines.append("set logscale \(letter)") }
    let low = axis.low.map(number) ?? "*"
    let high = axis.high.map(number) ?? "*"
    lines.append(
      "set \(letter)range [\(low):\(high)]" + (axis.isReversed ? " reverse" : " noreverse"))
    lines.append("set format \(letter) '%g'")
    var option = " norotate autofreq"
    if let ticks = axis.ticks {
      let labels = spaced(ticks)
      let listed = zip(labels, ticks).map { "\(GnuplotText.quotedTick($0)) \(number($1))" }
      option = " norotate (\(listed.joined(separator: ", ")))"
    }
    lines.append("set \(letter)tics\(option) scale 0.6")
    if let infinity = axis.infinity {
      lines.append("\(helper)(v) = v > 1e300 ? \(number(infinity.position)) : v")
      lines.append(
        "set \(letter)tics add (\(GnuplotText.quotedTick(infinity.label)) \(number(infinity.position)))"
      )
    }
    return lines
  }

  /// Tick labels, empty where one would run into the one before.
  private func spaced(_ ticks: [Double]) -> [String] {
    let labels = ticks.map(Printed.exact)
    guard let length, let low = axis.low, let high = axis.high else { return labels }
    func scaled(_ value: Double) -> Double {
      func plain(_ value: Double) -> Double {
        axis.scale == .logarithmic ? log10(value) : value
      }
      return length * (plain(value) - plain(low)) / (plain(high) - plain(low))
    }
    var end = -Double.infinity
    return zip(labels, ticks).map { label, tick in
      let half = GnuplotText.width(label, size: HouseStyle.fontSize) / 2
      if scaled(tick) - half < end + 4 { return "" }
      end = scaled(tick) + half
      return label
    }
  }
}
