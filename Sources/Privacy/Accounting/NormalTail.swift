import Foundation

/// Tails of the standard normal, accurate where the density is far below the smallest Double.
enum NormalTail {
  /// P(Z > x).
  @inline(__always)
  static func upper(_ x: Double) -> Double { 0.5 * erfc(x * 0.5.squareRoot()) }

  /// P(Z ≤ x).
  @inline(__always)
  static func lower(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

  /// ln P(Z ≤ x); above 0 by the upper tail, whose size is what is left of the logarithm there.
  static func logLower(_ x: Double) -> Double {
    x > 0 ? log1p(-upper(x)) : logErfc(-x * 0.5.squareRoot()) - log(2)
  }

  /// ln erfc(x); beyond 25 by the asymptotic series, whose sixth term is below 1e-15 there.
  static func logErfc(_ x: Double) -> Double {
    if x < 25 { return log(erfc(x)) }
    let r: Double = 1 / (2 * x * x)
    var series: Double = 1 - 9 * r
    series = 1 - 7 * r * series
    series = 1 - 5 * r * series
    series = 1 - 3 * r * series
    series = 1 - r * series
    return -x * x - log(x) - 0.5 * log(Double.pi) + log(series)
  }

  /// The x with P(Z > x) = p for p in (0, ½], by bisection on the logarithm of the tail.
  static func upperQuantile(_ p: Double) -> Double {
    let target = log(p)
    return bisect(from: 0, to: 40) { logLower(-$0) <= target }
  }

  /// The smallest argument where a monotone condition holds, to the last bits.
  static func bisect(
    from low: Double, to high: Double, _ holds: (Double) -> Bool
  ) -> Double {
    var low = low
    var high = high
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
