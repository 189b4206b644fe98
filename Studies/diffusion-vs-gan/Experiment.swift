// hide
import LightboxStudy

// show

//: ## The experiment
//: Stages feed everything below: the sets, the feature networks, the autoencoders, the makers,
//: their scores. A stage is computed once and kept; changing this prose changes nothing.

/// One training of one arm.
struct Job: Codable, Hashable {
  var domain: Domain
  var arm: Arm
  var seed: Int
  var sizes: Sizes
}

/// One training of an autoencoder.
struct AutoencoderJob: Codable, Hashable {
  var domain: Domain
  var latent: Int
  var seed: Int
  var variant = AutoencoderVariant.released
  var sizes: Sizes
}

/// How an autoencoder is trained.
enum AutoencoderVariant: String, Codable, Hashable {
  case released = "as released"
  /// LPIPS and 1 - SSIM count once a picture, not once a value.
  case asItReads = "loss as it reads"
  /// As released, then fine-tuned against discriminators.
  case fineTuned = "fine-tuned"
}

/// What a training of an autoencoder leaves: snapshots at the points, and what it does to held-out
/// pictures at each.
struct TrainedAutoencoder: StageValue {
  var record: GenerativeRecord
  var reconstructions: [Reconstruction]
  /// The first held-out pictures, rebuilt at the end.
  var shown: Tensor<Float>
}

/// What a training of a maker leaves.
struct Trained: StageValue {
  var record: GenerativeRecord
  /// Of the autoencoder that a diffusion arm decodes with.
  var autoencoder: Weights<Float>?
}

/// Everything about one domain.
final class DomainRun {
  let domain: Domain
  let sizes: Sizes
  let sets: Staged<Sets>
  let judge: Staged<FeatureJudge>
  /// By seed, in the order of `seeds`.
  let reals: [Staged<RealScores>]
  let seeds: [Int]
  let autoencoderJobs: [AutoencoderJob]
  let autoencoders: [Staged<TrainedAutoencoder>]
  let jobs: [Job]
  let makers: [Staged<Trained>]
  let scoreJobs: [ScoreJob]
  let scores: [Staged<Scores>]

  init(
    domain: Domain, sizes: Sizes, sets: Staged<Sets>, judge: Staged<FeatureJudge>,
    reals: [Staged<RealScores>], seeds: [Int], autoencoderJobs: [AutoencoderJob],
    autoencoders: [Staged<TrainedAutoencoder>], jobs: [Job], makers: [Staged<Trained>],
    scoreJobs: [ScoreJob], scores: [Staged<Scores>]
  ) {
    self.domain = domain
    self.sizes = sizes
    self.sets = sets
    self.judge = judge
    self.reals = reals
    self.seeds = seeds
    self.autoencoderJobs = autoencoderJobs
    self.autoencoders = autoencoders
    self.jobs = jobs
    self.makers = makers
    self.scoreJobs = scoreJobs
    self.scores = scores
  }

  /// Seeds that an arm was trained with.
  func seeds(_ arm: Arm) -> [Int] { jobs.filter { $0.arm == arm }.map(\.seed) }

  /// The scores of an arm under a setting, by seed in order.
  func scores(_ arm: Arm, _ setting: Sampling = .usual) throws -> [Scores] {
    try zip(scoreJobs, scores)
      .filter { $0.0.job.arm == arm && $0.0.sampling == setting }.map { try $0.1.value }
  }
}

/// All domains of a run.
final class Experiment {
  let tier: DataTier
  let sizes: Sizes
  let domains: [DomainRun]

  init(tier: DataTier, sizes: Sizes, domains: [DomainRun]) {
    self.tier = tier
    self.sizes = sizes
    self.domains = domains
  }

  /// The domain that is looked at in depth.
  var depth: DomainRun { domains[0] }
}

func experiment(_ study: StudyRun) throws -> Experiment {
  let sizes = Sizes.at(study.scale)
  let domains = study.data == nil ? Domain.simulated(at: study.scale) : [.files]
  return Experiment(
    tier: study.data == nil ? .simulated : .public, sizes: sizes,
    domains: try domainRuns(study, domains, sizes))
}

/// What a domain's sets and judge depend on.
struct DomainJob: Codable, Hashable {
  var domain: Domain
  var sizes: Sizes
}

