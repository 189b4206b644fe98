// hide
import LightboxStudy

// show

//: ### A second site
//: The paper starts from a network that another hospital's films have taught. Here the other
//: hospital is simulated as well, and never called public: an emergency department, whose patients
//: stand half of the time, with its own apparatus and no patient in common. It is trained without
//: privacy; its patients are protected by nothing.

/// What the second site taught: a network, and how its features are spread there.
struct SecondSite: StageValue {
  var weights: Weights<Float>
  /// Mean and standard deviation of each feature over the second site's films.
  var means, deviations: [Float]
  var images: Int
}

func secondSite(_ context: StageContext, _ parts: Parts, _ sizes: Sizes) throws -> SecondSite {
  let (channels, side) = (parts.train.imageShape[0], parts.train.imageShape[1])
  let films = ChestPhantom().cohort(
    images: sizes.second, resolution: side, sites: [.emergency], prefix: "second-",
    stream: context.root.child("second site")
  ).cohort
  let images = films.images.repeatedChannels(channels)
  let data = TrainingData<Float>(images: images, labels: films.cases.map(\.labels))
  let network = newNetwork(sizes, data, context.root.child("second start"))
  try train(
    network, on: data, plan: plan(sizes, .nonPrivate, cases: data.count),
    stream: context.root.child("second batches"), continuing: try continuation(context),
    progress: { context.progress.report(step: $0.step, of: $1) })
  let features = predict(Backbone(network), images: images)
  let (rows, width) = (features.shape[0], features.shape[1])
  let values = features.elements
  var means: [Float] = []
  var deviations: [Float] = []
  for column in 0..<width {
    let one = (0..<rows).map { Double(values[$0 * width + column]) }
    let centre = mean(one)!
    let spread = mean(one.map { ($0 - centre) * ($0 - centre) })!.squareRoot()
    means.append(Float(centre))
    deviations.append(Float(spread > 1e-6 ? spread : 1))
  }
  return SecondSite(
    weights: network.weights, means: means, deviations: deviations, images: sizes.second)
}

/// A network without its head: images to features.
final class Backbone: Network {
  private let network: ResNet<Float>
  var parameters: [Parameter<Float>] { network.parameters }

  init(_ network: ResNet<Float>) { self.network = network }

  func callAsFunction(_ images: Variable<Float>) -> Variable<Float> { network.features(images) }
}

extension ResNet<Float> {
  /// Takes everything but the head, whose labels may be others, from the second site.
  func start(from site: SecondSite) throws {
    let own = weights
    let names = own.names
    let values = zip(names, own.values).map { name, value in
      name.hasPrefix("fc.") ? value : site.weights[name] ?? value
    }
    try load(Weights(names: names, values: values), source: "the second site")
  }
}

extension Tensor<Float> {
  /// Images of one channel as images of several equal ones.
  func repeatedChannels(_ channels: Int) -> Tensor<Float> {
    if shape[1] == channels { return self }
    let size = shape[2] * shape[3]
    let values = elements
    return Tensor(
      shape: [shape[0], channels, shape[2], shape[3]],
      (0..<shape[0]).flatMap { image in
        (0..<channels).flatMap { _ in values[image * size..<(image + 1) * size] }
      })
  }
}

//: Its features, frozen, make large sweeps affordable: a head is a linear layer of one weight per
//: feature and label, trained privately or not on what the frozen network sees. Features are
//: standardised by the second site's means and deviations, never by those of the private images.

/// Frozen features of all images, [case, 1, 1, feature].
struct Features: StageValue {
  var pool: Tensor<Float>
  var labels: [[Int?]]
  /// Patient of each pool image, numbered by first appearance.
  var patients: [Int]
  var validation, test: Tensor<Float>
}

