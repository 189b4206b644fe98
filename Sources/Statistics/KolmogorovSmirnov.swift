/// The two-sample test of Kolmogorov and Smirnov: do two samples come from one distribution?
///
///     D = sup_x |F(x) − G(x)|
///
/// F and G are the shares of values at or below x. The two-sided p-value is the probability of a D
/// as large or larger when both samples are one sample cut at random: exact by recursion over the
/// lattice of merged orders (Hodges 1958, doi:10.1007/BF02589501) up to 4·10^8 steps, the limit
/// law 2 Σ (−1)^(k−1) exp(−2 k² λ²), λ = D √(nm/(n + m)), beyond. With ties the p-value is too large
/// (conservative).
public struct KolmogorovSmirnov: Sendable, Codable, Hashable {
  /// D, 0...1.
  public let statistic: Double
  public let pValue: Double
  /// Whether the p-value is the exact one.
  public let isExact: Bool
  /// Values in the two samples.
  public let first, second: Int

  private static let longest = 400_000_000

  /// - Throws: `Undefined` with an empty sample, or a NaN.
  /// - Complexity: O(n log n + m log m), and O(n m) for the exact p-value.
  public init(_ a: [Double], _ b: [Double]) throws(Undefined) {
    let (x, y) = try sortedPair(a, b)
    let (n, m) = (x.count, y.count)
    // |F − G| n m is an integer.
    var largest = 0
    var (i, j) = (0, 0)
    while i < n || j < m {
      let value = j == m || (i < n && x[i] <= y[j]) ? x[i] : y[j]
      while i < n, x[i] == value { i += 1 }
      while j < m, y[j] == value { j += 1 }
      largest = max(largest, abs(i * m - j * n))
    }
    first = n
    second = m
    statistic = Double(largest) / (Double(n) * Double(m))
    isExact = n.multipliedReportingOverflow(by: m).partialValue <= Self.longest
    pValue =
      isExact
      ? Self.exact(largest, n, m)
      : Self.limit(statistic * (Double(n) * Double(m) / Double(n + m)).squareRoot())
  }

  /// P(max |i m − j n| ≥ bound) over the lattice paths from (0, 0) to (n, m), all equally likely.
  ///
  /// hit(i, j) = i/(i + j) hit(i − 1, j) + j/(i + j) hit(i, j − 1), and 1 where the bound is met:
  /// sums of positive numbers, so that small probabilities keep their digits.
  private static func exact(_ bound: Int, _ n: Int, _ m: Int) -> Double {
    guard bound > 0 else { return 1 }
    // One column i at a time, over j.
    var hit = [Double](repeating: 0, count: m + 1)
    hit.withUnsafeMutableBufferPointer { hit in
      for i in 0...n {
        for j in 0...m {
          if abs(i &* m &- j &* n) >= bound {
            hit[j] = 1
          } else if i &+ j > 0 {
            let fromFirst = i > 0 ? Double(i) * hit[j] : 0
            let fromSecond = j > 0 ? Double(j) * hit[j &- 1] : 0
            hit[j] = (fromFirst + fromSecond) / Double(i &+ j)
          }
        }
      }
    }
    return min(1, hit[m])
  }

  /// 2 Σ (−1)^(k−1) exp(−2 k² λ²), or its other form √(2π)/λ Σ exp(−(2k − 1)² π²/(8 λ²)) for the
  /// complement, where that one converges sooner.
  private static func limit(_ lambda: Double) -> Double {
    guard lambda > 0 else { return 1 }
    var sum = 0.0
    if lambda < 1 {
      for k in 1...8 {
        let odd = Double(2 * k - 1) * .pi / lambda
        sum += exponential(-odd * odd / 8)
      }
      return max(0, 1 - 2.506_628_274_631_000_5 / lambda * sum)
    }
    for k in 1...8 {
      let term = exponential(-2 * Double(k * k) * lambda * lambda)
      sum += k % 2 == 1 ? term : -term
    }
    return min(1, 2 * sum)
  }
}

/// Both samples in rising order.
///
/// - Throws: `Undefined` with an empty sample, or a NaN.
func sortedPair(_ a: [Double], _ b: [Double]) throws(Undefined) -> ([Double], [Double]) {
  guard !a.isEmpty && !b.isEmpty else {
    throw Undefined("samples of \(a.count) and \(b.count) values: both need one at least")
  }
  guard !a.contains(where: \.isNaN) && !b.contains(where: \.isNaN) else {
    throw Undefined("NaN among the values")
  }
  return (a.sorted(), b.sorted())
}
