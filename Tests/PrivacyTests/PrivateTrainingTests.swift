import Foundation
import Kernels
import Networks
import Privacy
import Tensors
import Testing
import Training

/// Private trainings that are killed and go on.
struct PrivateTrainingTests {
  struct Killed: Error {}

  static let plan = TrainingPlan(epochs: 2, batchSize: 8, learningRate: 1e-3, microBatch: 4)
  static let parameters = DPSGDParameters(clippingNorm: 1, noiseMultiplier: 1)

  static func network() -> ResNet<Float> {
    var stream = RandomStream(2)
    return ResNet(
      ResNetConfiguration(classes: 3, width: 8, inputChannels: 2, blocks: [1], stem: .unpooled),
      stream: &stream)
  }

  /// Trains 12 steps, killed after some, and says what was kept last.
  static func killed(
    after step: Int, source: NoiseSource, from checkpoint: TrainingCheckpoint<Float>? = nil,
    journal: ReleaseJournal? = nil
  ) -> TrainingCheckpoint<Float>? {
    var kept = checkpoint
    #expect(throws: Killed.self) {
      try trainPrivately(
        network(), on: DPSGDTests.data(48), plan: plan, parameters: parameters, source: source,
        continuing: Continuation(from: checkpoint, interval: 5, journal: journal) { kept = $0 }
      ) { statistics, _ in if statistics.step == step { throw Killed() } }
    }
    return kept
  }

  static func finished(
    source: NoiseSource, from checkpoint: TrainingCheckpoint<Float>?,
    journal: ReleaseJournal? = nil
  ) throws -> (Weights<Float>, TrainingRecord) {
    let network = network()
    let record = try trainPrivately(
      network, on: DPSGDTests.data(48), plan: plan, parameters: parameters, source: source,
      continuing: Continuation(from: checkpoint, interval: 5, journal: journal) { _ in })
    return (network.weights, record)
  }

  @Test("Seeded: a killed run ends in the same bytes, and no step counts twice")
  func seeded() throws {
    let source = NoiseSource.seeded(RandomStream(6))
    let whole = try Self.finished(source: source, from: nil)
    #expect(whole.1.releases == 12)
    let kept = Self.killed(after: 7, source: source)
    #expect(kept?.step == 5)
    let resumed = try Self.finished(source: source, from: kept)
    #expect(resumed.0 == whole.0)
    #expect(resumed.1 == whole.1)
  }

  @Test("Secure without a journal: all steps up to the next checkpoint count as released")
  func secureReserved() throws {
    // Steps 5, 6 and 7 were released after the checkpoint at 5; the next one was due at 10.
    let once = Self.killed(after: 7, source: .secure)
    #expect(once?.step == 5)
    #expect(once?.reserved == 10)
    let after = try Self.finished(source: .secure, from: once)
    #expect(after.1.releases == 12 + 5)
    // Killed once more before anything new was kept: the first loss is not forgotten.
    let twice = Self.killed(after: 5, source: .secure, from: once)
    #expect(twice?.step == 5)
    #expect(twice?.lost == 5)
    let end = try Self.finished(source: .secure, from: twice)
    #expect(end.1.releases == 12 + 10)
  }

  @Test("Secure with a journal: exactly the lost steps are counted, before any checkpoint too")
  func secureJournal() throws {
    final class Notes { var steps: [Int] = [] }
    let notes = Notes()
    func journal() -> ReleaseJournal {
      ReleaseJournal(noted: notes.steps.count) { notes.steps.append($0) }
    }
    _ = Self.killed(after: 1, source: .secure, journal: journal())
    #expect(notes.steps == [0, 1])
    // Nothing was kept but the start: two steps are lost.
    let second = Self.killed(after: 6, source: .secure, journal: journal())
    #expect(second?.step == 5)
    #expect(second?.lost == 2)
    let (_, record) = try Self.finished(source: .secure, from: second, journal: journal())
    // 12 of the training, 2 of the first run, steps 5 and 6 of the second.
    #expect(record.releases == 16)
    #expect(notes.steps.count == 16)
  }

  @Test("Secure draws have the right moments and are never the same")
  func secureMoments() {
    func draw() -> [Double] {
      var tensors = [Tensor<Double>.zeros([20_000])]
      NoiseSource.secure.addNoise(step: 0, deviation: 3, to: &tensors)
      return tensors[0].elements
    }
    let noise = draw()
    #expect(noise != draw())
    let n = Double(noise.count)
    let mean: Double = noise.reduce(0, +) / n
    let square: Double = noise.reduce(0) { $0 + $1 * $1 } / n
    let fourth: Double = noise.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
    // Six SDs of each (2e-9): σ/√n, √2 σ²/√n, √96 σ⁴/√n.
    let root: Double = n.squareRoot()
    let bounds: [Double] = [6 * 3 / root, 6 * 9 * 2.0.squareRoot() / root, 4761.8 / root]
    #expect(abs(mean) <= bounds[0])
    #expect(abs(square - 9) <= bounds[1])
    #expect(abs(fourth - 243) <= bounds[2])
    let sizes = (0..<200).map {
      Double(NoiseSource.secure.subsample(step: $0, count: 100, rate: 0.2).count)
    }
    // Binomial: mean 20, SD of the mean of 200 is √(16/200).
    let meanSize: Double = sizes.reduce(0, +) / 200
    let sizeBound: Double = 6 * 0.08.squareRoot()
    #expect(abs(meanSize - 20) <= sizeBound)
  }
}
