// hide
import Foundation
import LightboxStudy

// show

//: ## 7 · CT
//: The second version of the abstract adds abdominal CT. What its second-hand table allows stands
//: in chapter 1 (Table 1d). Here a small phantom is scanned: organs as ellipsoids, a pancreas with
//: a duct, in half of the patients a carcinoma that is darker than the gland and mostly widens the
//: duct behind it. The network sees four cuts along each axis as channels: "2.5D" like the released
//: code for CT, without its attention over slices, because a private gradient here needs one row
//: per scan in every layer. Arms, seeds and learning rates are those of the radiographs.
//:
//: *Could fail*: private training might cost nothing at this size. *Built in*: how visible a
//: carcinoma is. *Control that must fail*: the loop without noise and clipping must lose nothing. A
//: control for the fairness rows, a small and hard group, was not scanned: on simulated scans they
//: stay undecided. Given a folder of CT volumes (chapter 8), the same trainings run on its scans,
//: and the tables below are of these.
func ctChapter(_ study: StudyRun, _ scans: CTExperiment?) throws {
  let tier = scans?.tier ?? .simulated
  let kind = tier == .simulated ? "simulated CT" : "the given CT"
  let finding = tier == .simulated ? "Carcinoma" : "The positive class"
  try study.table(
    "table-11", "\(finding) on \(kind), mean AUROC over seeds", tier: tier,
    rows: try scans.map { try ctRows(study, $0) } ?? [])
  try study.table(
    "table-11b", "Private minus non-private change of each group's gap on \(kind)", tier: tier,
    rows: try scans.map { try ctGapRows(study, $0) } ?? [])
  try study.text(
    "ct.drop", try scans.map { try inPoints($0.drop(study, .judged).estimate, level: 0.95) } ?? "–")
  try study.text(
    "ct.needed", try scans.map { try neededOnCT(study, $0) } ?? "not run on real files")
  if let scans { try ctClaims(study, scans) }
}
//: Non-private minus private on CT: {{ct.drop}} of AUROC; private lower:
//: {{dp.drop.order.ct.verdict}} here, {{dp.drop.order.ct@aggregates.verdict}} on the printed table;
//: the ledger says whether the control held. A low AUROC without privacy means a task that is not
//: learnt at this size, another regime than the printed table's. To decide whether gaps stay within
//: ±.02, at the changes and the spread between seeds that were found here: {{ct.needed}}.

extension Sizes {
  /// Of the abstract's 1,625 volumes, those that its table does not test on; test patients are as many
  /// as a simulation can afford.
  static func ct(_ scale: Scale) -> Sizes {
    scale.choose(
      smoke: Sizes(
        train: 160, validation: 60, testPerCell: 120, side: 24, width: 8, epochs: 2, batch: 32,
        pool: 0, second: 0, perSex: 0),
      default: Sizes(
        train: 1300, validation: 300, testPerCell: 1200, side: 48, width: 8, epochs: 10, batch: 64,
        pool: 0, second: 0, perSex: 0),
      full: Sizes(
        train: 1300, validation: 1000, testPerCell: 8000, side: 96, width: 32, epochs: 50,
        batch: 64, pool: 0, second: 0, perSex: 0))
  }
}

/// The CT trainings.
final class CTExperiment {
  let tier: DataTier
  let parts: Staged<Parts>
  let jobs: [Job]
  let models: [Staged<Trained>]
  private var benchMade: Bench?

  static let arms = [Arm.nonPrivate, .judged, .flip] + Arm.alternatives

  init(tier: DataTier, parts: Staged<Parts>, jobs: [Job], models: [Staged<Trained>]) {
    self.tier = tier
    self.parts = parts
    self.jobs = jobs
    self.models = models
  }

  func bench(_ study: StudyRun) throws -> Bench {
    if let benchMade { return benchMade }
    let made = Bench(try parts.value.test, scale: study.scale)
    benchMade = made
    return made
  }

  func trained(_ arm: Arm) throws -> [Trained] {
    try zip(jobs, models).filter { $0.0.arm.name == arm.name }.map { try $0.1.value }
  }

  /// Non-private minus another arm.
  func drop(_ study: StudyRun, _ arm: Arm) throws -> SeedContrast {
    try bench(study).contrast(
      trained(.nonPrivate), minus: trained(arm), stream: study.stream.child("ct").child(arm.name))
  }

