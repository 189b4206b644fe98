// hide
import LightboxStudy

// show

//: ### How pictures are judged
//: Three sets of features, declared here and named beside every number: a small residual network
//: trained to tell for each generative factor whether it lies above its median (*domain network*,
//: 64 features), the same network at its random start (*random network*), and 64 principal
//: components of the pixels (*pixel components*). None is Inception, so that no number measured
//: here is an FID: it is a Fréchet distance (FD) on the features named. A second network, trained
//: on the true classes of the same separate pictures, tells whether a fake shows the class it was
//: asked for.

/// The three sets of features.
enum FeatureSet: String, Codable, Hashable, CaseIterable {
  case domain = "domain network"
  case random = "random network"
  case pixels = "pixel components"
}

/// Networks and components that pictures are judged with.
struct FeatureJudge: StageValue {
  var domain, random, classifier: Weights<Float>
  var components: PixelComponents
  /// How well the domain network tells the factors of training pictures, mean AUROC; nil for files.
  var factorAUROC: Double?
}

func judgeNetwork(channels: Int, outputs: Int, _ stream: inout RandomStream) -> ResNet<Float> {
  ResNet<Float>(
    ResNetConfiguration(
      classes: outputs, width: 8, inputChannels: channels, blocks: [1, 1, 1, 1], activation: .mish,
      stem: .small), stream: &stream)
}

/// 0 and 1 for each factor: whether it lies above the median of the learning pictures.
func aboveMedian(_ facts: [PictureFacts], medians: [Double]) -> [[Int?]] {
  facts.map { one in zip(one.factors, medians).map { $0 > $1 ? 1 : 0 } }
}

func trainJudge(_ context: StageContext, _ sets: Sets) throws -> FeatureJudge {
  let root = context.root.child("judge").child(sets.domain.rawValue)
  let epochs = context.scaled(smoke: 1, default: 8, full: 20)
  func fit(_ name: String, _ labels: [[Int?]]) throws -> (ResNet<Float>, Weights<Float>) {
    var start = root.child(name)
    let network = judgeNetwork(
      channels: sets.channels, outputs: labels[0].count, &start)
    let untrained = network.weights
    try train(
      network, on: TrainingData<Float>(images: sets.learning.pictures, labels: labels),
      plan: TrainingPlan(
        epochs: epochs, batchSize: 32, optimizer: .adam(), learningRate: 2e-3, schedule: .cosine,
        classWeighting: .none),
      stream: root.child(name).child("batches"))
    return (network, untrained)
  }
  let classLabels = sets.learning.labels.map { [Optional($0)] }
  let medians = sets.factors.indices.map { factor in
    sets.learningFacts.map { $0.factors[factor] }.sorted()[sets.learningFacts.count / 2]
  }
  let targets =
    sets.factors.isEmpty ? classLabels : aboveMedian(sets.learningFacts, medians: medians)
  let (domain, random) = try fit("domain", targets)
  context.progress.report(0.5)
  let (classifier, _) = try fit("classifier", classLabels)
  return FeatureJudge(
    domain: domain.weights, random: random, classifier: classifier.weights,
    components: try PixelComponents(sets.learning.pictures, count: 64),
    factorAUROC: sets.factors.isEmpty
      ? nil
      : try factorAUROC(
        domain, sets.train.pictures, aboveMedian(sets.trainFacts, medians: medians)))
}

/// Mean AUROC over the factors, on pictures that the judge has not seen.
func factorAUROC(
  _ network: ResNet<Float>, _ pictures: Tensor<Float>, _ truth: [[Int?]]
) throws -> Double {
  let scores = probabilities(predict(network, images: pictures)).elements
  let width = truth[0].count
  let areas = try (0..<width).compactMap { column -> Double? in
    let labels = truth.map { $0[column] == 1 }
    guard labels.contains(true), labels.contains(false) else { return nil }
    return try auroc(
      scores: truth.indices.map { Double(scores[$0 * width + column]) }, labels: labels)
  }
  return mean(areas) ?? .nan
}

