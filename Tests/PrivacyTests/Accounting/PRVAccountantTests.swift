import Foundation
import Kernels
import Privacy
import Testing

@Suite struct PRVAccountantTests {
  @Test(arguments: AccountedRun.reference + AccountedRun.paper)
  func matchesReference(run: AccountedRun) throws {
    let spent = try PRVAccountant([run.phase]).spent(delta: run.delta)
    // dp-accounting's PLD is pessimistic by up to half its mesh (1e-4) a step, which shows over
    // 119,923 of them; Opacus' estimate carries the same ε_err as ours. Full batches have no grid
    // here and a closed form without width, checked below.
    if run.q < 1 {
      #expect(spent.lower <= run.pld && run.pld <= spent.upper)
      #expect(spent.lower <= run.prv && run.prv <= spent.upper)
    }
    // The true error is far below the bound: both estimates keep the mean and differ in h² terms.
    #expect(abs(spent.estimate - run.prv) < 2e-4)
    #expect(spent.lower <= spent.estimate && spent.estimate <= spent.upper)
    // Never above the Rényi bound by more than the grid's own width.
    #expect(spent.estimate < run.rdp)
    if let mesh = spent.mesh {
      #expect(mesh.epsilonError == 0.01)
      #expect(mesh.rounding < run.delta / 1000)
    } else {
      #expect(run.q == 1)
    }
  }

  /// The q = 1 row to the printed digits, by the closed form.
  @Test func fullBatchIsAnalytic() throws {
    let run = try SampledGaussian(samplingRate: 1, noiseMultiplier: 10, steps: 10)
    let spent = try PRVAccountant([run]).spent(delta: 1e-5)
    #expect(abs(spent.estimate - 1.199370) < 5e-6)
    #expect(spent.mesh == nil)
  }

  /// A release that leaks next to nothing forces the grid: it must agree with the closed form.
  @Test(arguments: [(1.0, 1, 4.37718), (2, 1, 1.99309), (5, 1, 0.72552), (10, 10, 1.19937)])
  func gridAgreesWithClosedForm(sigma: Double, steps: Int, expected: Double) throws {
    let full = try SampledGaussian(samplingRate: 1, noiseMultiplier: sigma, steps: steps)
    let nothing = try SampledGaussian(samplingRate: 1e-9, noiseMultiplier: 10, steps: 1)
    let closed = try PRVAccountant([full]).spent(delta: 1e-5)
    #expect(abs(closed.estimate - expected) < 5e-6)
    for error in [0.01, 0.001] {
      let grid = try PRVAccountant([full, nothing], epsilonError: error).spent(delta: 1e-5)
      #expect(grid.mesh != nil)
      #expect(grid.lower <= closed.estimate && closed.estimate <= grid.upper)
      #expect(abs(grid.estimate - closed.estimate) < error / 10)
    }
  }