  /// Sexes, and quarters of the test patients by age, where these are known.
  func groupings(_ study: StudyRun) throws -> [Grouping] {
    let bench = try bench(study)
    let sexes = Grouping.all(bench).filter { $0.name == "sex" }
    // Patients in the order of their ages; equal ages in the order of their first scans.
    var met: Set<String> = []
    let people = bench.patients.filter { $0.ageYears != nil && met.insert($0.id).inserted }
    guard people.count >= 4 else { return sexes }
    let order = people.indices.sorted {
      (people[$0].ageYears!, $0) < (people[$1].ageYears!, $1)
    }.map { people[$0].id }
    func scans(_ people: ArraySlice<String>) -> [Int] {
      let own = Set(people)
      return bench.cases.indices.filter { own.contains(bench.cases[$0].patient) }
    }
    let names = ["youngest", "second", "third", "oldest"]
    let quarters = names.indices.map { quarter in
      (
        name: names[quarter],
        cases: scans(order[order.count * quarter / 4..<order.count * (quarter + 1) / 4])
      )
    }
    return sexes + [Grouping(name: "age", groups: quarters)]
  }

  /// The changes of all groups' gaps.
  func changes(_ study: StudyRun) throws -> [GapChange] {
    let bench = try bench(study)
    let parts = try parts.value
    func models(_ arm: Arm) throws -> [GapComparison.Model] {
      try trained(arm).prefix(study.seeds.count).map { model in
        (
          model,
          try bench.called(
            model, threshold: youdenThresholds(model, parts.validation.cases),
            weights: classWeights(parts.train))
        )
      }
    }
    let comparison = GapComparison(
      bench: bench, privately: try models(.judged), openly: try models(.nonPrivate))
    return try groupings(study).flatMap { grouping in
      grouping.groups.prefix(grouping.groups.count == 2 ? 1 : .max).map { group in
        comparison.change(
          of: group.name, in: grouping,
          stream: study.stream.child("ct gap").child(grouping.name).child(group.name))
      }
    }
  }
}

/// The budget of the CT trainings.
func ctBudget(_ scale: Scale) -> Budgeted {
  let sizes = Sizes.ct(scale)
  return Budgeted(
    epsilon: 7.89, units: sizes.train, cases: sizes.train, batch: sizes.batch,
    epochs: sizes.epochs)
}

/// The simulated scans' trainings; nil on real films.
func ctExperiment(_ study: StudyRun, _ experiment: Experiment) throws -> CTExperiment? {
  guard study.data == nil else { return nil }
  let sizes = Sizes.ct(study.scale)
  let parts = try study.stage("ct-cohort", configuration: sizes) { context in
    func draw(_ split: Split, _ images: Int) -> Cohort {
      AbdomenPhantom().cohort(
        images: images, resolution: sizes.side, split: split, prefix: "ct-\(split.rawValue)-",
        stream: context.root.child("ct").child(split.rawValue))
    }
    return Parts(
      train: draw(.train, sizes.train), validation: draw(.validation, sizes.validation),
      test: draw(.test, sizes.testPerCell))
  }
  return try ctTrainings(study, tier: .simulated, parts, experiment.given, sizes)
}

func ctTrainings(
  _ study: StudyRun, tier: DataTier, _ parts: Staged<Parts>, _ given: Staged<Given>, _ sizes: Sizes
) throws -> CTExperiment {
  let jobs = CTExperiment.arms.flatMap { arm in
    arm.seeds(study.seeds).map { Job(arm: arm, seed: $0, sizes: sizes) }
  }
  return CTExperiment(
    tier: tier, parts: parts, jobs: jobs,
    models: try study.stages("ct", over: jobs, parts, given, trainOne))
}

struct CTRow: TableRow {
  static let columns = [
    Column("arm"), Column("seeds"), Column("AUROC", digits: 4), Column("low", digits: 4),
    Column("high", digits: 4), Column("male", digits: 4), Column("female", digits: 4),
    Column("youngest", digits: 4), Column("second", digits: 4), Column("third", digits: 4),
    Column("oldest", digits: 4),
  ]
  var arm: String
  var seeds: Int
  var auroc, low, high: Double
  var male, female, youngest, second, third, oldest: Double?
}

