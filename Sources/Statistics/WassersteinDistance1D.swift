/// The 1-Wasserstein (earth mover's) distance between two samples on the line.
///
///     W = ∫ |F(x) − G(x)| dx = ∫₀¹ |F⁻¹(p) − G⁻¹(p)| dp
///
/// F and G are the shares of values at or below x: how far the mean value must be carried to turn
/// one sample into the other, in the unit of the values. Two samples of one distribution do *not*
/// give 0: the expectation falls as 1/√n, so print the real-real value at equal n beside it.
/// Reference: Vallender 1974, doi:10.1137/1118101.
public struct WassersteinDistance1D: Sendable, Codable, Hashable {
  /// W, in the unit of the values.
  public let value: Double
  /// The standard deviation of the first sample (divisor n), in the same unit.
  public let spread: Double
  /// Values in the two samples.
  public let first, second: Int

  /// W in standard deviations of the first sample; infinite where that does not spread and the
  /// second differs, 0 where it does not.
  public var relative: Double { value == 0 ? 0 : value / spread }

  /// - Throws: `Undefined` with an empty sample, or a value that is not finite.
  /// - Complexity: O(n log n + m log m).
  public init(_ a: [Double], _ b: [Double]) throws(Undefined) {
    let (x, y) = try sortedPair(a, b)
    guard x[0].isFinite, x.last!.isFinite, y[0].isFinite, y.last!.isFinite else {
      throw Undefined("infinity among the values")
    }
    var total = 0.0
    var (i, j) = (0, 0)
    var last = min(x[0], y[0])
    while i < x.count || j < y.count {
      let value = j == y.count || (i < x.count && x[i] <= y[j]) ? x[i] : y[j]
      total +=
        abs(Double(i) / Double(x.count) - Double(j) / Double(y.count)) * (value - last)
      while i < x.count, x[i] == value { i += 1 }
      while j < y.count, y[j] == value { j += 1 }
      last = value
    }
    value = total
    let mean = x.reduce(0, +) / Double(x.count)
    spread = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)).squareRoot()
    first = x.count
    second = y.count
  }
}
