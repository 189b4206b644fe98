// hide
import LightboxStudy

// show

/// The prevalences that the printed predictive values imply, if all calls are pooled into one
/// table.
func pooledPrevalences(_ support: Support) -> (positive: Interval, negative: Interval) {
  let se = PublishedMeasure.sensitivity.interval(support)
  let sp = PublishedMeasure.specificity.interval(support)
  return (
    impliedPrevalence(
      positivePredictiveValue: PublishedMeasure.positiveValue.interval(support), sensitivity: se,
      specificity: sp),
    impliedPrevalence(
      negativePredictiveValue: PublishedMeasure.negativeValue.interval(support), sensitivity: se,
      specificity: sp)
  )
}

/// Eight numbers of one imagined table of whole counts, printed to the same digits: the control.
struct ImaginedTable {
  let positives = 95
  let negatives = 392
  let readings = readerCount

  /// Calls of all readers together at the printed sensitivities and specificities.
  func table(_ support: Support) -> ConfusionTable {
    let (p, n) = (readings * positives, readings * negatives)
    let hits = feasibleSuccesses(
      of: PublishedMeasure.sensitivity.interval(support), trials: p)!.lowerBound
    let cleared = feasibleSuccesses(
      of: PublishedMeasure.specificity.interval(support), trials: n)!.lowerBound
    return ConfusionTable(
      truePositives: hits, falsePositives: n - cleared, trueNegatives: cleared,
      falseNegatives: p - hits)
  }

  /// The prevalences that its printed digits imply.
  func prevalences(_ support: Support) throws -> [Interval] {
    func printed(_ value: Double) -> Interval {
      PrintedNumber(Printed.fixed(100 * value, decimals: 1) + " %")!.interval()
    }
    let table = table(support)
    let se = printed(try table.sensitivity.value)
    let sp = printed(try table.specificity.value)
    return [
      impliedPrevalence(
        positivePredictiveValue: printed(try table.positivePredictiveValue.value),
        sensitivity: se, specificity: sp),
      impliedPrevalence(
        negativePredictiveValue: printed(try table.negativePredictiveValue.value),
        sensitivity: se, specificity: sp),
    ]
  }
}

/// What all intervals have in common; nil where they have nothing.
func common(_ intervals: [Interval]) -> Interval? {
  let low = intervals.map(\.low).max()!
  let high = intervals.map(\.high).min()!
  return low <= high ? Interval(low: low, high: high) : nil
}

struct PrevalenceRow: TableRow {
  static let columns = [
    Column("numbers"), Column("from"), Column("prevalence", unit: "%", digits: 4),
    Column("low", unit: "%", digits: 4), Column("high", unit: "%", digits: 4),
  ]
  var numbers, source: String
  var prevalence, low, high: Double

  init(_ numbers: String, _ source: String, _ interval: Interval) {
    (self.numbers, self.source) = (numbers, source)
    (low, high) = (100 * interval.low, 100 * interval.high)
    prevalence = 100 * interval.midpoint
  }
}

func prevalenceRows() throws -> [PrevalenceRow] {
  let printed = Support.allCases.flatMap { support in
    let both = pooledPrevalences(support)
    return [
      PrevalenceRow("as printed", "\(support.rawValue), PPV", both.positive),
      PrevalenceRow("as printed", "\(support.rawValue), NPV", both.negative),
    ]
  }
  let control = try Support.allCases.flatMap { support in
    try zip(["PPV", "NPV"], ImaginedTable().prevalences(support)).map {
      PrevalenceRow("one table (control)", "\(support.rawValue), \($0)", $1)
    }
  }
  return printed + control
}

