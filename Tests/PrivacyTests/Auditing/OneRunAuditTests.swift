import Foundation
import Privacy
import Testing

@Suite struct OneRunAuditTests {
  /// The published algorithm (arXiv 2305.08846, appendix D) run with scipy 1.x: m, r, v, δ, ε at 95 %.
  @Test(
    "The bound is that of the published algorithm",
    arguments: [
      (1000, 1000, 700, 1e-5, 0.7317404494), (1000, 200, 180, 1e-5, 1.7962850707),
      (1000, 1000, 1000, 1e-5, 5.7822831354), (5000, 1000, 800, 1e-5, 1.2525826266),
      (200, 200, 120, 0, 0.1590697492), (200, 200, 100, 1e-5, 0),
    ])
  func published(m: Int, r: Int, v: Int, delta: Double, epsilon: Double) {
    let audit = OneRunAudit(canaries: m, guesses: r, correct: v, delta: delta)
    // Ten printed decimals.
    #expect(abs(audit.epsilon() - epsilon) < 1e-9)
  }

  @Test(
    "So is the p-value",
    arguments: [
      (1000, 1000, 700, 0.5, 1e-5, 0.000186755586798),
      (1000, 200, 180, 1.0, 1e-5, 0.000436224538579), (100, 50, 40, 0.7, 0, 0.0299076577661),
    ])
  func pValues(m: Int, r: Int, v: Int, epsilon: Double, delta: Double, p: Double) {
    let audit = OneRunAudit(canaries: m, guesses: r, correct: v, delta: delta)
    // Twelve printed digits; Boost and scipy agree to about 1e-12 in these tails.
    #expect(abs(audit.pValue(epsilon: epsilon) / p - 1) < 1e-9)
  }

  @Test("With delta 0 and every guess right, the bound is ln(x/(1 - x)) with x = .05^(1/r)")
  func ceiling() {
    for guesses in [1, 10, 200] {
      let audit = OneRunAudit(
        canaries: guesses, guesses: guesses, correct: guesses, delta: 0)
      let x = pow(0.05, 1 / Double(guesses))
      let expected = max(0, log(x / (1 - x)))
      #expect(abs(audit.epsilon() - expected) < 1e-9, "\(guesses)")
    }
  }

  @Test("Scores: the highest are guessed in, the lowest out, the middle not at all")
  func guesses() {
    let audit = OneRunAudit(
      scores: [5, 1, 4, 0, 3, 2], included: [true, false, true, true, true, false], guesses: 5,
      delta: 0)
    // Two lowest: case 3 (in, wrong) and case 1 (out, right); two highest: both in.
    #expect(audit.guesses == 4)
    #expect(audit.correct == 3)
    #expect(audit.canaries == 6)
  }

  @Test("More right guesses, more delta: the bound moves the way it must")
  func monotone() {
    func bound(_ correct: Int, _ delta: Double) -> Double {
      OneRunAudit(canaries: 500, guesses: 100, correct: correct, delta: delta).epsilon()
    }
    let rising = (50...100).map { bound($0, 1e-5) }
    #expect(zip(rising, rising.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(bound(90, 1e-3) < bound(90, 1e-5))
    #expect(bound(50, 0) == 0)
  }
}

@Suite struct AttackBoundTests {
  @Test("Rates of 500 of 1000 and 0 of 1000 against Clopper and Pearson by hand")
  func closedForm() {
    let bound = AttackBound(present: 1000, called: 1000, absent: 1000, mistaken: 0)
    // All and none: the limits are .025^(1/1000) and 1 - .025^(1/1000).
    let low = pow(0.025, 1e-3)
    let expected = log((low - 1e-5) / (1 - low))
    #expect(abs(bound.epsilon(delta: 1e-5) - expected) < 1e-9)
  }

  @Test("Guessing shows nothing; more trials show more, never more than the truth here")
  func trials() {
    #expect(
      AttackBound(present: 400, called: 200, absent: 400, mistaken: 200).epsilon(delta: 0) == 0)
    var last = 0.0
    for scale in [1, 10, 100, 1000] {
      // TPR .6 and FPR .2: ε = ln 3 in truth.
      let bound = AttackBound(
        present: 100 * scale, called: 60 * scale, absent: 100 * scale, mistaken: 20 * scale
      ).epsilon(delta: 0)
      #expect(bound > last && bound < log(3))
      last = bound
    }
    #expect(log(3) - last < 0.03)
  }

  @Test("Scores are counted at or above the threshold")
  func counted() {
    let bound = AttackBound(present: [1, 2, 3], absent: [0, 1, 2, 2.5], threshold: 2)
    #expect(bound == AttackBound(present: 3, called: 2, absent: 4, mistaken: 2))
  }
}
