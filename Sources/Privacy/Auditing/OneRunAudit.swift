import Foundation
import Statistics

/// What one run can prove about its ε from guesses about canaries.
///
/// m canaries are each put into the data with probability ½, by m coins of the auditor. From what
/// the run releases, the auditor guesses the coins of r canaries (and abstains on the others); v
/// guesses are right. If the run is (ε, δ)-private, v is stochastically at most Binomial(r, e^ε/(1 +
/// e^ε)) up to a term in δ, so that
///
///     p(ε) = P(B ≥ v) + 2 m δ · max_{i = 1…v} P(v > B ≥ v − i)/i,   B ~ Binomial(r, e^ε/(1 + e^ε)),
///
/// is a p-value of the claim, at most 1. `epsilon` is the largest ε that is rejected at the level 1 −
/// confidence: with that confidence the true ε is above it. The canaries need not be independent of
/// each other under the mechanism, only their coins.
///
/// What it can show is bounded: even with every guess right, ε stays below ln(x/(1 − x)) with
/// x = (1 − confidence)^{1/r}.
///
/// Source: Steinke, Nasr and Jagielski 2023, arXiv 2305.08846, theorem 5.2 and appendix D.
public struct OneRunAudit: Codable, Hashable, Sendable {
  /// m, r and v.
  public var canaries, guesses, correct: Int
  public var delta: Double

  public init(canaries: Int, guesses: Int, correct: Int, delta: Double) {
    precondition(canaries > 0, "canaries (\(canaries)) must be positive")
    precondition(
      (0...canaries).contains(guesses), "guesses (\(guesses)) must lie in 0...\(canaries)")
    precondition((0...guesses).contains(correct), "correct (\(correct)) must lie in 0...\(guesses)")
    precondition(delta >= 0 && delta < 1, "delta (\(delta)) must lie in 0..<1")
    self.canaries = canaries
    self.guesses = guesses
    self.correct = correct
    self.delta = delta
  }

  /// The audit of scores: the highest `guesses / 2` are guessed in, the lowest `guesses / 2` out.
  ///
  /// Scores are larger where a canary looks present; ties are broken by place. `guesses` is rounded
  /// down to an even number, and must be chosen without looking at the coins.
  public init(scores: [Double], included: [Bool], guesses: Int, delta: Double) {
    precondition(
      scores.count == included.count,
      "scores (\(scores.count)) must match included (\(included.count))")
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    let half = min(guesses, scores.count) / 2
    let right =
      order.prefix(half).filter { !included[$0] }.count
      + order.suffix(half).filter { included[$0] }.count
    self.init(canaries: scores.count, guesses: 2 * half, correct: right, delta: delta)
  }

  /// p(ε): how likely so many right guesses are at most, if the run is (ε, δ)-private.
  public func pValue(epsilon: Double) -> Double {
    precondition(epsilon >= 0, "epsilon (\(epsilon)) must not be negative")
    guard correct > 0 else { return 1 }
    let binomial = Distributions.Binomial(
      trials: guesses, probability: 1 / (1 + exp(-epsilon)))
    let v = Double(correct)
    let tail = binomial.survival(v - 1)
    // P(v > B ≥ v − i) = P(B ≤ v − 1) − P(B ≤ v − i − 1).
    let below = binomial.cdf(v - 1)
    var slope = 0.0
    if delta > 0 {
      // No later term can exceed P(B < v)/i.
      for i in 1...correct where below / Double(i) > slope {
        slope = max(slope, (below - binomial.cdf(v - Double(i) - 1)) / Double(i))
      }
    }
    return min(1, tail + 2 * Double(canaries) * delta * slope)
  }

  /// The lower bound on ε with a confidence; 0 where nothing is shown.
  public func epsilon(confidence: Double = 0.95) -> Double {
    precondition(
      confidence > 0 && confidence < 1, "confidence (\(confidence)) must lie between 0 and 1")
    let level = 1 - confidence
    guard pValue(epsilon: 0) < level else { return 0 }
    var low = 0.0
    var high = 1.0
    while pValue(epsilon: high) < level, high < 700 { (low, high) = (high, 2 * high) }
    for _ in 0..<60 {
      let middle = low + (high - low) / 2
      if pValue(epsilon: middle) < level { low = middle } else { high = middle }
    }
    return low
  }
}