  @Test func composesPhases() throws {
    let phases = [
      try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1, steps: 500),
      try SampledGaussian(samplingRate: 0.02, noiseMultiplier: 2, steps: 800),
      try SampledGaussian(samplingRate: 0.005, noiseMultiplier: 0.8, steps: 200),
    ]
    let spent = try PRVAccountant(phases).spent(delta: 1e-5)
    // dp-accounting PLD, mesh 1e-4: 1.903428; Opacus 1.6.0 PRVAccountant: 1.903421 (1.8933, 1.9136).
    #expect(spent.lower <= 1.9034282931962399 && 1.9034282931962399 <= spent.upper)
    #expect(abs(spent.estimate - 1.9034208233643366) < 2e-4)
    // Cutting a phase in two, or another order, changes nothing.
    let cut = [
      phases[2], try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1, steps: 123),
      phases[1], try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1, steps: 377),
    ]
    let again = try PRVAccountant(cut).spent(delta: 1e-5)
    #expect(abs(again.estimate - spent.estimate) < 1e-9)
  }

  @Test func deltaInvertsEpsilon() throws {
    let run = PRVAccountant([
      try SampledGaussian(samplingRate: 0.05, noiseMultiplier: 0.8, steps: 200)
    ])
    let spent = try run.spent(delta: 1e-3)
    let back = try run.delta(epsilon: spent.estimate, deltaError: 1e-6)
    #expect(abs(back.estimate / 1e-3 - 1) < 1e-9)
    #expect(back.lower <= 1e-3 && 1e-3 <= back.upper)
  }

  /// dp-accounting 0.4 PLD get_delta_for_epsilon, mesh 1e-4.
  @Test func deltaMatchesOutside() throws {
    for (q, sigma, steps, epsilon, expected) in [
      (0.01, 1.0, 1000, 1.0, 0.0026124968063013015), (0.05, 0.8, 200, 3.0, 0.024595559012846623),
    ] {
      let run = try SampledGaussian(samplingRate: q, noiseMultiplier: sigma, steps: steps)
      let delta = try PRVAccountant([run]).delta(epsilon: epsilon)
      #expect(delta.lower <= expected && expected <= delta.upper)
      #expect(abs(delta.estimate / expected - 1) < 1e-3)
    }
  }

  @Test func boundsNestAsTheGridRefines() throws {
    let run = try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1, steps: 1000)
    let wide = try PRVAccountant([run], epsilonError: 0.1).spent(delta: 1e-5)
    let fine = try PRVAccountant([run], epsilonError: 0.002).spent(delta: 1e-5)
    #expect(wide.lower < fine.lower && fine.upper < wide.upper)
    #expect(fine.upper - fine.lower < 0.005)
  }

  @Test(arguments: [0.3, 2.0, 8.0])
  func calibratedNoiseReaccounts(target: Double) throws {
    let found = try NoiseCalibration.solve(
      targetEpsilon: target, delta: 6e-5, samplingRate: 0.05, steps: 800, accountant: .prv)
    let run = try SampledGaussian(
      samplingRate: 0.05, noiseMultiplier: found.noiseMultiplier, steps: 800)
    let spent = try PRVAccountant([run]).spent(delta: 6e-5)
    #expect(spent.upper <= target)
    #expect(target - spent.upper <= 1e-3)
    // Opacus 1.6.0 get_noise_multiplier(accountant="prv", epsilon_tolerance=.01): its σ spends
    // between target − .01 and target, so it cannot be below ours.
    let opacus = [0.3: 14.375, 2: 2.6953125, 8: 1.0479736328125][target]!
    #expect(found.noiseMultiplier <= opacus * 1.0005)
    #expect(found.noiseMultiplier > opacus * 0.95)
  }

  @Test func refusesTooLittleNoise() throws {
    let run = try SampledGaussian(samplingRate: 0.5, noiseMultiplier: 0.02, steps: 10)
    #expect(throws: LightboxError.self) { try PRVAccountant([run]).spent(delta: 1e-5) }
  }
}

@Suite struct GaussianDPTests {
  /// Balle-Wang at δ 1e-5: the digest's closed-form values.
  @Test(arguments: [(1.0, 4.37718), (2, 1.99309), (5, 0.72552)])
  func analyticGaussian(sigma: Double, expected: Double) throws {
    #expect(abs(try GaussianDP(mu: 1 / sigma).epsilon(delta: 1e-5) - expected) < 5e-6)
    let s = try GaussianDP.noiseMultiplier(epsilon: expected, delta: 1e-5)
    #expect(abs(s / sigma - 1) < 1e-5)
  }

  /// scipy brentq on Opacus 1.6.0 gdp.delta_eps_mu.
  @Test func muOfABudget() throws {
    for (epsilon, mu) in [(0.29, 0.08324527443755503), (7.89, 1.6145348081185464)] {
      #expect(abs(try GaussianDP(epsilon: epsilon, delta: 6e-6).mu / mu - 1) < 1e-9)
    }
  }

  /// Opacus 1.6.0 gdp.compute_mu_poisson.
  @Test func centralLimit() throws {
    let run = try SampledGaussian(
      samplingRate: 256.0 / 60000, noiseMultiplier: 1.1, steps: 14100)
    #expect(abs(GaussianDP.centralLimit([run]).mu / 0.5743555524889091 - 1) < 1e-12)
  }

  @Test func roundTrips() throws {
    for mu in [0.01, 0.3, 1, 4, 20] {
      let curve = GaussianDP(mu: mu)
      for delta in [1e-12, 1e-6, 1e-3] {
        let epsilon = try curve.epsilon(delta: delta)
        guard epsilon > 0 else { continue }
        #expect(abs(try GaussianDP(epsilon: epsilon, delta: delta).mu / mu - 1) < 1e-9)
      }
    }
  }

  @Test func matchedBudgetAtAnotherSize() throws {
    let here = try GaussianDP(epsilon: 7.89, delta: 6e-6)
    let matched = try GaussianDP.epsilon(
      matchedSignal: here.matchedSignal(images: 153_502), images: 153_502, delta: 6e-6)
    #expect(abs(matched - 7.89) < 1e-9)
    // A tenth of the records needs ten times the μ.
    let small = try GaussianDP.epsilon(
      matchedSignal: here.matchedSignal(images: 1000), images: 100, delta: 6e-6)
    #expect(abs(try GaussianDP(epsilon: small, delta: 6e-6).mu / here.mu - 10) < 1e-8)
  }
}

