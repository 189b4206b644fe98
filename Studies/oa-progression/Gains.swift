// hide
import Foundation
import LightboxStudy

// show

//: ### Are the gains significant for readers at large?
//: "Increased significantly" needs a test, and the abstract names none. Two kinds are possible. One
//: takes the readers as they are and pools their calls: McNemar's test on all calls of progressors,
//: or of other knees. It ignores that seven calls of one knee are not seven knees, and that other
//: radiologists might gain less. The other takes readers as a sample, as Obuchowski and Rockette
//: do: the mean gain is compared with what gains differ between readers, plus what readers share on
//: one sample of knees. Neither the discordant calls nor the covariances are printed, so both are
//: run over everything they could be.

/// [support][reader] of a measure, at a prevalence where it is a predictive value.
func readerValues(
  _ measure: PublishedMeasure, _ readers: [ReaderPoint], prevalence: Double
) throws -> [[Double]] {
  try Support.allCases.map { support in
    try readers.map { reader in
      let point = reader.point(support)
      switch measure.key {
      case "sens": return point.sensitivity
      case "spec": return 1 - point.falsePositive
      default:
        let values = try PredictiveValues(point.table(1000, 1000), prevalence: prevalence)
        return try (measure.key == "ppv" ? values.positive : values.negative)
      }
    }
  }
}

extension PlanePoint {
  /// Calls at this point among so many progressors and other knees, rounded to whole ones.
  func table(_ positives: Int, _ negatives: Int) -> ConfusionTable {
    let hits = Int((sensitivity * Double(positives)).rounded())
    let alarms = Int((falsePositive * Double(negatives)).rounded())
    return ConfusionTable(
      truePositives: hits, falsePositives: alarms, trueNegatives: negatives - alarms,
      falseNegatives: positives - hits)
  }
}

/// Variance over knees of one reader's measure at the printed means, both conditions averaged:
/// binomial for rates; for predictive values from the logit interval at the prevalence.
func caseVariance(
  _ measure: PublishedMeasure, positives: Int, negatives: Int, prevalence: Double
) throws -> Double {
  let both = try Support.allCases.map { support -> Double in
    let point = PlanePoint.printed(support)
    func rate(_ value: Double, _ n: Int) -> Double { value * (1 - value) / Double(n) }
    switch measure.key {
    case "sens": return rate(point.sensitivity, positives)
    case "spec": return rate(point.falsePositive, negatives)
    default:
      let values = try PredictiveValues(
        point.table(positives, negatives), prevalence: prevalence)
      let isPositive = measure.key == "ppv"
      let value = try (isPositive ? values.positive : values.negative)
      let ends = try (isPositive ? values.positiveInterval() : values.negativeInterval())
      func logOdds(_ p: Double) -> Double { log(p / (1 - p)) }
      let error = (logOdds(ends.high) - logOdds(ends.low)) / (2 * 1.959964)
      return (error * value * (1 - value)) * (error * value * (1 - value))
    }
  }
  return both.reduce(0, +) / Double(both.count)
}

/// Obuchowski and Rockette's p with readers and cases random, where every reader's measure has a
/// variance over cases and two readers share `shared` of it in one condition and nothing across.
func randomReaders(_ values: [[Double]], variance: Double, shared: Double) throws -> Double {
  let count = values[0].count
  let covariance = (0..<2 * count).map { a in
    (0..<2 * count).map { b -> Double in
      if a == b { return variance }
      return a / count == b / count ? shared * variance : 0
    }
  }
  let performance = ReaderPerformance(
    values: values, covariance: covariance, positives: 1, negatives: 1)
  return try ObuchowskiRockette(performance).analysis(.readersAndCases).pValue
}

/// The least and the largest p of McNemar's exact test over all discordant calls that two counts of
/// right calls among `pairs` permit.
func mcNemarRange(unaided: Int, aided: Int, pairs: Int) -> Interval {
  precondition(unaided <= aided && aided <= pairs, "\(unaided), \(aided) of \(pairs) is no gain")
  let p = [0, min(unaided, pairs - aided)].map { lost in
    McNemar(firstOnly: lost, secondOnly: lost + aided - unaided, pairs: pairs).pValue
  }
  return Interval(low: p.min()!, high: p.max()!)
}

/// The least and the largest p of a gain by a test.
struct GainRange {
  var measure, test: String
  var progressors, others: Int
  var low, high: Double
}

struct GainRow: TableRow {
  static let columns = [
    Column("measure"), Column("test"), Column("progressors"), Column("other knees"),
    Column("p low"), Column("p high"),
  ]
  var measure, test: String
  var progressors, others: Int
  var low, high: String

  init(_ range: GainRange) {
    measure = range.measure
    test = range.test
    progressors = range.progressors
    others = range.others
    low = printedP(range.low)
    high = printedP(range.high)
  }
}

/// Two digits, and no more than that it is small below a ten-thousandth.
func printedP(_ p: Double) -> String {
  p < 0.0001 ? "< 0.0001" : Printed.significant(p, digits: 2)
}

/// Progressors and other knees of sets at the prevalence of 19.5 % that the averaged reading
/// permits; 18 progressors are the fewest that fit seven calls of each.
let kneeSets = [(18, 74), (95, 392), (400, 1651)]

/// Readers with every corner of the six figure readings' errors: a reader's gain is as large or as
/// small as both of his points permit. R7 keeps the printed means.
/// The spread of the gains, and with it the largest p, is greatest at a corner.
func readingCorners() -> [[ReaderPoint]] {
  let read = ReaderPoint.all.dropLast()
  return (0..<1 << read.count).map { corner in
    let six = read.enumerated().map { j, reader -> ReaderPoint in
      let shift = corner >> j & 1 == 1 ? reader.error : -reader.error
      var moved = reader
      moved.unaided.sensitivity -= shift
      moved.unaided.falsePositive += shift
      moved.aided.sensitivity += shift
      moved.aided.falsePositive -= shift
      return moved
    }
    return six + [ReaderPoint.completing(six)]
  }
}

