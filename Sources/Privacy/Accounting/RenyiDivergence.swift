import Foundation

/// Rényi divergences of one Poisson-subsampled Gaussian release.
///
/// A(α) = E_Q[(P/Q)^α] for P = (1 − q) N(0, σ²) + q N(1, σ²), Q = N(0, σ²), and
/// ρ(α) = ln A(α) / (α − 1), which also bounds the reversed direction.
/// Mironov, Talwar and Zhang 2019, arXiv 1908.10530, sections 3.3.
public enum RenyiDivergence {
  /// The orders that Opacus' accountants and dp-accounting try: 1.1 … 10.9 by .1, then 12 … 63.
  public static let standardOrders: [Double] =
    (1...99).map { 1 + Double($0) / 10 } + (12...63).map(Double.init)

  /// Terms that the series of a fractional order may take before the order is given up.
  static let mostTerms = 100_000

  /// ρ(α) of one step, or nil where the series of a fractional order does not converge.
  ///
  /// q = 1 gives α/(2σ²). An order without a value must be dropped, never approximated.
  public static func value(
    order: Double, samplingRate q: Double, noiseMultiplier sigma: Double
  ) -> Double? {
    precondition(order > 1, "order (\(order)) must be above 1")
    precondition(q > 0 && q <= 1, "samplingRate (\(q)) must lie in 0..<1 or be 1")
    precondition(sigma > 0, "noiseMultiplier (\(sigma)) must be positive")
    if q == 1 { return order / (2 * sigma * sigma) }
    let logA =
      order.rounded() == order
      ? logMoment(integer: Int(order), q, sigma) : logMoment(fractional: order, q, sigma)
    guard let logA, logA.isFinite else { return nil }
    return max(0, logA) / (order - 1)
  }

  /// ln Σ_{k=0}^{α} C(α,k) (1−q)^{α−k} q^k exp((k² − k)/(2σ²)).
  static func logMoment(integer order: Int, _ q: Double, _ sigma: Double) -> Double? {
    let logQ = log(q)
    let logRest = log1p(-q)
    let scale: Double = 1 / (2 * sigma * sigma)
    var logBinomial = 0.0
    var sum = -Double.infinity
    for k in 0...order {
      let kk = Double(k)
      let weight: Double = logBinomial + kk * logQ + Double(order - k) * logRest
      sum = logAdd(sum, weight + (kk * kk - kk) * scale)
      logBinomial += log(Double(order - k)) - log(kk + 1)
    }
    return sum
  }

  /// The sum of two infinite series, one on each side of z₀ = σ² ln(1/q − 1) + ½, until both
  /// terms fall below e^−30; nil when they have not after `mostTerms`.
  static func logMoment(fractional order: Double, _ q: Double, _ sigma: Double) -> Double? {
    let logQ = log(q)
    let logRest = log1p(-q)
    let scale: Double = 1 / (2 * sigma * sigma)
    let z0: Double = sigma * sigma * (logRest - logQ) + 0.5
    let width: Double = 2.0.squareRoot() * sigma
    let logHalf = log(0.5)
    var low = SignedLog()
    var high = SignedLog()
    var logBinomial = 0.0
    var positive = true
    for i in 0..<mostTerms {
      let ii = Double(i)
      let j = order - ii
      var s0: Double = logBinomial + ii * logQ + j * logRest
      s0 += (ii * ii - ii) * scale
      s0 += logHalf + NormalTail.logErfc((ii - z0) / width)
      var s1: Double = logBinomial + j * logQ + ii * logRest
      s1 += (j * j - j) * scale
      s1 += logHalf + NormalTail.logErfc((z0 - j) / width)
      low.add(s0, positive: positive)
      high.add(s1, positive: positive)
      // The terms of a fractional order decay only past i > α.
      if j < 0, max(s0, s1) < -30 {
        guard low.isPositive, high.isPositive else { return nil }
        return logAdd(low.logarithm, high.logarithm)
      }
      if j < 0 { positive.toggle() }
      logBinomial += log(abs(j)) - log(ii + 1)
    }
    return nil
  }

  @inline(__always)
  static func logAdd(_ a: Double, _ b: Double) -> Double {
    let high = max(a, b)
    if high == -.infinity { return high }
    return high + log1p(exp(min(a, b) - high))
  }

  /// A real number kept as sign and logarithm.
  private struct SignedLog {
    var logarithm = -Double.infinity
    var isPositive = true

    mutating func add(_ term: Double, positive: Bool) {
      if positive == isPositive {
        logarithm = logAdd(logarithm, term)
      } else if term > logarithm {
        logarithm = term + log(-expm1(logarithm - term))
        isPositive = positive
      } else {
        logarithm += term == logarithm ? -.infinity : log(-expm1(term - logarithm))
        if logarithm == -.infinity { isPositive = true }
      }
    }
  }
}