extension FeatureJudge {
  /// Features of pictures, [picture, feature], by set.
  func features(_ pictures: Tensor<Float>) throws -> [FeatureSet: Tensor<Float>] {
    [
      .domain: asKept(try pooled(domain, pictures)),
      .random: asKept(try pooled(random, pictures)),
      .pixels: asKept(try components.features(pictures)),
    ]
  }

  /// Six digits, as files of cases hold them: every score recomputes from those files.
  private func asKept(_ features: Tensor<Float>) -> Tensor<Float> {
    Tensor(
      shape: features.shape,
      features.elements.map { Float(Printed.rounded(Double($0), digits: 6)) })
  }

  private func network(_ weights: Weights<Float>, channels: Int) throws -> ResNet<Float> {
    var stream = RandomStream(0)
    let outputs = weights["fc.bias"]?.count ?? 1
    let network = judgeNetwork(channels: channels, outputs: outputs, &stream)
    try network.load(weights, source: "the judge's stage")
    return network
  }

  /// What the last layer sees, in batches.
  private func pooled(_ weights: Weights<Float>, _ pictures: Tensor<Float>) throws -> Tensor<Float>
  {
    let network = try network(weights, channels: pictures.shape[1])
    let count = pictures.shape[0]
    let parts = network.withoutGradients {
      stride(from: 0, to: count, by: 100).map { start in
        network.features(
          Variable(pictures.slice(axis: 0, range: start..<min(count, start + 100)))
        ).value
      }
    }
    return Tensor.concatenate(parts, axis: 0)
  }

  /// The classifier's probability of the second class.
  func probabilityOfSecond(_ pictures: Tensor<Float>) throws -> [Double] {
    let network = try network(classifier, channels: pictures.shape[1])
    return probabilities(predict(network, images: pictures)).elements.map { Double($0) }
  }
}

/// The real sets of one seed.
struct RealJob: Codable, Hashable {
  var domain: Domain
  var seed: Int
  var sizes: Sizes
}

/// What is known about the real sets of a seed: features, and what two real sets score against each
/// other.
struct RealScores: StageValue {
  var domain: Domain
  var judge: FeatureJudge
  var measures: [String]
  /// Features by name of the set; control and as many training pictures on the domain network only.
  var reference, second: [String: Tensor<Float>]
  var train, control: Tensor<Float>
  var referencePictures: Tensor<Float>
  var referenceLabels, secondLabels: [Int]
  var referenceMeasures, secondMeasures: [PictureMeasures]
  /// The classifier's probability of the second class.
  var referenceProbability, secondProbability: [Double]
  /// The second held-out set as if it were generated.
  var floor: [SetScore]
  /// Whether the second set, and a planted copier, lie nearer to training pictures.
  var secondMemory, copierMemory: NearestTraining
  /// FD of the planted copier, domain network, to the reference and to training pictures.
  var copierFrechet, copierAgainstTraining: Double
  /// Standard deviation of the FD between two real sets of this size, by set.
  var floorSpread: [String: Double]
}

