// hide
import LightboxStudy

// show

//: ### The long road: images, a network, and who may see whom
//: A scan is a sweep rendered as 8-bit B-mode frames, compounded at 0.5 mm with the poses that the
//: tracker reported. Its label is the true gland as it arrives in that volume, so that label and
//: image share every geometric error: what the network is scored on is its own. It sees one
//: transverse plane at a time; the largest connected part, closed with a ball of 1 mm, is the
//: gland.
//:
//: The paper drew 26 + 6 + 6 of 504 scans at random. Each volunteer has 18 of them, so a test
//: scan's volunteer was most likely trained on as well. Three splits with the same six test scans
//: ask what that is worth: *random* as published, *disjoint* without any scan of a test volunteer
//: in training, and as a control that must help, *same lobe*, where the other two repeats of each
//: test scan by the same operator are trained on.

/// Which scan, numbers from 0.
struct ScanKey: Codable, Hashable {
  var volunteer: Int
  var side: NeckSide
  var person, repetition: Int

  static func all(_ design: TrialDesign) -> [ScanKey] {
    (0..<design.volunteers).flatMap { volunteer in
      NeckSide.allCases.flatMap { side in
        design.operators.indices.flatMap { person in
          (0..<design.repeats).map {
            ScanKey(volunteer: volunteer, side: side, person: person, repetition: $0)
          }
        }
      }
    }
  }

  /// "007 left MD2 3"
  var name: String {
    let digits = String(volunteer + 1)
    let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    return "\(number) \(side.rawValue) MD\(person + 1) \(repetition + 1)"
  }
}

/// Who may be trained on.
enum SplitArm: String, Codable, Hashable, CaseIterable {
  case random, disjoint
  case sameLobe = "same lobe"
}

/// The scans of one training.
struct ScanSplit: Codable, Hashable {
  var train, validation, test: [ScanKey]

  init(_ arm: SplitArm, _ design: TrialDesign, _ sizes: Sizes, _ stream: RandomStream) {
    let keys = ScanKey.all(design)
    var draw = stream.child("split")
    var pool = draw.permutation(keys.count).map { keys[$0] }
    /// The first scans that may be taken; they leave the pool.
    func take(_ count: Int, where isAllowed: (ScanKey) -> Bool = { _ in true }) -> [ScanKey] {
      let taken = Array(pool.filter(isAllowed).prefix(count))
      pool.removeAll { taken.contains($0) }
      return taken
    }
    test = take(sizes.test)
    let tested = test
    switch arm {
    case .random:
      validation = take(sizes.validation)
      train = take(sizes.train)
    case .disjoint:
      let volunteers = Set(tested.map(\.volunteer))
      validation = take(sizes.validation) { !volunteers.contains($0.volunteer) }
      let kept = volunteers.union(validation.map(\.volunteer))
      train = take(sizes.train) { !kept.contains($0.volunteer) }
    case .sameLobe:
      validation = take(sizes.validation)
      let repeats = take(sizes.train) { key in
        tested.contains {
          $0.volunteer == key.volunteer && $0.side == key.side && $0.person == key.person
        }
      }
      train = repeats + take(sizes.train - repeats.count)
    }
  }
}

/// One training: a split and a seed, on the volunteers of that seed's trial.
struct NetworkJob: Codable, Hashable {
  var arm: SplitArm
  var seed: Int
  var sizes: Sizes

  static let fewSeeds = 3
}

/// A scan as the network read it.
struct ScanScore: Codable, Hashable {
  var key: ScanKey
  var split: String
  var dice: Double
  /// In mm; nil where the network found nothing.
  var hausdorff, percentile95, pooledPercentile95, averageSurface: Double?
  /// Volumes in ml: the network's, the label's, the true one.
  var counted, partial, label, truth: Double
  var frames, dropped: Int
}

/// What a training leaves.
struct TrainedNetwork: StageValue {
  var weights: Weights<Float>
  var scores: [ScanScore]
  var planes, steps: Int
  var lastLoss: Double?
}

