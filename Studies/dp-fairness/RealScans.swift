// hide
import LightboxStudy

// show

//: ### Scans of a CT folder
//: `make dp-fairness DATA=<folder>` with CT volumes in the layout that the authors' 2.5D code
//: reads, `train/<class>/<scan>.nii.gz`, `val` and `test` alike, trains chapter 7 on them. Each
//: volume is cut four times along each axis of the patient, over the middle 45 % of its extent, so
//: that it should be cropped to the pancreas before; −100 to 240 HU become the grey scale. A table
//: `patients.csv` (scan, patient, sex, age) beside the folders names patients and groups; without
//: it each scan counts as a patient, and no group can be judged. With it or without, the budget
//: protects a *scan*: a patient with several in training is protected less. At most as many scans
//: are used as the simulated run has, drawn by patient. Of chapter 6 the mechanism, which needs no
//: film, is audited as always.

/// Cuts along each axis.
let cutsPerAxis = 4

/// The trainings on a CT folder's scans.
func ctExperiment(_ study: StudyRun, folder: StudyInput) throws -> CTExperiment {
  let sizes = Sizes.ct(study.scale)
  let parts = try study.stage("ct-cohort", configuration: sizes) { context in
    try scanParts(folder, sizes, context)
  }
  let given = try study.stage("ct-given", parts, configuration: sizes) { _, parts in
    let count = parts.train.count
    return Given(
      noise: [
        try Calibrated.solve(
          Budgeted(
            epsilon: 7.89, units: count, cases: count, batch: min(sizes.batch, count),
            epochs: sizes.epochs))
      ], second: nil)
  }
  return try ctTrainings(study, tier: .restricted, parts, given, sizes)
}

/// The parts of a folder as cuts of the study's size.
func scanParts(_ input: StudyInput, _ sizes: Sizes, _ context: StageContext) throws -> Parts {
  let stream = context.root.child("scans")
  let folder = try CTFolder(input.path, stream: stream.child("dealt")).drawn(
    [.train: sizes.train, .validation: sizes.validation, .test: sizes.testPerCell],
    stream: stream.child("drawn"))
  let all = try folder.cohort(cuts: cutsPerAxis, resolution: sizes.side) { share in
    context.progress.report(share, "\(folder.scans.count) volumes")
  }
  var cohort = all.deduplicated()
  cohort.notes.append("\(all.count - cohort.count) exact duplicates were left out.")
  let train = Dictionary(grouping: cohort.cases.filter { $0.split == .train }, by: \.patient)
  cohort.notes.append(
    "The most training scans of one patient: \(train.values.map(\.count).max() ?? 0).")
  return try usable(
    Parts(
      train: cohort.subset(.train), validation: cohort.subset(.validation),
      test: cohort.subset(.test)), file: input.path, of: "scans")
}

/// Chapters 6 and 7 on a CT folder: those about films stay empty.
func scansAlone(
  _ study: StudyRun, _ source: DataSource, _ audits: [Staged<AuditFound>]
) throws {
  guard let folder = study.data else { return }
  let scans = try ctExperiment(study, folder: folder)
  let parts = { try scans.parts.value }
  try study.table(
    "table-2", "Characteristics by split", tier: source.tier, rows: cohortRows(try parts()))
  try study.value("cohort.train", try parts().train.count)
  try study.value("cohort.test", try parts().test.count)
  try study.value("cohort.shared", sharedPatients(try parts()))
  try study.text("cohort.notes", cohortNotes(try parts()))
  try withoutFilms(
    study, source, audits, said: ["cohort.", "ct."], why: "\(source.name) holds scans, no films")
  try ctChapter(study, scans)
  try study.cases(
    "ct", "Truth and scores of the scans", tier: source.tier, table: try ctTable(study, scans))
  try study.cases(
    "thresholds", "Thresholds from the validation scans", tier: source.tier,
    table: try thresholdTable(study, nil, scans))
  try study.cases(
    "cohort", "Every scan of the three splits, as Table 2 counts them", tier: source.tier,
    table: try cohortTable(try parts()))
  try study.estimates(tier: source.tier, rows: try ctEstimates(study, scans))
}
