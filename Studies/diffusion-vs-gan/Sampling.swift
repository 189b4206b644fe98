// hide
import LightboxStudy

// show

//: ### What is scored
//: Fakes are as many of each class as the reference holds. Picture i of a seed always starts from
//: the same random numbers, so that settings of one maker differ by the setting alone.

/// How fakes are drawn from a trained maker.
struct Sampling: Codable, Hashable {
  /// How often the compute was halved: 0 is the end of the training.
  var halving = 0
  /// The averaged parameters, or the last.
  var averaged = true
  /// Denoising steps; nil for the usual number.
  var steps: Int?
  /// Noise added while denoising, and the strength of guidance.
  var eta = 1.0
  var guidance = 1.0
  /// How far styles keep from their mean: 1 leaves them alone.
  var truncation = 1.0

  static let usual = Sampling()
  static let raw = Sampling(averaged: false)
  static let truncated = Sampling(truncation: 0.5)
  static func halved(_ times: Int) -> Sampling { Sampling(halving: times) }

  /// Denoising steps that are tried beside the usual number, as shares of it.
  static let stepShares = [0.2, 0.4, 0.5, 2]
  static let guidances = [2.0, 4, 8]
  static let truncations = [0.75, 0.25]
  static func fewer(_ sizes: Sizes) -> Sampling { Sampling(steps: sizes.sampling / 2) }

  /// Everything that is scored of a job; `rank` is its seed's place among the seeds.
  static func settings(_ job: Job, rank: Int) -> [Sampling] {
    let isCompared = [.medfusion, job.domain.rival].contains(job.arm)
    guard isCompared else { return [.usual] }
    var all = Sizes.halvings.map(halved)
    guard job.domain == .fundus else { return all }
    let isDiffusion = job.arm.maker == .medfusion
    if rank < 3 {
      all.append(.raw)
      all.append(isDiffusion ? .fewer(job.sizes) : .truncated)
    }
    if rank == 0, isDiffusion {
      all += stepShares.filter { $0 != 0.5 }.map { share in
        Sampling(steps: max(2, Int((Double(job.sizes.sampling) * share).rounded())))
      }
      all += guidances.map { Sampling(guidance: $0) } + [Sampling(eta: 0)]
    }
    if rank == 0, !isDiffusion { all += truncations.map { Sampling(truncation: $0) } }
    return all
  }
}

struct ScoreJob: Codable, Hashable {
  var job: Job
  var sampling: Sampling
}

/// Fakes, scored.
struct Scores: StageValue {
  var arm: String
  var seed: Int
  /// Why there are no fakes: the training stopped at this step.
  var failedAtStep: Int?
  var sets: [SetScore] = []
  /// The class that was asked for, and the classifier's probability of the second.
  var labels: [Int] = []
  var probability: [Double] = []
  var measures: [PictureMeasures] = []
  /// Nearest training against nearest control pictures, on the domain network.
  var memory: NearestTraining?
  /// FD on the domain network with training pictures, balanced by nothing, as the reference.
  var againstTraining: Double?
  /// The first sixteen, and the first eight that lie in no real ball.
  var gallery: Tensor<Float>?
  var outsiders: Tensor<Float>?
  /// Features on the domain network, kept where they are exported.
  var features: Tensor<Float>?

  subscript(_ set: FeatureSet) -> SetScore? { sets.first { $0.set == set } }
}

