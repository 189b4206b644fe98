// hide
import LightboxStudy

// show

//: ## The experiment
//: Stages feed everything below: the cohort, the noise that each budget asks for, the second site,
//: the trainings, the scores of the test images. A stage is computed once and kept; changing this
//: prose changes nothing.

/// Training, validation (thresholds only) and test images, by patient.
struct Parts: StageValue {
  var train, validation, test: Cohort

  /// The same with the first images of the training part only.
  func first(_ count: Int) -> Parts {
    var parts = self
    if count < train.count { parts.train = train.subset(Array(0..<count)) }
    return parts
  }
}

/// A budget for a training: ε, how many units (images, or patients) it protects, and its steps.
struct Budgeted: Codable, Hashable {
  var epsilon: Double
  var units, cases, batch, epochs: Int
}

/// The noise that a budget asks for.
struct Calibrated: StageValue {
  var budget: Budgeted
  var delta, noiseMultiplier, epsilonRDP, epsilonPRV: Double
  var steps: Int

  var samplingRate: Double { Double(budget.batch) / Double(budget.units) }

  /// σ is not chosen but solved for: the smallest noise whose accountant (the PRV accountant, as in
  /// the released code) stays within ε at δ for this many steps.
  static func solve(_ budget: Budgeted) throws -> Calibrated {
    var made = Calibrated(
      budget: budget, delta: 0.4 / Double(budget.units), noiseMultiplier: 0, epsilonRDP: 0,
      epsilonPRV: 0,
      steps: DPSGD<Float>.steps(
        epochs: budget.epochs, cases: budget.cases, batchSize: budget.batch))
    made.noiseMultiplier = try NoiseCalibration.solve(
      targetEpsilon: budget.epsilon, delta: made.delta, samplingRate: made.samplingRate,
      steps: made.steps, accountant: .prv
    ).noiseMultiplier
    (made.epsilonRDP, made.epsilonPRV) = try made.spent(releases: made.steps)
    return made
  }

  /// ε by both accountants for a number of noisy gradients released.
  func spent(releases: Int) throws -> (rdp: Double, prv: Double) {
    let phases = [
      try SampledGaussian(
        samplingRate: samplingRate, noiseMultiplier: noiseMultiplier, steps: releases)
    ]
    return (
      try RDPAccountant(phases).epsilon(delta: delta),
      try PRVAccountant(phases).epsilon(delta: delta)
    )
  }
}

/// What trainings stand on besides their images.
struct Given: StageValue {
  var noise: [Calibrated]
  /// nil where nothing starts from a second site: scans.
  var second: SecondSite?

  /// The noise of a budget: one of those solved for beforehand, or solved now.
  func noise(_ epsilon: Double, images: Int, batch: Int, epochs: Int) throws -> Calibrated {
    let wanted = Budgeted(
      epsilon: epsilon, units: images, cases: images, batch: batch, epochs: epochs)
    return try noise.first { $0.budget == wanted } ?? Calibrated.solve(wanted)
  }

  /// The second site, which every training on films has.
  func site() throws -> SecondSite {
    guard let second else {
      throw LightboxError(.software, "a training asked for a second site, and none was trained")
    }
    return second
  }
}

/// One training: an arm and a seed.
struct Job: Codable, Hashable {
  var arm: Arm
  var seed: Int
  var sizes: Sizes
}

/// What a training leaves: scores [case, label], and what was spent.
struct Trained: StageValue {
  var arm: String
  var seed: Int
  var validation, test: Tensor<Double>
  /// Scores of the first training images, as many as there are validation images; nil where no
  /// attack asks for them.
  var seen: Tensor<Double>?
  /// Steps of the training, and noisy gradients released: more where a killed run's steps had to
  /// be drawn again.
  var steps, releases: Int
  /// Training images, and the δ that goes with them.
  var images: Int
  var delta: Double
  var noiseMultiplier, epsilonRDP, epsilonPRV: Double?
  var clippedFraction, signalToNoise, lastLoss: Double?
  /// Signal and noise by layer, at a few steps; nil where not looked at.
  var signals: [StepSignal]?

  mutating func account(for noise: Calibrated, releases: Int) {
    noiseMultiplier = noise.noiseMultiplier
    delta = noise.delta
    (epsilonRDP, epsilonPRV) = (noise.epsilonRDP, noise.epsilonPRV)
    if releases != noise.steps, let spent = try? noise.spent(releases: releases) {
      (epsilonRDP, epsilonPRV) = (spent.rdp, spent.prv)
    }
  }

