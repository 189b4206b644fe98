// hide
import LightboxStudy

// show

//: ## What is kept
//: The rows behind every estimate go to `cases/`: one per test image, arm and seed, with truth and
//: score of every label. The committed subset is seed 1 of the two judged arms; the same run keeps
//: all of them in its cache. Kept whole: the cohort without its pictures; the thresholds of the
//: judged arms; each model's estimates, those of the heads and of the four cells of Table 4c among
//: them, with the standard error that resampling patients gives and the number of images, and the
//: shares of clipped gradients; the scans; and what every attack saw.
//: `Tests/Outside/dp_fairness_tables.py` recomputes from these, in another language, the centre of
//: every number that a table takes from cases; interval ends hold resampled patients, and are not
//: recomputed.
func caseRows(
  _ study: StudyRun, _ experiment: Experiment, _ squares: SquareExperiment?,
  _ audits: [Staged<AuditFound>], _ scans: CTExperiment?
) throws {
  try study.cases(
    "predictions", "Truth and scores of the test images", tier: experiment.tier,
    table: try predictionTable(experiment, Bench(experiment.parts.value.test, scale: study.scale)),
    subset: { row in
      row["seed"] == "1" && [Arm.nonPrivate.name, Arm.judged.name].contains(row["arm"])
    })
  try study.cases(
    "thresholds", "Thresholds from the validation images", tier: experiment.tier,
    table: try thresholdTable(study, experiment, scans))
  try study.cases(
    "cohort", "Every image of the three splits, as Table 2 counts them", tier: experiment.tier,
    table: try cohortTable(try experiment.parts.value))
  try auditCases(study, audits)
  try attackCases(study, experiment)
  try study.cases(
    "ct", "Truth and scores of the simulated scans", tier: .simulated,
    table: try ctTable(study, scans))
  try study.estimates(
    tier: experiment.tier,
    rows: try estimateRows(study, experiment, squares)
      + (try scans.map { try ctEstimates(study, $0) } ?? []))
}

/// Every scan and training; empty on real films.
func ctTable(_ study: StudyRun, _ scans: CTExperiment?) throws -> CaseTable {
  let bench = try scans?.bench(study)
  let label = bench?.labels[0] ?? "carcinoma"
  var table = CaseTable(
    columns: [
      "case", "patient", "seed", "arm", "sex", "age [years]", "truth.\(label)", "score.\(label)",
    ])
  guard let scans, let bench else { return table }
  for model in try scans.models.map({ try $0.value }) {
    let scores = byLabel(model.test)[0]
    for (index, one) in bench.cases.enumerated() {
      let patient = bench.patients[index]
      table.append([
        one.id, one.patient, String(model.seed), model.arm, patient.sex?.rawValue ?? "",
        patient.ageYears.map(Printed.exact) ?? "", one.labels[0].map(String.init) ?? "",
        Printed.exact(scores[index]),
      ])
    }
  }
  return table
}

/// The arms whose decisions are looked at.
func isJudged(_ model: Trained) -> Bool {
  [Arm.nonPrivate.name, Arm.judged.name].contains(model.arm)
}

func thresholdTable(
  _ study: StudyRun, _ experiment: Experiment?, _ scans: CTExperiment?
) throws -> CaseTable {
  var table = CaseTable(columns: ["cohort", "arm", "seed", "label", "threshold"])
  if let experiment {
    let labels = try experiment.bench(study).labels
    for model in try experiment.models.map({ try $0.value }) where isJudged(model) {
      for (label, threshold) in zip(labels, try experiment.thresholds(model)) {
        table.append(["chest", model.arm, String(model.seed), label, Printed.exact(threshold)])
      }
    }
  }
  guard let scans else { return table }
  let validation = try scans.parts.value.validation
  for model in try scans.models.map({ try $0.value }) where isJudged(model) {
    for (label, threshold) in zip(validation.labelNames, youdenThresholds(model, validation.cases))
    {
      table.append(["ct", model.arm, String(model.seed), label, Printed.exact(threshold)])
    }
  }
  return table
}