//: ### Table 1b — the prevalence behind each predictive value, calls pooled
//: In one table of calls, p/(1 − p) = PPV/(1 − PPV) · (1 − Sp)/Se, and the same odds are (1 −
//: NPV)/NPV · Sp/(1 − Se). The knees are the same without and with help, so four predictive values
//: have to give one prevalence. Low and high are everything that rounding permits. The control is
//: an imagined table of 95 progressors and 392 other knees with the printed sensitivities and
//: specificities; its eight numbers, printed to the same digits, must agree with each other.
func impliedPrevalences(_ study: StudyRun) throws {
  let rows = try prevalenceRows()
  try study.table(
    "table-1b", "Prevalence implied by each predictive value", tier: .aggregates, rows: rows)
  func shown(_ row: PrevalenceRow) -> String { Printed.fixed(row.prevalence, decimals: 1) }
  for (key, row) in zip(["ppv.unaided", "npv.unaided", "ppv.aided", "npv.aided"], rows) {
    try study.text("prevalence.\(key)", shown(row))
  }
  func verdict(_ rows: ArraySlice<PrevalenceRow>) -> String {
    common(rows.map { Interval(low: $0.low, high: $0.high) }) == nil ? "refused" : "accepted"
  }
  try study.text("prevalence.pooled", verdict(rows[..<4]))
  try study.text("prevalence.control", verdict(rows[4...]))
}
//: Pooled, the predictive values ask for {{prevalence.ppv.unaided}}, {{prevalence.npv.unaided}},
//: {{prevalence.ppv.aided}} and {{prevalence.npv.aided}} %: one table with all eight numbers is
//: {{prevalence.pooled}}, whatever the number of knees; the control is {{prevalence.control}}. A
//: majority vote or a consensus is one table as well, and falls with it.

//: ### Figure 1 — one prevalence?
//: Bars are everything that rounding permits; four of one colour have to overlap.
func figure1(_ study: StudyRun) throws {
  try study.figure(
    "figure-1", "Prevalence of progressors that each printed predictive value implies",
    tier: .aggregates, from: try prevalenceRows()
  ) { plot in
    plot.points(x: \.prevalence, y: \.source, interval: (\.low, \.high), series: \.numbers)
      .axes(x: 18...24).labels(x: "prevalence of progressors [%]", y: "")
  }
}

struct CountRow: TableRow {
  static let columns = [
    Column("of"), Column("calls of each knee"), Column("from"), Column("to"), Column("fit"),
    Column("first that fit"),
  ]
  var of: String
  var readings, from, to, fit: Int
  var first: String

  init(_ measure: PublishedMeasure, of cases: String, readings: Int, in range: ClosedRange<Int>) {
    let found = feasibleTrials(
      of: Support.allCases.map(measure.interval), in: range, readings: readings)
    of = cases
    self.readings = readings
    (from, to, fit) = (range.lowerBound, range.upperBound, found.count)
    first = found.prefix(8).map(String.init).joined(separator: ", ")
  }
}

//: ### Table 1c — how many knees?
//: A percentage of whole counts is a multiple of 1/n: not every n can print 42.1 % and 51.6 %. With
//: one call of each knee few numbers do; a mean over seven readers is seven times as fine, and then
//: most numbers fit. Both percentages must come out for the same n.
func countsThatFit(_ study: StudyRun) throws {
  let progressors = 50...400
  let others = 200...1600
  let rows = [1, readerCount].flatMap { readings in
    [
      CountRow(.sensitivity, of: "progressors", readings: readings, in: progressors),
      CountRow(.specificity, of: "other knees", readings: readings, in: others),
    ]
  }
  try study.table(
    "table-1c", "Numbers of knees that can print both percentages", tier: .aggregates, rows: rows)
  try study.value("counts.one", rows[0].fit)
  try study.value("counts.seven", rows[2].fit)
  try study.value("counts.range", progressors.count)
  try study.claim(
    "S.oa.n", tier: .aggregates,
    measured: .relation(
      holds: rows[2].fit == 1,
      detail: "\(rows[2].fit) numbers of progressors from \(progressors.lowerBound) to "
        + "\(progressors.upperBound) fit with seven calls of each knee, \(rows[0].fit) with one"))
}
//: 95 progressors do fit, 40 and 49 of them called. So do {{counts.seven}} of {{counts.range}}
//: numbers with seven readers and {{counts.one}} with a single call: the number of knees does not
//: follow from what is printed (S.oa.n: {{S.oa.n@aggregates.verdict}}).
