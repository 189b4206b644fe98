// hide
import LightboxStudy

// show

//: ### The generator and its inverse
//: A style-based GAN without labels, the one of [diffusion-vs-gan](../diffusion-vs-gan/README.md),
//: trained on every film of the training patients that shows bone. Its average is used; its
//: discriminator, as it stood last, is the eye of the perceptual distance: maps at five scales in
//: the place of VGG-16's, which would bring weights that labels have shaped. An encoder then learns
//: to guess styles, from pictures that the generator makes and from training films that it
//: rebuilds.

/// What a training of the GAN leaves.
struct TrainedGenerator: StageValue {
  var generator, discriminator: Weights<Float>
  var history: [LossRow]
  /// The step of the weights, and the one at which a loss was no number any more.
  var step: Int
  var failedAtStep: Int?
  /// Films and patients that it saw.
  var films: Int
  var patients: [String]
}

struct TrainedEncoder: StageValue {
  var weights: Weights<Float>
  var statistics: StyleStatistics
  var history: [LossRow]
}

/// The films that networks of a seed learn from; worlds share them as they are in the usual one.
func trainingSet(
  _ context: StageContext, _ seed: Int, _ sizes: Sizes
) -> (set: PictureSet, split: KneeSplit) {
  let split = knees(context.root, seed, .usual, sizes)
  let films = split.trainingFilms
  checkTraining(films.map(\.knee.patient), split)
  return (
    PictureSet(
      pictures: split.phantom.networkPictures(films, size: sizes.side),
      labels: films.map { _ in 0 }), split
  )
}

/// Stops where someone of validation or test is among those that are learnt from or lend.
func checkTraining(_ patients: [String], _ split: KneeSplit) {
  let shared = KneeSplit.sharedPatients([
    ("training", patients), ("validation", split.validation.map(\.patient)),
    ("test", split.test.map(\.patient)),
  ])
  precondition(shared.isEmpty, "patients on two sides: \(shared.map(\.patient))")
}

func trainGenerator(_ context: StageContext, _ job: SeedJob) throws -> TrainedGenerator {
  let sizes = job.sizes
  let (set, split) = trainingSet(context, job.seed, sizes)
  let plan = sizes.generatorPlan
  let store = context.checkpoint
  var last = try store.load(GenerativeState.self)
  let quarter = max(1, plan.steps / 4)
  var taken = last?.step ?? 0
  let record = try trainStyleGAN(
    sizes.generator, plan, on: set, keeping: [quarter, 2 * quarter, 3 * quarter],
    stream: context.root.child("generator").child(job.seed),
    continuing: GenerativeContinuation(
      from: last,
      save: { state in
        taken += 1
        if taken % quarter == 0 || taken == plan.steps { last = state() }
        try store.save(state())
      },
      progress: { context.progress.report(step: $0, of: $1) }))
  guard let kept = record.snapshots.last, let state = last,
    let discriminator = state.weights["discriminator"]
  else {
    throw LightboxError(
      .software,
      "the generator of seed \(job.seed) met a loss that is no number at step "
        + "\(record.failedAtStep ?? 0), before anything was kept")
  }
  return TrainedGenerator(
    generator: kept.averaged ?? kept.weights, discriminator: discriminator,
    history: record.history, step: kept.step, failedAtStep: record.failedAtStep,
    films: set.count, patients: Array(Set(split.train.map(\.patient))).sorted())
}

/// The generator of a stage.
func loadedGenerator(_ trained: TrainedGenerator, _ sizes: Sizes) throws -> StyleGenerator<Float> {
  var stream = RandomStream(0)
  let generator = StyleGenerator<Float>(sizes.generator, stream: &stream)
  try generator.load(trained.generator, source: "the generator's stage")
  return generator
}

func trainEncoder(
  _ context: StageContext, _ job: SeedJob, _ trained: TrainedGenerator
) throws -> TrainedEncoder {
  let sizes = job.sizes
  let generator = try loadedGenerator(trained, sizes)
  let stream = context.root.child("encoder").child(job.seed)
  let statistics = StyleStatistics(
    of: generator, count: context.scaled(smoke: 200, default: 10_000, full: 10_000),
    stream: stream.child("statistics"))
  let store = context.checkpoint
  let record = try trainLatentEncoder(
    LatentEncoderConfiguration(for: sizes.generator), sizes.encoderPlan, of: generator,
    statistics: statistics, real: trainingSet(context, job.seed, sizes).set, stream: stream,
    continuing: GenerativeContinuation(
      from: try store.load(GenerativeState.self), save: { try store.save($0()) },
      progress: { context.progress.report(step: $0, of: $1) }))
  guard let kept = record.snapshots.last else {
    throw LightboxError(
      .software,
      "the encoder of seed \(job.seed) met a loss that is no number at step "
        + "\(record.failedAtStep ?? 0)")
  }
  return TrainedEncoder(weights: kept.weights, statistics: statistics, history: record.history)
}

/// Generator, encoder and perceptual eye of a seed, ready to use.
struct Imager {
  let generator: StyleGenerator<Float>
  let encoder: LatentEncoder
  let statistics: StyleStatistics
  let features: PerceptualFeatures

  init(_ trained: TrainedGenerator, _ encoder: TrainedEncoder, _ sizes: Sizes) throws {
    generator = try loadedGenerator(trained, sizes)
    self.encoder = try LatentEncoder(
      LatentEncoderConfiguration(for: sizes.generator), weights: encoder.weights,
      source: "the encoder's stage")
    statistics = encoder.statistics
    features = try discriminatorFeatures(
      sizes.generator, weights: trained.discriminator, source: "the generator's stage")
  }

  /// Pictures [picture, 1, side, side] of styles, at byte levels, without noise.
  func pictures(_ styles: Tensor<Float>) -> Tensor<Float> {
    stylePictures(generator, styles: styles)
  }

  /// Styles of pictures: the encoder's guess, refined by some steps.
  func latents(
    _ pictures: Tensor<Float>, names: [String], plan: ProjectionPlan?, stream: RandomStream
  ) -> LatentProjection? {
    guard let plan, plan.steps > 0 else { return nil }
    return LatentProjector(generator, plan: plan, statistics: statistics, features: features)
      .project(
        pictures, from: encoder.styles(of: pictures), names: names, stream: stream)
  }
}