func gainRows(_ measure: PublishedMeasure) throws -> [GainRange] {
  let isRate = ["sens", "spec"].contains(measure.key)
  return try kneeSets.flatMap { positives, negatives -> [GainRange] in
    let cases = measure.key == "sens" ? positives : negatives
    func row(_ test: String, _ p: [Double]) -> GainRange {
      GainRange(
        measure: measure.name, test: test, progressors: positives, others: negatives,
        low: p.min()!, high: p.max()!)
    }
    var rows: [GainRange] = []
    if isRate {
      for (test, pairs) in [
        ("McNemar, calls pooled", readerCount * cases), ("McNemar, readers alike", cases),
      ] {
        let right = Support.allCases.map {
          Int((measure.value($0) * Double(pairs)).rounded())
        }
        let range = mcNemarRange(unaided: right[0], aided: right[1], pairs: pairs)
        rows.append(row(test, [range.low, range.high]))
      }
    }
    // p need not move one way with what is shared: degrees of freedom grow while the statistic
    // falls.
    for (test, shares) in [
      ("readers random, nothing shared", [0.0]),
      ("readers random, luck shared", [0.05, 0.1, 0.25, 0.5, 1]),
    ] {
      let prevalences = isRate ? [0.195] : [0.18, 0.195, 0.23]
      let p = try prevalences.flatMap { prevalence -> [Double] in
        let variance = try caseVariance(
          measure, positives: positives, negatives: negatives, prevalence: prevalence)
        let sets = try readingCorners().map {
          try readerValues(measure, $0, prevalence: prevalence)
        }
        return try sets.flatMap { set in
          try shares.map { try randomReaders(set, variance: variance, shared: $0) }
        }
      }
      rows.append(row(test, p))
    }
    return rows
  }
}

/// How far a p lies on the significant side: its normal quantile less that of .05, two-sided.
func significanceMargin(_ p: Double) -> Double {
  let normal = Distributions.Normal()
  return normal.quantile(1 - max(p, 1e-12) / 2) - normal.quantile(0.975)
}

//: ### Table 1f — the range of p behind each gain
//: *McNemar, calls pooled*: seven calls of each knee count as seven pairs; p ranges over all
//: possible discordant calls. *Readers alike*: all seven call the same, so that they count as one.
//: *Readers random*: the seven differences between readers decide; p ranges over the errors of
//: figure readings and, for predictive values, over prevalences of 18 to 23 %. What readers share
//: on one sample of knees is nothing, or from a twentieth to all of a reader's own variance over
//: cases; that knees which are easy without help are hard with it is left out. The verdicts hold
//: the normal quantile of the two-sided p less that of .05: above 0 is significant at 5 %.
func gains(_ study: StudyRun) throws {
  let rows = try PublishedMeasure.all.flatMap(gainRows)
  try study.table(
    "table-1f", "p of the gains over all that is not printed", tier: .aggregates,
    rows: rows.map(GainRow.init))
  for measure in PublishedMeasure.all {
    let own = rows.filter { $0.measure == measure.name }
    try study.claim(
      "oa.gain.\(measure.key).sig", tier: .aggregates,
      measured: .interval(
        low: significanceMargin(own.map(\.high).max()!),
        high: significanceMargin(own.map(\.low).min()!)))
  }
  func shown(_ test: String, _ measure: PublishedMeasure, _ progressors: Int) -> String {
    let row = rows.first {
      $0.test == test && $0.measure == measure.name && $0.progressors == progressors
    }!
    return printedP(row.low) + " to " + printedP(row.high)
  }
  try study.text("gain.pooled", shown("McNemar, calls pooled", .sensitivity, 95))
  try study.text("gain.alike", shown("McNemar, readers alike", .sensitivity, 95))
  try study.text("gain.random", shown("readers random, nothing shared", .sensitivity, 95))
  try study.text("gain.shared", shown("readers random, luck shared", .sensitivity, 95))
  try study.text("gain.spec", shown("readers random, nothing shared", .specificity, 95))
  try study.text("gain.spec.shared", shown("readers random, luck shared", .specificity, 95))
  // Control: the same mean gain, all of it by one reader who stood low before.
  let before = PublishedMeasure.sensitivity.value(.unaided)
  let gain = PublishedMeasure.sensitivity.value(.aided) - before
  let n = Double(readerCount)
  let others = [Double](repeating: (n * before - 0.2) / (n - 1), count: readerCount - 1)
  try study.value(
    "gain.control",
    try randomReaders([others + [0.2], others + [0.2 + n * gain]], variance: 0, shared: 0),
    digits: 2)
}
//: With 95 progressors pooled calls make the gain in sensitivity significant whatever the
//: discordant calls (p {{gain.pooled}}). If the seven read alike, p may be {{gain.alike}}; with
//: readers as a sample it is {{gain.random}} if they share nothing and {{gain.shared}} if they
//: share luck with the knees: seven readers are few for a gain that not all of them seem to have
//: (Table 1g). Specificity: {{gain.spec}}, and {{gain.spec.shared}}. The control, the same mean
//: gain by a single reader, which pooling cannot tell from the printed one, has p {{gain.control}}.
//: Over everything not printed, tests and numbers of knees included, the four gains are:
//: sensitivity {{oa.gain.sens.sig@aggregates.verdict}}, specificity
//: {{oa.gain.spec.sig@aggregates.verdict}}, PPV {{oa.gain.ppv.sig@aggregates.verdict}}, NPV
//: {{oa.gain.npv.sig@aggregates.verdict}}.
