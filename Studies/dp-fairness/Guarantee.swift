// hide
import LightboxStudy

// show

//: ## 6 · Does the guarantee hold?
//: An ε is a proof about code that does what it says. An *audit* attacks the code and turns the
//: attack's success into a lower bound at 95 % confidence: below the accountant's ε where the code
//: keeps its word, above it where it does something else. Three tools, because each is blind
//: somewhere.
//:
//: *Could fail*: the audit of the honest mechanism might exceed the accountant; a bug might pass.
//: *Built in*: nothing. *Control that must fail*: planted bugs must exceed the claim; the honest
//: mechanism under the same audit must not.
func guarantee(
  _ study: StudyRun, _ experiment: Experiment, _ audits: [Staged<AuditFound>]
) throws {
  try mechanism(study, audits)
  try memberships(study, experiment)
  try patientLevel(study, experiment)
}

/// What needs no film: audits of the mechanism, and of how batches are drawn.
func mechanism(_ study: StudyRun, _ audits: [Staged<AuditFound>]) throws {
  try study.table(
    "table-7", "Audits of the mechanism, honest and with planted bugs", tier: .simulated,
    rows: try auditRows(audits))
  try study.table(
    "table-7b", "What one run can show, honest mechanism", tier: .simulated,
    rows: try canaryRows(audits))
  try auditTexts(study, audits)
  try batches(study)
}

/// The mechanism that is audited: as many steps, at such a rate, with the noise of its claim.
struct Audited: Codable, Hashable {
  var bug: PlantedBug
  var canaries: Int
  var repeats: Int

  static let claim = 1.06
  static let delta = 1e-5
  static let rate = 0.04
  static let steps = 100

  static let bugs: [PlantedBug] = [
    .none, .noClipping, .noiseDivided(by: 8), .noiseMissing(parameter: 1),
    .clippedByMicroBatch(8), .noisePerMicroBatch(8),
  ]

  static func all(_ scale: Scale) -> [Audited] {
    let sizes = scale.choose(
      smoke: [100, 200], default: [200, 1000, 3000], full: [200, 1000, 5000])
    let middle = sizes[sizes.count > 2 ? 1 : sizes.count - 1]
    let repeats = scale.choose(smoke: 2, default: 5, full: 20)
    return bugs.map { Audited(bug: $0, canaries: middle, repeats: repeats) }
      + sizes.filter { $0 != middle }.map {
        Audited(bug: .none, canaries: $0, repeats: repeats)
      }
  }

  static func noise() throws -> Double {
    try NoiseCalibration.solve(
      targetEpsilon: claim, delta: delta, samplingRate: rate, steps: steps, accountant: .prv
    ).noiseMultiplier
  }
}

/// What an audit found, over its repeats.
struct AuditFound: StageValue {
  var audited: Audited
  var noiseMultiplier: Double
  var runs: [CanaryRun]
  /// Lower bounds on ε of one run each, looked at as a whole and by layer; as a whole alone; and of
  /// all repeats' canaries as trials of their own.
  var oneRun, whole: [Double]
  var trials: Double
  /// The best that one run could have shown: every guess right.
  var ceiling: Double
  var variance: NoiseVarianceTest
  /// Mean squares of the updates that the variance test saw.
  var updateSquares: [Double]
}

