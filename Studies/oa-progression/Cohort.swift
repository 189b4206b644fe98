// hide
import LightboxStudy

// show

//: ## 2 · The cohort and its natural history
//: Simulated patients with two knees, fixed-flexion films at 0, 12, 24, 36, 48, 72 and 96 months, a
//: reader who writes down a grade of Kellgren and Lawrence and errs, drop-out that is worse for
//: worse knees, replacement. What the phantom may be used for is measured in
//: [phantoms](../phantoms/README.md).
//:
//: *Could fail*: progressors may be too few to count, or made by misreading. *Built in*: the rates,
//: the reader's error, the correlation of a patient's knees; prevalence was tuned to the paper's
//: test set and proves nothing. *Control*: reads of a knee that does not change, which nevertheless
//: rise.
func cohortChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try patientsTable(study, experiment)
  try historyTable(study, experiment)
  try gradesFigure(study, experiment)
  try misreadTable(study, experiment)
  try separationTable(study, experiment)
  try filmSheet(study, experiment)
}

/// The knees of a seed in a world: the same function wherever knees are needed.
func knees(_ root: RandomStream, _ seed: Int, _ world: World, _ sizes: Sizes) -> KneeSplit {
  KneeSplit(
    KneePhantom(world.population), train: sizes.train, validation: sizes.validation,
    test: sizes.test, prefix: "s\(seed)-", stream: root.child("knees").child(seed))
}

/// Patients of the wide test: other people than those of the split.
func wideKnees(_ root: RandomStream, _ seed: Int, _ world: World, _ sizes: Sizes) -> KneeSplit {
  KneeSplit(
    KneePhantom(world.population), train: 0, validation: 0, test: sizes.wide,
    prefix: "w\(seed)-", stream: root.child("wide knees").child(seed))
}

extension Knee {
  var name: String { "\(patient)-\(side.rawValue)" }
  /// Read grade 0 or 1 at the first film, and a later film: what is called presymptomatic here.
  var isTested: Bool { isFollowed && (films[0].readGrade ?? 9) <= 1 }
  /// Read grade 0 to 2 at the first film, and a later film: what is predicted.
  var isPredicted: Bool { isFollowed && (films[0].readGrade ?? 9) <= 2 }
  /// A read rise by two grades or more at the last film of the joint itself.
  var isFast: Bool { readRise >= 2 }
}

struct PatientRow: TableRow {
  static let columns = [
    Column("characteristic"), Column("training"), Column("validation"), Column("test"),
    Column("tested knees"),
  ]
  var what, train, validation, test, tested: String
}

//: ### Table 3 — patients and knees
//: The first seed, as a paper would print it. *Tested*: knees of test patients, read 0 or 1 at the
//: first film, with a later one. Means ± SD, or counts and percentages; of rises, percentages of
//: the knees that have a later film.
func patientsTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() -> [PatientRow] {
    let split = knees(study.stream, study.seeds[0], .usual, experiment.sizes)
    let columns = [split.train, split.validation, split.test, split.test.filter(\.isTested)]
    func row(_ what: String, _ cell: ([Knee]) -> String) -> PatientRow {
      let cells = columns.map(cell)
      return PatientRow(
        what: what, train: cells[0], validation: cells[1], test: cells[2], tested: cells[3])
    }
    func spread(_ values: [Double]) -> String {
      guard values.count > 1, let middle = average(values) else { return "" }
      return "\(Printed.fixed(middle, decimals: 1)) ± "
        + Printed.fixed(deviation(values) ?? 0, decimals: 1)
    }
    func share(_ knees: [Knee], _ holds: (Knee) -> Bool) -> String {
      guard !knees.isEmpty else { return "" }
      let count = knees.count(where: holds)
      return
        "\(count) (\(Printed.fixed(100 * Double(count) / Double(knees.count), decimals: 1)) %)"
    }
    return [
      row("patients") { String(Set($0.map(\.patient)).count) },
      row("knees") { String($0.count) },
      row("age [years]") { spread($0.map(\.person.ageYears)) },
      row("women") { share($0) { $0.person.sex == .female } },
      row("body mass index [kg/m²]") { spread($0.map(\.person.bodyMassIndex)) },
      row("varus [degrees]") { spread($0.map(\.anatomy.varusDegrees)) },
      row("medial joint space [mm]") { spread($0.map(\.films[0].signs.spaceMM[0])) },
    ]
      + (0...4).map { (grade: Int) in
        row("grade \(grade) as read") { share($0) { $0.films[0].readGrade == grade } }
      } + [
        row("followed [months]") { spread($0.map { Double($0.followedMonths) }) },
        row("replaced") { share($0) { $0.replacedMonths != nil } },
        row("read rise by two or more") { share($0.filter(\.isFollowed), \.isFast) },
      ]
  }
  try study.table("table-3", "Patients and knees of the first seed", tier: .simulated, rows: rows())
  let tested = tested(study, experiment)
  try study.value("cohort.tested", tested().count)
  try study.value("cohort.fast", tested().count(where: \.isFast))
  try study.value(
    "cohort.prevalence",
    100 * Double(tested().count(where: \.isFast)) / Double(max(1, tested().count)),
    unit: "%", digits: 3)
}
//: Over all seeds {{cohort.tested}} knees are tested, {{cohort.fast}} of them progressors
//: ({{cohort.prevalence}}; the paper's test set had about 19.5 %, derived).

