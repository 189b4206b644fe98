// hide
import LightboxStudy

// show

//: ### A table from elsewhere
//: The CT results reach us second hand, in a transcription published by others of the paper's first
//: table. Rows about the table itself never count in the headline; four headline rows on CT rest on it
//: for want of another source. That 324 patients are not more than 1,625 volumes could hardly have
//: failed, and confirms no count. One model per ε; tumours and controls: men 95/102, women 77/50,
//: age quarters 23/63, 48/37, 54/25, 48/27.
func thirdParty(_ study: StudyRun) throws {
  let rows = pdacPrinted.map(PDACRow.init)
  try study.table(
    "table-1d", "Pancreatic carcinoma on CT by ε, sex and age: third-party transcription",
    tier: .aggregates, rows: rows)
  try pdacStructure(study)
  try pdacGaps(study, rows)
  try pdacAgeGaps(study)
  try pdacDrop(study, rows)
}

/// Tumours and controls by sex, and by age quarter.
let pdacSexes = [(95, 102), (77, 50)]
let pdacAges = [(23, 63), (48, 37), (54, 25), (48, 27)]

/// ε, then AUROC of all, men, women, youngest to oldest quarter.
let pdacPrinted: [[Double]] = [
  [0.29, 0.8684, 0.8811, 0.8547, 0.8792, 0.8587, 0.8444, 0.8915],
  [0.54, 0.9260, 0.9362, 0.9100, 0.9377, 0.9197, 0.9005, 0.9563],
  [1.06, 0.9558, 0.9670, 0.9352, 0.9657, 0.9484, 0.9383, 0.9843],
  [2.04, 0.9749, 0.9850, 0.9536, 0.9798, 0.9690, 0.9706, 0.9936],
  [4.71, 0.9831, 0.9919, 0.9638, 0.9848, 0.9784, 0.9830, 0.9997],
  [5.0, 0.9833, 0.9920, 0.9641, 0.9848, 0.9786, 0.9837, 1.000],
  [6.0, 0.9839, 0.9922, 0.9655, 0.9857, 0.9784, 0.9835, 1.000],
  [7.0, 0.9841, 0.9922, 0.9660, 0.9862, 0.9788, 0.9825, 1.000],
  [8.0, 0.9928, 0.9977, 0.9813, 0.9959, 0.9923, 0.9837, 1.000],
  [.infinity, 0.9970, 0.9997, 0.9901, 0.9998, 0.9994, 0.9847, 1.000],
]

struct PDACRow: TableRow {
  static let columns = [
    Column("epsilon"), Column("all"), Column("male"), Column("female"), Column("youngest"),
    Column("second"), Column("third"), Column("oldest"), Column("sex gap", digits: 3),
    Column("SE of the gap", digits: 2),
  ]
  var epsilon, all, male, female, youngest, second, third, oldest, gap, error: Double

  init(_ v: [Double]) {
    (epsilon, all, male, female) = (v[0], v[1], v[2], v[3])
    (youngest, second, third, oldest) = (v[4], v[5], v[6], v[7])
    let errors = zip([v[2], v[3]], pdacSexes).map { auroc, size in
      hanleyMcNeilStandardError(auroc: auroc, positives: size.0, negatives: size.1)
    }
    gap = v[2] - v[3]
    error = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
  }
}

//: Three checks need no statistics: does AUROC grow with ε, to half a printed digit; do sexes and
//: ages hold the same patients; and are there at most as many as the abstract's volumes?
func pdacStructure(_ study: StudyRun) throws {
  let falls = (1...7).reduce(0) { count, column in
    count
      + zip(pdacPrinted, pdacPrinted.dropFirst()).filter { $0[column] - $1[column] > 1e-4 }.count
  }
  try study.claim(
    "S.dp.pdac.monotone", tier: .aggregates,
    measured: .relation(holds: falls == 0, detail: "AUROC falls in \(falls) places"))
  let sexes = pdacSexes.reduce(0) { $0 + $1.0 + $1.1 }
  let ages = pdacAges.reduce(0) { $0 + $1.0 + $1.1 }
  try study.claim(
    "S.dp.pdac.totals", tier: .aggregates,
    measured: .relation(holds: sexes == ages, detail: "\(sexes) by sex, \(ages) by age"))
  let volumes = rounding("CT volumes")
  try study.claim(
    "dp.n.ct", tier: .aggregates,
    measured: .relation(
      holds: Double(sexes) <= volumes.high,
      detail: "\(sexes) test patients of a second-hand table are not more than the volumes"))
  try study.value("pdac.sexes", sexes)
  try study.value("pdac.ages", ages)
  try study.value("pdac.falls", falls)
}
//: The sexes add up to {{pdac.sexes}} and the ages to {{pdac.ages}}: one patient is missing or
//: miscounted. Between neighbouring rows AUROC falls with growing ε in {{pdac.falls}} places.

