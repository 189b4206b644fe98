import Foundation
import Kernels
import Privacy
import Testing

@Suite struct BatchLinearQueryTests {
  /// The formula of the source on a finer grid (thresholds from -2 to 10, 200,001 of them) in NumPy and
  /// SciPy: σ, batches, δ, ε.
  @Test(
    "Shuffled batches are proven to cost ten times what Poisson batches do",
    arguments: [(0.5, 1000, 1e-6, 10.996915), (0.5, 1000, 1e-5, 9.996625)])
  func bound(sigma: Double, batches: Int, delta: Double, epsilon: Double) throws {
    let query = BatchLinearQuery(noiseMultiplier: sigma, batches: batches)
    let found = try query.epsilon(delta: delta)
    // A bound by fewer thresholds can only be lower. The best threshold is at most half a spacing
    // (σ/200 = .0025) away, where the objective is flat: second order, far below 1e-3.
    #expect(found <= epsilon + 1e-6)
    #expect(epsilon - found < 1e-3)
    let poisson = try PRVAccountant([
      SampledGaussian(samplingRate: 1e-3, noiseMultiplier: sigma, steps: batches)
    ]).epsilon(delta: delta)
    #expect(poisson < 0.5 * found)
  }

  @Test("One batch is a Gaussian of distance 1: its curve is not exceeded")
  func oneBatch() {
    let query = BatchLinearQuery(noiseMultiplier: 1.3, batches: 1)
    let gaussian = GaussianDP(mu: 1 / 1.3)
    for epsilon in [0, 0.3, 1, 2] {
      let found = query.delta(epsilon: epsilon)
      let exact = gaussian.delta(epsilon: epsilon)
      #expect(found <= exact + 1e-12)
      // The threshold test is the optimal one; the grid is σ/100 fine and its error second order.
      #expect(exact - found < 1e-4)
    }
  }

  @Test("The attack finds shuffling and spares Poisson sampling")
  func attack() throws {
    let query = BatchLinearQuery(noiseMultiplier: 0.5, batches: 100)
    func bound(_ sampling: BatchSampling) -> Double {
      let stream = RandomStream(4).child(sampling.rawValue)
      func scores(_ present: Bool, _ name: String) -> [Double] {
        query.largest(
          trials: 4000, present: present, sampling: sampling, stream: stream.child(name))
      }
      let sorted = scores(false, "threshold").sorted()
      return AttackBound(
        present: scores(true, "present"), absent: scores(false, "absent"),
        threshold: sorted[sorted.count - 8]
      ).epsilon(delta: 1e-6)
    }
    let stated = try PRVAccountant([
      SampledGaussian(samplingRate: 0.01, noiseMultiplier: 0.5, steps: 100)
    ]).epsilon(delta: 1e-6)
    #expect(bound(.poisson) < stated)
    #expect(bound(.shuffled) > bound(.poisson))
    #expect(bound(.shuffled) > 2)
  }

  @Test("The largest release is drawn from the closed form")
  func distribution() {
    let query = BatchLinearQuery(noiseMultiplier: 1, batches: 20)
    let trials = 4000
    for present in [true, false] {
      let scores = query.largest(
        trials: trials, present: present, sampling: .shuffled,
        stream: RandomStream(9).child(present ? "in" : "out"))
      for threshold in [2.0, 2.5, 3] {
        let p = query.exceeds(threshold, shift: present ? 2 : 1)
        let seen = Double(scores.filter { $0 > threshold }.count) / Double(trials)
        // Six comparisons at four standard errors.
        #expect(abs(seen - p) < 4 * (p * (1 - p) / Double(trials)).squareRoot())
      }
    }
  }
}
