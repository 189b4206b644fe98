// hide
import LightboxStudy

// show

//: ## The experiment
//: Three stages feed everything below: the cohort, the trainings, the scores of the test images.
//: A stage is computed once and kept; changing this prose changes nothing.

/// Training, validation (thresholds only) and test images, by patient.
struct Parts: StageValue {
  var train, validation, test: Cohort
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
  /// Steps of the training, and noisy gradients released: more where a killed run's steps had to
  /// be drawn again.
  var steps, releases: Int
  /// Training images, and the δ that goes with them.
  var images: Int
  var delta: Double
  var noiseMultiplier, epsilonRDP, epsilonPRV: Double?
  var clippedFraction, signalToNoise, lastLoss: Double?
}

/// Handles of the experiment's stages, and what is worked out from them once.
final class Experiment {
  let tier: DataTier
  let parts: Staged<Parts>
  let models: [Staged<Trained>]
  let jobs: [Job]
  private var benchMade: Bench?
  private var gapsMade: [GapChange]?
  private var trainedRead: [String: [Trained]] = [:]

  init(tier: DataTier, parts: Staged<Parts>, models: [Staged<Trained>], jobs: [Job]) {
    self.tier = tier
    self.parts = parts
    self.models = models
    self.jobs = jobs
  }

  /// The trainings of an arm, by seed.
  func trained(_ arm: Arm) throws -> [Trained] {
    if let known = trainedRead[arm.name] { return known }
    let found = try zip(jobs, models).filter { $0.0.arm.name == arm.name }.map { try $0.1.value }
    trainedRead[arm.name] = found
    return found
  }

  /// The test images as models are compared on them.
  func bench(_ study: StudyRun) throws -> Bench {
    if let benchMade { return benchMade }
    let made = Bench(try parts.value.test, scale: study.scale)
    benchMade = made
    return made
  }

  /// Changes of all groups' gaps.
  func gaps(_ study: StudyRun) throws -> [GapChange] {
    if let gapsMade { return gapsMade }
    let made = try gapChanges(study, self)
    gapsMade = made
    return made
  }

  /// Thresholds that maximise sensitivity + specificity on the validation images, by label.
  func thresholds(_ model: Trained) throws -> [Double] {
    let cases = try parts.value.validation.cases
    return byLabel(model.validation).enumerated().map { label, scores in
      let known = cases.indices.filter { cases[$0].labels[label] != nil }
      let found = try? youdenThreshold(
        scores: known.map { scores[$0] }, labels: known.map { cases[$0].labels[label] == 1 })
      return found ?? 0
    }
  }
}

func experiment(_ study: StudyRun) throws -> Experiment {
  let sizes = Sizes.at(study.scale)
  let data = study.data
  let parts = try study.stage("cohort", configuration: sizes) { context in
    try data.map { try realCohort($0, sizes, context) } ?? simulatedCohort(sizes, context)
  }
  let jobs = Arm.all.flatMap { arm in
    arm.seeds(study.seeds).map { Job(arm: arm, seed: $0, sizes: sizes) }
  }
  let models = try study.stages("train", over: jobs, parts, trainOne)
  return Experiment(
    tier: data == nil ? .simulated : .public, parts: parts, models: models, jobs: jobs)
}

//: By default the phantom draws patients, then renders their films. Training and validation patients
//: come from the population of an intensive-care unit; the test cohort holds the same number of
//: images in each of ten age × sex cells, so that small groups are measured as well as large ones.
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
//: counts an image once must not meet it twice. All films are used, except in the one-minute tour,
//: which draws as many as the simulated one has.
func realCohort(_ input: StudyInput, _ sizes: Sizes, _ context: StageContext) throws -> Parts {
  let cohort = try Cohort.open(input.path).deduplicated()
  func part(_ split: Split, tour: Int) -> Cohort {
    var chosen = cohort.indices(split: split)
    if context.scale == .smoke, chosen.count > tour {
      var stream = context.root.child("tour").child(split.rawValue)
      chosen = stream.permutation(chosen.count).prefix(tour).sorted().map { chosen[$0] }
    }
    return cohort.subset(chosen)
  }
  return Parts(
    train: part(.train, tour: sizes.train), validation: part(.validation, tour: sizes.validation),
    test: part(.test, tour: 10 * sizes.testPerCell))
}

//: One training. σ is not chosen but solved for: the smallest noise whose accountant (the PRV
//: accountant, as in the released code) stays within ε at δ for this many steps.
func trainOne(_ context: StageContext, _ job: Job, _ parts: Parts) throws -> Trained {
  let arm = job.arm
  let sizes = job.sizes
  let data = TrainingData<Float>(
    images: parts.train.images, labels: parts.train.cases.map(\.labels))
  var start = context.root.child("start").child(job.seed)
  let network = ResNet<Float>(
    ResNetConfiguration(
      classes: data.classes, width: sizes.width, inputChannels: data.images.shape[1],
      blocks: [1, 1, 1, 1], activation: .mish),
    stream: &start)
  let plan = TrainingPlan(
    epochs: sizes.epochs, batchSize: sizes.batch, optimizer: .nadam(),
    learningRate: arm.learningRate, classWeighting: .balanced)
  let stream = context.root.child("batches").child(job.seed)
  var trained = Trained(
    arm: arm.name, seed: job.seed, validation: .zeros([0]), test: .zeros([0]), steps: 0,
    releases: 0,
    images: data.count,
    delta: 0.4 / Double(data.count))
  let store = context.checkpoint
  let continuing = Continuation<Float>(
    from: try store.load(TrainingCheckpoint<Float>.self),
    journal: ReleaseJournal(noted: store.marked.count) { try store.mark($0) },
    save: { try store.save($0) })
  let record: TrainingRecord
  if arm.privateLoop {
    let q = Double(sizes.batch) / Double(data.count)
    let steps = DPSGD<Float>.steps(epochs: sizes.epochs, cases: data.count, batchSize: sizes.batch)
    let sigma = try arm.epsilon.map {
      try NoiseCalibration.solve(
        targetEpsilon: $0, delta: trained.delta, samplingRate: q, steps: steps, accountant: .prv
      ).noiseMultiplier
    }
    let mechanism = DPSGDParameters(
      clippingNorm: arm.clippingNorm, noiseMultiplier: sigma ?? 0,
      mode: sigma == nil ? .neither : .full)
    record = try train(
      network, on: data, plan: plan,
      estimator: DPSGD(
        cases: data.count, plan: plan, parameters: mechanism,
        source: context.noise == .secure ? .secure : .seeded(stream)),
      continuing: continuing, progress: { context.progress.report(step: $0.step, of: $1) })
    if let sigma {
      let phases = [
        try SampledGaussian(samplingRate: q, noiseMultiplier: sigma, steps: record.releases)
      ]
      trained.noiseMultiplier = sigma
      trained.epsilonRDP = try RDPAccountant(phases).epsilon(delta: trained.delta)
      trained.epsilonPRV = try PRVAccountant(phases).epsilon(delta: trained.delta)
    }
  } else {
    record = try train(
      network, on: data, plan: plan, stream: stream, continuing: continuing,
      progress: { context.progress.report(step: $0.step, of: $1) })
  }
  let history = record.history
  trained.steps = history.count
  trained.releases = record.releases
  trained.clippedFraction = mean(history.compactMap(\.clippedFraction))
  trained.signalToNoise = mean(history.compactMap(\.signalToNoise))
  trained.lastLoss = mean(history.suffix(10).compactMap(\.loss))
  trained.validation = scores(predict(network, images: parts.validation.images))
  trained.test = scores(predict(network, images: parts.test.images))
  return trained
}

func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