//: ### The canaries
//: Canary images whose clipped gradients lie along one weight each are the worst that a mechanism
//: has to hide. Each is in by a fair coin of its own; an auditor who sees every released gradient
//: guesses which. One run with m canaries bounds ε for whatever the mechanism does (Steinke, Nasr
//: and Jagielski 2023). Where canaries do not meet, as here, they are also m trials of one
//: mechanism, whose error rates bound ε in the usual way; their threshold comes from the first
//: repeat, which is then left out. Both are taken of all canaries and of each layer's alone, and
//: corrected for the three looks. The mechanism states ε = 1.06 at δ = 10⁻⁵ for 100 steps at a rate
//: of .04.
func audits(_ study: StudyRun) throws -> [Staged<AuditFound>] {
  try study.stages("audit", over: Audited.all(study.scale)) { context, audited in
    let noise = try Audited.noise()
    let parameters = DPSGDParameters(clippingNorm: 1.5, noiseMultiplier: noise)
    let batch = Int((Audited.rate * Double(audited.canaries)).rounded())
    let runs = try (0..<audited.repeats).map { repeated in
      context.progress.report(step: repeated, of: audited.repeats)
      var run = try CanaryRun(
        canaries: audited.canaries, batch: batch, steps: Audited.steps, parameters: parameters,
        bug: audited.bug,
        stream: context.root.child("canaries").child(audited.canaries).child(repeated))
      run.scores = run.scores.map(rounded)
      return run
    }
    let guesses = audited.canaries / 5 / 2 * 2
    let updates = try blankUpdates(audited, parameters, context)
    return AuditFound(
      audited: audited, noiseMultiplier: noise, runs: runs, oneRun: runs.map(oneRunBound),
      whole: runs.map { $0.oneRun(guesses: guesses, delta: Audited.delta).epsilon() },
      trials: trialsBound(runs),
      ceiling: OneRunAudit(
        canaries: audited.canaries, guesses: guesses, correct: guesses, delta: Audited.delta
      ).epsilon(),
      variance: NoiseVarianceTest(
        updates: updates, noiseMultiplier: noise, clippingNorm: parameters.clippingNorm,
        expectedBatch: Double(blankBatch)),
      updateSquares: updates.map { one in mean(one.map { $0 * $0 }) ?? 0 })
  }
}

/// All canaries, and those of each layer alone: three looks, each at a third of the error.
func looks(_ run: CanaryRun) -> [CanaryRun] { [run, run.part(0), run.part(1)] }
let confidenceOfALook = 1 - 0.05 / 3

/// One run's bound: a fifth of the canaries are guessed, half of them in.
func oneRunBound(_ run: CanaryRun) -> Double {
  looks(run).map {
    $0.oneRun(guesses: $0.scores.count / 5, delta: Audited.delta)
      .epsilon(confidence: confidenceOfALook)
  }.max()!
}

/// The bound from error rates; the first run chooses the threshold, the others are counted.
func trialsBound(_ runs: [CanaryRun]) -> Double {
  (0..<3).map { look in
    let parts = runs.map { looks($0)[look] }
    func scores(_ wanted: Bool) -> [Double] {
      parts.dropFirst().flatMap { run in
        run.scores.indices.filter { run.included[$0] == wanted }.map { run.scores[$0] }
      }
    }
    return AttackBound(
      present: scores(true), absent: scores(false), threshold: bestThreshold(parts[0])
    ).epsilon(delta: Audited.delta, confidence: confidenceOfALook)
  }.max()!
}

/// The score above which the first run's canaries give the largest bound.
func bestThreshold(_ run: CanaryRun) -> Double {
  let candidates = run.scores.sorted()
  let places = stride(from: 0, to: candidates.count, by: max(1, candidates.count / 50))
  let bounds = places.map { place -> (threshold: Double, epsilon: Double) in
    let threshold = candidates[place]
    let bound = run.trials(threshold: threshold)?.epsilon(delta: Audited.delta, confidence: 0.8)
    return (threshold, bound ?? 0)
  }
  return bounds.max { $0.epsilon < $1.epsilon }?.threshold ?? 0
}

/// Blank images of the variance test, and their expected batch.
let blankImages = 400
let blankBatch = Int(Audited.rate * Double(blankImages))

/// Updates of batches without any gradient, [update][coordinate]: all canaries blank.
func blankUpdates(
  _ audited: Audited, _ parameters: DPSGDParameters, _ context: StageContext
) throws -> [[Double]] {
  let (count, batch) = (blankImages, blankBatch)
  let plan = TrainingPlan(epochs: 1, batchSize: batch, classWeighting: .none, microBatch: 128)
  let data = TrainingData<Float>(
    images: .zeros([count, 1, 1, 64]), labels: [[Int?]](repeating: [1], count: count))
  var start = context.root.child("variance start")
  let head = Head(features: 64, classes: 1, stream: &start)
  // Two parameters, weight and bias; the bias has a gradient, so only the weight is looked at. The
  // layer that goes without noise is then that one.
  var bug = audited.bug
  if case .noiseMissing = bug { bug = .noiseMissing(parameter: 0) }
  let estimator = BuggyDPSGD(
    DPSGD<Float>(
      cases: count, plan: plan, parameters: parameters,
      source: .seeded(context.root.child("variance"))), bug: bug)
  return try (0..<40).map { step in
    try estimator.estimate(step: step, network: head, data: data, loss: MultiLabelLoss())
      .gradients[0].elements.map(Double.init)
  }
}

