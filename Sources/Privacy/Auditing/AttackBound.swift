import Foundation
import Statistics

/// What an attack's error rates prove about ε.
///
/// An attack on an (ε, δ)-private mechanism that says "in" obeys, for both orders of the two data
/// sets, TPR ≤ e^ε FPR + δ and 1 − FPR ≤ e^ε (1 − TPR) + δ. So
///
///     ε ≥ max(ln((TPR − δ)/FPR), ln((1 − FPR − δ)/(1 − TPR)))
///
/// for the true rates; the bound takes each rate at the bad end of its exact (Clopper-Pearson)
/// interval, each one-sided at half of what confidence leaves over. Trials must be independent: runs
/// of their own, or releases in which the records do not meet.
///
/// Source: Kairouz, Oh and Viswanath 2015, arXiv 1311.0776, theorem 2.1; Jagielski, Ullman and Oprea
/// 2020, arXiv 2006.07709.
public struct AttackBound: Codable, Hashable, Sendable {
  /// Trials with the record, and how many of them the attack called "in".
  public var present, called: Int
  /// Trials without it, and how many of them it called "in" all the same.
  public var absent, mistaken: Int

  public init(present: Int, called: Int, absent: Int, mistaken: Int) {
    precondition(present > 0 && absent > 0, "trials (\(present), \(absent)) must be positive")
    precondition((0...present).contains(called), "called (\(called)) must lie in 0...\(present)")
    precondition(
      (0...absent).contains(mistaken), "mistaken (\(mistaken)) must lie in 0...\(absent)")
    self.present = present
    self.called = called
    self.absent = absent
    self.mistaken = mistaken
  }

  /// Scores at or above a threshold are called "in". The threshold must come from other trials.
  public init(present: [Double], absent: [Double], threshold: Double) {
    self.init(
      present: present.count, called: present.filter { $0 >= threshold }.count,
      absent: absent.count, mistaken: absent.filter { $0 >= threshold }.count)
  }

  /// The lower bound on ε at δ; never below 0.
  public func epsilon(delta: Double, confidence: Double = 0.95) -> Double {
    precondition(delta >= 0 && delta < 1, "delta (\(delta)) must lie in 0..<1")
    precondition(
      confidence > 0 && confidence < 1, "confidence (\(confidence)) must lie between 0 and 1")
    func limits(_ successes: Int, _ trials: Int) -> Interval {
      (try? Proportion(successes: successes, trials: trials))?
        .clopperPearson(level: confidence) ?? Interval(low: 0, high: 1)
    }
    let hit = limits(called, present)
    let miss = limits(mistaken, absent)
    func bound(_ above: Double, _ below: Double) -> Double {
      above - delta > 0 && below > 0 ? log((above - delta) / below) : 0
    }
    return max(0, bound(hit.low, miss.high), bound(1 - miss.high, 1 - hit.low))
  }
}
