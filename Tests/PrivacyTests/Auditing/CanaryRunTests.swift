import Foundation
import Kernels
import Networks
import Privacy
import Tensors
import Testing
import Training

@Suite struct CanaryRunTests {
  static let parameters = DPSGDParameters(clippingNorm: 1.5, noiseMultiplier: 2)

  static func run(_ bug: PlantedBug, canaries: Int = 400, steps: Int = 100) throws -> CanaryRun {
    try CanaryRun(
      canaries: canaries, batch: canaries / 25, steps: steps, parameters: parameters, bug: bug,
      stream: RandomStream(11).child("canaries"))
  }

  @Test("Scores count how often a canary joined, with noise of variance T sigma²")
  func moments() throws {
    let run = try Self.run(.none)
    let scores = { (wanted: Bool) in
      run.scores.indices.filter { run.included[$0] == wanted }.map { run.scores[$0] }
    }
    for (wanted, expected) in [(true, 4.0), (false, 0)] {
      let own = scores(wanted)
      let n = Double(own.count)
      let mean = own.reduce(0, +) / n
      // 100 draws at .04: mean 4, variance 3.84 and 100 · 4 of noise; four standard errors.
      let variance = 400 + (wanted ? 3.84 : 0)
      #expect(abs(mean - expected) < 4 * (variance / n).squareRoot())
      let spread = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      #expect(abs(spread / variance - 1) < 4 * (2 / (n - 1)).squareRoot())
    }
  }

  @Test("Honest noise stays below its accountant; planted bugs exceed it")
  func bugs() throws {
    let stated = try PRVAccountant([
      SampledGaussian(samplingRate: 0.04, noiseMultiplier: 2, steps: 100)
    ]).epsilon(delta: 1e-5)
    func bound(_ bug: PlantedBug) throws -> Double {
      let run = try Self.run(bug)
      // Three looks, so each at a third of the error.
      return [run, run.part(0), run.part(1)].map {
        $0.oneRun(guesses: $0.scores.count / 5, delta: 1e-5).epsilon(confidence: 1 - 0.05 / 3)
      }.max()!
    }
    #expect(try bound(.none) < stated)
    #expect(try bound(.noisePerMicroBatch(4)) < stated)
    for bug in [
      PlantedBug.noClipping, .noiseDivided(by: 8), .noiseMissing(parameter: 1),
    ] {
      #expect(try bound(bug) > stated, "\(bug)")
    }
  }

  @Test("Without noise in a layer its canaries are read off exactly")
  func missingLayer() throws {
    let run = try Self.run(.noiseMissing(parameter: 1))
    for canary in 200..<400 {
      let count = run.scores[canary]
      #expect(abs(count - count.rounded()) < 1e-3)
      if !run.included[canary] { #expect(abs(count) < 1e-3) }
    }
  }

  @Test("The honest estimator is DPSGD to the last bit")
  func honest() throws {
    let network: ResNet<Double> = DPSGDTests.network()
    let data: TrainingData<Double> = DPSGDTests.data(20)
    let stated = DPSGD<Double>(
      cases: 20, plan: DPSGDTests.plan(batchSize: 5), parameters: Self.parameters,
      source: .seeded(RandomStream(2)))
    let loss: MultiLabelLoss<Double> = DPSGDTests.loss()
    let own = try stated.estimate(step: 3, network: network, data: data, loss: loss)
    let audited = try BuggyDPSGD(stated, bug: .none)
      .estimate(step: 3, network: network, data: data, loss: loss)
    for (a, b) in zip(own.gradients, audited.gradients) { #expect(a.elements == b.elements) }
    // Noise taken from all layers but one, added by hand, gives the honest step back.
    let missing = try BuggyDPSGD(stated, bug: .noiseMissing(parameter: 0))
      .estimate(step: 3, network: network, data: data, loss: loss)
    for (a, b) in zip(own.gradients, missing.gradients).dropFirst() {
      #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < 1e-12 })
    }
    #expect(own.gradients[0].elements != missing.gradients[0].elements)
  }

  @Test("The variance test finds noise per micro-batch, which no attack can")
  func variance() throws {
    func test(_ bug: PlantedBug) throws -> NoiseVarianceTest {
      let plan = TrainingPlan(epochs: 1, batchSize: 64, classWeighting: .none, microBatch: 128)
      let data = TrainingData<Float>(
        images: .zeros([160, 1, 1, 160]), targets: .ones([160, 1]))
      let estimator = BuggyDPSGD(
        DPSGD<Float>(
          cases: 160, plan: plan, parameters: Self.parameters, source: .seeded(RandomStream(7))),
        bug: bug)
      let updates = try (0..<20).map { step in
        try estimator.estimate(
          step: step, network: CanaryNetwork(inputs: 160), data: data, loss: MultiLabelLoss()
        ).gradients.flatMap(\.elements).map(Double.init)
      }
      return NoiseVarianceTest(
        updates: updates, noiseMultiplier: 2, clippingNorm: 1.5, expectedBatch: 64)
    }
    #expect(try test(.none).passes)
    #expect(try test(.noClipping).passes)
    let perMicroBatch = try test(.noisePerMicroBatch(16))
    #expect(!perMicroBatch.passes && perMicroBatch.ratio > 2)
    let divided = try test(.noiseDivided(by: 8))
    #expect(!divided.passes && abs(divided.ratio * 64 - 1) < 0.2)
    let missing = try test(.noiseMissing(parameter: 0))
    #expect(!missing.passes && abs(missing.ratio - 0.5) < 0.1)
  }
}
