// hide
import Foundation
import LightboxStudy

// show

//: ## 3 · Autoencoders: eight channels against four
//: Diffusion happens in the latents of a variational autoencoder, so that nothing which the
//: autoencoder loses can come back. The authors trained their own with eight channels and compared
//: it with a widely used one of four. Here both are trained alike, at a quarter of the side.
//:
//: *Could fail*: eight channels could rebuild no better at this size. *Built in*: twice the numbers
//: to describe a picture with. *Control that must fail*: the eight-channel one stopped after an
//: eighth of its steps must rebuild worse than the four-channel one.
func autoencoderChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try reconstructionTable(study, experiment)
  try broadcastingTable(study, experiment)
  if experiment.tier == .simulated {
    try channelsClaim(study, experiment.depth)
  } else {
    try study.claim("S.dg.channels", tier: .simulated, measured: notSimulated)
  }
}

/// How well held-out pictures come back at one point of a training.
struct Reconstruction: Codable, Hashable {
  var step: Int
  /// Whether the latents carried their noise, as in the diffusion model's training.
  var sampled: Bool
  /// On 0...1: mean squared error; SSIM at this and coarser scales, mean over pictures.
  var squaredError, similarity: Double
  /// Mean perceptual distance through random filters that no training looked through.
  var featureDistance: Double
}

/// The reconstructions of control pictures at every point of a training.
func rebuilt(
  _ record: GenerativeRecord, _ configuration: AutoencoderConfiguration, _ sets: Sets,
  _ stream: RandomStream
) throws -> TrainedAutoencoder {
  let held = sets.control.subset(Array(0..<min(500, sets.control.count / 2)))
  var found: [Reconstruction] = []
  let filters = FixedFilters(channels: sets.channels, "filters of the judge")
  var shown = Tensor<Float>.zeros([0])
  for snapshot in record.snapshots {
    let network = try loaded(configuration, snapshot.weights)
    let coded = encode(held, by: network)
    for sampled in [true, false] {
      var latents = coded.mean
      if sampled {
        var own = stream.child(snapshot.step)
        var noise = [Float](repeating: 0, count: latents.count)
        noise.withUnsafeMutableBufferPointer { own.fillNormal($0) }
        let (mean, spread) = (coded.mean.elements, coded.logVariance.elements)
        latents = Tensor(
          shape: latents.shape,
          noise.indices.map { mean[$0] + exp(spread[$0] / 2) * noise[$0] })
      }
      let pictures = decode(latents, by: network)
      found.append(
        Reconstruction(
          step: snapshot.step, sampled: sampled,
          squaredError: squaredError(held.pictures, pictures),
          similarity: try similarity(held.pictures, pictures),
          featureDistance: filters.distance(held.pictures, pictures)))
      shown = pictures.slice(axis: 0, range: 0..<min(8, held.count))
    }
  }
  return TrainedAutoencoder(record: record, reconstructions: found, shown: shown)
}

/// Mean squared difference on 0...1.
func squaredError(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
  let sum = zip(a.elements, b.elements).reduce(0.0) { total, pair in
    let d = Double(pair.0 - pair.1) / 2
    return total + d * d
  }
  return sum / Double(a.count)
}

/// Mean multiscale SSIM over pictures, on 0...1: as many of the five published scales as fit, their
/// weights divided by their sum.
func similarity(_ a: Tensor<Float>, _ b: Tensor<Float>) throws -> Double {
  let scales = a.shape[2] >= 44 ? 3 : 2
  let published = [0.0448, 0.2856, 0.3001].prefix(scales)
  let weights = published.map { $0 / published.reduce(0, +) }
  let values = try Parallel.map(a.shape[0]) { index in
    try multiscaleSimilarity(
      image(a, index).pixels, image(b, index).pixels, weights: weights)
  }
  return mean(values) ?? .nan
}

struct ReconstructionRow: TableRow {
  static let columns = [
    Column("domain"), Column("channels"), Column("training"), Column("latents"), Column("steps"),
    Column("MS-SSIM", digits: 4), Column("SD of seeds", digits: 2),
    Column("feature distance", digits: 3), Column("squared error", digits: 3), Column("seeds"),
  ]
  var domain: String
  var channels: Int
  var training, latents: String
  var steps: Int
  var similarity: Double
  var spread: Double?
  var featureDistance, squaredError: Double
  var seeds: Int
}

/// Standard deviation, n - 1; nil for fewer than two.
func deviation(_ values: [Double]) -> Double? {
  guard values.count > 1, let middle = mean(values) else { return nil }
  let squares = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
  return (squares / Double(values.count - 1)).squareRoot()
}

extension DomainRun {
  /// Reconstructions by seed of an autoencoder at a point.
  func reconstructions(latent: Int, halving: Int, sampled: Bool) throws -> [Reconstruction] {
    let steps = Sizes.points(sizes.autoencoder)[Sizes.halvings.firstIndex(of: halving)!]
    return try zip(autoencoderJobs, autoencoders)
      .filter { $0.0.latent == latent && $0.0.variant == .released }
      .compactMap {
        try $0.1.value.reconstructions.first { $0.step == steps && $0.sampled == sampled }
      }
  }
}

