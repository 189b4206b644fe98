// hide
import LightboxStudy

// show

//: ## 5 · Where the loss comes from
//: Private training differs from ordinary training in two ways: gradients are shortened, and noise
//: is added. Either can be switched off in the same loop.
//:
//: *Could fail*: clipping might cost nothing, and noise everything, or the other way round. *Built
//: in*: nothing. *Control that must fail*: with both off, the loop must lose nothing (the flip of
//: chapter 3, at its own learning rate; here at the private one).
func whereFrom(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-6", "Clipping and noise apart, at the private learning rate", tier: experiment.tier,
    rows: try halvesRows(study, experiment))
  let effects = { try halvesEffects(study, experiment) }
  for (id, place) in [("halves.clip", 0), ("halves.noise", 1), ("halves.both", 2)] {
    try study.text(id, try inPoints(effects()[place], level: 0.95))
  }
  try study.table(
    "table-6b", "Heads by clipping norm, at the judged budget", tier: experiment.tier,
    rows: try clipRows(study, experiment))
  try study.table(
    "table-6c", "Signal and noise by layer, at the judged budget, seed 1", tier: experiment.tier,
    rows: try layerRows(experiment))
  try study.text("layers.worst", try worstLayer(experiment))
}
//: Loss from clipping alone: {{halves.clip}}; from noise alone: {{halves.noise}}; from both:
//: {{halves.both}}, against the same loop with neither. Noise without clipping protects nobody, and
//: its σC is that of the private arm. Three seeds each: an explanation, not a verdict. Where both
//: cost far more than the sum of either, it is because clipping shortens the summed gradient (see
//: `signal to noise` in Table 3) while the noise stays σC: without clipping the same noise meets a
//: longer signal. `low` and `high` of Tables 6 and 6b are 95 %.
//:
//: The clipping norm moves bias and noise together: a smaller one bends more gradients and scales
//: the noise down with it, and an optimiser that divides by the gradient's size hardly sees the
//: scale.
//:
//: By layer, {{layers.worst}}. One noise for all layers drowns first what has many weights and
//: small gradients.
//:
//: **Try it**: freeze the layer with the least signal. Does the private network lose anything?

struct HalvesRow: TableRow {
  static let columns = [
    Column("clipping"), Column("noise"), Column("seeds"), Column("AUROC", digits: 4),
    Column("loss against neither", unit: "points", digits: 3), Column("low", digits: 3),
    Column("high", digits: 3), Column("clipped", digits: 3),
  ]
  var clipping, noise: String
  var seeds: Int
  var auroc: Double
  var loss, low, high, clipped: Double?
}

/// Losses of clipping, noise and both against neither.
func halvesEffects(_ study: StudyRun, _ experiment: Experiment) throws -> [Estimate] {
  let neither = try experiment.trained(Arm.halves[0])
  return try [Arm.halves[1], Arm.halves[2], .judged].map { arm in
    try experiment.bench(study).contrast(
      neither, minus: experiment.trained(arm),
      stream: study.stream.child("halves").child(arm.name)
    ).estimate
  }
}

func halvesRows(_ study: StudyRun, _ experiment: Experiment) throws -> [HalvesRow] {
  let bench = try experiment.bench(study)
  let effects: [Estimate?] = [nil] + (try halvesEffects(study, experiment)).map { $0 }
  return try zip(Arm.halves + [.judged], effects).map { arm, effect in
    let models = Array(try experiment.trained(arm).prefix(3))
    let interval = effect?.interval()
    return HalvesRow(
      clipping: [.full, .clipOnly].contains(arm.mode) ? "yes" : "no",
      noise: [.full, .noiseOnly].contains(arm.mode) ? "yes" : "no", seeds: models.count,
      auroc: mean(try models.map { try bench.auroc($0).value })!,
      loss: effect.map { 100 * $0.value }, low: interval.map { 100 * $0.low },
      high: interval.map { 100 * $0.high }, clipped: mean(models.compactMap(\.clippedFraction)))
  }
}

struct ClipRow: TableRow {
  static let columns = [
    Column("clipping norm"), Column("clipped", digits: 3), Column("signal to noise", digits: 3),
    Column("seeds"), Column("AUROC", digits: 4), Column("low", digits: 4),
    Column("high", digits: 4),
  ]
  var clip: Double
  var clipped, signal: Double?
  var seeds: Int
  var auroc, low, high: Double
}

func clipRows(_ study: StudyRun, _ experiment: Experiment) throws -> [ClipRow] {
  let images = Sizes.at(study.scale).train
  let arms = HeadArm.clips(images) + [HeadArm(epsilon: 7.89, images: images)]
  return try arms.sorted { $0.clippingNorm < $1.clippingNorm }.map { arm in
    let row = try armRow(
      study, experiment, try experiment.trained(arm), name: arm.name, target: arm.epsilon)
    return ClipRow(
      clip: arm.clippingNorm, clipped: row.clipped, signal: row.signal, seeds: row.seeds,
      auroc: row.auroc, low: row.low, high: row.high)
  }
}

/// Signal and noise of each parameter for the first 128 training images.
func layerSignals(
  _ network: ResNet<Float>, _ data: TrainingData<Float>, _ arm: Arm, noise: Double
) throws -> [GradientSignal] {
  try GradientSignal.measure(
    network, on: data.batch(0..<min(128, data.count)),
    loss: MultiLabelLoss(
      positiveWeight: balancingWeights(targets: data.targets, known: data.known)),
    parameters: DPSGDParameters(clippingNorm: arm.clippingNorm, noiseMultiplier: noise))
}

struct LayerRow: TableRow {
  static let columns = [
    Column("parameter"), Column("weights"),
    Column("share of the squared gradient, first step", digits: 2),
    Column("signal to noise, first step", digits: 2),
    Column("share of the squared gradient, after the last", digits: 2),
    Column("signal to noise, after the last", digits: 2),
  ]
  var parameter: String
  var weights: Int
  var firstShare, firstRatio, lastShare, lastRatio: Double
}

//: ### Table 6c — signal and noise by layer
//: The gradient of the first 128 training images, clipped as in a step of that size, against the
//: expected norm of the noise in the same layer; before the first step and after the last. The
//: share says where a film's gradient lies, and so which layers the common clipping norm is spent
//: on. Names are torchvision's: every `bn` is a group normalisation. Biases that feed the same sum
//: have the same gradient, hence equal rows.
func layerRows(_ experiment: Experiment) throws -> [LayerRow] {
  let signals = try experiment.trained(.judged).compactMap(\.signals).first ?? []
  guard let first = signals.first, let last = signals.last else { return [] }
  return zip(first.parameters, last.parameters).map { first, last in
    LayerRow(
      parameter: first.name, weights: first.count, firstShare: first.share,
      firstRatio: first.ratio, lastShare: last.share, lastRatio: last.ratio)
  }
}

func worstLayer(_ experiment: Experiment) throws -> String {
  let rows = try layerRows(experiment).filter { $0.weights > 1 }
  guard let low = rows.min(by: { $0.firstRatio < $1.firstRatio }),
    let high = rows.max(by: { $0.firstRatio < $1.firstRatio })
  else { return "nothing was looked at" }
  func words(_ row: LayerRow) -> String {
    "\(row.parameter) (\(row.weights) weights) has "
      + "\(Printed.significant(row.firstRatio, digits: 2)) times its noise"
  }
  return "at the first step \(words(low)), \(words(high))"
}