//: A training that met a loss that is no number has no fakes from then on, and its rows say so.
func scoreFakes(
  _ context: StageContext, _ job: ScoreJob, _ trained: Trained, _ real: RealScores
) throws -> Scores {
  var scores = Scores(arm: job.job.arm.name, seed: job.job.seed)
  let snapshots = trained.record.snapshots
  let place = Sizes.halvings.firstIndex(of: job.sampling.halving)!
  guard snapshots.indices.contains(place) else {
    scores.failedAtStep = trained.record.failedAtStep ?? 0
    return scores
  }
  let labels = real.referenceLabels.indices.map { $0 % 2 }
  let fakes = try makeFakes(context, job, trained, snapshots[place], labels, real)
  let features = try real.judge.features(fakes)
  let stream = context.root.child("scores").child(job.job.seed)
  scores.sets = try FeatureSet.allCases.map {
    try SetScore(
      $0, reference: real.reference[$0.rawValue]!, fakes: features[$0]!,
      stream: stream.child($0.rawValue))
  }
  scores.labels = labels
  scores.probability = try real.judge.probabilityOfSecond(fakes).map { rounded($0) }
  if job.job.domain != .files { scores.measures = try measured(fakes, job.job.domain.phantom) }
  scores.memory = try NearestTraining(
    generated: features[.domain]!, training: real.train, heldOut: real.control)
  scores.againstTraining = try FrechetDistance(real.train, features[.domain]!).value
  scores.gallery = fakes.slice(axis: 0, range: 0..<min(16, labels.count))
  let outside = scores[.domain]!.balls.indices.filter { scores[.domain]!.balls[$0] == 0 }
  scores.outsiders = fakes.gathered(rows: Array(outside.prefix(8)))
  if job.sampling == .usual { scores.features = features[.domain] }
  return scores
}

/// As case files hold numbers.
func rounded(_ x: Double) -> Double { Printed.rounded(x, digits: 6) }

/// Measures as case files hold them.
func rounded(_ measures: PictureMeasures) -> PictureMeasures {
  var measures = measures
  measures.values = measures.values.map { $0.map { rounded($0) } }
  return measures
}

/// Measures of pictures [picture, channel, side, side] in -1...1.
func measured(_ pictures: Tensor<Float>, _ phantom: any PictureDomain) throws -> [PictureMeasures] {
  let (count, side) = (pictures.shape[0], pictures.shape[2])
  let size = pictures.count / count
  let all = pictures.elements
  return try Parallel.map(count) { index in
    rounded(
      phantom.measure(all[index * size..<(index + 1) * size].map { ($0 + 1) / 2 }, size: side))
  }
}

/// Fakes [picture, channel, side, side] in -1...1, as 256 levels would hold them.
func makeFakes(
  _ context: StageContext, _ job: ScoreJob, _ trained: Trained, _ snapshot: Snapshot,
  _ labels: [Int], _ real: RealScores
) throws -> Tensor<Float> {
  let (sizes, sampling) = (job.job.sizes, job.sampling)
  let weights = sampling.averaged ? snapshot.averaged ?? snapshot.weights : snapshot.weights
  let stream = context.root.child("fakes").child(job.job.seed)
  let colours = real.referencePictures.shape[1]
  var start = RandomStream(0)
  switch job.job.arm.maker {
  case .medfusion:
    guard let coded = trained.autoencoder else {
      throw LightboxError(.software, "a diffusion model without its autoencoder")
    }
    let denoiser = LabelledDenoiser<Float>(sizes.denoiser(latent: 8), stream: &start)
    try denoiser.load(weights, source: "the maker's stage")
    let sampler = DiffusionSampler(
      steps: sampling.steps ?? sizes.sampling, eta: sampling.eta, guidance: sampling.guidance,
      unconditional: .dropped)
    let latents = sampler.sample(
      denoiser, labels: labels, shape: [8, sizes.side / 4, sizes.side / 4], stream: stream,
      batch: 50)
    return decode(
      latents, by: try loaded(sizes.autoencoder(channels: colours, latent: 8), coded))
  case .style, .growing:
    let generator = StyleGenerator<Float>(
      sizes.style(channels: colours, job.job.arm), stream: &start)
    try generator.load(weights, source: "the maker's stage")
    return samplePictures(
      generator, labels: labels, truncation: sampling.truncation,
      growth: sizes.stylePlan(job.job.arm).growth(step: snapshot.step - 1), stream: stream,
      batch: 48)
  case .wasserstein:
    let generator = WGANGenerator<Float>(sizes.wasserstein(channels: colours), stream: &start)
    try generator.load(weights, source: "the maker's stage")
    return samplePictures(generator, labels: labels, stream: stream, batch: 48)
  }
}
