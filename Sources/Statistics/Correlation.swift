import Foundation

/// A correlation coefficient with its interval and p-value.
public struct Correlation: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Codable {
    case pearson = "Pearson"
    case spearman = "Spearman"
  }
  public let kind: Kind
  /// In −1...1.
  public let r: Double
  /// Number of pairs.
  public let n: Int

  public init(kind: Kind, r: Double, n: Int) {
    self.kind = kind
    self.r = r
    self.n = n
  }

  /// Fisher's interval tanh(atanh r ± z·SE), SE = 1/√(n − 3) for Pearson (Fisher 1921) and
  /// √((1 + r²/2)/(n − 3)) for Spearman (Bonett and Wright 2000, doi:10.1007/BF02294183).
  ///
  /// It assumes independent pairs; models scored on the same cases are not. At |r| = 1 it has no
  /// width.
  /// - Throws: `Undefined` with fewer than four pairs, where √(n − 3) is no denominator.
  public func interval(level: Double = 0.95) throws(Undefined) -> Interval {
    guard n >= 4 else { throw Undefined("\(n) pairs: Fisher's interval needs at least 4") }
    if abs(r) == 1 { return Interval(low: r, high: r) }
    let variance = (kind == .pearson ? 1 : 1 + r * r / 2) / Double(n - 3)
    let half = Distributions.Normal().quantile((1 + level) / 2) * variance.squareRoot()
    return Interval(low: tanh(atanh(r) - half), high: tanh(atanh(r) + half))
  }

  /// Two-sided p-value of no correlation: r√((n − 2)/(1 − r²)) against t with n − 2 degrees of
  /// freedom; exact for Pearson under normality, an approximation for Spearman.
  ///
  /// - Throws: `Undefined` with fewer than three pairs.
  public func pValue() throws(Undefined) -> Double {
    guard n >= 3 else { throw Undefined("\(n) pairs: the p-value needs at least 3") }
    if abs(r) == 1 { return 0 }
    let degrees = Double(n - 2)
    return Distributions.StudentT(degrees).twoSided(r * (degrees / (1 - r * r)).squareRoot())
  }
}

/// Pearson's product-moment correlation.
///
/// - Throws: `Undefined` with fewer than two pairs, a NaN, or no variance on a side.
public func pearson(_ x: [Double], _ y: [Double]) throws(Undefined) -> Correlation {
  Correlation(kind: .pearson, r: try productMoment(x, y), n: x.count)
}

/// Spearman's rank correlation: Pearson's of the midranks.
///
/// - Throws: `Undefined` with fewer than two pairs, a NaN, or no variance on a side.
/// - Complexity: O(n log n).
public func spearman(_ x: [Double], _ y: [Double]) throws(Undefined) -> Correlation {
  guard !x.contains(where: \.isNaN), !y.contains(where: \.isNaN) else {
    throw Undefined("NaN among the pairs")
  }
  return Correlation(kind: .spearman, r: try productMoment(midranks(x), midranks(y)), n: x.count)
}

/// Ranks from 1; equal values share the mean of their ranks. O(n log n).
public func midranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    let rank = Double(start + end + 1) / 2
    for i in start..<end { ranks[order[i]] = rank }
    start = end
  }
  return ranks
}

private func productMoment(_ x: [Double], _ y: [Double]) throws(Undefined) -> Double {
  precondition(x.count == y.count, "x (count \(x.count)) must match y (count \(y.count))")
  guard x.count > 1 else { throw Undefined("\(x.count) pairs: a correlation needs at least 2") }
  guard !x.contains(where: \.isNaN), !y.contains(where: \.isNaN) else {
    throw Undefined("NaN among the pairs")
  }
  let n = Double(x.count)
  let meanX = x.reduce(0, +) / n
  let meanY = y.reduce(0, +) / n
  var xx = 0.0
  var yy = 0.0
  var xy = 0.0
  for i in x.indices {
    let dx = x[i] - meanX
    let dy = y[i] - meanY
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  // Equal values may differ from their rounded mean: compare with the values themselves.
  guard x.contains(where: { $0 != x[0] }), y.contains(where: { $0 != y[0] }) else {
    throw Undefined("all values on one side are equal: no correlation")
  }
  let product = xx * yy
  let scale =
    product.isNormal ? product.squareRoot() : xx.squareRoot() * yy.squareRoot()
  return min(1, max(-1, xy / scale))
}
