import Foundation
import Kernels

/// Gaussian differential privacy: telling two neighbours apart is at least as hard as telling
/// N(0, 1) from N(μ, 1).
///
/// One Gaussian release of noise multiplier s has μ = 1/s exactly. A subsampled run has no exact
/// μ; its equivalents here are the μ whose curve passes through the run's (ε, δ), and the
/// central-limit value. Dong, Roth and Su 2022, doi 10.1111/rssb.12454.
public struct GaussianDP: Sendable, Codable, Hashable {
  public let mu: Double

  public init(mu: Double) {
    precondition(mu >= 0 && mu.isFinite, "mu (\(mu)) must be finite and not negative")
    self.mu = mu
  }

  /// The μ whose curve passes through (ε, δ): the Gaussian equivalent of a budget.
  public init(epsilon: Double, delta: Double) throws {
    try SampledGaussian.check(epsilon: epsilon)
    try SampledGaussian.check(delta: delta)
    // δ(ε; μ) grows with μ from 0 to 1.
    self.mu = NormalTail.bisect(from: 0, to: 1e4) {
      GaussianDP(mu: $0).delta(epsilon: epsilon) >= delta
    }
  }

  /// μ = √(Σ T q² (e^{1/σ²} − 1)): the central-limit approximation of Poisson-subsampled phases.
  ///
  /// An approximation for many steps with small q, not a bound: it can lie below the true cost.
  /// Bu, Dong, Long and Su 2020, doi 10.1162/99608f92.cfc5dd25, corollary 5.4.
  public static func centralLimit(_ phases: [SampledGaussian]) -> GaussianDP {
    var sum = 0.0
    for phase in phases {
      let growth: Double = expm1(1 / (phase.noiseMultiplier * phase.noiseMultiplier))
      sum += Double(phase.steps) * phase.samplingRate * phase.samplingRate * growth
    }
    return GaussianDP(mu: sum.squareRoot())
  }

  /// μ = √(Σ T/σ²) of full-batch phases (q = 1), exact.
  public static func fullBatch(noiseMultiplier: Double, steps: Int) throws -> GaussianDP {
    let phase = try SampledGaussian(
      samplingRate: 1, noiseMultiplier: noiseMultiplier, steps: steps)
    return GaussianDP(mu: Double(phase.steps).squareRoot() / phase.noiseMultiplier)
  }

  /// δ(ε) = Φ(μ/2 − ε/μ) − e^ε Φ(−μ/2 − ε/μ): the analytic Gaussian mechanism.
  ///
  /// Balle and Wang 2018, arXiv 1805.06530, theorem 8, with μ = 1/s.
  public func delta(epsilon: Double) -> Double {
    guard mu > 0 else { return 0 }
    let first = NormalTail.logLower(mu / 2 - epsilon / mu)
    let second = epsilon + NormalTail.logLower(-mu / 2 - epsilon / mu)
    // e^first (1 − e^{second − first}); second < first always.
    return max(0, exp(first) * -expm1(min(0, second - first)))
  }

  /// The ε with δ(ε) = δ; 0 where δ(0) is already below δ.
  public func epsilon(delta: Double) throws -> Double {
    try SampledGaussian.check(delta: delta)
    if self.delta(epsilon: 0) <= delta { return 0 }
    // δ(ε) ≤ P(loss > ε), and the loss is N(μ²/2, μ²).
    let high = mu * mu / 2 + mu * 40
    return NormalTail.bisect(from: 0, to: high) { self.delta(epsilon: $0) <= delta }
  }

  /// The smallest noise multiplier of one Gaussian release that is (ε, δ)-private.
  public static func noiseMultiplier(epsilon: Double, delta: Double) throws -> Double {
    1 / (try GaussianDP(epsilon: epsilon, delta: delta).mu)
  }

  /// The matched signal N·μ: what a mean over N records keeps when its noise costs μ.
  ///
  /// A shape learnt at one N compares with another at equal N·μ, not at equal ε.
  public func matchedSignal(images: Int) -> Double { Double(images) * mu }

  /// The (ε, δ) budget with this N·μ at another number of records.
  public static func epsilon(
    matchedSignal: Double, images: Int, delta: Double
  ) throws -> Double {
    guard images > 0, matchedSignal >= 0 else {
      throw LightboxError(
        .usage, "matched signal \(matchedSignal), images \(images): expected positive numbers")
    }
    return try GaussianDP(mu: matchedSignal / Double(images)).epsilon(delta: delta)
  }
}
