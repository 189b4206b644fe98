import Autodiff
import Foundation
import Generative
import Kernels
import Networks
import Tensors
import Testing

/// Training of the picture autoencoder, and its pictures.
@Suite struct AutoencoderTests {
  static let configuration = AutoencoderConfiguration(
    channels: 1, latentChannels: 2, widths: [8, 8], strides: [1, 2], groups: 4)

  /// Bright squares of two sizes on dark ground, [count, 1, 8, 8].
  static func squares(_ count: Int) -> PictureSet {
    var stream = RandomStream(2).child("squares")
    var pixels: [Float] = []
    var labels: [Int] = []
    for _ in 0..<count {
      let label = stream.integer(below: 2)
      let side = 2 + 2 * label
      let (top, left) = (stream.integer(below: 9 - side), stream.integer(below: 9 - side))
      for place in 0..<64 {
        let (row, column) = (place / 8, place % 8)
        let isInside = (top..<top + side).contains(row) && (left..<left + side).contains(column)
        pixels.append(isInside ? 0.8 : -0.8)
      }
      labels.append(label)
    }
    return PictureSet(pictures: Tensor(shape: [count, 1, 8, 8], pixels), labels: labels)
  }

  static func train(
    _ plan: AutoencoderPlan, _ configuration: AutoencoderConfiguration = configuration,
    perceptual: PerceptualFeatures? = nil, keeping: [Int] = [],
    _ continuing: GenerativeContinuation = .none
  ) throws -> GenerativeRecord {
    try trainAutoencoder(
      configuration, plan, on: squares(40), perceptual: perceptual, keeping: keeping,
      stream: RandomStream(4), continuing: continuing)
  }

  @Test("Pictures come back after a short training")
  func learns() throws {
    let record = try Self.train(AutoencoderPlan(steps: 300, learningRate: 3e-3))
    #expect(record.failedAtStep == nil && record.snapshots.count == 1)
    let network = try PictureAutoencoder(
      Self.configuration, weights: record.snapshots[0].weights)
    let set = Self.squares(40)
    let encoded = encode(set, by: network)
    #expect(encoded.mean.shape == [40, 2, 4, 4] && encoded.labels == set.labels)
    let decoded = decode(encoded.mean, by: network)
    // The pictures' own variance is about .2: an autoencoder that says little stays above.
    let error = (decoded - set.pictures).squaredNorm / Double(decoded.count)
    #expect(error < 0.05, "mean squared error \(error)")
    for value in decoded.elements {
      let level = (value + 1) * 127.5
      #expect(abs(level - level.rounded()) < 1e-4 && abs(value) <= 1)
    }
  }

  /// A fresh autoencoder gives zeros, whatever the picture: the loss of its first step is known.
  @Test("The published broadcasting counts 1 - SSIM once for every number of a picture")
  func broadcasting() throws {
    var single = Self.configuration
    single.deepSupervision = false
    for broadcasting in [AutoencoderPlan.Broadcasting.published, .intended] {
      let plan = AutoencoderPlan(
        steps: 1, pixelLoss: .absolute, broadcasting: broadcasting, similarityWeight: 0.5,
        klWeight: 1e-3)
      let row = try Self.train(plan, single).history[0].losses
      // |0 - ±.8| is .8 everywhere.
      #expect(abs(row["pixel"]! - 0.8) < 1e-6)
      let times = broadcasting == .published ? 64.0 : 1
      let expected =
        64 * 0.8 + 0.5 * times * row["dissimilarity"]! + 1e-3 * row["divergence"]!
      #expect(abs(row["loss"]! - expected) < 1e-5 * expected)
    }
  }

  @Test("The coarse output is compared with the odd pixels")
  func deepSupervision() throws {
    let plan = AutoencoderPlan(
      steps: 1, pixelLoss: .squared, similarityWeight: 0, klWeight: 0)
    let row = try Self.train(plan).history[0].losses
    // 64 · .64 at full resolution and 16 · .64 at half.
    #expect(abs(row["loss"]! - 80 * 0.64) < 1e-4)
  }

  @Test("λ is the ratio of the slopes at the last layer")
  func weight() {
    let w = Variable(Tensor<Double>(shape: [4], [1, 2, 3, 4]), requiresGradient: true)
    #expect(abs(adaptiveWeight(sum(w) * 3, sum(w) * 2, at: w) - 6 / (4 + 1e-4)) < 1e-12)
    #expect(adaptiveWeight(sum(w) * 1e6, sum(w) * 0, at: w) == 1e4)
  }

  @Test("A training that was stopped, before or while fine-tuning, ends in the same bytes")
  func continuation() throws {
    var stream = RandomStream(8)
    let fixed = PatchDiscriminator<Float>(Self.configuration, stream: &stream)
    fixed.parameters.last!.value = Tensor(repeating: 0.5, shape: fixed.parameters.last!.shape)
    for parameter in fixed.parameters { parameter.requiresGradient = false }
    let plan = AutoencoderPlan(
      steps: 3, adversarial: AdversarialFineTuning(steps: 4, learningRate: 1e-3))
    func run(_ continuing: GenerativeContinuation) throws -> GenerativeRecord {
      try Self.train(plan, perceptual: { [fixed($0), $0] }, keeping: [3], continuing)
    }
    let whole = try run(.none)
    #expect(whole.snapshots.map(\.step) == [3, 7])
    #expect(
      whole.history.map { $0.losses["weight"] != nil } == [
        false, false, false, true, true, true, true,
      ])
    #expect(whole.history.allSatisfy { $0.losses["perceptual"]! > 0 })
    for stop in [2, 5] {
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
    }
  }
}
