// hide
import LightboxStudy

// show

/// A share of knees and its standard error over participants: with y of a participant's n knees,
/// p = Σ y / Σ n and variance c/(c − 1) Σ (y − p n)² / (Σ n)² for c participants (a ratio estimate).
/// Nil without a knee; no interval where fewer than two participants or no variation are seen.
func clusteredShare(
  _ knees: [KneeRecord], _ holds: (KneeRecord) -> Bool
) -> (share: Double, interval: Interval?)? {
  guard !knees.isEmpty else { return nil }
  let clusters = Clusters(knees.map(\.patient))
  let total = Double(knees.count)
  let found = knees.map { holds($0) ? 1.0 : 0 }
  let share = found.reduce(0, +) / total
  let squares = clusters.sums(found.map { $0 - share }).reduce(0) { $0 + $1 * $1 }
  let count = Double(clusters.count)
  guard clusters.count > 1, squares > 0 else { return (share, nil) }
  let error = (count / (count - 1) * squares).squareRoot() / total
  let estimate = Estimate(
    value: share, standardError: error, degreesOfFreedom: count - 1, n: clusters.count)
  return (share, estimate.interval().clamped(to: 0...1))
}

struct RealProgressionRow: TableRow {
  static let columns = [
    Column("grade at enrolment"), Column("knees"), Column("participants"),
    Column("months", digits: 3), Column("rise by two", unit: "%", digits: 3),
    Column("low", digits: 3), Column("high", digits: 3),
    Column("2 or more at last", unit: "%", digits: 3), Column("any rise", unit: "%", digits: 3),
    Column("replaced", unit: "%", digits: 3),
  ]
  var grade: String
  var knees, participants: Int
  var months, fast, low, high, onset, any, replaced: Double?
}

//: ### Table R3 — what becomes of them
//: The paper's outcome: the last grade two or more above the first. Intervals (95 %) count
//: participants, not knees. Follow-up ends when a participant stays away or a knee is replaced, and
//: who stays longer has more time to rise: these are shares of the knees that were read again, not
//: risks over a time.
func realProgression(_ study: StudyRun, _ real: RealKnees) throws {
  func rows() -> [RealProgressionRow] {
    let groups: [(name: String, grades: ClosedRange<Int>)] =
      [("0 or 1", 0...1), ("0 to 2", 0...2)] + (0...4).map { (String($0), $0...$0) }
    return groups.map { name, grades in
      let knees = real.followed.filter { grades.contains($0.first.grade) }
      func percent(_ holds: (KneeRecord) -> Bool) -> Double? {
        average(knees.map { holds($0) ? 100 : 0 })
      }
      let fast = clusteredShare(knees) { $0.isFastProgressor == true }
      return RealProgressionRow(
        grade: name, knees: knees.count, participants: Set(knees.map(\.patient)).count,
        months: average(knees.map { Double($0.followUpMonths) }), fast: fast.map { 100 * $0.share },
        low: fast?.interval.map { 100 * $0.low }, high: fast?.interval.map { 100 * $0.high },
        onset: percent { $0.last.grade >= 2 },
        any: percent { $0.last.grade > $0.first.grade },
        replaced: percent { $0.replacedMonths != nil })
    }
  }
  try study.table("table-R3", "Progression by the first grade", tier: .public, rows: rows())
}

struct RealNarrowingRow: TableRow {
  static let columns = [
    Column("grade at enrolment"), Column("knees measured twice"), Column("years", digits: 3),
    Column("medial joint space", unit: "mm", digits: 3),
    Column("lost", unit: "mm", digits: 3), Column("SD", unit: "mm", digits: 3),
    Column("lost a year", unit: "mm", digits: 3), Column("knees with narrowing read"),
    Column("medial narrowing up by one or more", unit: "%", digits: 3),
    Column("lateral narrowing up by one or more", unit: "%", digits: 3),
  ]
  var grade: String
  var measured: Int
  var years, width, lost, spread, yearly: Double?
  var read: Int
  var medial, lateral: Double?
}

//: ### Table R4 — joint space
//: Minimum width of the medial compartment, first and last time that it was measured, in releases
//: that measure it; and the narrowing that a reader saw, 0 to 3, whole grades, first and last film.
//: The phantom of chapter 2 loses what its own Table 4 says; this is what it is to be held against.
func realNarrowing(_ study: StudyRun, _ real: RealKnees) throws {
  func rows() -> [RealNarrowingRow] {
    (0...4).map { grade in
      let knees = real.followed.filter { $0.first.grade == grade }
      let pairs = knees.compactMap { knee -> (first: Double, lost: Double, years: Double)? in
        let widths = knee.visits.compactMap { visit in
          real.widths.medialMM(patient: knee.patient, side: knee.side, months: visit.months)
            .map { (months: visit.months, width: $0) }
        }
        guard let first = widths.first, let last = widths.last, first.months < last.months else {
          return nil
        }
        return (
          first.width, first.width - last.width, Double(last.months - first.months) / 12
        )
      }
      let years = pairs.reduce(0) { $0 + $1.years }
      let read = knees.filter {
        $0.first.medialNarrowing != nil && $0.last.medialNarrowing != nil
          && $0.first.lateralNarrowing != nil && $0.last.lateralNarrowing != nil
      }
      func narrowed(_ place: KeyPath<KneeRecord.Visit, Double?>) -> Double? {
        average(
          read.map {
            ($0.last[keyPath: place] ?? 0).rounded(.down)
              > ($0.first[keyPath: place] ?? 0).rounded(.down) ? 100 : 0
          })
      }
      return RealNarrowingRow(
        grade: String(grade), measured: pairs.count, years: average(pairs.map(\.years)),
        width: average(pairs.map(\.first)), lost: average(pairs.map(\.lost)),
        spread: deviation(pairs.map(\.lost)),
        yearly: years > 0 ? pairs.reduce(0) { $0 + $1.lost } / years : nil, read: read.count,
        medial: narrowed(\.medialNarrowing), lateral: narrowed(\.lateralNarrowing))
    }
  }
  try study.table("table-R4", "Joint space by the first grade", tier: .public, rows: rows())
}

