import Generative
import Kernels
import Networks
import Tensors
import Testing

@Suite struct LatentEncoderTests {
  typealias Fixture = LatentProjectionTests

  static let configuration = LatentEncoderConfiguration(for: Fixture.shape)

  @Test("Styles of generated pictures are learnt, better than by the mean")
  func learns() throws {
    let generator = Fixture.generator()
    let statistics = StyleStatistics(of: generator, stream: RandomStream(5))
    let record = try trainLatentEncoder(
      Self.configuration, LatentEncoderPlan(steps: 150, learningRate: 5e-3), of: generator,
      statistics: statistics, stream: RandomStream(6))
    #expect(record.failedAtStep == nil && record.snapshots.count == 1)
    let encoder = try LatentEncoder(Self.configuration, weights: record.snapshots[0].weights)
    let styles = Fixture.styles(40, of: generator)
    let pictures = Fixture.pictures(styles, of: generator)
    let guesses = encoder.styles(of: pictures)
    let left = (guesses - styles).squaredNorm / (styles - statistics.mean).squaredNorm
    #expect(left < 0.5, "share of the styles' variance left: \(left)")
    // A guess does not depend on the pictures beside it.
    let rows = [17, 3, 30]
    #expect(encoder.styles(of: pictures.gathered(rows: rows)) == guesses.gathered(rows: rows))
  }

  @Test("An encoder at its start guesses w̄ + d h, and keeps w̄ and d with its weights")
  func start() throws {
    var stream = RandomStream(3)
    let statistics = StyleStatistics(
      mean: Tensor(shape: [4], [1, 2, 3, 4]), deviations: Tensor.zeros([4]))
    let still = LatentEncoder(Self.configuration, statistics: statistics, stream: &stream)
    let pictures = Tensor<Float>(repeating: 0.5, shape: [2, 1, 16, 16])
    #expect(still.styles(of: pictures).elements == [1, 2, 3, 4, 1, 2, 3, 4])
    let again = try LatentEncoder(Self.configuration, weights: still.weights)
    #expect(again.weights == still.weights)
    #expect(again.styles(of: pictures) == still.styles(of: pictures))
  }

  @Test("A training that was stopped ends in the same bytes, with everything switched on")
  func continuation() throws {
    let generator = Fixture.generator(noisy: true)
    let before = generator.weights
    let statistics = StyleStatistics(of: generator, count: 100, stream: RandomStream(5))
    let styles = Fixture.styles(10, of: generator)
    let real = PictureSet(
      pictures: Fixture.pictures(styles, of: generator), labels: [Int](repeating: 0, count: 10))
    let plan = LatentEncoderPlan(
      steps: 6, batch: 4, realBatch: 3, pixelWeight: 1, perceptualWeight: 0.5)
    let features = try Fixture.features()
    func train(_ continuing: GenerativeContinuation) throws -> GenerativeRecord {
      try trainLatentEncoder(
        Self.configuration, plan, of: generator, statistics: statistics, real: real,
        features: features, keeping: [2, 4], stream: RandomStream(8), continuing: continuing)
    }
    let names = ["loss", "perceptual", "pixel", "real perceptual", "real pixel", "style"]
    for row in try train(.none).history {
      #expect(row.losses.keys.sorted() == names)
      let losses = row.losses
      let parts =
        losses["style"]! + losses["pixel"]! + losses["real pixel"]!
        + 0.5 * (losses["perceptual"]! + losses["real perceptual"]!)
      // Sums of five Floats.
      #expect(abs(losses["loss"]! - parts) <= 8 * 0x1p-24 * parts)
    }
    for stop in [1, 4] {
      try AdversarialTrainingTests().expectContinuation(stop: stop, train)
    }
    #expect(generator.weights == before)
    #expect(generator.parameters.allSatisfy { $0.requiresGradient })
  }

  @Test("States of another encoder or a longer training are refused")
  func refusal() throws {
    let generator = Fixture.generator()
    let statistics = StyleStatistics(of: generator, count: 100, stream: RandomStream(5))
    var saved: GenerativeState?
    func train(
      _ widths: [Int], steps: Int, _ continuing: GenerativeContinuation
    ) throws -> GenerativeRecord {
      try trainLatentEncoder(
        LatentEncoderConfiguration(for: Fixture.shape, widths: widths),
        LatentEncoderPlan(steps: steps, batch: 2), of: generator, statistics: statistics,
        stream: RandomStream(8), continuing: continuing)
    }
    _ = try train([4, 4, 4], steps: 2, GenerativeContinuation(save: { saved = $0() }))
    let state = try #require(saved)
    #expect(throws: LightboxError.self) {
      _ = try train([4, 8, 4], steps: 3, GenerativeContinuation(from: state))
    }
    #expect(throws: LightboxError.self) {
      _ = try train([4, 4, 4], steps: 1, GenerativeContinuation(from: state))
    }
  }
}