/// Handles of the trainings and of the long road's readings.
final class NetworkExperiment {
  let jobs: [NetworkJob]
  let models: [Staged<TrainedNetwork>]
  let readings: [Staged<[ScanScore]>]

  init(jobs: [NetworkJob], models: [Staged<TrainedNetwork>], readings: [Staged<[ScanScore]>]) {
    self.jobs = jobs
    self.models = models
    self.readings = readings
  }

  /// The trainings of a split, by seed.
  func models(_ arm: SplitArm) throws -> [TrainedNetwork] {
    try zip(jobs, models).filter { $0.0.arm == arm }.map { try $0.1.value }
  }

  /// All sweeps of the trial that is shown, as the network read them.
  func allReadings() throws -> [ScanScore] { try readings.flatMap { try $0.value } }
}

func networkExperiment(_ study: StudyRun, _ sizes: Sizes) throws -> NetworkExperiment {
  let jobs = SplitArm.allCases.flatMap { arm in
    (arm == .sameLobe ? Array(study.seeds.prefix(NetworkJob.fewSeeds)) : study.seeds).map {
      NetworkJob(arm: arm, seed: $0, sizes: sizes)
    }
  }
  let models = try study.stages("network", over: jobs, trainNetwork)
  let volunteers = Array(0..<sizes.rendered)
  let seed = study.seeds[0]
  let readings = try study.stages("read", over: volunteers, models[0]) {
    context, volunteer, model in
    try readVolunteer(context, volunteer, seed: seed, sizes: sizes, model)
  }
  return NetworkExperiment(jobs: jobs, models: models, readings: readings)
}

/// The view of a plane that the network has: 40 x 40 mm at 0.5 mm.
let planeView = SliceView(height: 80, width: 80)

/// The scanner of a volunteer: the same scatterers in every sweep.
func scanner(_ anatomy: NeckAnatomy, volunteer: Int, _ trial: RandomStream) -> NeckUltrasound {
  NeckUltrasound(
    NeckLabels(anatomy),
    field: ScattererField(stream: trial.child("volunteer").child(volunteer).child("scatterers")))
}

func emptyNetwork(_ sizes: Sizes, _ stream: inout RandomStream) -> SegmentationUNet<Float> {
  let levels = [1, 2, 4, 8].map { $0 * sizes.width }
  return SegmentationUNet<Float>(
    SegmentationUNetConfiguration(dimensions: 2, channels: levels), stream: &stream)
}

/// A network trained on planes of several scans, [plane, 1, height, width] with their labels each.
func fitted(
  _ context: StageContext, _ seed: Int, _ sizes: Sizes, pictures: [Tensor<Float>],
  labels: [Tensor<Float>]
) throws -> (SegmentationUNet<Float>, TrainingRecord) {
  let data = TrainingData<Float>(
    images: Tensor.concatenate(pictures, axis: 0), targets: Tensor.concatenate(labels, axis: 0))
  var start = context.root.child("network-start").child(seed)
  let network = emptyNetwork(sizes, &start)
  let plan = TrainingPlan(
    epochs: sizes.epochs, batchSize: sizes.batch, optimizer: .adam(), learningRate: 1e-3,
    schedule: .cosine, classWeighting: .none)
  let store = context.checkpoint
  let record = try train(
    network, on: data, plan: plan,
    estimator: SliceBatches(
      slices: data.count, plan: plan, augmentation: SliceAugmentation(),
      stream: context.root.child("network-batches").child(seed)),
    continuing: Continuation(
      from: try store.load(TrainingCheckpoint<Float>.self), save: { try store.save($0) }),
    progress: { context.progress.report(step: $0.step, of: $1) })
  return (network, record)
}

