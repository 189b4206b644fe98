import Foundation
import Kernels

/// How the batches of a private run are drawn.
public enum BatchSampling: String, Sendable, Codable, CaseIterable {
  /// Each record joins each batch independently with probability q; batches vary in size and may
  /// be empty. The only scheme that the accountants here bound.
  case poisson
  /// The records are shuffled and cut into batches of a fixed size.
  case shuffled
}

/// A phase of a private run: `steps` releases of the Poisson-subsampled Gaussian mechanism.
///
/// Each step draws every record with probability q, sums the clipped gradients (norm at most C)
/// and adds N(0, σ²C²) to every coordinate. Neighbouring data sets differ by the presence of one
/// record (add or remove). A run whose q or σ changes is an array of phases.
public struct SampledGaussian: Sendable, Codable, Hashable {
  /// q, the probability that a record is in a batch: in (0, 1].
  public let samplingRate: Double
  /// σ, the standard deviation of the noise over the clipping norm.
  public let noiseMultiplier: Double
  /// T, the number of noisy updates released.
  public let steps: Int

  /// A phase with a given number of steps.
  ///
  /// - Throws: `LightboxError` (usage) for what has no finite ε or no valid bound: σ = 0,
  ///   q outside (0, 1], no steps, or batches that are not Poisson samples.
  public init(
    samplingRate: Double, noiseMultiplier: Double, steps: Int, sampling: BatchSampling = .poisson
  ) throws {
    try Self.check(sampling)
    try Self.check(samplingRate: samplingRate)
    guard noiseMultiplier > 0, noiseMultiplier.isFinite else {
      throw LightboxError(
        .usage,
        "noise multiplier \(noiseMultiplier): without noise no finite epsilon exists; give a "
          + "sigma above 0, or report the run as non-private")
    }
    guard steps > 0 else {
      throw LightboxError(
        .usage, "steps \(steps): expected at least 1; a run without updates releases nothing")
    }
    self.samplingRate = samplingRate
    self.noiseMultiplier = noiseMultiplier
    self.steps = steps
  }

  /// The phase of a training run: q = batch / images, T = Int(epochs / q).
  ///
  /// `batch` is the expected (logical) batch size. T is rounded down, as Opacus does.
  public init(
    images: Int, batch: Double, epochs: Double, noiseMultiplier: Double,
    sampling: BatchSampling = .poisson
  ) throws {
    guard images > 0 else {
      throw LightboxError(.usage, "images \(images): expected at least 1")
    }
    let rate = batch / Double(images)
    try Self.check(sampling)
    try Self.check(samplingRate: rate)
    try self.init(
      samplingRate: rate, noiseMultiplier: noiseMultiplier,
      steps: try Self.steps(epochs: epochs, samplingRate: rate))
  }

  /// T = Int(epochs / q): the logical steps of a number of epochs, rounded down.
  public static func steps(epochs: Double, samplingRate: Double) throws -> Int {
    try check(samplingRate: samplingRate)
    let steps = epochs / samplingRate
    guard epochs > 0, steps >= 1, steps < 1e12 else {
      throw LightboxError(
        .usage, "epochs \(epochs): expected enough for one step at sampling rate \(samplingRate)")
    }
    return Int(steps)
  }

  static func check(_ sampling: BatchSampling) throws {
    guard sampling == .poisson else {
      throw LightboxError(
        .usage,
        "sampling \(sampling.rawValue): the subsampled-Gaussian bound holds for Poisson batches "
          + "only, and fixed-size shuffled batches can leak more than it states; draw Poisson "
          + "batches, or account one full-batch release per epoch (q 1, steps = epochs)")
    }
  }

  static func check(samplingRate: Double) throws {
    guard samplingRate > 0, samplingRate <= 1 else {
      throw LightboxError(
        .usage,
        "sampling rate \(samplingRate): expected above 0 and at most 1 (batch size / images); "
          + "check that the batch is not larger than the data set")
    }
  }

  static func check(delta: Double) throws {
    guard delta > 0, delta < 1 else {
      throw LightboxError(
        .usage,
        "delta \(delta): expected between 0 and 1, both excluded; use a value below 1 / images")
    }
  }

  static func check(epsilon: Double) throws {
    guard epsilon >= 0, epsilon.isFinite else {
      throw LightboxError(.usage, "epsilon \(epsilon): expected a finite number of 0 or more")
    }
  }

  /// The phases with equal q and σ joined, in order of first appearance; q = 1 joins into one step.
  ///
  /// T Gaussian releases of σ_i without subsampling equal one of σ = (Σ 1/σ_i²)^−½.
  static func joined(_ phases: [SampledGaussian]) -> [SampledGaussian] {
    var result: [SampledGaussian] = []
    var full = 0.0
    for phase in phases {
      if phase.samplingRate == 1 {
        full += Double(phase.steps) / (phase.noiseMultiplier * phase.noiseMultiplier)
        continue
      }
      if let i = result.firstIndex(where: {
        $0.samplingRate == phase.samplingRate && $0.noiseMultiplier == phase.noiseMultiplier
      }) {
        result[i] = SampledGaussian(
          unchecked: phase.samplingRate, phase.noiseMultiplier, result[i].steps + phase.steps)
      } else {
        result.append(phase)
      }
    }
    if full > 0 { result.append(SampledGaussian(unchecked: 1, 1 / full.squareRoot(), 1)) }
    return result
  }

  private init(unchecked rate: Double, _ noise: Double, _ steps: Int) {
    samplingRate = rate
    noiseMultiplier = noise
    self.steps = steps
  }
}