//: ### Table 3 — held-out pictures, rebuilt
//: 500 control pictures. *Noisy*: the latents with their noise, as the diffusion model is trained
//: on them; *mean*: without. *Fine-tuned*: the first seed's after half as many steps more against a
//: hinge discriminator for each output size, weighted as released so that its gradient at the last
//: layer is as long as that of the reconstruction; the rate is 1e-4, not the released 1e-6. No
//: diffusion arm of this page uses it. *Feature distance*: the mean distance of LPIPS' form through
//: random filters that no training looked through. *Loss as it reads*: see Table 3b.
func reconstructionTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [ReconstructionRow] {
    try experiment.domains.flatMap { run -> [ReconstructionRow] in
      let latents = Array(Set(run.autoencoderJobs.map(\.latent))).sorted(by: >)
      let others = try zip(run.autoencoderJobs, run.autoencoders)
        .filter { $0.0.variant != .released }
        .flatMap { job, staged -> [ReconstructionRow] in
          try staged.value.reconstructions.suffix(2).map { one in
            ReconstructionRow(
              domain: run.domain.rawValue, channels: job.latent,
              training: job.variant.rawValue, latents: one.sampled ? "noisy" : "mean",
              steps: one.step,
              similarity: one.similarity, featureDistance: one.featureDistance,
              squaredError: one.squaredError, seeds: 1)
          }
        }
      return try others
        + latents.flatMap { latent in
          try [true, false].flatMap { sampled in
            try Sizes.halvings.compactMap { halving -> ReconstructionRow? in
              let found = try run.reconstructions(
                latent: latent, halving: halving, sampled: sampled)
              guard let first = found.first else { return nil }
              return ReconstructionRow(
                domain: run.domain.rawValue, channels: latent,
                training: AutoencoderVariant.released.rawValue, latents: sampled ? "noisy" : "mean",
                steps: first.step,
                similarity: mean(found.map(\.similarity))!,
                spread: deviation(found.map(\.similarity)),
                featureDistance: mean(found.map(\.featureDistance))!,
                squaredError: mean(found.map(\.squaredError))!, seeds: found.count)
            }
          }
        }
    }
  }
  try study.table(
    "table-3", "Reconstruction of held-out pictures", tier: experiment.tier, rows: try rows())
}

/// What a run on files says of a claim that belongs to the phantom.
let notSimulated = Measured.notAvailable("this run was given files, not the phantom")

func channelsClaim(_ study: StudyRun, _ run: DomainRun) throws {
  func gain(_ halving: Int, against other: Int? = nil, sampled: Bool = true) throws -> Measured {
    let eight = try run.reconstructions(latent: 8, halving: halving, sampled: sampled)
    let four = try run.reconstructions(latent: 4, halving: other ?? halving, sampled: sampled)
    return .pairedSeeds(
      zip(eight, four).map { $0.similarity - $1.similarity }, caseVariance: 0)
  }
  try study.claim(
    "S.dg.channels", tier: .simulated, measured: try gain(0),
    flip: Setting("8 channels after an eighth of the steps", try gain(3, against: 0)),
    alternatives: [
      Setting("steps of both halved", try gain(1)),
      Setting("steps of both quartered", try gain(2)),
      Setting("latents without their noise", try gain(0, sampled: false)),
    ],
    recipe: differenceOfEstimates(
      run.estimateArm(latent: 8), run.estimateArm(latent: 4),
      "cell=\(latentsCell(sampled: true)), estimator=ms-ssim"))
}
//: Eight channels rebuild better than four: {{S.dg.channels@simulated.verdict}}. Difference in
//: MS-SSIM {{S.dg.channels@simulated}}; *{{S.dg.channels@simulated.reason}}*.

struct BroadcastRow: TableRow {
  static let columns = [
    Column("loss"), Column("pixels", digits: 3), Column("perceptual", digits: 3),
    Column("1 - SSIM", digits: 3), Column("KL", digits: 3),
  ]
  var loss: String
  var pixels, perceptual, similarity, divergence: Double
}

//: ### Table 3b — the loss as released, and as it reads
//: The released loss adds LPIPS and 1 − SSIM, one number a picture each, to the difference of every
//: pixel *before* summing over pixels. Each is thereby multiplied by the C·H·W values of a picture:
//: it weighs as much as the *mean* pixel loss. Read as a sum of three terms with the pixel loss
//: summed, it would weigh C·H·W times less. Here are the shares of the parts at the end of a
//: training with either; what it does to pictures stands in Table 3.
func broadcastingTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func row(_ variant: AutoencoderVariant) throws -> BroadcastRow? {
    let run = experiment.depth
    guard
      let staged = zip(run.autoencoderJobs, run.autoencoders).first(where: {
        $0.0.variant == variant
      })?.1
    else { return nil }
    let tail = try staged.value.record.history.suffix(10)
    func average(_ name: String) -> Double { mean(tail.compactMap { $0.losses[name] }) ?? 0 }
    let values = Double(try run.sets.value.channels * run.sizes.side * run.sizes.side)
    let times = variant == .asItReads ? 1 : values
    let pixels = values * average("pixel")
    let perceptual = times * average("perceptual")
    let similarity = times * average("dissimilarity")
    let divergence = run.sizes.autoencoderPlan().klWeight * average("divergence")
    let sum = pixels + perceptual + similarity + divergence
    return BroadcastRow(
      loss: variant.rawValue, pixels: pixels / sum, perceptual: perceptual / sum,
      similarity: similarity / sum, divergence: divergence / sum)
  }
  try study.table(
    "table-3b", "Shares of the autoencoder's loss at the end of a training", tier: experiment.tier,
    rows: try [AutoencoderVariant.released, .asItReads].compactMap(row))
}