//: All domains share their stages, so that trainings of one fill the cores while another's last one
//: ends; the longest trainings are listed first.
func domainRuns(
  _ study: StudyRun, _ domains: [Domain], _ sizes: Sizes
) throws -> [DomainRun] {
  let data = study.data
  let domainJobs = domains.map { DomainJob(domain: $0, sizes: sizes) }
  let sets = try study.stages("sets", over: domainJobs, inputs: data.map { [$0] } ?? []) {
    context, job in
    try data.map { try fileSets(context, $0, job.sizes) }
      ?? simulatedSets(context, job.domain, job.sizes)
  }
  let judges = try study.stages("judge", over: domainJobs, each: sets) { context, _, sets in
    try trainJudge(context, sets)
  }
  func own<Value>(_ all: [Staged<Value>], _ domain: Domain) -> Staged<Value> {
    all[domains.firstIndex(of: domain)!]
  }
  let arms = domains.map { $0.arms(study.seeds) }
  let seeds = arms.map { $0.map(\.seeds).max { $0.count < $1.count } ?? [] }
  let realJobs = zip(domains, seeds).flatMap { domain, seeds in
    seeds.map { RealJob(domain: domain, seed: $0, sizes: sizes) }
  }
  let reals = try study.stages(
    "real", over: realJobs,
    each: realJobs.map { Both(own(sets, $0.domain), own(judges, $0.domain)) }
  ) { context, job, both in try scoreReal(context, job, both.0, both.1) }
  let autoencoderJobs = zip(domains, arms).flatMap { autoencoderPlan($0.0, $0.1, sizes) }
  let autoencoders = try study.stages(
    "autoencoder", over: autoencoderJobs, each: autoencoderJobs.map { own(sets, $0.domain) },
    trainAutoencoder)
  let jobs = zip(domains, arms).flatMap { domain, arms in
    arms.flatMap { arm, seeds in
      seeds.map { Job(domain: domain, arm: arm, seed: $0, sizes: sizes) }
    }
  }
  let coded = jobs.filter { $0.arm.maker == .medfusion }
  let diffusions = try study.stages(
    "diffusion", over: coded,
    each: coded.map { job in
      let place = autoencoderJobs.firstIndex {
        $0.domain == job.domain && $0.latent == 8 && $0.seed == job.seed && $0.variant == .released
      }!
      return Both(autoencoders[place], own(sets, job.domain))
    }
  ) { context, job, both in try trainDiffusion(context, job, both.0, both.1) }
  let others = jobs.filter { $0.arm.maker != .medfusion }
    .sorted { $0.arm.wideAndBalanced && !$1.arm.wideAndBalanced }
  let gans = try study.stages(
    "gan", over: others, each: others.map { own(sets, $0.domain) }, trainGAN)
  let makers = jobs.map { job in
    coded.firstIndex(of: job).map { diffusions[$0] } ?? gans[others.firstIndex(of: job)!]
  }
  let scoreJobs = jobs.flatMap { job in
    let place = domains.firstIndex(of: job.domain)!
    return Sampling.settings(job, rank: seeds[place].firstIndex(of: job.seed)!).map {
      ScoreJob(job: job, sampling: $0)
    }
  }
  let scores = try study.stages(
    "scores", over: scoreJobs,
    each: scoreJobs.map { score in
      Both(
        makers[jobs.firstIndex(of: score.job)!],
        reals[
          realJobs.firstIndex { $0.domain == score.job.domain && $0.seed == score.job.seed }!])
    }
  ) { context, job, both in try scoreFakes(context, job, both.0, both.1) }
  return domains.indices.map { place in
    let domain = domains[place]
    func mine<Job, Value>(
      _ jobs: [Job], _ values: [Staged<Value>], _ of: (Job) -> Domain
    ) -> (jobs: [Job], values: [Staged<Value>]) {
      let kept = zip(jobs, values).filter { of($0.0) == domain }
      return (kept.map(\.0), kept.map(\.1))
    }
    let coders = mine(autoencoderJobs, autoencoders, \.domain)
    let made = mine(jobs, makers, \.domain)
    let scored = mine(scoreJobs, scores, \.job.domain)
    return DomainRun(
      domain: domain, sizes: sizes, sets: sets[place], judge: judges[place],
      reals: mine(realJobs, reals, \.domain).values, seeds: seeds[place],
      autoencoderJobs: coders.jobs, autoencoders: coders.values, jobs: made.jobs,
      makers: made.values, scoreJobs: scored.jobs, scores: scored.values)
  }
}

/// The autoencoders of a domain: eight channels for every seed; in the domain that is looked at in
/// depth four as well, and the variants with the first seed.
func autoencoderPlan(
  _ domain: Domain, _ arms: [(arm: Arm, seeds: [Int])], _ sizes: Sizes
) -> [AutoencoderJob] {
  let seeds = arms.first { $0.arm == .medfusion }?.seeds ?? []
  let isDeep = domain == .fundus
  let variants = isDeep ? [AutoencoderVariant.fineTuned, .asItReads] : []
  return variants.map {
    AutoencoderJob(domain: domain, latent: 8, seed: seeds[0], variant: $0, sizes: sizes)
  }
    + (isDeep ? [8, 4] : [8]).flatMap { latent in
      seeds.map { AutoencoderJob(domain: domain, latent: latent, seed: $0, sizes: sizes) }
    }
}

/// Two stages that a third one stands on.
struct Both<A: Upstream, B: Upstream>: Upstream {
  let first: A
  let second: B

  init(_ first: A, _ second: B) {
    self.first = first
    self.second = second
  }

  var keys: [(String, StageKey)] { first.keys + second.keys }
  func prepare() throws {
    try first.prepare()
    try second.prepare()
  }
  func load(keeping: Bool) throws -> (A.Value, B.Value) {
    (try first.load(keeping: false), try second.load(keeping: true))
  }
}
