// hide
import LightboxStudy

// show

//: ### Estimates by seed
//: `cases/estimates` has every seed: the scores of every setting on each set of features, AUROCs of
//: the class asked for, standard deviations of FDs between real sets (`frechet SD`), and how every
//: autoencoder rebuilds along its way. From these `make verify` makes the ledger's simulated
//: numbers and their t intervals again. The ordering by FD holds several gaps, and the ledger shows
//: the one whose 90 % interval reaches furthest from zero: both of its sides, over that standard
//: deviation, stand there with the claim in the place of the cell; the estimator says which
//: features and compute.

/// Every scored setting of every seed, on each set of features.
func estimateRows(_ experiment: Experiment) throws -> [EstimateRow] {
  try experiment.domains.flatMap { run -> [EstimateRow] in
    try zip(run.scoreJobs, run.scores).flatMap { job, staged -> [EstimateRow] in
      let scores = try staged.value
      let n = scores.labels.count
      return scores.sets.flatMap { set -> [EstimateRow] in
        let p = set.precision
        let r = set.recall
        func row(_ name: String, _ value: Double, _ error: Double?) -> EstimateRow {
          EstimateRow(
            arm: run.estimateArm(job.job.arm) + job.sampling.label,
            seed: job.job.seed, cell: set.set.rawValue, estimator: name, value: value,
            standardError: error, n: n)
        }
        return [
          row("frechet", set.frechet, nil), row("frechet at infinite n", set.frechetLimit, nil),
          row("kernel", set.kernel, set.kernelError),
          row("precision", p, (p * (1 - p) / Double(n)).squareRoot()),
          row("recall", r, (r * (1 - r) / Double(n)).squareRoot()),
          row("density", set.density, nil), row("coverage", set.coverage, nil),
        ]
      }
    }
  }
}

/// AUROCs of the class asked for of every scored setting, and of real pictures.
func conditionRows(_ run: DomainRun) throws -> [EstimateRow] {
  func row(_ arm: String, _ seed: Int, _ area: Double?, _ n: Int) -> EstimateRow? {
    area.map {
      EstimateRow(
        arm: arm, seed: seed, cell: "class asked for", estimator: "auroc", value: $0,
        standardError: nil, n: n)
    }
  }
  return try zip(run.seeds, run.reals).compactMap { seed, staged in
    let real = try staged.value
    let area = try? auroc(
      scores: real.referenceProbability, labels: real.referenceLabels.map { $0 == 1 })
    return row("\(run.domain.rawValue): real", seed, area, real.referenceLabels.count)
  }
    + zip(run.scoreJobs, run.scores).compactMap { job, staged in
      let scores = try staged.value
      return row(
        run.estimateArm(job.job.arm) + job.sampling.label, job.job.seed, scores.conditionAUROC,
        scores.labels.count)
    }
}

/// Standard deviations of the FD between two real sets.
func realRows(_ run: DomainRun) throws -> [EstimateRow] {
  try zip(run.seeds, run.reals).flatMap { seed, staged in
    let real = try staged.value
    return FeatureSet.allCases.map { set in
      EstimateRow(
        arm: "\(run.domain.rawValue): real against real", seed: seed, cell: set.rawValue,
        estimator: "frechet SD", value: real.floorSpread[set.rawValue]!, standardError: nil,
        n: real.referenceLabels.count)
    }
  }
}

/// Every point of the released autoencoders' trainings, and the end of the variants'.
func autoencoderRows(_ run: DomainRun) throws -> [EstimateRow] {
  let n = min(500, try run.sets.value.control.count / 2)  // as many as are rebuilt
  return try zip(run.autoencoderJobs, run.autoencoders).flatMap { job, staged in
    let all = try staged.value.reconstructions
    func rows(_ one: Reconstruction, _ change: String) -> [EstimateRow] {
      [
        ("ms-ssim", one.similarity), ("feature distance", one.featureDistance),
        ("squared error", one.squaredError),
      ].map { name, value in
        EstimateRow(
          arm: run.estimateArm(latent: job.latent) + change, seed: job.seed,
          cell: latentsCell(sampled: one.sampled), estimator: name, value: value,
          standardError: nil, n: n)
      }
    }
    guard job.variant == .released else {
      return all.suffix(2).flatMap { rows($0, ", \(job.variant.rawValue)") }
    }
    return zip(Sizes.halvings, Sizes.points(run.sizes.autoencoder)).flatMap { halving, steps in
      [true, false].compactMap { sampled in
        all.first { $0.step == steps && $0.sampled == sampled }
      }.flatMap { rows($0, Sampling.halved(halving).label) }
    }
  }
}

/// Both sides of the FD gap that the ledger shows; none where it shows no number.
func decidingRows(_ run: DomainRun) throws -> [EstimateRow] {
  guard run.domain != .files else { return [] }
  let all = try run.allGaps()
  guard let value = all.value, let interval = all.interval(),
    let found = try DomainRun.judged.first(where: {
      let own = try run.scaledGap($0.set, medfusion: $0.sampling, rival: $0.sampling)
      return own.value == value && own.interval() == interval
    })
  else { return [] }
  let spread = try run.realSpread(found.set)
  return try run.pairs(found.set, medfusion: found.sampling, rival: found.sampling, \.frechet)
    .flatMap { pair in
      [(Arm.medfusion, pair.medfusion), (run.domain.rival, pair.rival)].map { arm, distance in
        EstimateRow(
          arm: run.estimateArm(arm), seed: pair.seed, cell: "dg.fid.order.\(run.domain.key)",
          estimator: "deciding frechet over SD, \(found.set.rawValue)\(found.sampling.label)",
          value: distance / spread, standardError: nil, n: pair.n)
      }
    }
}

extension DomainRun {
  /// What the estimates call an arm, and an autoencoder.
  func estimateArm(_ arm: Arm) -> String { "\(domain.rawValue): \(arm.name)" }
  func estimateArm(latent: Int) -> String {
    "\(domain.rawValue): autoencoder with \(latent) channels"
  }
}

/// Where reconstructions stand among the estimates.
func latentsCell(sampled: Bool) -> String { sampled ? "noisy latents" : "mean latents" }

/// The recipe of one arm's mean less another's, seed by seed.
func differenceOfEstimates(_ first: String, _ second: String, _ filter: String) -> String {
  let means = [first, second].map { "mean(estimates; value | arm=\($0), \(filter))" }
  return "difference(\(means[0]); \(means[1]))"
}

extension Sampling {
  /// What differs from the usual, for names.
  var label: String {
    var parts: [String] = []
    if halving > 0 { parts.append("compute/\(1 << halving)") }
    if !averaged { parts.append("averages off") }
    if let steps { parts.append("\(steps) steps") }
    if eta != 1 { parts.append("eta \(Printed.exact(eta))") }
    if guidance != 1 { parts.append("guidance \(Printed.exact(guidance))") }
    if truncation != 1 { parts.append("truncation \(Printed.exact(truncation))") }
    return parts.isEmpty ? "" : ", " + parts.joined(separator: ", ")
  }
}