func trainNetwork(_ context: StageContext, _ job: NetworkJob) throws -> TrainedNetwork {
  let sizes = job.sizes
  let design = TrialChange.primary.design(volunteers: sizes.volunteers)
  let trial = trialStream(context.root, job.seed)
  let split = ScanSplit(
    job.arm, design, sizes, context.root.child("network-split").child(job.seed))
  let anatomies = design.anatomies(trial)
  func scanned(_ keys: [ScanKey], _ use: (ScanKey, ScannedLobe) throws -> Void) rethrows {
    // Volunteer by volunteer: a scanner is made once.
    for volunteer in Set(keys.map(\.volunteer)).sorted() {
      let scanner = scanner(anatomies[volunteer], volunteer: volunteer, trial)
      for key in keys where key.volunteer == volunteer {
        let sweep = design.sweep(
          anatomies[volunteer], volunteer: volunteer, operator: key.person, side: key.side,
          repetition: key.repetition, trial)
        try use(key, sweep.scanned(anatomies[volunteer].lobe(key.side), by: scanner))
      }
    }
  }
  var pictures: [Tensor<Float>] = []
  var labels: [Tensor<Float>] = []
  scanned(split.train) { _, scan in
    let planes = Array(stride(from: 0, to: scan.volume.voxels.shape[0], by: sizes.planeStep))
    pictures.append(planeView.pictures(scan.volume.voxels).gathered(rows: planes))
    labels.append(planeView.labels(scan.gland).gathered(rows: planes))
  }
  let (network, record) = try fitted(
    context, job.seed, sizes, pictures: pictures, labels: labels)
  var scores: [ScanScore] = []
  for (name, keys) in [("validation", split.validation), ("test", split.test)] {
    scanned(keys) { key, scan in
      scores.append(score(network, scan, key, name, anatomies[key.volunteer]))
    }
  }
  return TrainedNetwork(
    weights: network.weights, scores: scores, planes: pictures.reduce(0) { $0 + $1.shape[0] },
    steps: record.history.count,
    lastLoss: mean(record.history.suffix(10).compactMap(\.loss)))
}

/// All sweeps over one volunteer, rendered and read.
func readVolunteer(
  _ context: StageContext, _ volunteer: Int, seed: Int, sizes: Sizes, _ model: TrainedNetwork
) throws -> [ScanScore] {
  let design = TrialChange.primary.design(volunteers: sizes.volunteers)
  let trial = trialStream(context.root, seed)
  var start = context.root.child("network-start").child(seed)
  let network = emptyNetwork(sizes, &start)
  try network.load(model.weights)
  let anatomy = design.anatomy(volunteer, trial)
  let scanner = scanner(anatomy, volunteer: volunteer, trial)
  let keys = ScanKey.all(design).filter {
    $0.volunteer == volunteer && $0.repetition < sizes.readRepeats
  }
  return keys.enumerated().map { index, key in
    context.progress.report(step: index, of: keys.count)
    let sweep = design.sweep(
      anatomy, volunteer: volunteer, operator: key.person, side: key.side,
      repetition: key.repetition, trial)
    let scan = sweep.scanned(anatomy.lobe(key.side), by: scanner)
    return score(network, scan, key, "read", anatomy)
  }
}

/// What the network makes of a scan.
func score(
  _ network: SegmentationUNet<Float>, _ scan: ScannedLobe, _ key: ScanKey, _ split: String,
  _ anatomy: NeckAnatomy
) -> ScanScore {
  let probabilities = foreground(network, scan.volume.voxels, view: planeView)
  let found = cleanedMask(probabilities, spacingMM: scan.gland.spacingMM)
  let distances = try? SurfaceDistances(found, scan.gland)
  // The graded volume counts the kept part and its rim alone.
  let rim = found.closed(radiusMM: 1)
  let graded = Tensor<Float>(shape: probabilities.shape) { output in
    probabilities.withUnsafeElements { p in
      for i in output.indices { output[i] = rim.voxels[i] ? p[i] : 0 }
    }
  }
  return ScanScore(
    key: key, split: split, dice: (try? Overlap(found, scan.gland).dice) ?? 0,
    hausdorff: distances?.hausdorff, percentile95: distances?.largerPercentile(),
    pooledPercentile95: distances?.pooledPercentile(),
    averageSurface: distances?.averageSymmetric, counted: found.volumeML,
    partial: partialVolumeML(graded, spacingMM: scan.gland.spacingMM),
    label: scan.gland.volumeML, truth: anatomy.lobe(key.side).volumeMM3 / 1000,
    frames: scan.frames, dropped: scan.dropped)
}