/// Every image of the cohort with its patient's covariates and its labels.
func cohortTable(_ parts: Parts) throws -> CaseTable {
  var table = CaseTable(
    columns: ["case", "patient", "split", "sex", "age [years]", "comorbidities"]
      + parts.train.labelNames.map { "truth.\($0)" })
  for (split, cohort) in zip(
    [Split.train, .validation, .test], [parts.train, parts.validation, parts.test])
  {
    let people = cohort.patientsByID
    for one in cohort.cases {
      var cells: [String] = [one.id, one.patient, split.rawValue]
      cells += covariates(people[one.patient] ?? Patient(id: one.patient))
      cells += one.labels.map { $0.map(String.init) ?? "" }
      table.append(cells)
    }
  }
  return table
}

/// Sex, age to six digits and number of comorbidities of a patient.
func covariates(_ patient: Patient) -> [String] {
  [
    patient.sex?.rawValue ?? "",
    patient.ageYears.map { Printed.exact(Printed.rounded($0, digits: 6)) } ?? "",
    patient.comorbidities.map(String.init) ?? "",
  ]
}

func predictionTable(_ experiment: Experiment, _ bench: Bench) throws -> CaseTable {
  var table = CaseTable(
    columns: ["case", "patient", "seed", "arm", "split", "sex", "age [years]", "comorbidities"]
      + bench.labels.map { "truth.\($0)" } + bench.labels.map { "score.\($0)" })
  for model in try experiment.models.map({ try $0.value }) {
    let scores = byLabel(model.test)
    for (index, one) in bench.cases.enumerated() {
      let patient = bench.patients[index]
      var cells: [String] = [one.id, one.patient, String(model.seed), model.arm, "test"]
      cells += covariates(patient)
      cells += one.labels.map { $0.map(String.init) ?? "" }
      cells += scores.map { Printed.exact($0[index]) }
      table.append(cells)
    }
  }
  return table
}

/// Every model on all test images; the judged arms by label and by group as well.
func estimateRows(
  _ study: StudyRun, _ experiment: Experiment, _ squares: SquareExperiment?
) throws -> [EstimateRow] {
  let bench = try experiment.bench(study)
  let groups = Grouping.all(bench)
  let weights = classWeights(try experiment.parts.value.train)
  func estimator(_ model: Trained) -> Estimator {
    Estimator(
      bench: bench, model: model, arm: model.arm,
      stream: study.stream.child("estimates").child(model.arm))
  }
  let whole = try experiment.models.flatMap { staged -> [EstimateRow] in
    let model = try staged.value
    let collector = estimator(model)
    var rows = try [collector.meanAUROC("all", nil)] + trainingRows(model)
    guard isJudged(model), study.seeds.contains(model.seed) else { return rows.compactMap { $0 } }
    for label in bench.labels.indices { try rows.append(collector.auroc(label: label)) }
    let called = try bench.called(
      model, threshold: experiment.thresholds(model), weights: weights)
    for grouping in groups {
      let shared = bench.labelsWithBothClasses(in: grouping.groups.map(\.cases))
      for group in grouping.groups {
        let cell = "\(grouping.name)=\(group.name)"
        try rows.append(collector.meanAUROC(cell, group.cases, labels: shared))
        for measure in Measure.allCases {
          try rows.append(collector.measure(measure, cell, group.cases, called))
        }
      }
    }
    return rows.compactMap { $0 }
  }
  let heads = try experiment.heads.flatMap { staged -> [EstimateRow] in
    let model = try staged.value
    return try ([estimator(model).meanAUROC("all", nil)] + trainingRows(model)).compactMap { $0 }
  }
  return whole + heads + (try squares.map { try squareEstimates(study, $0) } ?? [])
}

