// hide
import LightboxStudy

// show

//: ### Is it lower, is it higher?
//: All orderings are taken seed by seed: each seed has its own start, batches, fakes and held-out
//: pictures; training pictures are shared. For FD the difference is divided by the standard
//: deviation that real-against-real distances of this size have, must exceed one of it, in all
//: three sets of features, at the whole compute *and* at half of it. Precision and recall are
//: judged on the domain network. Domains at breadth have too few seeds for a verdict, or were not
//: trained at this scale; they say so. Read recall with Figures 3, 8 and 9: a GAN whose recall is
//: near 0 all along has collapsed to few pictures; beating it says little about GANs, and an
//: ordering against it is nearly built in. The level of recall also depends on the features: Table
//: 4 has all three sets.
func judgedChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  for run in experiment.domains where run.domain != .files { try orderings(study, run) }
  let trained = experiment.domains.map(\.domain)
  for domain in Domain.simulated where !trained.contains(domain) {
    for kind in ["fid", "prec", "rec"] {
      try study.claim(
        "dg.\(kind).order.\(domain.key)", tier: .simulated,
        measured: experiment.tier == .simulated
          ? .notAvailable("\(domain.rawValue) is trained at smoke and full scale only")
          : notSimulated)
    }
  }
}

/// A number of both makers of a seed, each from n fakes.
struct SeedPair {
  var seed: Int
  var medfusion, rival: Double
  var n: Int
}

extension DomainRun {
  /// A number of Medfusion and of a GAN, seed by seed; none where a training failed.
  func pairs(
    _ set: FeatureSet, medfusion: Sampling = .usual, rival: Sampling = .usual,
    rivalArm: Arm? = nil, _ number: (SetScore) -> Double
  ) throws -> [SeedPair] {
    let other = rivalArm ?? domain.rival
    let ours = try zip(seeds(.medfusion), seedScores(.medfusion, medfusion))
    let theirs = try Dictionary(
      uniqueKeysWithValues: zip(seeds(other), seedScores(other, rival)))
    return ours.compactMap { seed, scores in
      guard let scores, let a = scores[set].map(number), let b = theirs[seed]??[set].map(number)
      else { return nil }
      return SeedPair(seed: seed, medfusion: a, rival: b, n: scores.labels.count)
    }
  }

  /// Scores of every seed of an arm; nil for seeds that were not scored under the setting.
  private func seedScores(_ arm: Arm, _ sampling: Sampling) throws -> [Scores?] {
    try seeds(arm).map { seed in
      try zip(scoreJobs, scores).first {
        $0.0.job.arm == arm && $0.0.job.seed == seed && $0.0.sampling == sampling
      }?.1.value
    }
  }

  /// The real-real standard deviation of FD, mean over seeds.
  func realSpread(_ set: FeatureSet) throws -> Double {
    try mean(reals.map { try $0.value.floorSpread[set.rawValue]! })!
  }

  /// FD gaps, GAN minus Medfusion, over the real-real standard deviation, seed by seed.
  func scaledGap(
    _ set: FeatureSet, medfusion: Sampling = .usual, rival: Sampling = .usual
  ) throws -> Measured {
    let spread = try realSpread(set)
    return .pairedSeeds(
      try pairs(set, medfusion: medfusion, rival: rival, \.frechet)
        .map { ($0.rival - $0.medfusion) / spread }, caseVariance: 0)
  }

  /// Where FD is judged: all feature sets, at the whole compute and at half of it.
  static let judged = FeatureSet.allCases.flatMap { set in
    [Sampling.usual, .halved(1)].map { (set: set, sampling: $0) }
  }

  func allGaps() throws -> Measured {
    .family(
      try Self.judged.map { try scaledGap($0.set, medfusion: $0.sampling, rival: $0.sampling) })
  }

