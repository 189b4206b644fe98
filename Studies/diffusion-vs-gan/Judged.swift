// hide
import LightboxStudy

// show

//: ### Is it lower, is it higher?
//: All orderings are taken seed by seed: each seed has its own start, batches, fakes and held-out
//: pictures; training pictures are shared. For FD the difference is divided by the standard deviation
//: that real-against-real distances of this size have, must exceed one of it, in all three sets of
//: features, at the whole compute *and* at half of it. Precision and recall are judged on the domain
//: network. Domains at breadth have too few seeds for a verdict, or were not trained at this scale;
//: they say so.
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

extension DomainRun {
  /// GAN minus Medfusion (or the other way round, for what is better when higher), seed by seed;
  /// nil where a training failed.
  func gap(
    _ set: FeatureSet, medfusion: Sampling = .usual, rival: Sampling = .usual,
    rivalArm: Arm? = nil, _ number: (SetScore) -> Double, higherIsBetter: Bool
  ) throws -> [Double] {
    let other = rivalArm ?? domain.rival
    let ours = try zip(seeds(.medfusion), seedScores(.medfusion, medfusion))
    let theirs = try Dictionary(
      uniqueKeysWithValues: zip(seeds(other), seedScores(other, rival)))
    return ours.compactMap { seed, scores in
      guard let a = scores?[set].map(number), let b = theirs[seed]??[set].map(number) else {
        return nil
      }
      return higherIsBetter ? a - b : b - a
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

  /// FD gaps over the real-real standard deviation, seed by seed.
  func scaledGap(
    _ set: FeatureSet, medfusion: Sampling = .usual, rival: Sampling = .usual
  ) throws -> Measured {
    let spread = try mean(reals.map { try $0.value.floorSpread[set.rawValue]! })!
    return .pairedSeeds(
      try gap(
        set, medfusion: medfusion, rival: rival, \.frechet, higherIsBetter: false
      ).map { $0 / spread }, caseVariance: 0)
  }

  /// Gaps in all feature sets, at the whole compute and at half of it.
  func allGaps(medfusion: [Sampling], rival: [Sampling]) throws -> Measured {
    .family(
      try FeatureSet.allCases.flatMap { set in
        try zip(medfusion, rival).map { try scaledGap(set, medfusion: $0, rival: $1) }
      })
  }

  func unscaled(
    _ number: (SetScore) -> Double, medfusion: Sampling = .usual, rival: Sampling = .usual,
    rivalArm: Arm? = nil
  ) throws -> Measured {
    .pairedSeeds(
      try gap(
        .domain, medfusion: medfusion, rival: rival, rivalArm: rivalArm, number,
        higherIsBetter: true), caseVariance: 0)
  }
}

func orderings(_ study: StudyRun, _ run: DomainRun) throws {
  let key = run.domain.key
  let isDeep = run.domain == .fundus
  let half = Sampling.halved(1)
  let fewer = Sampling.fewer(run.sizes)
  try study.claim(
    "dg.fid.order.\(key)", tier: .simulated,
    measured: try run.allGaps(medfusion: [.usual, half], rival: [.usual, half]),
    flip: Setting(
      "an eighth of the compute for the diffusion arm",
      try run.scaledGap(.domain, medfusion: .halved(3))),
    alternatives: try alternatives { try run.scaledGap(.domain, medfusion: $0, rival: $1) },
    seeds: run.seeds.count)
  for (claim, number) in [("prec", \SetScore.precision), ("rec", \SetScore.recall)] {
    let flip =
      claim == "prec"
      ? Setting(
        "GAN truncated to half", try run.unscaled({ $0[keyPath: number] }, rival: .truncated))
      : Setting(
        "GAN with more channels and balanced classes",
        try run.unscaled({ $0[keyPath: number] }, rivalArm: .wide))
    try study.claim(
      "dg.\(claim).order.\(key)", tier: .simulated,
      measured: try run.unscaled { $0[keyPath: number] },
      flip: isDeep ? flip : nil,
      alternatives: try alternatives {
        try run.unscaled({ $0[keyPath: number] }, medfusion: $0, rival: $1)
      },
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