func scoreReal(
  _ context: StageContext, _ job: RealJob, _ sets: Sets, _ judge: FeatureJudge
) throws -> RealScores {
  func named(_ set: PictureSet) throws -> [String: Tensor<Float>] {
    Dictionary(
      uniqueKeysWithValues: try judge.features(set.pictures).map { ($0.key.rawValue, $0.value) })
  }
  let held = try heldOut(context, job, sets)
  let (reference, second) = (try named(held[0].0), try named(held[1].0))
  let control = try judge.features(sets.control.pictures)[.domain]!
  let train = try judge.features(
    sets.train.subset(Array(0..<sets.control.count)).pictures)[.domain]!
  let stream = context.root.child("floor").child(job.domain.rawValue).child(job.seed)
  let floor = try FeatureSet.allCases.map {
    try SetScore(
      $0, reference: reference[$0.rawValue]!, fakes: second[$0.rawValue]!,
      stream: stream.child($0.rawValue))
  }
  let copier = try judge.features(
    plantedCopier(second: held[1].0, train: sets.train, stream.child("copier")))[.domain]!
  var spread: [String: Double] = [:]
  for set in FeatureSet.allCases {
    spread[set.rawValue] = try floorSpread(
      reference[set.rawValue]!, second[set.rawValue]!, stream.child("spread").child(set.rawValue))
  }
  return RealScores(
    domain: job.domain, judge: judge, measures: sets.measures, reference: reference,
    second: second, train: train, control: control, referencePictures: held[0].0.pictures,
    referenceLabels: held[0].0.labels, secondLabels: held[1].0.labels,
    referenceMeasures: held[0].1.map(\.measures),
    secondMeasures: held[1].1.map(\.measures),
    referenceProbability: try judge.probabilityOfSecond(held[0].0.pictures).map { rounded($0) },
    secondProbability: try judge.probabilityOfSecond(held[1].0.pictures).map { rounded($0) },
    floor: floor,
    secondMemory: try NearestTraining(
      generated: second[FeatureSet.domain.rawValue]!, training: train, heldOut: control),
    copierMemory: try NearestTraining(generated: copier, training: train, heldOut: control),
    copierFrechet: try FrechetDistance(reference[FeatureSet.domain.rawValue]!, copier).value,
    copierAgainstTraining: try FrechetDistance(train, copier).value, floorSpread: spread)
}

/// Real pictures of which one in ten was exchanged for a training picture with noise of 2 % of the
/// range: what a maker that memorises a tenth of the time would draw.
func plantedCopier(
  second: PictureSet, train: PictureSet, _ stream: RandomStream
) -> Tensor<Float> {
  var stream = stream
  let size = second.pictures.count / second.count
  var pixels = second.pictures.elements
  let source = train.pictures.elements
  for index in stride(from: 0, to: second.count, by: 10) {
    for place in 0..<size {
      let value = source[index % train.count * size + place] + 0.04 * Float(stream.normal())
      pixels[index * size + place] = min(1, max(-1, value))
    }
  }
  return Tensor(shape: second.pictures.shape, pixels)
}

//: The *floor* is what the second real set scores against the reference: what a perfect generator
//: is expected to score. Its standard deviation comes from dealing both real sets anew into two
//: halves, twenty times; a gap between two arms must exceed it to count.
func floorSpread(
  _ first: Tensor<Float>, _ second: Tensor<Float>, _ stream: RandomStream
) throws -> Double {
  let all = Tensor.concatenate([first, second], axis: 0)
  let half = first.shape[0]
  let values = try (0..<20).map { deal -> Double in
    var own = stream.child(deal)
    let order = own.permutation(all.shape[0])
    return try FrechetDistance(
      Features.rows(all, order[..<half]), Features.rows(all, order[half...])
    ).value
  }
  let middle = mean(values)!
  return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / 19).squareRoot()
}

/// Scores of fakes on one set of features against the reference.
struct SetScore: Codable, Hashable {
  var set: FeatureSet
  /// `frechetLimit`: the distance extrapolated to infinitely many pictures of either set.
  var frechet, frechetLimit, kernel, kernelError: Double
  var precision, recall, density, coverage: Double
  /// For each fake, the number of real balls that hold it; for each real, whether a fake's ball
  /// holds it, and whether its own ball holds a fake.
  var balls: [Int]
  var recalled, covered: [Bool]

  init(
    _ set: FeatureSet, reference: Tensor<Float>, fakes: Tensor<Float>, stream: RandomStream
  ) throws {
    self.set = set
    frechet = try FrechetDistance(reference, fakes).value
    frechetLimit = try Metrics.frechetLimit(
      reference, fakes, stream: stream.child("limit")
    ).limit
    let distance = try KernelDistance.ofAllPairs(reference, fakes)
    kernel = distance.value
    kernelError = distance.standardError
    let near = try Neighbourhoods(real: reference, fake: fakes, k: 3)
    precision = near.precision
    recall = near.recall
    density = near.density
    coverage = near.coverage
    balls = near.realBalls
    recalled = near.isRecalled
    covered = near.isCovered
  }
}