/// 95 % interval of a − b for two estimates whose correlation r is unknown: var = a² + b² − 2 r a b.
/// The widest lies at r = −1, the narrowest at r = 1.
func reach(of difference: Double, errors a: Double, _ b: Double, correlation r: Double) -> Interval
{
  let half = 1.96 * max(0, a * a + b * b - 2 * r * a * b).squareRoot()
  return Interval(low: difference - half, high: difference + half)
}

/// The smallest interval that holds all of them.
func hull(_ intervals: [Interval]) -> Interval {
  Interval(low: intervals.map(\.low).min()!, high: intervals.map(\.high).max()!)
}

//: Does the gap between men and women widen under privacy? All models score the same patients, so
//: the errors of two rows are correlated, and the correlation is not printed. The rule for unknown
//: quantities takes the whole feasible set, −1 to 1, and every ε.
func pdacGaps(_ study: StudyRun, _ rows: [PDACRow]) throws {
  let open = rows[rows.count - 1]
  func changes(_ r: Double) -> [Interval] {
    rows.dropLast().map {
      reach(of: $0.gap - open.gap, errors: $0.error, open.error, correlation: r)
    }
  }
  let widest = hull(changes(-1))
  for id in ["S.dp.pdac.sexgap", "dp.fair5.sex.ct"] {
    try study.claim(
      id, tier: .aggregates, measured: .interval(low: widest.low, high: widest.high))
  }
  try study.value("pdac.rows", rows.count - 1)
  try study.value("pdac.apart.independent", changes(0).filter { $0.low > 0 }.count)
  try study.value("pdac.apart.same", changes(1).filter { $0.low > 0 }.count)
}
//: With independent errors the gap is wider than without privacy, beyond its error, in
//: {{pdac.apart.independent}} of {{pdac.rows}} rows; with perfectly correlated errors, the other
//: extreme, in {{pdac.apart.same}}. The table fits no change, and it fits a gap that triples:
//: {{dp.fair5.sex.ct@aggregates.verdict}}. Hanley and McNeil's error is unreliable this close to 1
//: (and zero at 1); read it as an order of magnitude.

/// The change, against no privacy, of each age quarter's gap to the other three.
func pdacAgeGaps(_ study: StudyRun) throws {
  let sizes = pdacAges.map { Double($0.0 + $0.1) }
  func gap(_ row: [Double], _ quarter: Int) -> (value: Double, error: Double) {
    let others = (0..<4).filter { $0 != quarter }
    let total = others.reduce(0) { $0 + sizes[$1] }
    var value = row[4 + quarter]
    var variance = 0.0
    for one in 0..<4 {
      let share = one == quarter ? 1 : sizes[one] / total
      if one != quarter { value -= share * row[4 + one] }
      let error = hanleyMcNeilStandardError(
        auroc: row[4 + one], positives: pdacAges[one].0, negatives: pdacAges[one].1)
      variance += share * share * error * error
    }
    return (value, variance.squareRoot())
  }
  let open = pdacPrinted[pdacPrinted.count - 1]
  let changes = (0..<4).flatMap { quarter in
    pdacPrinted.dropLast().map { row in
      let (here, there) = (gap(row, quarter), gap(open, quarter))
      return reach(
        of: here.value - there.value, errors: here.error, there.error, correlation: -1)
    }
  }
  let widest = hull(changes)
  try study.claim(
    "dp.fair5.age.ct", tier: .aggregates,
    measured: .interval(low: widest.low, high: widest.high))
}
//: The same by age quarter, each against the other three: {{dp.fair5.age.ct@aggregates.verdict}}.

/// Private lower than non-private, in every row beyond its error? One model per ε.
func pdacDrop(_ study: StudyRun, _ rows: [PDACRow]) throws {
  let tumours = pdacSexes.reduce(0) { $0 + $1.0 }
  let controls = pdacSexes.reduce(0) { $0 + $1.1 }
  let errors = rows.map {
    hanleyMcNeilStandardError(auroc: $0.all, positives: tumours, negatives: controls)
  }
  let open = rows.count - 1
  let drops = hull(
    rows.indices.dropLast().map {
      reach(of: rows[open].all - rows[$0].all, errors: errors[open], errors[$0], correlation: -1)
    })
  try study.claim(
    "dp.drop.order.ct", tier: .aggregates, measured: .interval(low: drops.low, high: drops.high))
}
//: Is private training worse on CT? Over all rows and correlations:
//: {{dp.drop.order.ct@aggregates.verdict}}. One model was trained per ε, so that what another seed
//: would do is in no interval.