struct RealScoreRow: TableRow {
  static let columns = [
    Column("score at enrolment"), Column("knees"), Column("progressors"), Column("participants"),
    Column("AUROC", digits: 3), Column("low", digits: 3), Column("high", digits: 3),
  ]
  var score: String
  var knees, progressors, participants: Int
  var auroc, low, high: Double?
}

//: ### Table R5 — what a first reading tells
//: AUROC of single readings for a rise by two, knees read 0 or 1 at enrolment; intervals over
//: participants (Obuchowski 1997), on the logit scale. Each score on the knees that have it.
//: Nothing is fitted, so nothing is held out. *Months of follow-up* is known to nobody at
//: enrolment: what it tells is what an outcome without a fixed time owes to time. The paper's
//: figure reads {{point.model}} for its model, on test knees that are a selection of such knees.
func realScores(_ study: StudyRun, _ real: RealKnees) throws {
  func rows() -> [RealScoreRow] {
    let knees = real.presymptomatic
    func row(_ name: String, _ score: (KneeRecord) -> Double?) -> RealScoreRow? {
      let found = knees.compactMap { knee in score(knee).map { (knee: knee, value: $0) } }
      guard !found.isEmpty else { return nil }
      let labels = found.map { $0.knee.isFastProgressor == true }
      let areas = try? clusteredDeLong(
        scores: [found.map(\.value)], labels: labels,
        clusters: Clusters(found.map(\.knee.patient)))
      let interval = areas?.interval()
      return RealScoreRow(
        score: name, knees: found.count, progressors: labels.count { $0 },
        participants: Set(found.map(\.knee.patient)).count, auroc: areas?.aurocs[0],
        low: interval?.low, high: interval?.high)
    }
    return [
      row("grade") { $0.first.gradeAsRead },
      row("medial narrowing") { $0.first.medialNarrowing },
      row("narrowing, the larger of two") { knee in
        knee.first.medialNarrowing.flatMap { medial in
          knee.first.lateralNarrowing.map { max(medial, $0) }
        }
      },
      row("less medial joint space") { knee in
        real.widths.medialMM(patient: knee.patient, side: knee.side, months: 0).map { -$0 }
      },
      row("age") { real.persons[$0.patient]?.ageYears },
      row("sex: woman") { knee in real.persons[knee.patient]?.sex.map { $0 == .female ? 1 : 0 } },
      row("months of follow-up (control)") { Double($0.followUpMonths) },
    ].compactMap { $0 }
  }
  try study.table("table-R5", "AUROC of first readings", tier: .public, rows: rows())
}

struct RealValueRow: TableRow {
  static let columns = [
    Column("readers"), Column("prevalence", unit: "%", digits: 3), Column("of"),
    Column("PPV", unit: "%", digits: 3), Column("NPV", unit: "%", digits: 3),
  ]
  var readers: String
  var prevalence: Double
  var group: String
  var positive, negative: Double
}

/// Predictive values of a printed point at a prevalence.
func printedValues(
  _ support: Support, prevalence p: Double
) -> (positive: Double, negative: Double) {
  let point = PlanePoint.printed(support)
  let (hits, alarms) = (p * point.sensitivity, (1 - p) * point.falsePositive)
  let (misses, cleared) = (p - hits, 1 - p - alarms)
  return (hits / (hits + alarms), cleared / (cleared + misses))
}

//: ### Table R6 — the printed points in this cohort
//: Printed sensitivity and specificity at the share of progressors in this release, beside the
//: derived .195 of the paper's test set: predictive values belong to a prevalence. That readers
//: would keep their points on these knees is assumed.
func realValues(_ study: StudyRun, _ real: RealKnees) throws {
  let own = clusteredShare(real.presymptomatic) { $0.isFastProgressor == true }?.share
  let prevalences =
    [(0.195, "the paper's test knees (derived)")]
    + (own.map { [($0, "followed knees of this release, read 0 or 1")] } ?? [])
  let rows = prevalences.filter { $0.0 > 0 && $0.0 < 1 }.flatMap { prevalence, group in
    Support.allCases.map { support in
      let values = printedValues(support, prevalence: prevalence)
      return RealValueRow(
        readers: support.rawValue, prevalence: 100 * prevalence, group: group,
        positive: 100 * values.positive, negative: 100 * values.negative)
    }
  }
  try study.table("table-R6", "Predictive values by prevalence", tier: .public, rows: rows)
  guard let own, own > 0, own < 1 else { return }
  for support in Support.allCases {
    let values = printedValues(support, prevalence: own)
    try study.claim("oa.ppv.\(support.rawValue)", tier: .public, measured: .value(values.positive))
    try study.claim("oa.npv.\(support.rawValue)", tier: .public, measured: .value(values.negative))
  }
}
