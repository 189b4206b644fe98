import Foundation
import Kernels

/// The linear query that tells shuffled batches from Poisson ones.
///
/// Every step releases the sum of its batch's numbers in −1…1 plus N(0, σ²). All records hold −1
/// but one, which holds 1 or, in the neighbouring data, counts nothing (0). Batches of a fixed size
/// leave nothing else to chance: less what the others add up to, the release is noise plus 2 (or 1)
/// in the one batch of an epoch that holds the record. The largest release over an epoch gives it
/// away: for every threshold c, with P and Q the two worlds,
///
///     P(max > c) = 1 − Φ(c/σ)^{T−1} Φ((c − 2)/σ),   Q(max > c) = 1 − Φ(c/σ)^{T−1} Φ((c − 1)/σ),
///
/// and δ(ε) ≥ max_c [P(max > c) − e^ε Q(max > c)]: a proof that a shuffled epoch of T batches is not
/// (ε, δ)-private, however good the accountant of Poisson batches says it is.
///
/// Source: Chua, Ghazi, Kamath, Kumar, Manurangsi, Sinha and Zhang 2024, "How private are DP-SGD
/// implementations?", arXiv 2403.17673.
public struct BatchLinearQuery: Codable, Hashable, Sendable {
  /// σ, in units of the largest number a record may hold.
  public var noiseMultiplier: Double
  /// T, batches of one epoch.
  public var batches: Int

  public init(noiseMultiplier: Double, batches: Int) {
    precondition(noiseMultiplier > 0, "noiseMultiplier (\(noiseMultiplier)) must be positive")
    precondition(batches > 0, "batches (\(batches)) must be positive")
    self.noiseMultiplier = noiseMultiplier
    self.batches = batches
  }

  /// P(max > c) where the record's batch is shifted by `shift`.
  public func exceeds(_ c: Double, shift: Double) -> Double {
    let others = Double(batches - 1) * NormalTail.logLower(c / noiseMultiplier)
    return -expm1(others + NormalTail.logLower((c - shift) / noiseMultiplier))
  }

  /// A lower bound on δ at ε of a shuffled epoch: the best of thresholds σ/100 apart.
  public func delta(epsilon: Double) -> Double {
    precondition(epsilon >= 0, "epsilon (\(epsilon)) must not be negative")
    let spacing = noiseMultiplier / 100
    let last = Int((2 + 12 * noiseMultiplier) / spacing)
    var best = 0.0
    for place in 0...last {
      let c = Double(place) * spacing
      best = max(best, exceeds(c, shift: 2) - exp(epsilon) * exceeds(c, shift: 1))
    }
    return best
  }

  /// A lower bound on ε at δ of a shuffled epoch; 0 where it shows nothing.
  public func epsilon(delta: Double) throws -> Double {
    try SampledGaussian.check(delta: delta)
    guard self.delta(epsilon: 0) > delta else { return 0 }
    return NormalTail.bisect(from: 0, to: 200) { self.delta(epsilon: $0) <= delta }
  }

  /// The attack run: the largest release of each of `trials` epochs, less what the others add up to.
  ///
  /// - present: whether the record holds 1 (else it counts nothing).
  /// - sampling: shuffled, as above; Poisson, where the number of the others in a batch varies and
  ///   hides nothing either: they count nothing here, the best case for the attack, and the record
  ///   joins every batch with probability 1/T and adds 1.
  public func largest(
    trials: Int, present: Bool, sampling: BatchSampling, stream: RandomStream
  ) -> [Double] {
    precondition(trials > 0, "trials (\(trials)) must be positive")
    let (count, deviation) = (batches, Float(noiseMultiplier))
    return (0..<trials).map { trial in
      var draws = stream.child(trial)
      var releases = [Float](repeating: 0, count: count)
      releases.withUnsafeMutableBufferPointer {
        draws.fillNormal($0, standardDeviation: deviation)
      }
      switch sampling {
      case .shuffled: releases[draws.integer(below: count)] += present ? 2 : 1
      case .poisson:
        let rate = 1 / Double(count)
        if present { for step in 0..<count where draws.bernoulli(rate) { releases[step] += 1 } }
      }
      return Double(releases.max()!)
    }
  }
}
