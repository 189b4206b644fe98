// hide
import LightboxStudy

// show

//: ### Table 1d — and if predictive values were averaged over readers?
//: Sensitivities of readers who see the same knees average to the pooled one. Predictive values do
//: not: a reader with few positive calls counts as much as one with many. So the other reading of
//: the eight numbers is that each is the mean of seven readers' own values. Here seven tables of
//: whole counts are sought that print all four numbers of a condition, at one prevalence. The
//: search starts from readers who are equal or differ evenly and moves calls from one to another
//: while that brings the means nearer. A table found is proof that the reading is possible there;
//: none found is no proof of the opposite.

/// Positive calls of seven readers among progressors and among other knees.
struct SevenTables {
  var hits, alarms: [Int]
  let positives, negatives: Int

  /// Readers who differ by given shares of the mean, `tilts`, in hits and in alarms; nil where no
  /// count prints the percentages or a reader leaves the range.
  init?(
    _ support: Support, positives: Int, negatives: Int, tilts: (hits: Double, alarms: Double)
  ) {
    guard
      let hits = feasibleSuccesses(
        of: PublishedMeasure.sensitivity.interval(support), trials: readerCount * positives),
      let cleared = feasibleSuccesses(
        of: PublishedMeasure.specificity.interval(support), trials: readerCount * negatives)
    else { return nil }
    /// From below to above the mean in even steps; what rounding leaves goes to the middle reader.
    func shared(_ total: Int, _ tilt: Double) -> [Int] {
      let mean = Double(total) / Double(readerCount)
      let half = Double(readerCount / 2)
      var counts = (0..<readerCount).map {
        Int((mean * (1 + tilt * (Double($0) - half) / half)).rounded())
      }
      counts[readerCount / 2] += total - counts.reduce(0, +)
      return counts
    }
    (self.positives, self.negatives) = (positives, negatives)
    self.hits = shared((hits.lowerBound + hits.upperBound) / 2, tilts.hits)
    alarms = shared(
      readerCount * negatives - (cleared.lowerBound + cleared.upperBound) / 2, tilts.alarms)
    for j in 0..<readerCount where values(self.hits[j], alarms[j]) == nil { return nil }
  }

  /// PPV and NPV of one reader; nil where counts are impossible or a value has no calls behind it.
  private func values(_ hit: Int, _ alarm: Int) -> SIMD2<Double>? {
    let negativeCalls = positives + negatives - hit - alarm
    guard hit >= 0, alarm >= 0, hit <= positives, alarm <= negatives, hit + alarm > 0,
      negativeCalls > 0
    else { return nil }
    return [
      Double(hit) / Double(hit + alarm), Double(negatives - alarm) / Double(negativeCalls),
    ]
  }

  /// Sums of the readers' PPV and NPV.
  private var sums: SIMD2<Double> {
    (0..<readerCount).reduce(into: .zero) { $0 += values(hits[$1], alarms[$1])! }
  }

  /// Mean PPV and mean NPV of the readers.
  var means: SIMD2<Double> { sums / Double(readerCount) }

  /// Moves calls from reader to reader, the best move first, until both means print; whether they
  /// do.
  private mutating func descend(_ support: Support) -> Bool {
    let ppv = PublishedMeasure.positiveValue.interval(support)
    let npv = PublishedMeasure.negativeValue.interval(support)
    func distance(_ sums: SIMD2<Double>) -> Double {
      let means = sums / Double(readerCount)
      return max(0, ppv.low - means[0], means[0] - ppv.high)
        + max(0, npv.low - means[1], means[1] - npv.high)
    }
    var now = distance(sums)
    while now > 0 {
      let total = sums
      var best: (distance: Double, from: Int, to: Int, hits: Int, alarms: Int)?
      for a in 0..<readerCount {
        for b in 0..<readerCount where a != b {
          let without = total - values(hits[a], alarms[a])! - values(hits[b], alarms[b])!
          for count in [1, 2, 4, 8, 16, 32, 64, 128] {
            for (h, f) in [(count, 0), (0, count)] {
              guard let from = values(hits[a] - h, alarms[a] - f),
                let to = values(hits[b] + h, alarms[b] + f)
              else { continue }
              let reached = distance(without + from + to)
              if reached < (best?.distance ?? now) - 1e-9 { best = (reached, a, b, h, f) }
            }
          }
        }
      }
      guard let best else { return false }
      hits[best.from] -= best.hits
      hits[best.to] += best.hits
      alarms[best.from] -= best.alarms
      alarms[best.to] += best.alarms
      now = distance(sums)
    }
    return true
  }

