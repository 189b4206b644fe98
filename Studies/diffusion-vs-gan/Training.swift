// hide
import LightboxStudy

// show

//: ### Training
//: The perceptual part of the autoencoder's loss looks through two fixed layers of random filters.
//: It must not look through the network that later judges: a maker that is trained on the judge's
//: features would be favoured by them.
struct FixedFilters {
  private let first, second: Conv2d<Float>

  init(channels: Int, _ name: String = "fixed filters") {
    var stream = RandomStream(0).child(name)
    var make = NetworkBuilder<Float>(
      initialization: .normalFanOut, groupRule: .fixed(1), stream: &stream)
    first = make.convolution("first", from: channels, to: 16, kernel: 3, padding: 1)
    second = make.convolution("second", from: 16, to: 32, kernel: 3, stride: 2, padding: 1)
    for parameter in make.parameters { parameter.requiresGradient = false }
  }

  func callAsFunction(_ pictures: Variable<Float>) -> [Variable<Float>] {
    let x = relu(first(pictures))
    return [x, relu(second(x))]
  }

  /// Mean over pictures [picture, channel, height, width] of the perceptual distance.
  func distance(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
    let count = a.shape[0]
    let values = stride(from: 0, to: count, by: 100).flatMap { start -> [Float] in
      let range = start..<min(count, start + 100)
      let maps = [a, b].map { self(Variable($0.slice(axis: 0, range: range))) }
      return perceptualDistance(maps[0], maps[1]).value.elements
    }
    return values.reduce(0) { $0 + Double($1) } / Double(count)
  }
}

func continuation(_ context: StageContext) throws -> GenerativeContinuation {
  let store = context.checkpoint
  return GenerativeContinuation(
    from: try store.load(GenerativeState.self), save: { try store.save($0()) },
    progress: { context.progress.report(step: $0, of: $1) })
}

func trainAutoencoder(
  _ context: StageContext, _ job: AutoencoderJob, _ sets: Sets
) throws -> TrainedAutoencoder {
  let sizes = job.sizes
  let configuration = sizes.autoencoder(channels: sets.channels, latent: job.latent)
  let filters = FixedFilters(channels: sets.channels)
  let record = try Generative.trainAutoencoder(
    configuration, sizes.autoencoderPlan(job.variant), on: sets.train, perceptual: { filters($0) },
    keeping: Sizes.points(sizes.autoencoder),
    stream: context.root.child("autoencoder").child(job.seed), continuing: try continuation(context)
  )
  return try rebuilt(record, configuration, sets, context.root.child("rebuilt").child(job.seed))
}

func trainDiffusion(
  _ context: StageContext, _ job: Job, _ autoencoder: TrainedAutoencoder, _ sets: Sets
) throws -> Trained {
  let sizes = job.sizes
  guard let coded = autoencoder.record.snapshots.last else {
    return Trained(
      record: GenerativeRecord(snapshots: [], history: [], failedAtStep: 0), autoencoder: nil)
  }
  let latents = encode(
    sets.train, by: try loaded(sizes.autoencoder(channels: sets.channels, latent: 8), coded.weights)
  )
  let record = try trainDenoiser(
    sizes.denoiser(latent: 8), sizes.diffusionPlan(job.arm), on: latents,
    keeping: Sizes.points(sizes.diffusion),
    stream: context.root.child("diffusion").child(job.seed), continuing: try continuation(context))
  return Trained(record: slim(record), autoencoder: coded.weights)
}

/// On the way only the averages are looked at; both forms are kept of the end.
func slim(_ record: GenerativeRecord) -> GenerativeRecord {
  var record = record
  for index in record.snapshots.indices.dropLast() {
    let one = record.snapshots[index]
    record.snapshots[index] = Snapshot(
      step: one.step, weights: one.averaged ?? one.weights, averaged: nil)
  }
  return record
}

/// An autoencoder with given weights.
func loaded(
  _ configuration: AutoencoderConfiguration, _ weights: Weights<Float>
) throws -> PictureAutoencoder<Float> {
  var stream = RandomStream(0)
  let network = PictureAutoencoder<Float>(configuration, stream: &stream)
  try network.load(weights, source: "the autoencoder's stage")
  return network
}

func trainGAN(_ context: StageContext, _ job: Job, _ sets: Sets) throws -> Trained {
  let sizes = job.sizes
  let stream = context.root.child(job.arm.name).child(job.seed)
  let record: GenerativeRecord
  if job.arm.maker == .wasserstein {
    record = try trainWGAN(
      sizes.wasserstein(channels: sets.channels), sizes.wassersteinPlan(), on: sets.train,
      keeping: Sizes.points(sizes.wasserstein), stream: stream,
      continuing: try continuation(context))
  } else {
    record = try trainStyleGAN(
      sizes.style(channels: sets.channels, job.arm), sizes.stylePlan(job.arm), on: sets.train,
      keeping: Sizes.points(job.arm.steps(sizes)), stream: stream,
      continuing: try continuation(context))
  }
  return Trained(record: slim(record), autoencoder: nil)
}