  func unscaled(
    _ number: (SetScore) -> Double, medfusion: Sampling = .usual, rival: Sampling = .usual,
    rivalArm: Arm? = nil
  ) throws -> Measured {
    .pairedSeeds(
      try pairs(.domain, medfusion: medfusion, rival: rival, rivalArm: rivalArm, number)
        .map { $0.medfusion - $0.rival }, caseVariance: 0)
  }
}

func orderings(_ study: StudyRun, _ run: DomainRun) throws {
  let key = run.domain.key
  let isDeep = run.domain == .fundus
  let half = Sampling.halved(1)
  let fewer = Sampling.fewer(run.sizes)
  try study.claim(
    "dg.fid.order.\(key)", tier: .simulated,
    measured: try run.allGaps(),
    flip: Setting(
      "an eighth of the compute for the diffusion arm",
      try run.scaledGap(.domain, medfusion: .halved(3))),
    alternatives: try alternatives { try run.scaledGap(.domain, medfusion: $0, rival: $1) },
    recipe: differenceOfEstimates(
      run.estimateArm(run.domain.rival), run.estimateArm(.medfusion), "cell=dg.fid.order.\(key)"),
    seeds: run.seeds.count)
  for (claim, estimator, number) in [
    ("prec", "precision", \SetScore.precision), ("rec", "recall", \SetScore.recall),
  ] {
    func flip() throws -> Setting {
      claim == "prec"
        ? Setting(
          "GAN truncated to half", try run.unscaled({ $0[keyPath: number] }, rival: .truncated))
        : Setting(
          "GAN with more channels and balanced classes",
          try run.unscaled({ $0[keyPath: number] }, rivalArm: .wide))
    }
    try study.claim(
      "dg.\(claim).order.\(key)", tier: .simulated,
      measured: try run.unscaled { $0[keyPath: number] },
      flip: isDeep ? try flip() : nil,
      alternatives: try alternatives {
        try run.unscaled({ $0[keyPath: number] }, medfusion: $0, rival: $1)
      },
      recipe: differenceOfEstimates(
        run.estimateArm(.medfusion), run.estimateArm(run.domain.rival),
        "cell=\(FeatureSet.domain.rawValue), estimator=\(estimator)"),
      seeds: run.seeds.count)
  }

  /// The three registered alternatives, where they were run.
  func alternatives(_ gap: (Sampling, Sampling) throws -> Measured) throws -> [Setting] {
    let compute = Setting("compute of both halved", try gap(half, half))
    guard isDeep else { return [compute] }
    return [
      compute, Setting("averages off in both", try gap(.raw, .raw)),
      Setting("diffusion in half as many steps", try gap(fewer, .usual)),
    ]
  }
}
//: FD lower for Medfusion: fundus {{dg.fid.order.airogs@simulated.verdict}}, histology
//: {{dg.fid.order.crcms@simulated.verdict}}, chest {{dg.fid.order.chexpert@simulated.verdict}}.
//: Precision higher: {{dg.prec.order.airogs@simulated.verdict}},
//: {{dg.prec.order.crcms@simulated.verdict}}, {{dg.prec.order.chexpert@simulated.verdict}}. Recall
//: higher: {{dg.rec.order.airogs@simulated.verdict}}, {{dg.rec.order.crcms@simulated.verdict}},
//: {{dg.rec.order.chexpert@simulated.verdict}}.
//:
//: The reasons for fundus, in the ledger's words. FD: *{{dg.fid.order.airogs@simulated.reason}}*.
//: Precision: *{{dg.prec.order.airogs@simulated.reason}}*. Recall:
//: *{{dg.rec.order.airogs@simulated.reason}}*.
//:
//: FD is judged by six gaps. The ledger prints the one that reaches furthest from zero; the reason
//: quotes the one that stands in the way, so that its interval need not be the printed one. Both
//: are in standard deviations of real-against-real distances and on the plain scale, where one bad
//: training of five widens an interval past zero; Figure 2's are on the logarithm and may lie apart
//: where these do not. Where the primary setting is itself undecided, "did not reverse it" means
//: only that the flip did not come out the other way.
