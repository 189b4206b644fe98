// hide
import LightboxStudy

// show

/// Handles of the experiment's stages, and what is worked out from them once.
final class Experiment {
  let tier: DataTier
  let parts: Staged<Parts>
  let models: [Staged<Trained>]
  let jobs: [Job]
  let given: Staged<Given>
  let features: Staged<Features>
  let heads: [Staged<Trained>]
  let headJobs: [HeadJob]
  private var benchMade: Bench?
  private var gapsMade: [GapChange]?
  private var trainedRead: [String: [Trained]] = [:]
  private var lossesFound: [String: SeedContrast] = [:]
  private var thresholdsFound: [String: [Double]] = [:]

  init(
    tier: DataTier, parts: Staged<Parts>, models: [Staged<Trained>], jobs: [Job],
    given: Staged<Given>, features: Staged<Features>, heads: [Staged<Trained>],
    headJobs: [HeadJob]
  ) {
    self.tier = tier
    self.parts = parts
    self.models = models
    self.jobs = jobs
    self.given = given
    self.features = features
    self.heads = heads
    self.headJobs = headJobs
  }

  /// The trainings of an arm, by seed.
  func trained(_ arm: Arm) throws -> [Trained] {
    try kept(arm.name) {
      try zip(jobs, models).filter { $0.0.arm.name == arm.name }.map { try $0.1.value }
    }
  }

  /// The heads of an arm, by seed.
  func trained(_ arm: HeadArm) throws -> [Trained] {
    try kept(arm.name) {
      try zip(headJobs, heads).filter { $0.0.arm == arm }.map { try $0.1.value }
    }
  }

  private func kept(_ name: String, _ find: () throws -> [Trained]) rethrows -> [Trained] {
    if let known = trainedRead[name] { return known }
    let found = try find()
    trainedRead[name] = found
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

  /// Non-private minus private, heads on the same images.
  func headLoss(_ study: StudyRun, _ epsilon: Double, _ images: Int) throws -> SeedContrast {
    let arm = HeadArm(epsilon: epsilon, images: images)
    if let known = lossesFound[arm.name] { return known }
    let made = try bench(study).contrast(
      trained(HeadArm(epsilon: nil, images: images)), minus: trained(arm),
      stream: study.stream.child("head loss").child(arm.name))
    lossesFound[arm.name] = made
    return made
  }

  /// Thresholds that maximise sensitivity + specificity on the validation images, by label.
  func thresholds(_ model: Trained) throws -> [Double] {
    let key = "\(model.arm), \(model.seed)"
    if let known = thresholdsFound[key] { return known }
    let found = youdenThresholds(model, try parts.value.validation.cases)
    thresholdsFound[key] = found
    return found
  }

  /// Thresholds that nine in ten validation images without the finding stay below.
  func strictThresholds(_ model: Trained) throws -> [Double] {
    let cases = try parts.value.validation.cases
    return byLabel(model.validation).enumerated().map { label, scores in
      let negative = cases.indices.filter { cases[$0].labels[label] == 0 }.map { scores[$0] }
      guard !negative.isEmpty else { return 0 }
      return negative.sorted()[min(negative.count - 1, negative.count * 9 / 10)]
    }
  }
}

func youdenThresholds(_ model: Trained, _ cases: [Case]) -> [Double] {
  byLabel(model.validation).enumerated().map { label, scores in
    let known = cases.indices.filter { cases[$0].labels[label] != nil }
    let found = try? youdenThreshold(
      scores: known.map { scores[$0] }, labels: known.map { cases[$0].labels[label] == 1 })
    return found ?? 0
  }
}