//: ### Table 11 — the printed table's columns, with seeds and intervals
//: The same columns as Table 1d, from scans whose truth is known; means over seeds, intervals over
//: seeds and test patients for the first.
func ctRows(_ study: StudyRun, _ scans: CTExperiment) throws -> [CTRow] {
  let bench = try scans.bench(study)
  let groups = try scans.groupings(study).flatMap(\.groups)
  return try CTExperiment.arms.map { arm in
    let models = try scans.trained(arm)
    let level = try bench.contrast(
      models, stream: study.stream.child("ct levels").child(arm.name)
    ).estimate
    let interval = withinUnit(level.interval())
    func group(_ name: String) -> Double? {
      guard let cases = groups.first(where: { $0.name == name })?.cases else { return nil }
      return mean(models.compactMap { try? bench.auroc($0, among: cases).value })
    }
    return CTRow(
      arm: arm.name, seeds: models.count, auroc: level.value, low: interval.low,
      high: interval.high, male: group("M"), female: group("F"), youngest: group("youngest"),
      second: group("second"), third: group("third"), oldest: group("oldest"))
  }
}

struct CTGapRow: TableRow {
  static let columns = [
    Column("grouping"), Column("group"), Column("scans"), Column("gap"),
    Column("change", digits: 3), Column("low 90", digits: 3), Column("high 90", digits: 3),
    Column("scans that would decide", digits: 2),
  ]
  var grouping, group: String
  var scans: Int
  var gap: String
  var change, low, high: Double
  var needed: Double?
}

//: ### Table 11b — what size would decide
//: For each gap the number of test scans, in groups of these shares, at which the 90 % interval
//: would fit inside ±.02, if the change and the spread between seeds stayed as they are. A dash
//: where no number would: the change itself, or the spread between five seeds, is too large.
func ctGapRows(_ study: StudyRun, _ scans: CTExperiment) throws -> [CTGapRow] {
  let tested = try scans.bench(study).cases.count
  return try scans.changes(study).flatMap { one -> [CTGapRow] in
    try [("AUROC", one.auroc), ("parity", one.parity)].compactMap { gap, contrast in
      guard let contrast else { return nil }
      let estimate = try contrast.estimate
      let interval = estimate.interval(level: 0.9)
      return CTGapRow(
        grouping: one.grouping, group: one.group, scans: one.images, gap: gap,
        change: estimate.value, low: interval.low, high: interval.high,
        needed: try deciding(contrast, cases: tested, margin: 0.02))
    }
  }
}

/// Cases at which the 90 % interval fits inside a margin: variance over cases falls as 1/n, the rest
/// stays; nil where the rest is too large.
func deciding(_ contrast: SeedContrast, cases: Int, margin: Double) throws -> Double? {
  let estimate = try contrast.estimate
  let room = margin - abs(estimate.value)
  guard room > 0 else { return nil }
  let allowed = room / estimate.reference.quantile(0.95)
  let betweenSeeds: Double =
    estimate.standardError * estimate.standardError - contrast.caseVariance
  let left: Double = allowed * allowed - betweenSeeds
  return left > 0 ? Double(cases) * contrast.caseVariance / left : nil
}

func neededOnCT(_ study: StudyRun, _ scans: CTExperiment) throws -> String {
  let rows = try ctGapRows(study, scans)
  let without = rows.filter { $0.needed == nil }.count
  let most = rows.compactMap(\.needed).max()
  let words = most.map { "up to \(Printed.significant($0, digits: 2)) test scans" } ?? "none"
  if rows.isEmpty { return "no groups were recorded" }
  return without == 0
    ? words
    : without == rows.count
      ? "no number of scans alone would, for any of the \(without) gaps"
      : "\(words); for \(without) of \(rows.count) gaps no number of scans alone would"
}

func ctClaims(_ study: StudyRun, _ scans: CTExperiment) throws {
  try study.claim(
    "dp.drop.order.ct", tier: scans.tier, measured: .seeds(try scans.drop(study, .judged)),
    flip: sameness(Arm.flip.name, try scans.drop(study, .flip)),
    alternatives: try Arm.alternatives.map { Setting($0.name, .seeds(try scans.drop(study, $0))) },
    recipe: "difference(mean(estimates; value | arm=non-private, cell=ct, estimator=mean-auroc, "
      + "seed<=\(study.seeds.count)); "
      + "mean(estimates; value | arm=eps-7.89, cell=ct, estimator=mean-auroc))",
    seeds: study.seeds.count)
  for name in ["age", "sex"] {
    try study.claim(
      "dp.fair5.\(name).ct", tier: scans.tier,
      measured: try familyOfChanges(try scans.changes(study), name), seeds: study.seeds.count)
  }
  try study.claim(
    "dp.fair5.comorb.ct", tier: scans.tier,
    measured: .notAvailable(
      "the \(scans.tier == .simulated ? "simulated" : "given") scans have no co-morbidities"))
}
