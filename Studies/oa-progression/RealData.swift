// hide
import LightboxStudy

// show

//: ## 8 · Real data
//: The authors' films are those of the OAI (<https://nda.nih.gov/oai>) and of MOST
//: (<https://most.ucsf.edu>), free on registration. `make oa-progression DATA=<folder>` with the
//: unpacked archives tells which of the two it is, reads grades and narrowing of every visit, for
//: the OAI also replacements, sex and age and measured joint space where these files are there, and
//: prints who the knees are, what becomes of them, and what their first reading tells of it. The
//: chapters before this one stay simulated; `SCALE=smoke` keeps them short and changes nothing
//: here.
//:
//: *Could fail*: a rise by two grades may be too rare among knees read 0 or 1 for anything to be
//: tested; a first reading may tell as much as the published model. *Built in*: nothing. *Not
//: here*: pictures are counted and not looked at, so that no claim on the generator or on a network
//: is tested on these knees. {{real.note}}
struct RealKnees {
  let cohort: KneeCohort
  let persons: KneePersons
  let widths: KneeWidths

  /// What the folder of `DATA` holds; nil without one.
  ///
  /// Read before anything is computed: a folder of another kind ends the run at once.
  init?(_ study: StudyRun) throws {
    guard let data = study.data else { return nil }
    cohort = try KneeCohort.open(data.path)
    persons = try KneePersons(data.path)
    widths = try KneeWidths(data.path)
    study.describe(dataset: cohort.name)
  }

  /// Knees that were read at enrolment and later.
  var followed: [KneeRecord] {
    cohort.knees.filter { $0.baseline != nil && $0.visits.count > 1 }
  }

  /// Of these, the ones read 0 or 1 at enrolment: presymptomatic as far as a grade can say.
  var presymptomatic: [KneeRecord] { followed.filter { $0.first.grade <= 1 } }
}

func realDataChapter(_ study: StudyRun, _ real: RealKnees?) throws {
  guard let real else {
    try study.text("real.note", "This run was given no such folder.")
    return
  }
  let notes = (real.cohort.notes + (real.persons.rows + real.widths.rows).map { $0.summary + "." })
  try study.text(
    "real.note",
    "This run found \(real.cohort.name): \(real.cohort.knees.count) knees of "
      + "\(real.cohort.patients.count) participants. " + notes.joined(separator: " "))
  try realPatients(study, real)
  try realGrades(study, real)
  try realProgression(study, real)
  try realNarrowing(study, real)
  try realScores(study, real)
  try realValues(study, real)
}

struct RealPatientRow: TableRow {
  static let columns = [
    Column("characteristic"), Column("all knees"), Column("followed"),
    Column("followed, read 0 or 1 at enrolment"),
  ]
  var what, all, followed, tested: String
}

//: ### Table R1 — who they are
//: *Followed*: read at enrolment and later. Means ± SD or percentages; sex and age of participants,
//: where known.
func realPatients(_ study: StudyRun, _ real: RealKnees) throws {
  func rows() -> [RealPatientRow] {
    let groups = [real.cohort.knees, real.followed, real.presymptomatic]
    func row(_ what: String, _ cell: ([KneeRecord]) -> String) -> RealPatientRow {
      let cells = groups.map(cell)
      return RealPatientRow(what: what, all: cells[0], followed: cells[1], tested: cells[2])
    }
    func share(_ count: Int, _ total: Int) -> String {
      total == 0
        ? "" : "\(count) (\(Printed.fixed(100 * Double(count) / Double(total), decimals: 1)) %)"
    }
    func spread(_ values: [Double]) -> String {
      guard let middle = average(values), let spread = deviation(values) else { return "" }
      return "\(Printed.fixed(middle, decimals: 1)) ± \(Printed.fixed(spread, decimals: 1))"
    }
    func persons(_ knees: [KneeRecord]) -> [Patient] {
      Set(knees.map(\.patient)).sorted().compactMap { real.persons[$0] }
    }
    return [
      row("participants") { String(Set($0.map(\.patient)).count) },
      row("knees") { String($0.count) },
      row("readings") { String($0.reduce(0) { $0 + $1.visits.count }) },
      row("women") { knees in
        let known = persons(knees).compactMap(\.sex)
        return share(known.count { $0 == .female }, known.count)
      },
      row("age [years]") { spread(persons($0).compactMap(\.ageYears)) },
      row("months between first and last reading") {
        spread($0.map { Double($0.followUpMonths) })
      },
      row("replaced during follow-up") { knees in
        share(knees.count { $0.replacedMonths != nil }, knees.count)
      },
      row("readings with a picture") {
        String($0.reduce(0) { $0 + $1.visits.count { $0.picture != nil } })
      },
    ]
  }
  try study.table("table-R1", "Participants and knees", tier: .public, rows: rows())
  try study.claim(
    "S.oa.rois", tier: .public,
    measured: .value(
      Double(real.cohort.knees.reduce(0) { $0 + $1.visits.count { $0.picture != nil } })))
}

struct RealGradeRow: TableRow {
  static let columns = [
    Column("visit", unit: "months"), Column("knees read"), Column("grade 0", unit: "%", digits: 3),
    Column("grade 1", unit: "%", digits: 3), Column("grade 2", unit: "%", digits: 3),
    Column("grade 3", unit: "%", digits: 3), Column("grade 4", unit: "%", digits: 3),
    Column("read 0 or 1 at enrolment, read again"),
    Column("risen by two", unit: "%", digits: 3), Column("fallen", unit: "%", digits: 3),
  ]
  var months, read: Int
  var zero, one, two, three, four: Double?
  var again: Int
  var risen, fallen: Double?
}

//: ### Table R2 — grades over the visits
//: Knees still seen with their own joint. A grade that falls is a misread one, then or before:
//: joints do not heal.
func realGrades(_ study: StudyRun, _ real: RealKnees) throws {
  func rows() -> [RealGradeRow] {
    let months = Set(real.cohort.knees.flatMap { $0.visits.map(\.months) }).sorted()
    return months.map { month in
      let seen = real.cohort.knees.compactMap { knee in
        knee.visits.first { $0.months == month }.map { (knee: knee, grade: $0.grade) }
      }
      let again = seen.filter { ($0.knee.baseline?.grade ?? 9) <= 1 && month > 0 }
      func share(_ grade: Int) -> Double? { average(seen.map { $0.grade == grade ? 100 : 0 }) }
      func changed(_ holds: (Int) -> Bool) -> Double? {
        average(again.map { holds($0.grade - $0.knee.first.grade) ? 100 : 0 })
      }
      return RealGradeRow(
        months: month, read: seen.count, zero: share(0), one: share(1), two: share(2),
        three: share(3), four: share(4), again: again.count, risen: changed { $0 >= 2 },
        fallen: changed { $0 < 0 })
    }
  }
  try study.table("table-R2", "Grades by visit", tier: .public, rows: rows())
}