  mutating func note(_ record: TrainingRecord) {
    let history = record.history
    steps = history.count
    releases = record.releases
    clippedFraction = mean(history.compactMap(\.clippedFraction))
    signalToNoise = mean(history.compactMap(\.signalToNoise))
    lastLoss = mean(history.suffix(10).compactMap(\.loss))
  }
}

/// Signal and noise of every parameter before a step.
struct StepSignal: StageValue {
  var step: Int
  var parameters: [GradientSignal]
}

func experiment(_ study: StudyRun, tier: DataTier) throws -> Experiment {
  let sizes = Sizes.at(study.scale)
  let data = study.data
  let parts = try study.stage("cohort", configuration: sizes) { context in
    try data.map { try realCohort($0, sizes, context) } ?? simulatedCohort(sizes, context)
  }
  // Real files bring their own number of images, which the budgets solved beforehand do not know.
  let counts =
    data == nil
    ? Set([1, 2, 4].map { sizes.train / $0 } + HeadArm.sizes(sizes.pool)).sorted() : []
  let budgets =
    counts.flatMap { count in
      Arm.budgets.map {
        Budgeted(
          epsilon: $0, units: count, cases: count, batch: min(sizes.batch, count),
          epochs: sizes.epochs)
      }
    } + [ctBudget(study.scale)]
  let noise = try study.stages("noise", over: budgets) { _, budget in
    try Calibrated.solve(budget)
  }
  let second = try study.stage("second", parts, configuration: sizes) {
    try secondSite($0, $1, sizes)
  }
  let given = try study.stage("given", noise, second) { _, noise, second in
    Given(noise: noise, second: second)
  }
  let features = try study.stage("features", parts, given, configuration: sizes) {
    try frozenFeatures($0, $1, $2, sizes, simulated: data == nil)
  }
  let jobs = Arm.all.flatMap { arm in
    arm.seeds(study.seeds).map { Job(arm: arm, seed: $0, sizes: sizes) }
  }
  let heads = (HeadArm.grid(sizes.pool) + headSettings(sizes)).flatMap { arm in
    study.seeds.map {
      HeadJob(arm: arm, seed: $0, epochs: sizes.epochs, batch: sizes.batch)
    }
  }
  return Experiment(
    tier: tier, parts: parts,
    models: try study.stages("train", over: jobs, parts, given, trainOne), jobs: jobs,
    given: given, features: features,
    heads: try study.stages("heads", over: heads, features, given, trainHead), headJobs: heads)
}

/// Heads at other settings than the grid's, at the training images' number.
func headSettings(_ sizes: Sizes) -> [HeadArm] {
  HeadArm.clips(sizes.train) + HeadArm.rates(sizes.train) + [HeadArm.patients(sizes.train)]
}

//: By default the phantom draws patients, then renders their films. Training and validation
//: patients come from the population of an intensive-care unit; the test cohort holds the same
//: number of images in each of ten age × sex cells, so that small groups are measured as well as
//: large ones.
func simulatedCohort(_ sizes: Sizes, _ context: StageContext) throws -> Parts {
  func draw(_ split: Split, _ images: Int, cell: (male: Bool, age: Int)? = nil) -> Cohort {
    var configuration = ChestConfiguration()
    var name = split.rawValue
    if let cell {
      configuration.population.maleShare = cell.male ? 1 : 0
      configuration.population.ageShares = (0..<5).map { $0 == cell.age ? 1 : 0 }
      name += "-\(cell.male ? "M" : "F")\(cell.age + 1)"
    }
    return ChestPhantom(configuration).cohort(
      images: images, resolution: sizes.side, splits: [(split, 1)], prefix: name + "-",
      stream: context.root.child("cohort").child(name)
    ).cohort
  }
  let cells = [true, false].flatMap { male in (0..<5).map { (male: male, age: $0) } }
  return Parts(
    train: draw(.train, sizes.train), validation: draw(.validation, sizes.validation),
    test: .joined(cells.map { draw(.test, sizes.testPerCell, cell: $0) }))
}

