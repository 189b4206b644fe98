import Foundation
import Kernels

/// The two accountants, by name.
public enum PrivacyAccounting: String, Sendable, Codable, CaseIterable {
  /// Rényi: fast and looser.
  case rdp
  /// Privacy-loss distributions: tight, with error bounds; ε is the upper bound.
  case prv

  /// The ε that may be stated for phases at δ.
  public func epsilon(_ phases: [SampledGaussian], delta: Double) throws -> Double {
    switch self {
    case .rdp: try RDPAccountant(phases).epsilon(delta: delta)
    case .prv: try PRVAccountant(phases).epsilon(delta: delta)
    }
  }
}

/// The noise that a budget asks for.
public struct NoiseCalibration: Sendable, Codable, Hashable {
  /// σ, rounded towards more noise: accounting with it again gives at most the target.
  public var noiseMultiplier: Double
  /// The ε that σ spends, at most the target.
  public var epsilon: Double
  public var delta: Double
  public var samplingRate: Double
  public var steps: Int
  public var accountant: PrivacyAccounting

  /// The smallest σ, to the tolerance, that keeps ε at or below a target.
  ///
  /// The search ends where the spent ε lies within `tolerance` below the target, or σ is known to
  /// six digits.
  ///
  /// - Throws: `LightboxError` (usage) for a target of 0 or less, for one below what the PRV
  ///   bounds can resolve (.02), and for what `SampledGaussian` refuses.
  public static func solve(
    targetEpsilon: Double, delta: Double, samplingRate: Double, steps: Int,
    accountant: PrivacyAccounting, sampling: BatchSampling = .poisson, tolerance: Double = 1e-3
  ) throws -> NoiseCalibration {
    precondition(tolerance > 0, "tolerance (\(tolerance)) must be positive")
    guard targetEpsilon > 0, targetEpsilon.isFinite else {
      throw LightboxError(
        .usage, "target epsilon \(targetEpsilon): expected a finite number above 0")
    }
    if accountant == .prv, targetEpsilon < 0.02 {
      throw LightboxError(
        .usage,
        "target epsilon \(targetEpsilon): the PRV bounds are .01 wide; use the RDP accountant")
    }
    try SampledGaussian.check(delta: delta)
    _ = try SampledGaussian(
      samplingRate: samplingRate, noiseMultiplier: 1, steps: steps, sampling: sampling)

    // In ln σ; an accountant that finds no finite ε stands for a very large one.
    func spent(_ logSigma: Double) throws -> Double {
      let phase = try SampledGaussian(
        samplingRate: samplingRate, noiseMultiplier: exp(logSigma), steps: steps)
      do {
        return try accountant.epsilon([phase], delta: delta)
      } catch let error as LightboxError where error.kind == .usage {
        return 1e6
      }
    }
    func answer(_ logSigma: Double, _ epsilon: Double) -> NoiseCalibration {
      NoiseCalibration(
        noiseMultiplier: exp(logSigma), epsilon: epsilon, delta: delta, samplingRate: samplingRate,
        steps: steps, accountant: accountant)
    }

    var start = 0.0
    if accountant == .prv {
      start = log(
        try solve(
          targetEpsilon: targetEpsilon, delta: delta, samplingRate: samplingRate, steps: steps,
          accountant: .rdp
        ).noiseMultiplier)
    }
    var low = start
    var high = start
    var lowValue = try spent(start)
    var highValue = lowValue
    var stride = accountant == .prv ? 0.1 : 0.7
    while highValue > targetEpsilon {
      (low, lowValue) = (high, highValue)
      high += stride
      stride *= 2
      highValue = try spent(high)
      guard high < 30 else {
        throw LightboxError(
          .usage, "target epsilon \(targetEpsilon): no sigma below 1e13 reaches it at this delta")
      }
    }
    while lowValue <= targetEpsilon {
      (high, highValue) = (low, lowValue)
      low -= stride
      stride *= 2
      if low < -7 { return answer(high, highValue) }
      lowValue = try spent(low)
    }
    // False position on ln ε, with the middle wherever an end has stood still twice.
    var still = 0
    while targetEpsilon - highValue > tolerance, high - low > 1e-6 {
      var next = (low + high) / 2
      if still < 2, lowValue < 1e5, highValue > 0 {
        let goal = log(targetEpsilon - tolerance / 3)
        let from = log(lowValue)
        let fraction = (from - goal) / (from - log(highValue))
        if fraction > 0, fraction < 1 { next = low + fraction * (high - low) }
      }
      let value = try spent(next)
      if value <= targetEpsilon {
        still = still > 0 ? 0 : still - 1
        (high, highValue) = (next, value)
      } else {
        still = still < 0 ? 0 : still + 1
        (low, lowValue) = (next, value)
      }
      if abs(still) > 2 { still = 0 }
    }
    return answer(high, highValue)
  }
}