/// The tested knees of all seeds in the usual world.
func tested(_ study: StudyRun, _ experiment: Experiment) -> () -> [Knee] {
  {
    study.seeds.flatMap {
      knees(study.stream, $0, .usual, experiment.sizes).test.filter(\.isTested)
    }
  }
}

struct HistoryRow: TableRow {
  static let columns = [
    Column("visit", unit: "months"), Column("knees seen"), Column("mean grade as read", digits: 3),
    Column("grade 2 and more as read", unit: "%", digits: 3),
    Column("read rise by two", unit: "%", digits: 3),
    Column("true rise by two", unit: "%", digits: 3),
    Column("medial space lost", unit: "mm", digits: 2),
  ]
  var months, seen: Int
  var grade, diseased, risen, trulyRisen, lost: Double?
}

//: ### Table 4 — grades over the visits
//: Tested knees of all seeds, those still seen with their own joint.
func historyTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() -> [HistoryRow] {
    let all = tested(study, experiment)()
    return KneePopulation().visits.map { months in
      let seen = all.compactMap { knee in
        knee.films.first { $0.months == months && !$0.isReplaced }.map { (knee, $0) }
      }
      func percent(_ holds: (Knee, KneeFilm) -> Bool) -> Double? {
        average(seen.map { holds($0.0, $0.1) ? 100 : 0 })
      }
      return HistoryRow(
        months: months, seen: seen.count, grade: average(seen.map { Double($0.1.readGrade!) }),
        diseased: percent { $1.readGrade! >= 2 },
        risen: percent { $1.readGrade! - $0.films[0].readGrade! >= 2 },
        trulyRisen: percent { $1.trueGrade! - $0.films[0].trueGrade! >= 2 },
        lost: average(seen.map { $0.0.films[0].signs.spaceMM[0] - $0.1.signs.spaceMM[0] }))
    }
  }
  try study.table("table-4", "Natural history of tested knees", tier: .simulated, rows: rows())
}

struct GradeShareRow: TableRow {
  static let columns = [
    Column("visit", unit: "months"), Column("grade as read"), Column("share", unit: "%", digits: 3),
  ]
  var months: Int
  var grade: String
  var share: Double
}

//: ### Figure 3 — grades over the visits
func gradesFigure(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() -> [GradeShareRow] {
    let all = tested(study, experiment)()
    return (0...4).flatMap { grade in
      KneePopulation().visits.map { months in
        let seen = all.compactMap { knee in
          knee.films.first { $0.months == months && !$0.isReplaced }?.readGrade
        }
        return GradeShareRow(
          months: months, grade: "KL \(grade)",
          share: 100 * Double(seen.count { $0 == grade }) / Double(max(1, seen.count)))
      }
    }
  }
  try study.figure("figure-3", "Read grades of tested knees", tier: .simulated, from: rows()) {
    $0.line(x: \.months, y: \.share, series: \.grade)
      .labels(x: "months", y: "share of the knees still seen [%]")
  }
}

struct FilmTileRow: TableRow {
  static let columns = [Column("knee"), Column("months"), Column("shows")]
  var knee: String
  var months: Int
  var shows: String
}

//: ### Figure 4 — films
//: Six test knees of the first seed, the first of their kind with all visits: two whose grade
//: stays, two fast ones, two that rise by one. None selected otherwise.
func filmSheet(_ study: StudyRun, _ experiment: Experiment) throws {
  func chosen() -> [Knee] {
    let split = knees(study.stream, study.seeds[0], .usual, experiment.sizes)
    let whole = (split.test + split.validation + split.train).filter {
      $0.isTested && $0.nativeFilms.count == KneePopulation().visits.count
    }
    func first(_ holds: (Knee) -> Bool) -> [Knee] { Array(whole.filter(holds).prefix(2)) }
    return first { $0.trueRise == 0 } + first { $0.trueRise >= 2 } + first { $0.trueRise == 1 }
  }
  try study.figure(
    "figure-4", "Films of six knees over seven visits", tier: .simulated,
    from: chosen().flatMap { knee in
      knee.films.map {
        FilmTileRow(
          knee: knee.name, months: $0.months, shows: "\($0.months) mo, KL \($0.readGrade ?? 0)")
      }
    }
  ) { plot in
    plot.imageGrid(
      chosen().flatMap { knee in
        knee.films.indices.map { KneePhantom().image(of: knee, film: $0, size: 64) }
      }, columns: KneePopulation().visits.count, caption: \.shows)
  }
}

func average(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// Standard deviation with divisor n − 1.
func deviation(_ values: [Double]) -> Double? {
  guard values.count > 1, let middle = average(values) else { return nil }
  let squares = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
  return (squares / Double(values.count - 1)).squareRoot()
}
