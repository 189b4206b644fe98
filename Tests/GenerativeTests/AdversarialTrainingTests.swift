import Foundation
import Generative
import Kernels
import Networks
import Tensors
import Testing

@Suite struct AdversarialTrainingTests {
  /// 24 pictures of noise in two classes, 18 and 6.
  static let set: PictureSet = {
    var stream = RandomStream(4)
    return PictureSet(
      pictures: Tensor(shape: [24, 2, 16, 16]) { pixels in
        for i in pixels.indices { pixels[i] = Float(stream.uniform(in: -1...1)) }
      }, labels: (0..<24).map { $0 % 4 == 3 ? 1 : 0 })
  }()

  /// Stops after `stop` steps, goes on from the state that was encoded then, and compares.
  func expectContinuation(
    stop: Int, _ train: (GenerativeContinuation) throws -> GenerativeRecord
  ) throws {
    struct Stopped: Error {}
    let whole = try train(.none)
    var saved: Data?
    #expect(throws: Stopped.self) {
      _ = try train(
        GenerativeContinuation(save: { state in
          let state = state()
          guard state.step == stop else { return }
          saved = try JSONEncoder().encode(state)
          throw Stopped()
        }))
    }
    let state = try JSONDecoder().decode(GenerativeState.self, from: #require(saved))
    var told: [Int] = []
    let rest = try train(
      GenerativeContinuation(from: state, progress: { step, _ in told.append(step) }))
    #expect(told.first == stop + 1)
    #expect(rest.failedAtStep == nil && rest.history == whole.history)
    #expect(rest.snapshots.map(\.step) == whole.snapshots.map(\.step))
    for (a, b) in zip(rest.snapshots, whole.snapshots) {
      #expect(a.weights == b.weights && a.averaged == b.averaged)
    }
  }

  @Test("A style GAN stopped half-way ends in the same bytes, with everything switched on")
  func styleContinuation() throws {
    let configuration = StyleConfiguration(
      styles: 4, features: [4, 4, 4], mappingLayers: 2, channels: 2, classes: 2, grows: true)
    let plan = StyleGANPlan(
      steps: 9, batch: 4, r1Every: 2, pathLengthEvery: 3, flips: true, balancedClasses: true,
      growing: ProgressiveGrowing(shares: [0.2, 0.3, 0.5], fading: 0.5))
    for stop in [3, 5] {
      try expectContinuation(stop: stop) {
        try trainStyleGAN(
          configuration, plan, on: Self.set, keeping: [4], stream: RandomStream(8), continuing: $0)
      }
    }
  }

  @Test("A Wasserstein GAN stopped half-way ends in the same bytes")
  func wassersteinContinuation() throws {
    let configuration = WGANConfiguration(
      size: 16, latent: 4, embedding: 2, features: 4, channels: 2)
    let plan = WGANPlan(
      steps: 5, batch: 4, criticSteps: 2, average: .inverse(power: 0.5, highest: 0.9))
    try expectContinuation(stop: 2) {
      try trainWGAN(
        configuration, plan, on: Self.set, keeping: [1, 3], stream: RandomStream(8), continuing: $0)
    }
  }

  @Test("A training whose numbers run away ends there and says so")
  func failure() throws {
    let configuration = WGANConfiguration(
      size: 16, latent: 4, embedding: 2, features: 4, channels: 2)
    let plan = WGANPlan(steps: 40, batch: 4, criticSteps: 1, learningRate: 1e30)
    let record = try trainWGAN(
      configuration, plan, on: Self.set, stream: RandomStream(8))
    #expect(record.failedAtStep != nil && record.snapshots.isEmpty)
  }

  @Test("A state of other networks is refused")
  func refusal() throws {
    let small = WGANConfiguration(size: 16, latent: 4, embedding: 2, features: 4, channels: 2)
    var wide = small
    wide.features = 6
    var saved: GenerativeState?
    _ = try trainWGAN(
      small, WGANPlan(steps: 2, batch: 4, criticSteps: 1), on: Self.set, stream: RandomStream(8),
      continuing: GenerativeContinuation(save: { saved = $0() }))
    #expect(throws: LightboxError.self) {
      _ = try trainWGAN(
        wide, WGANPlan(steps: 3, batch: 4, criticSteps: 1), on: Self.set, stream: RandomStream(8),
        continuing: GenerativeContinuation(from: saved))
    }
    #expect(throws: LightboxError.self) {
      _ = try trainWGAN(
        small, WGANPlan(steps: 1, batch: 4, criticSteps: 1), on: Self.set, stream: RandomStream(8),
        continuing: GenerativeContinuation(from: saved))
    }
  }

  @Test("Levels follow their shares, and fade in over the first part of them")
  func growing() {
    let growing = ProgressiveGrowing(shares: [0.1, 0.4, 0.5], fading: 0.5)
    let stages = (0..<100).map { growing.stage(step: $0, of: 100) }
    #expect(stages.map(\.level).filter { $0 == 0 }.count == 10)
    #expect(stages.map(\.level).filter { $0 == 1 }.count == 40)
    #expect(stages[0].blend == 1 && stages[9].blend == 1)
    // 20 steps of fading: 1/20, 2/20, ..., 1.
    #expect(stages[10] == StyleGrowth(level: 1, blend: 0.05))
    #expect(stages[28].blend == 0.95 && stages[29].blend == 1 && stages[49].blend == 1)
    // 25 steps of fading.
    #expect(stages[50] == StyleGrowth(level: 2, blend: 0.04))
    #expect(stages[99] == StyleGrowth(level: 2))
  }

  @Test("Balanced draws have every class alike, others the classes of the set; flips mirror")
  func draws() {
    func pictures(balanced: Bool, flips: Bool) -> TrainingPictures {
      TrainingPictures(
        Self.set, batch: 8, balanced: balanced, flips: flips, stream: RandomStream(2))
    }
    let plain = pictures(balanced: false, flips: false)
    // Three draws of 8 are an epoch.
    let epoch = (0..<3).flatMap { plain.draw($0).labels }
    #expect(epoch.filter { $0 == 1 }.count == 6 && epoch.count == 24)
    #expect(pictures(balanced: true, flips: false).draw(0).labels == [0, 1, 0, 1, 0, 1, 0, 1])
    // Shares of ¼ and ½ of 4000 labels: standard deviations of 27 and 32; six of them.
    let rare = plain.labels(4000, from: RandomStream(1)).filter { $0 == 1 }.count
    #expect(abs(rare - 1000) < 164)
    let even = pictures(balanced: true, flips: false).labels(4000, from: RandomStream(1))
    #expect(abs(even.filter { $0 == 1 }.count - 2000) < 190)
    let straight = plain.draw(0).pictures
    let mirrored = pictures(balanced: false, flips: true).draw(0).pictures
    var flipped = 0
    for picture in 0..<8 {
      let a = straight.slice(axis: 0, range: picture..<picture + 1)
      let b = mirrored.slice(axis: 0, range: picture..<picture + 1)
      let reversed = Tensor<Float>(
        shape: a.shape,
        (0..<a.count).map { a.elements[$0 / 16 * 16 + 15 - $0 % 16] })
      #expect(b == a || b == reversed)
      if b == reversed { flipped += 1 }
    }
    #expect((1...7).contains(flipped))
  }
}
