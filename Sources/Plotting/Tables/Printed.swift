import Foundation

/// Numbers as text, independent of locale.
public enum Printed {
  /// The shortest decimal that reads back to `value`: `0.1`, `3`, `1e-05`, `inf`.
  ///
  /// Whole numbers lose the `.0` that Swift prints. Negative zero is `-0`.
  public static func exact(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// `value` rounded to `digits` significant decimal digits, ties as the C library rounds the
  /// exact binary value (to even).
  ///
  /// Up to fifteen digits and away from ties this is one multiplication and one division by an
  /// exact power of ten, which round as the C library does; the rest goes through its text.
  public static func rounded(_ value: Double, digits: Int) -> Double {
    precondition(digits >= 1, "digits (\(digits)) must be positive")
    guard value.isFinite, value != 0 else { return value }
    let shift = digits - 1 - Int(log10(abs(value)).rounded(.down))
    if digits <= 15, abs(shift) <= 22 {
      let scale = powers[abs(shift)]
      let scaled = shift >= 0 ? value * scale : value / scale
      let whole = scaled.rounded(.toNearestOrEven)
      let isClear = abs(abs(scaled - whole) - 0.5) > 1e-3
      if isClear, abs(whole) >= powers[digits - 1], abs(whole) < powers[digits] {
        return shift >= 0 ? whole / scale : whole * scale
      }
    }
    return Double(String(format: "%.*e", digits - 1, value))!
  }

  /// 10^0 to 10^22, all exact.
  private static let powers: [Double] = (0...22).map { pow(10, Double($0)) }

  /// `value` with `digits` significant digits, trailing zeros kept: `0.870`, `1.2e-07`, `45016`.
  ///
  /// Digits before the decimal point are never replaced by zeros: 45016 to two digits is `45016`.
  /// Plain notation from 1e-4 up to 1e9, else scientific. Infinity is `∞`, NaN is `NaN`.
  public static func significant(_ value: Double, digits: Int) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "∞" : "−∞" }
    if value == 0 { return "0" }
    let exponent = decimalExponent(rounded(value, digits: digits))
    if exponent < -4 || exponent >= 9 {
      return String(format: "%.*e", digits - 1, value)
    }
    return fixed(value, decimals: Swift.max(0, digits - 1 - exponent))
  }

  /// `value` with `decimals` digits after the point; no negative zero.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.*f", decimals, value)
    let isZero = text.allSatisfy { "-0.".contains($0) }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }

  /// k with 10^k <= |value| < 10^(k + 1), from the decimal digits, not from a logarithm.
  static func decimalExponent(_ value: Double) -> Int {
    let text = String(format: "%.16e", value)
    return Int(text[text.index(after: text.lastIndex(of: "e")!)...])!
  }
}