@Suite struct GroupPrivacyTests {
  @Test func genericBound() throws {
    let one = try GroupPrivacy.bound(epsilon: 0.5, delta: 1e-6, groupSize: 1)
    #expect(one.epsilon == 0.5 && abs(one.delta - 1e-6) < 1e-18)
    let three = try GroupPrivacy.bound(epsilon: 0.5, delta: 1e-6, groupSize: 3)
    #expect(three.epsilon == 1.5)
    // 1 + e^.5 + e^1
    #expect(abs(three.delta / 1e-6 - (1 + exp(0.5) + exp(1.0))) < 1e-9)
    #expect(try GroupPrivacy.bound(epsilon: 8, delta: 1e-5, groupSize: 4).delta == 1)
  }

  /// 10,000 images, batches of 500, 40 epochs, δ 6e-5. Outside: numpy and scipy, the loss of the
  /// binomial mixture split linearly over a mesh of 1e-4 and convolved by FFT (published
  /// roundings 7.18, 44.8, .95, 4.70); k = 1 also dp-accounting's PLD, 7.178451.
  @Test(arguments: [
    (1.11, 1, 7.178450369), (1.11, 4, 44.746134597), (4.98, 1, 0.954557052), (4.98, 4, 4.696016154),
  ])
  func fourImagesOfAPatient(sigma: Double, images: Int, expected: Double) throws {
    let run = try SampledGaussian(samplingRate: 0.05, noiseMultiplier: sigma, steps: 800)
    let spent = try GroupPrivacy.spent([run], groupSize: images, delta: 6e-5)
    #expect(spent.lower <= expected && expected <= spent.upper)
    // The split of the outside mesh inflates each step's variance by up to h²/4: 2e-6 in all.
    #expect(abs(spent.estimate - expected) < 1e-4)
  }

  @Test func samplingByPerson() throws {
    #expect(abs(try GroupPrivacy.samplingRate(perRecord: 0.1, groupSize: 2) - 0.19) < 1e-15)
    #expect(try GroupPrivacy.samplingRate(perRecord: 0.1, groupSize: 1) == 0.1)
  }
}

@Suite struct NoiseVarianceTests {
  static func updates(deviation: Double, seed: UInt64) -> [[Double]] {
    var stream = RandomStream(seed)
    return (0..<4).map { _ in
      (0..<2500).map { _ in stream.normal(mean: 0, standardDeviation: deviation) }
    }
  }

  /// scipy.stats.chi2.ppf([.0005, .9995], 1000) / 1000.
  @Test func limits() {
    let test = NoiseVarianceTest(
      updates: [[Double](repeating: 1, count: 1000)], noiseMultiplier: 1, clippingNorm: 1,
      expectedBatch: 1)
    #expect(test.ratio == 1)
    #expect(abs(test.low - 0.8593615055806303) < 1e-9)
    #expect(abs(test.high - 1.153737850064835) < 1e-9)
    #expect(test.passes)
  }

  @Test func rightNoisePasses() {
    // σ C/(qN) = 1.1 · 1.5 / 128.
    let test = NoiseVarianceTest(
      updates: Self.updates(deviation: 1.1 * 1.5 / 128, seed: 1), noiseMultiplier: 1.1,
      clippingNorm: 1.5, expectedBatch: 128)
    #expect(test.passes)
    #expect(test.coordinates == 10_000)
  }

  /// Noise drawn for each of four micro-batches has four times the variance.
  @Test func noisePerMicroBatchFails() {
    let test = NoiseVarianceTest(
      updates: Self.updates(deviation: 2 * 1.1 * 1.5 / 128, seed: 2), noiseMultiplier: 1.1,
      clippingNorm: 1.5, expectedBatch: 128)
    #expect(!test.passes)
    #expect(abs(test.ratio - 4) < 0.3)
  }

  @Test func noiseMissingInOneLayerFails() {
    var updates = Self.updates(deviation: 1, seed: 3)
    for i in 0..<1250 { updates[0][i] = 0 }
    let test = NoiseVarianceTest(
      updates: updates, noiseMultiplier: 1, clippingNorm: 1, expectedBatch: 1)
    #expect(!test.passes)
    #expect(test.ratio < test.low)
  }
}