struct AuditRow: TableRow {
  static let columns = [
    Column("bug"), Column("canaries"), Column("stated epsilon"),
    Column("one run, median", digits: 3), Column("one run, largest", digits: 3),
    Column("as trials", digits: 3), Column("above the claim"),
    Column("noise variance, observed over stated", digits: 3), Column("low", digits: 3),
    Column("high", digits: 3), Column("variance right"),
  ]
  var bug: String
  var canaries: Int
  var stated, median, largest, trials: Double
  var isAbove: Bool
  var ratio, low, high: Double
  var varianceRight: Bool
}

//: ### Table 7 — the honest mechanism and five mistakes
//: `above the claim`: the median over repeats of the one-run bound, or the bound as trials, exceeds
//: the stated ε (95 % each, not corrected for taking either). `low` and `high`: χ² limits of the
//: ratio if the noise is as stated. All rows draw the same random numbers, hence equal entries.
//: Noise added for every micro-batch is *more* noise than stated, and no attack can see it: the
//: variance test does, on batches without gradient. Clipping micro-batches instead of films lets
//: one film move the mean by more than C, depending on its company.
func auditRows(_ audits: [Staged<AuditFound>]) throws -> [AuditRow] {
  let all = try audits.map { try $0.value }
  return all.prefix(Audited.bugs.count).map { found in
    let sorted = found.oneRun.sorted()
    let largest = sorted.last ?? 0
    return AuditRow(
      bug: found.audited.bug.description, canaries: found.audited.canaries,
      stated: Audited.claim, median: sorted[sorted.count / 2], largest: largest,
      trials: found.trials,
      isAbove: max(sorted[sorted.count / 2], found.trials) > Audited.claim,
      ratio: found.variance.ratio, low: found.variance.low, high: found.variance.high,
      varianceRight: found.variance.passes)
  }
}

struct CanaryRow: TableRow {
  static let columns = [
    Column("canaries"), Column("stated epsilon"), Column("one run, median", digits: 3),
    Column("one run, largest", digits: 3), Column("every guess right", digits: 3),
    Column("as trials", digits: 3),
  ]
  var canaries: Int
  var stated, median, largest, ceiling, trials: Double
}

//: ### Table 7b — what one run can and cannot show
//: All canaries together, not corrected for looks at single layers as Table 7 is. Even an auditor
//: who sees everything proves a fraction of the stated ε in one run. `every guess right` is the
//: most that so many guesses could prove of a mechanism that hides nothing: a bound below the claim
//: is not evidence that it holds.
func canaryRows(_ audits: [Staged<AuditFound>]) throws -> [CanaryRow] {
  try audits.map { try $0.value }.filter { $0.audited.bug == .none }
    .sorted { $0.audited.canaries < $1.audited.canaries }.map { found in
      let sorted = found.whole.sorted()
      return CanaryRow(
        canaries: found.audited.canaries, stated: Audited.claim, median: sorted[sorted.count / 2],
        largest: sorted.last ?? 0, ceiling: found.ceiling, trials: found.trials)
    }
}

func auditTexts(_ study: StudyRun, _ audits: [Staged<AuditFound>]) throws {
  let rows = { try auditRows(audits) }
  func names(_ rows: [AuditRow]) -> String {
    rows.isEmpty ? "none" : rows.map(\.bug).joined(separator: ", ")
  }
  try study.text(
    "audit.honest",
    try rows()[0].isAbove ? "above the claim, which must not happen" : "below the claim")
  try study.text("audit.caught", names(try rows().dropFirst().filter(\.isAbove)))
  try study.text("audit.variance", names(try rows().filter { !$0.varianceRight }))
  try study.text(
    "audit.missed", names(try rows().dropFirst().filter { !$0.isAbove && $0.varianceRight }))
}
//: The honest mechanism's audit is {{audit.honest}}. Above the claim: {{audit.caught}}. Caught by
//: the variance of the noise: {{audit.variance}}. Missed by both: {{audit.missed}}.
