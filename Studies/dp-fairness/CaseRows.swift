// hide
import LightboxStudy

// show

//: ## What is kept
//: The rows behind every estimate go to `cases/`: one per test image, arm and seed, with truth and
//: score of every label. The committed subset is seed 1 of the two judged arms; the same run keeps
//: all of them in its cache. Two small files are kept whole: the thresholds of the judged arms, and
//: each model's estimates with the standard error that resampling patients gives and the number of
//: images. Means and spreads between seeds, the gaps of Table 4 (a group minus the image-weighted
//: mean of the others) and Table 5 recompute from the latter.
func caseRows(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.cases(
    "predictions", "Truth and scores of the test images", tier: experiment.tier,
    table: try predictionTable(experiment, Bench(experiment.parts.value.test, scale: study.scale)),
    subset: { row in
      row["seed"] == "1" && [Arm.nonPrivate.name, Arm.judged.name].contains(row["arm"])
    })
  try study.cases(
    "thresholds", "Thresholds from the validation images", tier: experiment.tier,
    table: try thresholdTable(experiment, try experiment.bench(study)))
  try study.estimates(tier: experiment.tier, rows: try estimateRows(study, experiment))
}

/// The arms whose decisions are looked at.
func isJudged(_ model: Trained) -> Bool {
  [Arm.nonPrivate.name, Arm.judged.name].contains(model.arm)
}

func thresholdTable(_ experiment: Experiment, _ bench: Bench) throws -> CaseTable {
  var table = CaseTable(columns: ["arm", "seed", "label", "threshold"])
  for model in try experiment.models.map({ try $0.value }) where isJudged(model) {
    for (label, threshold) in zip(bench.labels, try experiment.thresholds(model)) {
      table.append([model.arm, String(model.seed), label, Printed.exact(threshold)])
    }
  }
  return table
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
      cells.append(patient.sex?.rawValue ?? "")
      cells.append(patient.ageYears.map { Printed.exact(Printed.rounded($0, digits: 4)) } ?? "")
      cells.append(patient.comorbidities.map(String.init) ?? "")
      cells += one.labels.map { $0.map(String.init) ?? "" }
      cells += scores.map { Printed.exact($0[index]) }
      table.append(cells)
    }
  }
  return table
}

/// Every model on all test images; the judged arms by label and by group as well.
func estimateRows(_ study: StudyRun, _ experiment: Experiment) throws -> [EstimateRow] {
  let bench = try experiment.bench(study)
  let groups = Grouping.all(bench)
  return try experiment.models.flatMap { staged -> [EstimateRow] in
    let model = try staged.value
    let collector = Estimator(
      bench: bench, model: model, stream: study.stream.child("estimates").child(model.arm))
    var rows = try [collector.meanAUROC("all", nil)]
    guard isJudged(model) else { return rows.compactMap { $0 } }
    for label in bench.labels.indices { try rows.append(collector.auroc(label: label)) }
    let called = try bench.called(model, threshold: experiment.thresholds(model))
    for grouping in groups {
      let shared = bench.labelsWithBothClasses(in: grouping.groups.map(\.cases))
      for group in grouping.groups {
        let cell = "\(grouping.name)=\(group.name)"
        try rows.append(collector.meanAUROC(cell, group.cases, labels: shared))
        try rows.append(collector.callRate(cell, group.cases, called))
        try rows.append(collector.accuracy(cell, group.cases, called))
      }
    }
    return rows.compactMap { $0 }
  }
}

/// One model's estimates, with standard errors over patients.
struct Estimator {
  var bench: Bench
  var model: Trained
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

  /// Share of image and label pairs called positive.
  func callRate(_ cell: String, _ cases: [Int], _ called: Called) throws -> EstimateRow? {
    try row(cell, "called-positive", cases.count) { called.rate(cases, $0) }
  }

  /// Share of recorded image and label pairs called correctly, averaged by image.
  func accuracy(_ cell: String, _ cases: [Int], _ called: Called) throws -> EstimateRow? {
    try row(cell, "accuracy", cases.count) { called.accuracy(cases, $0) }
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
      arm: model.arm, seed: model.seed, cell: cell, estimator: estimator,
      value: one.differences[0],
      standardError: Printed.rounded(one.caseVariance.squareRoot(), digits: 4), n: n)
  }
}