  /// Seven tables that print all four numbers; nil where no start leads to any.
  static func witness(_ support: Support, positives: Int, negatives: Int) -> SevenTables? {
    for hits in [0, 0.4] {
      for alarms in [0, 0.5, -0.5] {
        guard
          var tables = SevenTables(
            support, positives: positives, negatives: negatives, tilts: (hits, alarms))
        else { continue }
        if tables.descend(support) { return tables }
      }
    }
    return nil
  }
}

struct WitnessRow: TableRow {
  static let columns = [
    Column("progressors"), Column("prevalences tried"), Column("with tables found"),
    Column("lowest prevalence", unit: "%", digits: 3),
    Column("highest prevalence", unit: "%", digits: 3),
  ]
  var progressors, tried, found: Int
  var lowest, highest: Double?

  init(progressors: Int) {
    self.progressors = progressors
    let tried = (28...56).map { Double($0) * 0.005 }
    let found = tried.filter { prevalence in
      let others = Int((Double(progressors) * (1 - prevalence) / prevalence).rounded())
      return Support.allCases.allSatisfy {
        SevenTables.witness($0, positives: progressors, negatives: others) != nil
      }
    }
    self.tried = tried.count
    self.found = found.count
    lowest = found.first.map { 100 * $0 }
    highest = found.last.map { 100 * $0 }
  }
}

func averagedReaders(_ study: StudyRun) throws {
  let rows = [57, 95, 400].map(WitnessRow.init)
  try study.table(
    "table-1d", "Prevalences at which seven averaged readers can print all eight numbers",
    tier: .aggregates, rows: rows)
  let low = rows.compactMap(\.lowest).min()
  let high = rows.compactMap(\.highest).max()
  let range = low.flatMap { low in
    high.map { "\(Printed.fixed(low, decimals: 1)) to \(Printed.fixed($0, decimals: 1)) %" }
  }
  try study.text("averaged.range", range ?? "no prevalence")
  try study.claim(
    "S.oa.prevalence", tier: .aggregates,
    measured: .relation(
      holds: range == nil ? false : nil,
      detail: "pooled none; averaged over readers \(range ?? "none found")"))
  try predictiveValues(study)
}

/// Each printed predictive value in its two readings: pooled, from the prevalence that the other
/// predictive value of the same condition implies; averaged, from tables found at 19.5 %.
func predictiveValues(_ study: StudyRun) throws {
  for support in Support.allCases {
    let implied = pooledPrevalences(support)
    let se = PublishedMeasure.sensitivity.interval(support)
    let sp = PublishedMeasure.specificity.interval(support)
    func odds(_ p: Double) -> Double { p / (1 - p) }
    // PPV odds = Se/(1 − Sp) · p/(1 − p); NPV odds = Sp/(1 − Se) · (1 − p)/p.
    func share(_ odds: Double) -> Double { odds / (1 + odds) }
    let positive = Interval(
      low: share(se.low / (1 - sp.low) * odds(implied.negative.low)),
      high: share(se.high / (1 - sp.high) * odds(implied.negative.high)))
    let negative = Interval(
      low: share(sp.low / (1 - se.low) / odds(implied.positive.high)),
      high: share(sp.high / (1 - se.high) / odds(implied.positive.low)))
    let found = SevenTables.witness(support, positives: 95, negatives: 392)?.means
    func point(_ x: Double?) -> [Interval] { x.map { [Interval(low: $0, high: $0)] } ?? [] }
    try study.claim(
      "oa.ppv.\(support.rawValue)", tier: .aggregates,
      measured: .readings([positive] + point(found?[0])))
    try study.claim(
      "oa.npv.\(support.rawValue)", tier: .aggregates,
      measured: .readings([negative] + point(found?[1])))
  }
}
//: Averaged over readers, all eight numbers are possible at prevalences of {{averaged.range}} of
//: those tried: the numbers are consistent in this reading, and several prevalences fit as well as
//: one (S.oa.prevalence: {{S.oa.prevalence@aggregates.verdict}}). Which reading is meant is not
//: printed, which leaves the four predictive values so: PPV {{oa.ppv.unaided@aggregates.verdict}}
//: unaided, {{oa.ppv.aided@aggregates.verdict}} aided; NPV {{oa.npv.unaided@aggregates.verdict}}
//: unaided, {{oa.npv.aided@aggregates.verdict}} aided. Either way the values belong to the
//: prevalence of this set of knees; in a cohort where few progress, the same readers have a far
//: lower PPV.