//: Real files take the same road. Exact duplicates are removed first: a private mechanism that
//: counts an image once must not meet it twice. All films are used, except in the one-minute tour
//: and of the large releases of chapter 8, which draw as many as the simulated run has.
func realCohort(_ input: StudyInput, _ sizes: Sizes, _ context: StageContext) throws -> Parts {
  if let release = try ChestRelease.recognized(in: input.path) {
    return try releaseParts(release, input, sizes, context)
  }
  let cohort = try Cohort.open(input.path).deduplicated()
  func part(_ split: Split, tour: Int) -> Cohort {
    var chosen = cohort.indices(split: split)
    if context.scale == .smoke, chosen.count > tour {
      var stream = context.root.child("tour").child(split.rawValue)
      chosen = stream.permutation(chosen.count).prefix(tour).sorted().map { chosen[$0] }
    }
    return cohort.subset(chosen)
  }
  return try usable(
    Parts(
      train: part(.train, tour: sizes.train),
      validation: part(.validation, tour: sizes.validation),
      test: part(.test, tour: 10 * sizes.testPerCell)), file: input.path)
}

/// The network of the study at its random start.
func newNetwork(
  _ sizes: Sizes, _ data: TrainingData<Float>, _ stream: RandomStream
) -> ResNet<Float> {
  var start = stream
  return ResNet<Float>(
    ResNetConfiguration(
      classes: data.classes, width: sizes.width, inputChannels: data.images.shape[1],
      blocks: [1, 1, 1, 1], activation: .mish),
    stream: &start)
}

func plan(_ sizes: Sizes, _ arm: Arm, cases: Int) -> TrainingPlan {
  TrainingPlan(
    epochs: sizes.epochs, batchSize: min(sizes.batch, cases), optimizer: .nadam(),
    learningRate: arm.learningRate, classWeighting: .balanced)
}

/// Where a training goes on after a kill; steps whose noise nobody can draw again are counted.
func continuation(_ context: StageContext) throws -> Continuation<Float> {
  let store = context.checkpoint
  return Continuation<Float>(
    from: try store.load(TrainingCheckpoint<Float>.self),
    journal: ReleaseJournal(noted: store.marked.count) { try store.mark($0) },
    save: { try store.save($0) })
}

//: One training. At the judged budget, seed 1, the gradient is taken apart by layer as well, before
//: the first step and after the last.
func trainOne(
  _ context: StageContext, _ job: Job, _ parts: Parts, _ given: Given
) throws -> Trained {
  let arm = job.arm
  let sizes = job.sizes
  let parts = parts.first(parts.train.count / arm.part)
  let data = TrainingData<Float>(
    images: parts.train.images, labels: parts.train.cases.map(\.labels))
  let network = newNetwork(sizes, data, context.root.child("start").child(job.seed))
  if arm.pretrained { try network.start(from: given.site()) }
  let plan = plan(sizes, arm, cases: data.count)
  let stream = context.root.child("batches").child(job.seed)
  var trained = Trained(
    arm: arm.name, seed: job.seed, validation: .zeros([0]), test: .zeros([0]), steps: 0,
    releases: 0, images: data.count, delta: 0.4 / Double(data.count))
  let continuing = try continuation(context)
  let record: TrainingRecord
  if arm.privateLoop {
    let noise = try arm.epsilon.map {
      try given.noise($0, images: data.count, batch: plan.batchSize, epochs: sizes.epochs)
    }
    record = try train(
      network, on: data, plan: plan,
      estimator: DPSGD(
        cases: data.count, plan: plan,
        parameters: DPSGDParameters(
          clippingNorm: arm.clippingNorm, noiseMultiplier: noise?.noiseMultiplier ?? 0,
          mode: arm.mode),
        source: context.noise == .secure ? .secure : .seeded(stream)),
      continuing: continuing, progress: { context.progress.report(step: $0.step, of: $1) })
    if let noise, arm.isPrivate { trained.account(for: noise, releases: record.releases) }
    if arm.epsilon != nil { trained.noiseMultiplier = noise?.noiseMultiplier }
  } else {
    record = try train(
      network, on: data, plan: plan, stream: stream, continuing: continuing,
      progress: { context.progress.report(step: $0.step, of: $1) })
  }
  trained.note(record)
  trained.validation = scores(predict(network, images: parts.validation.images))
  trained.test = scores(predict(network, images: parts.test.images))
  if [Arm.nonPrivate, .judged].contains(where: { $0.name == arm.name }) {
    let count = min(parts.train.count, parts.validation.count)
    trained.seen = scores(
      predict(network, images: parts.train.images.slice(axis: 0, range: 0..<count)))
  }
  if arm.name == Arm.judged.name, job.seed == 1 {
    let first = newNetwork(sizes, data, context.root.child("start").child(job.seed))
    trained.signals = try [(0, first), (trained.steps, network)].map { step, network in
      StepSignal(
        step: step,
        parameters: try layerSignals(network, data, arm, noise: trained.noiseMultiplier ?? 0))
    }
  }
  return trained
}

func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
