import Autodiff
import Foundation
import Generative
import Kernels
import Networks
import Tensors
import Testing

/// Schedule, training and drawing of the latent diffusion.
@Suite struct DiffusionTests {
  /// torch 2.13.0 in float64; 1000 factors round by 1000 · 2^-53 = 1.1e-13, relative.
  @Test("Kept shares of the picture are those of the scaled-linear schedule")
  func schedule() {
    let noise = NoiseSchedule()
    for (time, value) in [
      (0, 0.998), (1, 0.9959953501962477), (20, 0.9570583789760085), (499, 0.08404964620829458),
      (979, 0.00011130583389927253), (999, 7.470230801206644e-05),
    ] {
      #expect(abs(noise.kept[time] - value) < 2e-13 * value)
    }
    #expect(noise.visited(steps: 4) == [0, 333, 666, 999])
    #expect(noise.visited(steps: 1000) == Array(0..<1000))
    let pictures = Tensor<Float>(shape: [2, 1, 1, 1], [1, 1])
    let noised = noise.noised(
      pictures, noise: Tensor(shape: [2, 1, 1, 1], [0, 2]), times: [0, 999])
    #expect(noised.elements[0] == Float(noise.kept[0].squareRoot()))
    let last = noise.kept[999]
    #expect(
      abs(Double(noised.elements[1]) - last.squareRoot() - 2 * (1 - last).squareRoot()) < 1e-6)
  }

  @Test("A schedule travels as its three numbers")
  func coding() throws {
    let noise = NoiseSchedule(times: 20, first: 0.001, last: 0.1)
    let data = try JSONEncoder().encode(noise)
    #expect(data.count < 100)
    #expect(try JSONDecoder().decode(NoiseSchedule.self, from: data) == noise)
  }

  /// The three coefficients of x_s, of diffusers 0.42.1 (`DDIMScheduler.step` with float64 ᾱ and
  /// 50 steps, so s = t - 20); a dozen operations on numbers up to 60.
  @Test(arguments: [
    (999, 0.0, [1.2206522439536855, -0.22066230479789029, 0]),
    (999, 0.5, [1.2206522439536855, -0.26265161450965757, 0.2867243336521564]),
    (999, 1.0, [1.2206522439536855, -0.4014330911074422, 0.5734486673043128]),
    (520, 0.5, [1.0930962558468946, -0.11807721153466744, 0.20043664297461208]),
    (520, 1.0, [1.0930962558468946, -0.18482433053786818, 0.40087328594922417]),
    (20, 1.0, [1.0211653164929098, -0.20215818555133427, 0.04371122993759001]),
  ])
  func update(_ time: Int, _ eta: Double, _ expected: [Double]) {
    let kept = NoiseSchedule().kept
    let step = DiffusionSampler.Step(from: kept[time], to: kept[time - 20], eta: eta)
    for (found, value) in zip([step.signal, step.noise, step.fresh], expected) {
      #expect(abs(found - value) < 1e-12)
    }
  }

  static let configuration = LabelledDenoiserConfiguration(
    channels: 1, base: 8, multipliers: [1], blocks: 1, groups: 4)

  /// A mixture of two normal distributions of deviation .3, one around -1.5 and one around 1, in
  /// every one of four pixels.
  static func mixture(_ count: Int) -> EncodedPictures {
    var stream = RandomStream(5).child("mixture")
    let labels = (0..<count).map { _ in stream.bernoulli(0.5) ? 1 : 0 }
    let mean = Tensor<Float>(
      shape: [count, 1, 2, 2],
      labels.flatMap { [Float](repeating: $0 == 0 ? -1.5 : 1, count: 4) })
    return EncodedPictures(
      mean: mean, logVariance: Tensor(repeating: 2 * Float(log(0.3)), shape: mean.shape),
      labels: labels)
  }

  static func trained(_ plan: DiffusionPlan) throws -> LabelledDenoiser<Float> {
    let record = try trainDenoiser(
      configuration, plan, on: mixture(512), keeping: [], stream: RandomStream(9),
      continuing: .none)
    return try LabelledDenoiser(configuration, weights: record.snapshots[0].weights)
  }

  /// A mean of 4 · 200 numbers has a standard error of .3 / √800 = .011, a deviation one of .0075;
  /// the rest is what a short training leaves.
  @Test("A mixture of two is learnt, with the label and without")
  func learnsMixture() throws {
    let network = try Self.trained(
      DiffusionPlan(steps: 1500, batch: 64, learningRate: 3e-3, loss: .squared))
    let sampler = DiffusionSampler(steps: 50)
    for (label, centre) in [(0, -1.5), (1, 1.0)] {
      let drawn = sampler.sample(
        network, labels: [Int](repeating: label, count: 200), shape: [1, 2, 2],
        stream: RandomStream(3), batch: 50)
      let values = drawn.elements.map { Double($0) }
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation =
        (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
      #expect(abs(mean - centre) < 0.1, "mean \(mean)")
      #expect(abs(deviation - 0.3) < 0.1, "deviation \(deviation)")
    }
    // Unconditional pictures fall into both heaps, nearly as often.
    let free = DiffusionSampler(steps: 50, guidance: 0).sample(
      network, labels: [Int](repeating: 0, count: 200), shape: [1, 2, 2],
      stream: RandomStream(4), batch: 50)
    let centres = (0..<200).map { i in
      (0..<4).reduce(0) { $0 + Double(free.elements[4 * i + $1]) } / 4
    }
    let high = centres.count { $0 > -0.25 }
    #expect((60...140).contains(high), "\(high) of 200")
    #expect(centres.count { abs($0 + 0.25) < 0.5 } < 20)
  }

  @Test(
    "Guidance 1 is none, 0 against the other class is that class, and labels that say nothing cannot guide"
  )
  func guidance() throws {
    let network = try Self.trained(DiffusionPlan(steps: 30, batch: 16, learningRate: 1e-2))
    func drawn(_ labels: [Int], _ change: (inout DiffusionSampler) -> Void) -> Tensor<Float> {
      var sampler = DiffusionSampler(steps: 5)
      change(&sampler)
      return sampler.sample(
        network, labels: labels, shape: [1, 2, 2], stream: RandomStream(3), batch: 2)
    }
    let plain = drawn([0, 0, 1]) { _ in }
    #expect(plain == drawn([0, 0, 1]) { $0.unconditional = .oppositeClass })
    let opposite = drawn([1, 1, 0]) {
      $0.guidance = 0
      $0.unconditional = .oppositeClass
    }
    #expect(plain == opposite)
    #expect(drawn([0, 0, 1]) { $0.guidance = 4 } != plain)
    let table = network.parameters.first { $0.name == "cond_embedder.embedding.weight" }!
    table.value = .zeros(table.shape)
    let mute = drawn([0, 0, 1]) { _ in }
    let guided = drawn([0, 0, 1]) { $0.guidance = 4 }
    // (1 - 4) ε + 4 ε rounds: 7 |ε| 2^-24 a step, multiplied by 1 / √ᾱ of 5e2 at most.
    for (a, b) in zip(mute.elements, guided.elements) {
      #expect(abs(a - b) < 2e-3 * max(1, abs(a)))
    }
  }

  @Test("A picture depends on its own stream alone, with η = 0 on its first noise alone")
  func streams() throws {
    let network = try Self.trained(DiffusionPlan(steps: 30, batch: 16, learningRate: 1e-2))
    func drawn(_ labels: [Int], batch: Int, eta: Double = 1) -> Tensor<Float> {
      DiffusionSampler(steps: 5, eta: eta).sample(
        network, labels: labels, shape: [1, 2, 2], stream: RandomStream(3), batch: batch)
    }
    let all = drawn([0, 1, 0, 1, 1, 0, 1], batch: 7)
    let pairs = drawn([0, 1, 0, 1, 1, 0, 1], batch: 2)
    for (a, b) in zip(all.elements, pairs.elements) { #expect(abs(a - b) < 1e-4 * max(1, abs(a))) }
    // Batches of equal size run the same kernels; those of unequal size need not, on every processor.
    #expect(pairs.slice(axis: 0, range: 0..<2) == drawn([0, 1], batch: 2))
    #expect(drawn([0, 1], batch: 2, eta: 0) == drawn([0, 1], batch: 2, eta: 0))
    #expect(drawn([0, 1], batch: 2, eta: 0) != drawn([0, 1], batch: 2))
  }

  @Test(
    "A training that was stopped ends in the same bytes",
    arguments: [
      DiffusionPlan.Dropping.batch, .example,
    ])
  func continuation(_ dropping: DiffusionPlan.Dropping) throws {
    let plan = DiffusionPlan(
      steps: 6, batch: 4, dropping: dropping, average: .inverse(power: 2.0 / 3, highest: 0.9999))
    func run(_ continuing: GenerativeContinuation) throws -> GenerativeRecord {
      try trainDenoiser(
        Self.configuration, plan, on: Self.mixture(10), keeping: [0, 2, 5], stream: RandomStream(9),
        continuing: continuing)
    }
    let whole = try run(.none)
    #expect(whole.snapshots.map(\.step) == [0, 2, 5, 6] && whole.history.count == 6)
    #expect(whole.snapshots[3].averaged != whole.snapshots[3].weights)
    for stop in [1, 3] {
      var saved: Data?
      _ = try? run(
        GenerativeContinuation(save: { state in
          let state = state()
          if state.step == stop {
            saved = try JSONEncoder().encode(state)
            throw LightboxError(.input, "killed")
          }
        }))
      let state = try JSONDecoder().decode(GenerativeState.self, from: #require(saved))
      let continued = try run(GenerativeContinuation(from: state))
      #expect(continued.history == whole.history)
      #expect(continued.snapshots.map(\.weights) == whole.snapshots.map(\.weights))
      #expect(continued.snapshots.map(\.averaged) == whole.snapshots.map(\.averaged))
    }
  }

  @Test("A training that bursts says so and stops")
  func bursting() throws {
    let record = try trainDenoiser(
      Self.configuration, DiffusionPlan(steps: 10, batch: 4, learningRate: 1e30),
      on: Self.mixture(10), keeping: [], stream: RandomStream(9), continuing: .none)
    let step = try #require(record.failedAtStep)
    #expect(step < 10 && record.snapshots.isEmpty)
  }
}
