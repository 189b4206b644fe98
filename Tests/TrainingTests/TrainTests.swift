import Autodiff
import Foundation
import Networks
import Tensors
import Testing
import Training

/// A task that a small network learns: is the left or the right half brighter, and a label that
/// is not always known.
enum Halves {
  static func data(cases: Int, seed: UInt64) -> TrainingData<Float> {
    var stream = RandomStream(seed)
    var pixels: [Float] = []
    var labels: [[Int?]] = []
    for _ in 0..<cases {
      let left = stream.bernoulli(0.4)
      for _ in 0..<12 {
        for x in 0..<12 {
          pixels.append(Float(0.3 * stream.normal()) + ((x < 6) == left ? 0.9 : 0.1))
        }
      }
      let second: Int? = stream.bernoulli(0.3) ? nil : (stream.bernoulli(0.5) ? 1 : 0)
      labels.append([left ? 1 : 0, second])
    }
    return TrainingData(images: Tensor(shape: [cases, 1, 12, 12], pixels), labels: labels)
  }

  static func network(seed: UInt64 = 1) -> ResNet<Float> {
    var stream = RandomStream(seed).child("start")
    return ResNet(
      ResNetConfiguration(classes: 2, width: 8, blocks: [1, 1], stem: .unpooled), stream: &stream)
  }

  static let plan = TrainingPlan(
    epochs: 3, batchSize: 16, optimizer: .nadam(), learningRate: 5e-3,
    schedule: LearningRateSchedule(.cosine, warmupSteps: 2), microBatch: 6)
}

struct TrainTests {
  struct Killed: Error {}

