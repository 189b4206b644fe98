// hide
import LightboxStudy

// show

//: ## 2 · The cohort
//: By default the films are simulated: anatomy in millimetres, X-rays by Beer and Lambert,
//: quantum noise, bedside positioning, and eight findings graded 0 to 4 by a reader who is
//: sometimes one grade off. Grade 3 or 4 is positive, the paper's rule. What a phantom may and may
//: not be used for is measured in [phantoms](../phantoms/README.md).
func cohortChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try table2(study, experiment)
  try study.value("cohort.train", try experiment.parts.value.train.cases.count)
  try study.value("cohort.test", try experiment.parts.value.test.cases.count)
  try study.value("cohort.shared", sharedPatients(try experiment.parts.value))
  try study.text("cohort.notes", cohortNotes(try experiment.parts.value))
  if study.data == nil {
    try contactSheet(study, experiment)
  } else {
    try baselines(study, experiment)
  }
}

struct CohortRow: TableRow {
  static let columns = [
    Column("characteristic"), Column("train"), Column("validation"), Column("test"),
  ]
  var characteristic, train, validation, test: String
}

//: ### Table 2 — who is in it
//: In the simulated cohort patients never cross splits ({{cohort.shared}} are in more than one);
//: where a file names no patients this cannot be checked. The second site's patients are numbered
//: on their own and belong to nobody else, and so are those of chapter 7; the four cohorts of Table
//: 4c share theirs with each other alone. Sex, age and comorbidities are counted by patient,
//: findings by image. The simulated test cohort is balanced by age and sex on purpose: it is an
//: instrument for measuring groups, not a picture of a ward. Where a row says *not recorded*, the
//: data set has no such column, and no statement about that group can be made: PneumoniaMNIST
//: records neither age nor sex, nor which films belong to one patient. {{cohort.notes}}
func table2(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-2", "Characteristics by split", tier: experiment.tier,
    rows: try cohortRows(try experiment.parts.value))
}

/// Patients in more than one of the three splits.
func sharedPatients(_ parts: Parts) -> Int {
  let splits = [parts.train, parts.validation, parts.test].map { Set($0.patients.map(\.id)) }
  let all = splits.reduce(into: Set<String>()) { $0.formUnion($1) }
  return all.filter { id in splits.filter { $0.contains(id) }.count > 1 }.count
}

func cohortRows(_ parts: Parts) throws -> [CohortRow] {
  let cohorts = [parts.train, parts.validation, parts.test]
  func row(_ name: String, _ cell: (Cohort) -> String) -> CohortRow {
    CohortRow(
      characteristic: name, train: cell(cohorts[0]), validation: cell(cohorts[1]),
      test: cell(cohorts[2]))
  }
  func share(_ part: Int, _ whole: Int) -> String {
    whole == 0
      ? "not recorded"
      : "\(part) (\(Printed.fixed(100 * Double(part) / Double(whole), decimals: 1)) %)"
  }
  func band(_ name: String, _ range: Range<Double>) -> CohortRow {
    row("age \(name)") { cohort in
      let ages = cohort.patients.compactMap(\.ageYears)
      return share(ages.filter { range.contains($0) }.count, ages.count)
    }
  }
  var rows = [
    row("images") { String($0.cases.count) },
    row("patients") { String($0.patients.count) },
    row("images per patient") {
      Printed.fixed(Double($0.cases.count) / Double(max(1, $0.patients.count)), decimals: 2)
    },
    row("women") { cohort in
      let known = cohort.patients.compactMap(\.sex)
      return share(known.filter { $0 == .female }.count, known.count)
    },
    band("under 30", 0..<30), band("30 to 59", 30..<60), band("60 to 69", 60..<70),
    band("70 to 79", 70..<80), band("80 and over", 80..<130),
    row("comorbidities, mean") { cohort in
      let known = cohort.patients.compactMap(\.comorbidities).map(Double.init)
      return mean(known).map { Printed.fixed($0, decimals: 2) } ?? "not recorded"
    },
  ]
  for (index, label) in parts.train.labelNames.enumerated() {
    rows.append(
      row(label.replacing("_", with: " ")) { cohort in
        let known = cohort.cases.compactMap { $0.labels[index] }
        return share(known.filter { $0 == 1 }.count, known.count)
      })
  }
  return rows
}

