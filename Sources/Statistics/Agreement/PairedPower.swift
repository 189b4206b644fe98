/// The power of the paired t test, and what it can find: minimum detectable difference and number
/// of pairs.
///
///     let trial = PairedPower(n: 28, standardDeviation: 2)
///     trial.power(at: 1.1)                    // 0.80
///     trial.minimumDetectableDifference()     // 1.098
///
/// With t' noncentral of n − 1 degrees of freedom and noncentrality δ√n/s, and t the 1 − α/2
/// quantile of Student's t: power(δ) = P(t' > t) + P(t' < −t). Both tails count. It is a statement
/// about a design; power at the observed difference says nothing beyond the p-value.
/// Reference: Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, chapter 2.
public struct PairedPower: Sendable, Hashable, Codable {
  /// Number of pairs.
  public let n: Int
  /// Of the differences, in their unit.
  public let standardDeviation: Double
  /// Size of the two-sided test.
  public let alpha: Double

  public init(n: Int, standardDeviation: Double, alpha: Double = 0.05) {
    precondition(n >= 2, "n (\(n)) must be at least 2")
    precondition(
      standardDeviation > 0, "standardDeviation (\(standardDeviation)) must be positive")
    precondition(alpha > 0 && alpha < 1, "alpha (\(alpha)) must lie between 0 and 1")
    self.n = n
    self.standardDeviation = standardDeviation
    self.alpha = alpha
  }

  /// The chance that the test rejects where the true mean difference is `difference`.
  public func power(at difference: Double) -> Double {
    let degrees = Double(n - 1)
    let critical = Distributions.StudentT(degrees).quantile(1 - alpha / 2)
    let shifted = Distributions.NoncentralT(
      degrees, noncentrality: abs(difference) * Double(n).squareRoot() / standardDeviation)
    return Swift.min(1, shifted.survival(critical) + shifted.cdf(-critical))
  }

  /// The positive true difference at which the test rejects with probability `power`.
  public func minimumDetectableDifference(power: Double = 0.8) -> Double {
    precondition(power > alpha && power < 1, "power (\(power)) must lie between alpha and 1")
    let unit = standardDeviation / Double(n).squareRoot()
    var high = 4 * unit
    while self.power(at: high) < power { high *= 2 }
    return root(from: 0, to: high) { self.power(at: $0) - power } ?? .nan
  }

  /// The smallest number of pairs with at least `power` at a true difference.
  ///
  /// - Complexity: O(log n) evaluations of the power, which rises with n.
  public static func pairs(
    toDetect difference: Double, standardDeviation: Double, power: Double = 0.8,
    alpha: Double = 0.05
  ) -> Int {
    precondition(difference != 0 && difference.isFinite, "difference (\(difference)) must not be 0")
    precondition(power > 0 && power < 1, "power (\(power)) must lie between 0 and 1")
    func suffices(_ n: Int) -> Bool {
      PairedPower(n: n, standardDeviation: standardDeviation, alpha: alpha).power(at: difference)
        >= power
    }
    var high = 2
    while !suffices(high) { high *= 2 }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if suffices(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