/// Means over a training's steps; nil where the arm has none.
func trainingRows(_ model: Trained) -> [EstimateRow?] {
  [("clipped", model.clippedFraction), ("signal-to-noise", model.signalToNoise)].map {
    name, value in
    value.map {
      EstimateRow(
        arm: model.arm, seed: model.seed, cell: "training", estimator: name, value: $0,
        standardError: nil, n: model.steps)
    }
  }
}

/// Every training on scans, on all test scans.
func ctEstimates(_ study: StudyRun, _ scans: CTExperiment) throws -> [EstimateRow] {
  let bench = try scans.bench(study)
  return try scans.models.compactMap { staged in
    let model = try staged.value
    return try Estimator(
      bench: bench, model: model, arm: model.arm,
      stream: study.stream.child("estimates").child("ct").child(model.arm)
    ).meanAUROC("ct", nil)
  }
}

/// Both sexes in the four cells of group size and difficulty.
func squareEstimates(_ study: StudyRun, _ squares: SquareExperiment) throws -> [EstimateRow] {
  try Square.all.flatMap { square -> [EstimateRow] in
    let bench = try squares.bench(square)
    let sexes = Grouping.all(bench).first { $0.name == "sex" }!
    let labels = bench.labelsWithBothClasses(in: sexes.groups.map(\.cases))
    return try Square.arms.flatMap { arm in
      try squares.trained(square, arm, bench).flatMap { model -> [EstimateRow] in
        let collector = Estimator(
          bench: bench, model: model.scores, arm: arm.name,
          stream: study.stream.child("estimates").child(square.name).child(arm.name))
        return try sexes.groups.flatMap { group in
          let cell = "\(square.name); sex=\(group.name)"
          return try [
            collector.meanAUROC(cell, group.cases, labels: labels),
            collector.measure(.parity, cell, group.cases, model.called),
          ].compactMap { $0 }
        }
      }
    }
  }
}

/// One model's estimates, with standard errors over patients.
struct Estimator {
  var bench: Bench
  var model: Trained
  var arm: String
  var stream: RandomStream

  /// Mean over labels, or over some; nil where none has both classes in the cell.
  func meanAUROC(
    _ cell: String, _ cases: [Int]?, labels: [Int]? = nil
  ) throws -> EstimateRow? {
    guard let auroc = try? bench.auroc(model, among: cases, labels: labels) else { return nil }
    return try row(cell, "mean-auroc", cases?.count ?? bench.cases.count) {
      auroc.value(weights: $0)
    }
  }

  /// One label on all its recorded images; nil where it has one class only.
  func auroc(label: Int) throws -> EstimateRow? {
    let one = bench.only(label: label)
    guard let auroc = try? one.auroc(model) else { return nil }
    let known = one.truth[0].reduce(0) { $0 + ($1 == nil ? 0 : 1) }
    return try row("all", "auroc(\(bench.labels[label]))", known) { auroc.value(weights: $0) }
  }

  /// What is counted at the thresholds; nil where nothing counts.
  func measure(
    _ measure: Measure, _ cell: String, _ cases: [Int], _ called: Called
  ) throws -> EstimateRow? {
    try row(cell, measure.estimator, cases.count) { called.value(measure, cases, $0) }
  }

  private func row(
    _ cell: String, _ estimator: String, _ n: Int, _ statistic: @escaping WeightedStatistic
  ) throws -> EstimateRow? {
    let nothing: WeightedStatistic = { _ in 0 }
    guard
      let one = try? SeedContrast.of(
        [statistic], minus: [nothing], clusters: bench.clusters, replicates: bench.replicates / 2,
        stream: stream.child(model.seed).child(cell).child(estimator))
    else { return nil }
    return EstimateRow(
      arm: arm, seed: model.seed, cell: cell, estimator: estimator,
      value: one.differences[0],
      standardError: Printed.rounded(one.caseVariance.squareRoot(), digits: 4), n: n)
  }
}

extension Measure {
  /// Its name among the estimates.
  var estimator: String {
    switch self {
    case .parity: "called-positive"
    default: rawValue.replacing(" ", with: "-")
    }
  }
}
