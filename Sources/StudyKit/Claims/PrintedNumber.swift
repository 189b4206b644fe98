import Foundation
import Statistics

/// A number as a paper prints it: every value that rounds to it could be meant.
///
///     PrintedNumber("0.87")!.interval()     // 0.865 … 0.875
///     PrintedNumber("2.6 %")!.interval()    // 0.0255 … 0.0265, a fraction
///     PrintedNumber("193,311")!.interval()  // 193310.5 … 193311.5
public struct PrintedNumber: Hashable, Sendable {
  /// In the printed unit: 2.6 for "2.6 %".
  public let value: Double
  /// Digits after the decimal point.
  public let decimals: Int
  /// Whether it is printed in percent.
  public let isPercent: Bool
  private let digits: Int

  /// The first number of a text; nil where there is none. Commas between groups of three digits
  /// are thousands; − is a minus sign; a number glued to letters (v5, ResNet9) is not one.
  public init?(_ text: String) {
    let all = Array(text.replacingOccurrences(of: "\u{2212}", with: "-"))
    func digit(_ i: Int) -> Bool { i >= 0 && i < all.count && all[i].isASCII && all[i].isNumber }
    var start = 0
    while start < all.count {
      let opens = digit(start) || (all[start] == "." && digit(start + 1))
      let glued = start > 0 && (all[start - 1].isLetter || digit(start - 1))
      if opens, !glued { break }
      start += 1
    }
    guard start < all.count else { return nil }
    let isNegative = start > 0 && all[start - 1] == "-" && !(start > 1 && digit(start - 2))
    var end = start
    var shown = ""
    var after: Int?
    while end < all.count {
      if digit(end) {
        shown.append(all[end])
        if let count = after { after = count + 1 }
      } else if all[end] == ".", after == nil, digit(end + 1) {
        after = 0
      } else if all[end] == ",", after == nil, digit(end + 1), digit(end + 2), digit(end + 3),
        !digit(end + 4)
      {
        // A thousands separator.
      } else {
        break
      }
      end += 1
    }
    guard let whole = Int(shown) else { return nil }
    if end < all.count, all[end].isLetter { return nil }
    while end < all.count, all[end] == " " || all[end] == "\u{00A0}" { end += 1 }
    isPercent = end < all.count && all[end] == "%"
    decimals = after ?? 0
    digits = isNegative ? -whole : whole
    value = Double(digits) / Self.power(decimals)
  }

  /// Half a unit of the last printed digit, in the printed unit.
  public var halfDigit: Double { 0.5 / Self.power(decimals) }

  /// The values that print like this, or those within a tolerance (in the printed unit);
  /// percentages come as fractions.
  public func interval(tolerance: Double? = nil) -> Interval {
    let scale = Self.power(decimals) * (isPercent ? 100 : 1)
    if let tolerance, tolerance != halfDigit, tolerance > 0 {
      let unit: Double = isPercent ? 100 : 1
      return Interval(low: (value - tolerance) / unit, high: (value + tolerance) / unit)
    }
    // Whole numerators, one division: 0.865, not 0.87 − 0.005.
    return Interval(
      low: Double(2 * digits - 1) / (2 * scale), high: Double(2 * digits + 1) / (2 * scale))
  }

  /// The value as a plain number, percentages as fractions.
  public var fraction: Double { Double(digits) / (Self.power(decimals) * (isPercent ? 100 : 1)) }

  private static func power(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }
}
