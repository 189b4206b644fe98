import Kernels
import Statistics
import Testing

@Suite struct ReaderTrialsTests {
  /// |count − expected| in binomial standard errors.
  private func deviation(_ count: Int, of trials: Int, from p: Double) -> Double {
    let n = Double(trials)
    return abs(Double(count) - n * p) / (n * p * (1 - p)).squareRoot()
  }

  /// Every test by itself against its closed form, power by the noncentral t: 20,000 trials, 4.5
  /// standard errors, a chance of 7e-6 for each of twelve rates.
  @Test func everyTestHasTheClosedFormsPower() {
    let first = ReaderTrials.Method(biases: [0.2, -0.4, 0.9], spread: 1.4, sharedSpread: 0.5)
    let second = ReaderTrials.Method(biases: [0, 0.3, 0], spread: 0.8)
    let design = ReaderTrials(subjects: 28, methods: [first, second], referenceError: 0.3)
    let trials = 20_000
    let outcomes = design.simulate(trials, stream: RandomStream(5).child("power"))
    for (m, method) in [first, second].enumerated() {
      let between = PairedPower(
        n: 28, standardDeviation: (2 * method.spread * method.spread).squareRoot())
      let against = PairedPower(
        n: 28,
        standardDeviation: (method.spread * method.spread
          + method.sharedSpread * method.sharedSpread + 0.3 * 0.3).squareRoot())
      for (bit, pair) in [(0, 1), (0, 2), (1, 2)].enumerated() {
        let found = outcomes.count { $0[m].significantPairs & (1 << UInt32(bit)) != 0 }
        let power = between.power(at: method.biases[pair.0] - method.biases[pair.1])
        #expect(deviation(found, of: trials, from: power) < 4.5, "pair \(pair) of method \(m)")
      }
      for reader in 0..<3 {
        let found = outcomes.count { $0[m].significantReaders & (1 << UInt32(reader)) != 0 }
        let power = against.power(at: method.biases[reader])
        #expect(deviation(found, of: trials, from: power) < 4.5, "reader \(reader) of \(m)")
      }
    }
  }

  /// Without biases three tests that share readers are all quiet more often than three independent
  /// ones; and two of them together are rarer than one alone. The bounds hold for any dependence.
  @Test func testsThatShareReadersFallTogether() {
    let method = ReaderTrials.Method(biases: [0, 0, 0], spread: 1)
    let trials = 20_000
    let outcomes = ReaderTrials(subjects: 12, methods: [method]).simulate(
      trials, stream: RandomStream(5).child("null"))
    let any = Double(outcomes.count { $0[0].pairs > 0 }) / Double(trials)
    // 1 − .95³ = .143 if they were independent; at least .05 whatever they are.
    #expect(any > 0.05 && any < 0.143)
    #expect(outcomes.allSatisfy { $0[0].pairs <= 3 && $0[0].readers <= 3 })
  }

  /// A t statistic by hand: two subjects, t(1) = Σ/|d1 − d2|, and a bias that no spread can hide.
  @Test func certainOutcomes() {
    let far = ReaderTrials.Method(biases: [0, 1000], spread: 1e-3)
    let same = ReaderTrials.Method(biases: [5, 5], spread: 1)
    let outcomes = ReaderTrials(subjects: 28, methods: [far, same]).simulate(
      50, stream: RandomStream(1))
    #expect(outcomes.allSatisfy { $0[0].significantPairs == 1 })
    #expect(outcomes.allSatisfy { $0[1].readers == 2 })
    #expect(outcomes.allSatisfy { $0[0].significantReaders & 2 == 2 })
  }

  /// A longer simulation begins like a shorter one, and another stream is another simulation.
  @Test func prefixesAgree() {
    let method = ReaderTrials.Method(biases: [0, 0.5, 1], spread: 1)
    let design = ReaderTrials(subjects: 20, methods: [method])
    let long = design.simulate(300, stream: RandomStream(9))
    #expect(Array(long.prefix(100)) == design.simulate(100, stream: RandomStream(9)))
    #expect(long != design.simulate(300, stream: RandomStream(10)))
  }
}