func frozenFeatures(
  _ context: StageContext, _ parts: Parts, _ given: Given, _ sizes: Sizes, simulated: Bool
) throws -> Features {
  let site = try given.site()
  // The same stream as the training images': these are the first ones of the pool.
  let pool =
    simulated && sizes.pool > parts.train.count
    ? ChestPhantom().cohort(
      images: sizes.pool, resolution: sizes.side, splits: [(.train, 1)], prefix: "train-",
      stream: context.root.child("cohort").child("train")
    ).cohort : parts.train
  let shape = TrainingData<Float>(
    images: pool.images, labels: [[Int?]](repeating: [0], count: pool.count))
  let network = newNetwork(sizes, shape, context.root.child("frozen"))
  try network.start(from: site)
  func features(_ cohort: Cohort) -> Tensor<Float> {
    let found = predict(Backbone(network), images: cohort.images)
    let width = found.shape[1]
    let values = found.elements.enumerated().map { place, value in
      (value - site.means[place % width]) / site.deviations[place % width]
    }
    return Tensor(shape: [cohort.count, 1, 1, width], values)
  }
  return Features(
    pool: features(pool), labels: pool.cases.map(\.labels), patients: pool.patientNumbers(),
    validation: features(parts.validation), test: features(parts.test))
}

/// A linear layer on features [case, 1, 1, feature].
final class Head: Network {
  let parameters: [Parameter<Float>]
  private let layer: Linear<Float>

  init(features: Int, classes: Int, stream: inout RandomStream) {
    var make = NetworkBuilder<Float>(
      initialization: .normalFanOut, groupRule: .quarter, stream: &stream)
    layer = make.linear("fc", from: features, to: classes)
    parameters = make.parameters
  }

  func callAsFunction(_ images: Variable<Float>) -> Variable<Float> {
    layer(reshape(images, [images.shape[0], -1]))
  }
}

/// One head: an arm and a seed.
struct HeadJob: Codable, Hashable {
  var arm: HeadArm
  var seed: Int
  var epochs, batch: Int
}

func trainHead(
  _ context: StageContext, _ job: HeadJob, _ features: Features, _ given: Given
) throws -> Trained {
  let arm = job.arm
  let count = min(arm.images, features.pool.shape[0])
  let data = TrainingData<Float>(
    images: features.pool.slice(axis: 0, range: 0..<count),
    labels: Array(features.labels[..<count]))
  var start = context.root.child("head start").child(job.seed)
  let network = Head(features: data.images.shape[3], classes: data.classes, stream: &start)
  let people = Array(features.patients[..<count])
  let units = arm.byPatient ? Set(people).count : count
  let plan = TrainingPlan(
    epochs: job.epochs, batchSize: min(job.batch, units), optimizer: .nadam(),
    learningRate: arm.learningRate, classWeighting: .balanced, microBatch: 128)
  let stream = context.root.child("head batches").child(job.seed)
  var trained = Trained(
    arm: arm.name, seed: job.seed, validation: .zeros([0]), test: .zeros([0]), steps: 0,
    releases: 0, images: count, delta: 0.4 / Double(count))
  let source: NoiseSource = context.noise == .secure ? .secure : .seeded(stream)
  let record: TrainingRecord
  if let epsilon = arm.epsilon {
    // Of patients there are fewer than images: the same expected batch draws each more often, which
    // asks for more noise.
    let noise =
      try arm.byPatient
      ? Calibrated.solve(
        Budgeted(
          epsilon: epsilon, units: units, cases: count, batch: plan.batchSize, epochs: job.epochs))
      : given.noise(epsilon, images: count, batch: plan.batchSize, epochs: job.epochs)
    record = try train(
      network, on: data, plan: plan,
      estimator: DPSGD(
        cases: count, plan: plan,
        parameters: DPSGDParameters(
          clippingNorm: arm.clippingNorm, noiseMultiplier: noise.noiseMultiplier),
        source: source, unit: arm.byPatient ? .patient(people) : .image),
      continuing: try continuation(context))
    trained.account(for: noise, releases: record.releases)
  } else {
    record = try train(
      network, on: data, plan: plan, stream: stream, continuing: try continuation(context))
  }
  trained.note(record)
  trained.validation = scores(predict(network, images: features.validation))
  trained.test = scores(predict(network, images: features.test))
  return trained
}
