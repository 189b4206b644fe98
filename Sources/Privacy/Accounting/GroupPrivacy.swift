import Foundation

/// What a record-level statement means for someone with several records.
public enum GroupPrivacy {
  /// (kε, δ (e^{kε} − 1)/(e^ε − 1)): the bound that holds for every (ε, δ)-private mechanism.
  ///
  /// At ε = 0 the second term is kδ; it is capped at 1, where the statement is empty.
  /// Dwork and Roth 2014, doi 10.1561/0400000042, theorem 2.2 and its proof for δ > 0.
  public static func bound(
    epsilon: Double, delta: Double, groupSize: Int
  ) throws -> (epsilon: Double, delta: Double) {
    try SampledGaussian.check(epsilon: epsilon)
    try SampledGaussian.check(delta: delta)
    precondition(groupSize >= 1, "groupSize (\(groupSize)) must be positive")
    let k = Double(groupSize)
    guard epsilon > 0 else { return (0, min(1, k * delta)) }
    // (e^{kε} − 1)/(e^ε − 1) = e^{(k−1)ε} (1 − e^{−kε})/(1 − e^{−ε}).
    let ratio: Double = exp((k - 1) * epsilon) * expm1(-k * epsilon) / expm1(-epsilon)
    return (k * epsilon, min(1, delta * ratio))
  }

  /// ε at the same δ for a person with k records, by the privacy loss of the binomial mixture.
  ///
  /// Tight for Poisson sampling by record with aligned gradients, and far from kε at either end:
  /// with much noise it is near kε, with little noise beyond it.
  public static func spent(
    _ phases: [SampledGaussian], groupSize: Int, delta: Double, epsilonError: Double = 0.01
  ) throws -> PRVAccountant.Spent {
    try PRVAccountant(phases, epsilonError: epsilonError, groupSize: groupSize)
      .spent(delta: delta)
  }

  /// q′ = 1 − (1 − q)^k: how often a batch holds at least one of a person's k records.
  ///
  /// With gradients clipped by person, the rate at which a person is sampled.
  public static func samplingRate(perRecord q: Double, groupSize: Int) throws -> Double {
    try SampledGaussian.check(samplingRate: q)
    precondition(groupSize >= 1, "groupSize (\(groupSize)) must be positive")
    return -expm1(Double(groupSize) * log1p(-q))
  }
}
