import Foundation
import Kernels

/// Privacy cost by Rényi differential privacy: an upper bound, fast, and looser than the PRV
/// accountant by some ten percent.
///
/// ρ_T(α) = Σ phases T·ρ(α), then
/// ε = min_α [ρ_T(α) + ln((α−1)/α) − (ln δ + ln α)/(α−1)],
/// the conversion of Balle et al. 2020, arXiv 1905.09982, theorem 21.
public struct RDPAccountant: Sendable {
  public let phases: [SampledGaussian]
  public let orders: [Double]

  /// ε with the order it came from.
  public struct Spent: Sendable, Codable, Hashable {
    public var epsilon: Double
    public var delta: Double
    /// α of the minimum.
    public var order: Double
    /// Orders whose series did not converge and that were left out.
    public var droppedOrders: [Double]
    /// Whether the minimum sits on the first or last order, where a wider range could be tighter.
    public var isAtEdge: Bool
  }

  public init(_ phases: [SampledGaussian], orders: [Double] = RenyiDivergence.standardOrders) {
    precondition(!phases.isEmpty, "phases must not be empty")
    precondition(!orders.isEmpty && orders.allSatisfy { $0 > 1 }, "orders must all exceed 1")
    self.phases = phases
    self.orders = orders
  }

  /// ρ_T(α), or nil where a series has not converged.
  public func divergence(order: Double) -> Double? {
    var sum = 0.0
    for phase in phases {
      guard
        let step = RenyiDivergence.value(
          order: order, samplingRate: phase.samplingRate, noiseMultiplier: phase.noiseMultiplier)
      else { return nil }
      sum += Double(phase.steps) * step
    }
    return sum
  }

  /// The smallest ε over the orders, with the order; never below 0.
  public func spent(delta: Double) throws -> Spent {
    try SampledGaussian.check(delta: delta)
    var best = Double.infinity
    var bestIndex = 0
    var dropped: [Double] = []
    for (i, order) in orders.enumerated() {
      guard let rho = divergence(order: order) else {
        dropped.append(order)
        continue
      }
      let epsilon = Self.epsilon(order: order, divergence: rho, delta: delta)
      if epsilon < best {
        best = epsilon
        bestIndex = i
      }
    }
    guard best.isFinite else {
      throw LightboxError(
        .usage,
        "no Rényi order gives a finite epsilon for sigma "
          + phases.map { "\($0.noiseMultiplier)" }.joined(separator: ", ")
          + "; use more noise, or the PRV accountant")
    }
    return Spent(
      epsilon: max(0, best), delta: delta, order: orders[bestIndex], droppedOrders: dropped,
      isAtEdge: bestIndex == 0 || bestIndex == orders.count - 1)
  }

  /// ε at δ.
  public func epsilon(delta: Double) throws -> Double { try spent(delta: delta).epsilon }

  /// The smallest δ at ε over the orders: the same conversion solved for δ, at most 1.
  public func delta(epsilon: Double) throws -> Double {
    try SampledGaussian.check(epsilon: epsilon)
    var best = 0.0
    for order in orders {
      guard let rho = divergence(order: order) else { continue }
      let gain: Double = (order - 1) * (rho - epsilon + log1p(-1 / order))
      best = min(best, gain - log(order))
    }
    return exp(best)
  }

  static func epsilon(order: Double, divergence rho: Double, delta: Double) -> Double {
    let shrink: Double = log1p(-1 / order)
    return rho + shrink - (log(delta) + log(order)) / (order - 1)
  }
}
