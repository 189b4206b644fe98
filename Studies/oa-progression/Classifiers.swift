// hide
import Foundation
import LightboxStudy

// show

//: ### The networks that read films
//: *Grades.* Five logits, cross-entropy, on the training films and the grades that a reader wrote
//: down: here is the human annotation that the abstract says the training does without. The authors
//: train against attacks with a batch normalisation of its own for attacked films. The networks
//: that grade here normalise by groups of channels and learn from films as they are; attacks are
//: two ablations (k = 3 steps of half of the radius, {{grades.radius}} of the 0 to 1 range, the
//: authors' .005), of one seed: with groups of channels, and with both batch normalisations, where
//: pictures are graded through the clean one.
//:
//: *Supervised.* First films of training knees that would be tested, one logit, whether the knee
//: was read a progressor. As published: strong changes of the films, mirrored ones among them, Adam
//: at 1e-3, no weights for the rare class, the epoch with the least validation loss (no ImageNet
//: start: there are no weights in this project). Tuned: mild changes, balanced classes, weight
//: decay, the better of two rates by the validation knees' AUROC. Both see what the generator's arm
//: sees.

struct GradeNetwork: StageValue {
  var weights: Weights<Float>
  var schooling: Schooling
  /// Shares of the validation films.
  var accuracy, within: Double
}

func readingNetwork(
  _ outputs: Int, _ sizes: Sizes, _ stream: RandomStream, _ schooling: Schooling = .clean
) -> any Network<Float> {
  var start = stream
  let configuration = sizes.network(outputs: outputs)
  return schooling == .dual
    ? DualNormResNet<Float>(configuration, stream: &start)
    : ResNet<Float>(configuration, stream: &start)
}

func loadedNetwork(
  _ weights: Weights<Float>, _ outputs: Int, _ sizes: Sizes, _ schooling: Schooling = .clean
) throws -> any Network<Float> {
  let network = readingNetwork(outputs, sizes, RandomStream(0), schooling)
  try network.load(weights, source: "the network's stage")
  return network
}

/// Radius of the attacks on films in −1...1.
let attackRadius: Float = 0.01

func trainGrades(_ context: StageContext, _ job: GradeJob) throws -> GradeNetwork {
  let sizes = job.sizes
  let split = knees(context.root, job.seed, job.world, sizes)
  let films = split.trainingFilms
  checkTraining(films.map(\.knee.patient), split)
  let grades = films.map { $0.knee.films[$0.film].readGrade! }
  let stream = context.root.child("grades").child(job.seed)
  let network = readingNetwork(5, sizes, stream.child("start"), job.schooling)
  let isClean = job.schooling == .clean
  _ = try fit(
    network, on: split.phantom.networkPictures(films, size: sizes.side),
    FittingPlan(
      epochs: sizes.gradeEpochs, learningRate: 2e-3, augmentation: .mild,
      radius: isClean ? 0 : attackRadius, attackSteps: isClean ? 0 : 3),
    stream: stream, checkpoint: context.checkpoint,
    loss: { logits, rows in crossEntropy(logits, classes: rows.map { grades[$0] }) },
    progress: { context.progress.report(step: $0, of: sizes.gradeEpochs) })
  let held = KneeSplit.films(of: split.validation)
  let found = gradeProbabilities(
    network, split.phantom.networkPictures(held, size: sizes.side)
  ).map(likeliest)
  let truth = held.map { $0.knee.films[$0.film].readGrade! }
  func share(_ reach: Int) -> Double {
    Double(zip(found, truth).count { abs($0 - $1) <= reach }) / Double(max(1, truth.count))
  }
  return GradeNetwork(
    weights: network.weights, schooling: job.schooling, accuracy: share(0), within: share(1))
}

func likeliest(_ probabilities: [Double]) -> Int {
  probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
}

/// Probabilities of the five grades of films [film, 1, side, side].
func gradeProbabilities(
  _ network: any Network<Float>, _ pictures: Tensor<Float>
) -> [[Double]] {
  let logits = predict(network, images: pictures).elements
  return stride(from: 0, to: logits.count, by: 5).map { start in
    let row = logits[start..<start + 5].map { Double($0) }
    let top = row.max()!
    let powers = row.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

/// The two supervised networks of a seed in a world.
struct SupervisedNetworks: StageValue {
  var published, tuned: Weights<Float>
  /// Epochs whose weights these are, and what the tuned one was chosen by.
  var publishedEpoch: Int
  var rate: Double
  var validationAUROC: Double?
  var trained, progressors: Int
}

func trainSupervised(_ context: StageContext, _ job: WorldJob) throws -> SupervisedNetworks {
  let sizes = job.sizes
  let split = knees(context.root, job.seed, job.world, sizes)
  let own = split.train.filter(\.isTested)
  let held = split.validation.filter(\.isTested)
  checkTraining(own.map(\.patient), split)
  func pictures(_ knees: [Knee]) -> Tensor<Float> {
    split.phantom.networkPictures(knees.map { ($0, 0) }, size: sizes.side)
  }
  func targets(_ knees: [Knee]) -> Tensor<Float> {
    Tensor(shape: [knees.count, 1], knees.map { $0.isFast ? 1 : 0 })
  }
  let (films, truth) = (pictures(own), targets(own))
  let (others, known) = (pictures(held), targets(held))
  let stream = context.root.child("supervised").child(job.seed)
  let fast = own.count(where: \.isFast)
  func train(
    _ name: String, _ plan: FittingPlan, _ weight: Float?
  ) throws -> (any Network<Float>, Int) {
    let network = readingNetwork(1, sizes, stream.child(name).child("start"))
    let loss = MultiLabelLoss<Float>(positiveWeight: weight.map { Tensor(shape: [1], [$0]) })
    let epoch = try fit(
      network, on: films, plan, stream: stream.child(name),
      loss: { logits, rows in loss(logits, targets: truth.gathered(rows: rows)) },
      validation: {
        Double(mean(loss(Variable(predict(network, images: others)), targets: known)).item)
      })
    return (network, epoch)
  }
  let published = try train(
    "published",
    FittingPlan(epochs: sizes.supervisedEpochs, learningRate: 1e-3, augmentation: .published), nil)
  context.progress.report(0.4)
  let balance = Float(own.count - fast) / Float(max(1, fast))
  var best: (network: any Network<Float>, rate: Double, area: Double?)?
  for (place, rate) in [1e-3, 3e-4].enumerated() {
    let found = try train(
      "tuned \(place)",
      FittingPlan(
        epochs: max(1, 2 * sizes.supervisedEpochs / 3), learningRate: rate, weightDecay: 1e-3,
        augmentation: .mild), balance)
    let area = try? auroc(
      scores: predict(found.0, images: others).elements.map { Double($0) },
      labels: held.map(\.isFast))
    if best == nil || (area ?? 0) > (best?.area ?? 0) { best = (found.0, rate, area) }
    context.progress.report(0.4 + 0.3 * Double(place + 1))
  }
  return SupervisedNetworks(
    published: published.0.weights, tuned: best!.network.weights, publishedEpoch: published.1,
    rate: best!.rate, validationAUROC: best!.area, trained: own.count, progressors: fast)
}
