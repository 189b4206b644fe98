// hide
import LightboxStudy

// show

struct MisreadRow: TableRow {
  static let columns = [
    Column("misread", unit: "%", digits: 2), Column("read rises by two"), Column("of them false"),
    Column("false", unit: "%", digits: 3), Column("expected false", digits: 3),
    Column("true rises by two"), Column("of them missed"),
  ]
  var misread: Double
  var read, wrong: Int
  var share: Double?
  var expected: Double
  var truly, missed: Int
}

//: ### Table 5 — progressors made by misreading
//: Counted over tested knees of all seeds; expected is the sum over the knees of the probability
//: that the two reads rise by two though the true grades do not, given that the first was read 0 or
//: 1.
func misreadTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func row(_ world: World) -> MisreadRow {
    let all = study.seeds.flatMap {
      knees(study.stream, $0, world, experiment.sizes).test.filter(\.isTested)
    }
    let reader = KneeReader(misread: world.misread)
    let read = all.filter(\.isFast)
    let expected = all.filter { $0.trueRise < 2 }.reduce(0.0) { sum, knee in
      let before = reader.probabilities(knee.films[0].trueGrade!)
      let after = reader.probabilities(knee.lastNative.trueGrade!)
      var risen = 0.0
      for a in 0...1 { for b in (a + 2)...4 { risen += before[a] * after[b] } }
      return sum + risen / (before[0] + before[1])
    }
    let wrong = read.count { $0.trueRise < 2 }
    return MisreadRow(
      misread: 100 * world.misread, read: read.count, wrong: wrong,
      share: read.isEmpty ? nil : 100 * Double(wrong) / Double(read.count), expected: expected,
      truly: all.count { $0.trueRise >= 2 }, missed: all.count { $0.trueRise >= 2 && !$0.isFast })
  }
  try study.table(
    "table-5", "Read rises by two that are false", tier: .simulated,
    rows: [row(.usual), row(.misread)])
  try study.value("misread.false", row(.usual).share ?? 0, unit: "%", digits: 3)
  try study.value("misread.doubled", row(.misread).share ?? 0, unit: "%", digits: 3)
}
//: {{misread.false}} of the progressors are made by the reader alone, {{misread.doubled}} where he
//: errs twice as often: a share that no image can predict and every AUROC below pays for.

struct SeparationRow: TableRow {
  static let columns = [
    Column("seed"), Column("films the generator saw"), Column("knees that lend a change"),
    Column("test patients"), Column("patients on two sides"),
  ]
  var seed, films, lenders, test, shared: Int
}

//: ### Table 6 — nobody on two sides
//: Counted from the patients whose films the generator kept as seen, those who lend a change, those
//: of validation, of test, of the wide test. Encoder and classifiers are given the training side of
//: the same split, and each of these trainings stops if it meets another patient.
func separationTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [SeparationRow] {
    try experiment.runs.map { run in
      let split = knees(study.stream, run.seed, .usual, experiment.sizes)
      let generator = try run.generator.value
      let changes = try run.changes(.usual)!.value
      let groups: [(name: String, patients: [String])] = [
        ("training", generator.patients + changes.lenders.map(\.patient)),
        ("validation", split.validation.map(\.patient)),
        ("test", try run.latents.value.tested.map(\.patient)),
        (
          "wide",
          wideKnees(study.stream, run.seed, .usual, experiment.sizes).test.map(\.patient)
        ),
      ]
      return SeparationRow(
        seed: run.seed, films: generator.films, lenders: changes.lenders.count,
        test: Set(groups[2].patients).count,
        shared: KneeSplit.sharedPatients(groups).count)
    }
  }
  try study.table("table-6", "Patients on two sides", tier: .simulated, rows: try rows())
  try study.value("leak.shared", try rows().reduce(0) { $0 + $1.shared })
}
//: {{leak.shared}} patients cross; a stage that meets one stops.
