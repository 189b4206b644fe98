// hide
import LightboxStudy

// show

struct ReaderRow: TableRow {
  static let columns = [
    Column("reader"), Column("reading error", digits: 2), Column("gain in sensitivity", digits: 2),
    Column("sensitivity"), Column("gain in specificity", digits: 2), Column("specificity"),
    Column("model above, low", digits: 2), Column("model above, high", digits: 2),
  ]
  var reader: String
  var error, sensitivityGain: Double
  var sensitivity: String
  var specificityGain: Double
  var specificity: String
  var low, high: Double

  init(_ reader: ReaderPoint) {
    func direction(_ gain: Double) -> String {
      // Both points are read, so a gain is off by two errors; decimal noise is forgiven.
      let reach = 2 * reader.error + 1e-9
      return gain > reach ? "rises" : gain < -reach ? "falls" : "within error"
    }
    self.reader = reader.name
    error = reader.error
    sensitivityGain = reader.aided.sensitivity - reader.unaided.sensitivity
    specificityGain = reader.unaided.falsePositive - reader.aided.falsePositive
    sensitivity = direction(sensitivityGain)
    specificity = direction(specificityGain)
    let area = printedAUROC.model.interval()
    func above(_ area: Double, _ shift: Double) -> Double {
      let point = reader.unaided
      let normal = Distributions.Normal()
      let rate = min(max(point.falsePositive + shift, 0), 1)
      return normal.cdf(normal.quantile(rate) + separation(area: area)) - point.sensitivity
        + shift
    }
    (low, high) = (above(area.low, -reader.error), above(area.high, reader.error))
  }
}

struct SupervisedRow: TableRow {
  static let columns = [
    Column("progressors"), Column("other knees"), Column("AUROC difference"),
    Column("largest SE", digits: 2), Column("low", digits: 2), Column("high", digits: 2),
  ]
  var progressors, others: Int
  var difference, error, low, high: Double

  init(_ progressors: Int, _ others: Int) {
    (self.progressors, self.others) = (progressors, others)
    let (model, network) = (printedAUROC.model, printedAUROC.supervised)
    difference = model.value - network.value
    // Correlation −1 adds the two errors.
    error = [model.value, network.value].reduce(0) {
      $0
        + hanleyMcNeilStandardError(auroc: $1, positives: progressors, negatives: others)
    }
    let rounding = model.halfDigit + network.halfDigit
    low = difference - rounding - 1.959964 * error
    high = difference + rounding + 1.959964 * error
  }
}

//: ### Table 1g — seven readers, one by one
//: B says that sensitivity and specificity "of all readers" increased, and that the model was
//: better than "all seven" of them unaided. Six readers are figure readings (± .01); R7 follows
//: from the printed means and carries the errors of the other six. The last two columns: by how
//: much the model's curve (normal, .69) lies above the unaided reader, at worst and at best.
func oneByOne(_ study: StudyRun) throws {
  let rows = ReaderPoint.all.map(ReaderRow.init)
  try study.table("table-1g", "Readers one by one", tier: .aggregates, rows: rows)
  let directions = rows.flatMap { [$0.sensitivity, $0.specificity] }
  func count(_ what: String) -> Int { directions.count { $0 == what } }
  let verdict: Bool? = count("falls") > 0 ? false : count("rises") == directions.count ? true : nil
  try study.claim(
    "oa.gain.allreaders", tier: .aggregates,
    measured: .relation(
      holds: verdict,
      detail: "of \(directions.count) gains \(count("rises")) rise, \(count("falls")) fall, "
        + "\(count("within error")) lie within the error of reading"))
  try study.value("readers.rise", rows.count { $0.sensitivity == "rises" })
  try study.text(
    "readers.open",
    rows.filter { $0.sensitivity == "within error" }.map(\.reader).joined(separator: ", "))
  try study.claim(
    "oa.beats7", tier: .aggregates,
    measured: .interval(low: rows.map(\.low).min()!, high: rows.map(\.high).min()!))
  try study.text(
    "readers.near", rows.filter { $0.low <= 0 }.map(\.reader).joined(separator: ", "))
  try supervised(study)
}
//: {{readers.rise}} of seven certainly gain sensitivity; for {{readers.open}} the reading cannot
//: say, nor for every reader's specificity (Table 1g): {{oa.gain.allreaders@aggregates.verdict}}.
//: "Better than all seven": not certain for {{readers.near}}, who lies on the curve within the
//: error of reconstruction ({{oa.beats7@aggregates.verdict}}).

//: ### Table 1h — model against supervised network
//: .69 against .52, both figure readings, no interval, no number of knees. Hanley and McNeil's
//: standard errors are added, as for a correlation of −1: the widest that a difference can have.
//: Low and high are 1.96 of that, and half a digit of either figure reading.
func supervised(_ study: StudyRun) throws {
  let rows = kneeSets.map(SupervisedRow.init)
  try study.table(
    "table-1h", "Difference of the two AUROCs at its widest", tier: .aggregates, rows: rows)
  try study.claim(
    "S.oa.supervised", tier: .aggregates,
    measured: .interval(low: rows[0].low, high: rows[0].high))
  try study.value("supervised.low", rows[1].low, digits: 2)
  try study.claim(
    "S.oa.points", tier: .aggregates,
    measured: .relation(
      holds: readingsFitTheMeans(),
      detail: "R7 as reconstructed from the printed means lies in the unit square"))
}
//: With 95 progressors and 392 other knees the difference would be above {{supervised.low}}; with
//: fewer knees it may be nothing (S.oa.supervised: {{S.oa.supervised@aggregates.verdict}}). The
//: network it is compared with stands near chance; whether it was a fair opponent is no question
//: for arithmetic.

/// Whether the seventh reader that the means ask for is possible.
func readingsFitTheMeans() -> Bool {
  let last = ReaderPoint.all.last!
  return Support.allCases.allSatisfy {
    let point = last.point($0)
    return (0...1).contains(point.falsePositive) && (0...1).contains(point.sensitivity)
  }
}