  @Test("A killed training goes on from any checkpoint to identical bytes", arguments: [1, 4, 7])
  func resumed(_ interval: Int) throws {
    let data = Halves.data(cases: 70, seed: 2)
    let stream = RandomStream(9)
    let whole = Halves.network()
    let record = try train(whole, on: data, plan: Halves.plan, stream: stream)
    #expect(record.history.count == 15)
    #expect(record.releases == 15)
    #expect(record.history[4].batch == 6)

    for kill in [0, 3, 6, 14] {
      var kept: TrainingCheckpoint<Float>?
      #expect(throws: Killed.self) {
        try train(
          Halves.network(), on: data, plan: Halves.plan, stream: stream,
          continuing: Continuation(interval: interval) { kept = $0 }
        ) { statistics, _ in if statistics.step == kill { throw Killed() } }
      }
      // The checkpoint travels through its encoded form, into a network of another start.
      let encoded = try JSONEncoder().encode(kept)
      let decoded = try JSONDecoder().decode(TrainingCheckpoint<Float>?.self, from: encoded)
      let rest = kept == nil ? Halves.network() : Halves.network(seed: 77)
      let resumed = try train(
        rest, on: data, plan: Halves.plan, stream: stream,
        continuing: Continuation(from: decoded, interval: interval))
      #expect(rest.weights == whole.weights)
      #expect(resumed == record)
    }
  }

  @Test("A checkpoint of another plan or network is refused")
  func refused() throws {
    let data = Halves.data(cases: 20, seed: 2)
    var kept: TrainingCheckpoint<Float>?
    try train(
      Halves.network(), on: data, plan: Halves.plan, stream: RandomStream(1),
      continuing: Continuation { kept = $0 })
    var other = Halves.plan
    other.learningRate = 1
    #expect(throws: LightboxError.self) {
      try train(
        Halves.network(), on: data, plan: other, stream: RandomStream(1),
        continuing: Continuation(from: kept))
    }
    var stream = RandomStream(1)
    let wider = ResNet<Float>(ResNetConfiguration(classes: 2, width: 16), stream: &stream)
    #expect(throws: LightboxError.self) {
      try train(
        wider, on: data, plan: Halves.plan, stream: RandomStream(1),
        continuing: Continuation(from: kept))
    }
  }

  @Test("Trainings side by side on several threads end in the bytes of one alone")
  func sideBySide() throws {
    let data = Halves.data(cases: 40, seed: 2)
    func run(_ seed: Int) throws -> Weights<Float> {
      let network = Halves.network(seed: UInt64(seed))
      try train(network, on: data, plan: Halves.plan, stream: RandomStream(UInt64(seed)))
      return network.weights
    }
    let alone = try (0..<4).map(run)
    let together = try Parallel.map(4, run)
    #expect(alone == together)
    #expect(alone[0] != alone[1])
  }

  @Test("Every epoch visits every case once, in an order of its own")
  func epochs() {
    let batches = ShuffledBatches<Float>(cases: 70, plan: Halves.plan, stream: RandomStream(4))
    #expect(batches.steps == 15)
    let orders = (0..<3).map { epoch in (0..<5).flatMap { batches.batch(step: 5 * epoch + $0) } }
    #expect(orders.allSatisfy { $0.sorted() == Array(0..<70) })
    #expect(orders[0] != orders[1])
  }

  @Test("Micro-batches move the gradient by rounding alone, and it is the mean over the batch")
  func microBatches() throws {
    let data = Halves.data(cases: 16, seed: 2)
    func gradient(_ size: Int) throws -> GradientEstimate<Float> {
      var plan = Halves.plan
      plan.microBatch = size
      return try ShuffledBatches<Float>(cases: 16, plan: plan, stream: RandomStream(4)).estimate(
        step: 0, network: Halves.network(), data: data, loss: MultiLabelLoss())
    }
    let whole = try gradient(16)
    let parts = try gradient(5)
    for (a, b) in zip(whole.gradients, parts.gradients) {
      let difference = (a - b).squaredNorm.squareRoot()
      // Sums over 16 cases of 12 x 12 pixels in another order.
      #expect(difference <= 16 * 144 * 0x1p-24 * max(1, a.squaredNorm.squareRoot()))
    }
    // The gradient of the mean loss, straight from the definition.
    let network = Halves.network()
    let losses = MultiLabelLoss<Float>()(
      network(Variable(data.images)), targets: data.targets, known: data.known)
    let direct = gradients(of: mean(losses, axes: [0]), at: network.variables)
    for (a, b) in zip(whole.gradients, direct) {
      let difference = (a - b).squaredNorm.squareRoot()
      #expect(difference <= 16 * 144 * 0x1p-24 * max(1, a.squaredNorm.squareRoot()))
    }
    #expect(
      abs(whole.statistics.loss! - Double(mean(losses, axes: [0]).value.item)) <= 16 * 0x1p-24)
  }

  @Test("A network learns which half is brighter")
  func learns() throws {
    let network = Halves.network()
    let record = try train(
      network, on: Halves.data(cases: 96, seed: 2), plan: Halves.plan, stream: RandomStream(3))
    #expect(record.history.last!.loss! < record.history.first!.loss!)
    let test = Halves.data(cases: 60, seed: 5)
    let logits = predict(network, images: test.images, batch: 16)
    #expect(logits.shape == [60, 2])
    let right = (0..<60).filter { (logits[$0, 0] > 0) == (test.targets[$0, 0] == 1) }.count
    // A coin would reach 48 with probability 1e-6.
    #expect(right >= 48, "\(right) of 60")
  }

  @Test("Predictions are the network's logits, whatever the batch and the number of threads")
  func predictions() {
    let network = Halves.network()
    let images = Halves.data(cases: 33, seed: 6).images
    let direct = network(Variable(images)).value
    let parallel = predict(network, images: images, batch: 8)
    let serial = Parallel.serially { predict(network, images: images, batch: 8) }
    #expect(parallel == serial)
    #expect((direct - parallel).elements.allSatisfy { abs($0) <= 20 * 144 * 0x1p-24 })
    let trainable = network.parameters.allSatisfy { $0.requiresGradient }
    #expect(trainable)
    #expect(probabilities(direct).elements.allSatisfy { (0...1).contains($0) })
  }
}
