// hide
import LightboxStudy

// show

//: ### Films of a release
//: Lateral films are left out by the readers. What the release calls test stays test; where it
//: names no test or no validation films, patients are dealt. Of each split as many films are drawn
//: as the simulated run has, by patient. Labels with fewer than five films of either class in a
//: split are left out, with a note: no AUROC of them could be resampled.

/// The parts of a release, from pictures stretched to the study's size.
func releaseParts(
  _ release: ChestRelease, _ input: StudyInput, _ sizes: Sizes, _ context: StageContext
) throws -> Parts {
  let stream = context.root.child("release")
  let table = try ChestTable.open(input.path).withPictures()
    .withAllSplits(stream: stream.child("dealt"))
    .drawn(
      [
        .train: sizes.train, .validation: sizes.validation, .test: 10 * sizes.testPerCell,
      ], stream: stream.child("drawn"))
  guard !table.films.isEmpty else {
    throw LightboxError.input(
      file: input.path, found: "pictures, none of them named by the tables of \(release.rawValue)",
      expected: "the pictures where the release has them")
  }
  context.progress.report(0, "\(table.films.count) pictures")
  let all = try table.cohort(height: sizes.side, width: sizes.side)
  var cohort = all.deduplicated()
  cohort.notes.append("\(all.count - cohort.count) exact duplicates were left out.")
  return try usable(
    Parts(
      train: cohort.subset(.train), validation: cohort.subset(.validation),
      test: cohort.subset(.test)), file: input.path)
}

/// Films of either class that a label needs in each split.
let fewestOfAClass = 5
/// Films that a split needs: a quarter of the training films is trained on, half of the validation
/// films chooses an attack's threshold.
let fewestFilms = (train: 40, others: 20)

/// The parts with the labels that every split has enough films of.
///
/// Throws an input error where no label is left or a split is too small; `kind` is what a case is.
func usable(_ parts: Parts, file: String, of kind: String = "films") throws -> Parts {
  let cohorts = [parts.train, parts.validation, parts.test]
  guard parts.train.count >= fewestFilms.train,
    cohorts.dropFirst().allSatisfy({ $0.count >= fewestFilms.others })
  else {
    let found = cohorts.map { "\($0.count)" }.joined(separator: ", ")
    throw LightboxError.input(
      file: file, found: "\(found) \(kind) for training, validation and test",
      expected: "at least \(fewestFilms.train), \(fewestFilms.others) and \(fewestFilms.others)")
  }
  let names = parts.train.labelNames
  let kept = names.indices.filter { label in
    cohorts.allSatisfy { cohort in
      let known = cohort.cases.compactMap { $0.labels[label] }
      let positive = known.reduce(0, +)
      return min(positive, known.count - positive) >= fewestOfAClass
    }
  }
  guard !kept.isEmpty else {
    throw LightboxError.input(
      file: file, found: "no label with \(fewestOfAClass) \(kind) of either class in every split",
      expected: "at least one of \(names.joined(separator: ", "))")
  }
  func narrowed(_ cohort: Cohort) -> Cohort {
    var result = cohort
    result.labelNames = kept.map { names[$0] }
    for index in result.cases.indices {
      result.cases[index].labels = kept.map { cohort.cases[index].labels[$0] }
    }
    return result
  }
  var result = Parts(
    train: narrowed(parts.train), validation: narrowed(parts.validation),
    test: narrowed(parts.test))
  if kept.count < names.count {
    let dropped = names.indices.filter { !kept.contains($0) }.map { names[$0] }
    result.train.notes.append(
      "Too rare in a split, and left out: \(dropped.joined(separator: ", ")).")
  }
  return result
}

//: ### Claims that real files cannot speak to
//: Chapter 7 needs CT, the others films. The definition of the labels is a statement about the
//: authors' own list, which only UKA-CXR's columns can confirm.
func foreignClaims(_ study: StudyRun, _ source: DataSource) throws {
  guard study.data != nil else { return }
  let isOwn = source.release == .uka
  try study.claim(
    "dp.labels", tier: source.tier,
    measured: isOwn
      ? .relation(holds: true, detail: "the list has columns of all eight outputs, graded by side")
      : .notAvailable("the labels of \(source.name) are its own"))
  guard !source.hasScans else { return }
  for id in ["dp.drop.order.ct"] + ["age", "sex", "comorb"].map({ "dp.fair5.\($0).ct" }) {
    try study.claim(id, tier: source.tier, measured: .notAvailable("no CT was given"))
  }
}

/// Claims on films, and numbers of the text that only films give.
let claimsOnFilms =
  ["dp.auroc.nonprivate", "dp.auroc.private", "dp.drop.order", "dp.drop.small"]
  + ["age", "sex", "comorb"].flatMap { ["dp.fair.\($0)", "dp.fair5.\($0).cxr"] }
let textsOnFilms = [
  "cohort.train", "cohort.test", "cohort.shared", "cohort.notes", "drop.judged", "drop.flip",
  "matched.ours", "matched.paper", "sweep.small", "sweep.small.images", "sweep.large",
  "sweep.large.images", "sweep.spread", "square.size", "square.difficulty", "square.both",
  "worst.age",
  "worst.sex", "worst.comorb", "halves.clip", "halves.noise", "halves.both", "layers.worst",
  "patients.loss", "patients.noise", "images.noise", "ct.drop", "ct.needed", "limits.images",
  "limits.smallest", "limits.error", "limits.needed", "limits.patient", "planned.minutes",
]

/// What remains of the study where there are no films; texts that begin with one of `said` are
/// written by the caller.
func withoutFilms(
  _ study: StudyRun, _ source: DataSource, _ audits: [Staged<AuditFound>], said: [String] = [],
  why: String
) throws {
  for id in textsOnFilms where !said.contains(where: { id.hasPrefix($0) }) {
    try study.text(id, "(not measured: \(why))")
  }
  for id in claimsOnFilms {
    try study.claim(id, tier: source.tier, measured: .notAvailable(why))
  }
  try mechanism(study, audits)
  try study.text("limits.ceiling", Printed.significant(try audits[0].value.ceiling, digits: 3))
  try auditCases(study, audits)
}