/// What reading the files found, in words.
func cohortNotes(_ parts: Parts) -> String {
  let notes = parts.train.notes
  return notes.isEmpty
    ? "These films were rendered, not read: no duplicates to look for."
    : notes.joined(separator: " ")
}

struct SheetRow: TableRow {
  static let columns = [Column("tile"), Column("case"), Column("findings")]
  var tile: Int
  var caseID, findings: String
}

//: ### Figure 1 — a look at it
//: Without `DATA=`: sixteen films of the training cohort in the order they were drawn, none
//: selected. The eye is not a test, but a reader should see what the numbers are about. Captions
//: are initials: C cardiomegaly or congestion, PE pleural effusion, PI infiltrates, A atelectasis,
//: with R or L for the side.
func contactSheet(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.figure(
    "figure-1", "Sixteen simulated training films, not selected", tier: experiment.tier,
    from: sheetRows(try experiment.parts.value.train)
  ) { plot in
    plot.imageGrid(
      try (0..<16).map { try experiment.parts.value.train.image($0) }, columns: 8,
      caption: \.findings)
  }
}

func sheetRows(_ cohort: Cohort) -> [SheetRow] {
  (0..<16).map { tile in
    let one = cohort.cases[tile]
    let found = zip(cohort.labelNames, one.labels).filter { $0.1 == 1 }.map { initials($0.0) }
    return SheetRow(
      tile: tile + 1, caseID: one.id,
      findings: found.isEmpty ? "none" : found.joined(separator: " "))
  }
}

/// "pleural_effusion_right" as "PER".
func initials(_ label: String) -> String {
  label.split(separator: "_").compactMap(\.first).map { String($0).uppercased() }.joined()
}

struct BaselineRow: TableRow {
  static let columns = [
    Column("score"), Column("AUROC", digits: 4), Column("low", digits: 4),
    Column("high", digits: 4),
  ]
  var score: String
  var auroc, low, high: Double
}

//: ### What simple scores reach on real films
//: With `DATA=`, Table 2b stands here: for the first label a logistic model on pixels, and one on
//: four global statistics (mean, standard deviation, and the means of the upper and lower half). A
//: network that does no better has learned nothing that they have not. For the simulated films the
//: phantoms' difficulty card holds the same two probes.
func baselines(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-2b", "Baselines on the test split, 95 % bootstrap intervals", tier: experiment.tier,
    rows: try baselineRows(study, try experiment.parts.value))
}

func baselineRows(_ study: StudyRun, _ parts: Parts) throws -> [BaselineRow] {
  func pixels(_ cohort: Cohort) -> Tensor<Float> {
    cohort.images.reshaped([cohort.cases.count, -1])
  }
  func statistics(_ cohort: Cohort) -> Tensor<Float> {
    let rows = (0..<cohort.cases.count).flatMap { index -> [Float] in
      let values = cohort.image(index).pixels.elements.map(Double.init)
      let half = values.count / 2
      let all = mean(values)!
      let spread = mean(values.map { ($0 - all) * ($0 - all) })!.squareRoot()
      return [all, spread, mean(Array(values[..<half]))!, mean(Array(values[half...]))!].map {
        Float($0)
      }
    }
    return Tensor(shape: [cohort.cases.count, 4], rows)
  }
  func labelled(_ cohort: Cohort) -> Cohort {
    cohort.subset(cohort.cases.indices.filter { cohort.cases[$0].labels[0] != nil })
  }
  let (train, test) = (labelled(parts.train), labelled(parts.test))
  func row(_ name: String, _ features: (Cohort) -> Tensor<Float>) throws -> BaselineRow {
    let model = LogisticRegression(
      features: features(train), labels: train.cases.map { $0.labels[0] ?? 0 },
      c: 0.01, standardizing: true)
    let sample = try bootstrapAUROC(
      scores: [model.logits(features(test)).map(rounded)],
      labels: test.cases.map { $0.labels[0] == 1 },
      clusters: Clusters(test.cases.map(\.patient)), replicates: 2000,
      stream: study.stream.child("baseline").child(name))
    let interval = try sample.distribution().percentile()
    return BaselineRow(
      score: "\(name), \(parts.train.labelNames[0].replacing("_", with: " "))",
      auroc: sample.observed[0], low: interval.low, high: interval.high)
  }
  return [try row("linear on pixels", pixels), try row("four global statistics", statistics)]
}
