//: # First study
//: **Paper** Here stand authors, title, journal, year and DOI. The example below stands for a paper
//: whose abstract says two things: *a standard error of 2.0 (SD 10, n = 25)*, and *for skewed data
//: the usual intervals cover less than they promise*.
//:
//: **Question** How often does the 95 % t interval of a mean hold the truth when data are skewed?
//: **Data** simulated.
//:
//: **Make it yours**: write the paper's statements into `claims.tsv`, each with the rule that will
//: judge it, and commit that file before the first run at default scale; then replace one chapter
//: after the other. `CONTRIBUTING.md` has the steps; `Studies/dp-fairness` is one that is finished.
//:
//: Symbols: n values in a sample, z a standard normal, s the standard deviation of the logarithm.
import Foundation
import LightboxStudy

@main struct FirstStudy: Study {
  static let paper = Paper(doi: "", title: "First study", claims: "claims.tsv")
  static let budget = Budget(
    smoke: 0.1, default: 0.2, full: 2,
    lines: [Budget.Line("coverage", "5 settings x 5 seeds x 10,000 samples", minutes: 0.15)])

  static func run(_ study: StudyRun) throws {  // doubles as the table of contents
    try arithmetic(study)
    let settings = try coverage(study)
    try table1(study, settings)
    try figure1(study, settings)
    try judged(study, settings)
    try limits(study)
  }
}

//: ## 1 · Arithmetic: do the printed numbers agree with each other?
//: The standard error of a mean is SD / √n. *Could fail*: the printed 2.0 may not be that.
func arithmetic(_ study: StudyRun) throws {
  let standardError = 10 / Double(25).squareRoot()
  try study.value("se", standardError, digits: 3)
  try study.claim("mean.se", tier: .aggregates, measured: .value(standardError))
}
//: It is {{se}}: {{mean.se.verdict}}.

//: ## 2 · Simulation with known truth
//: Samples are exp(s·z), whose mean is exp(s²/2); s = 0 stands for normal data. *Could fail*: the
//: intervals might cover as promised. *Built in*: the skew. *Control that must fail*: with normal
//: data the t interval is exact, so the shortfall has to vanish.
struct Sampling: Codable {
  var name: String
  var s: Double
  var n: Int
  var seed: Int
}

/// One setting: its share of intervals that hold the truth, a value for each seed.
struct Covered {
  var sampling: Sampling
  var bySeed: [Staged<Double>]

  /// What is promised minus what is held, by seed.
  func shortfalls() throws -> [Double] { try bySeed.map { try 0.95 - $0.value } }

  func measured() throws -> Measured { .pairedSeeds(try shortfalls(), caseVariance: 0) }
}

/// Samples drawn at a scale.
func samples(_ scale: Scale) -> Int { scale.choose(smoke: 500, default: 10_000, full: 200_000) }

/// The primary setting first, then the flip, then three settings in which it should hold as well.
func coverage(_ study: StudyRun) throws -> [Covered] {
  let settings: [(name: String, s: Double, n: Int)] = [
    ("skewed", 1, 10), ("normal", 0, 10), ("larger samples", 1, 20), ("smaller samples", 1, 5),
    ("less skew", 0.5, 10),
  ]
  let each = settings.flatMap { setting in
    study.seeds.map { Sampling(name: setting.name, s: setting.s, n: setting.n, seed: $0) }
  }
  let values = try study.stages("coverage", over: each, cover)
  return stride(from: 0, to: each.count, by: study.seeds.count).map { first in
    Covered(
      sampling: each[first], bySeed: Array(values[first..<first + study.seeds.count]))
  }
}

/// The share of samples whose 95 % t interval holds the true mean.
func cover(_ context: StageContext, _ sampling: Sampling) throws -> Double {
  var stream = context.stream
  let count = samples(context.scale)
  let truth = sampling.s == 0 ? 0 : exp(sampling.s * sampling.s / 2)
  let n = Double(sampling.n)
  let t = Distributions.StudentT(n - 1).quantile(0.975)
  var held = 0
  for _ in 0..<count {
    let values = (0..<sampling.n).map { _ in
      sampling.s == 0 ? stream.normal() : exp(sampling.s * stream.normal())
    }
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    if abs(mean - truth) <= t * (variance / n).squareRoot() { held += 1 }
  }
  return Double(held) / Double(count)
}

//: ### Table 1 — coverage by setting
struct CoverageRow: TableRow {
  static let columns = [
    Column("data"), Column("n"), Column("coverage", unit: "%", digits: 4),
    Column("low", unit: "%", digits: 4), Column("high", unit: "%", digits: 4),
  ]
  var data: String
  var n: Int
  var coverage, low, high: Double
}

func rows(_ settings: [Covered]) throws -> [CoverageRow] {
  try settings.map { setting in
    let measured = try setting.measured()
    let shortfall = measured.value ?? 0
    let ends = measured.interval() ?? Interval(low: shortfall, high: shortfall)
    return CoverageRow(
      data: setting.sampling.name, n: setting.sampling.n, coverage: 100 * (0.95 - shortfall),
      low: 100 * (0.95 - ends.high), high: 100 * (0.95 - ends.low))
  }
}

func table1(_ study: StudyRun, _ settings: [Covered]) throws {
  try study.table(
    "table-1", "How often the interval holds the truth, with 95 % intervals over seeds",
    tier: .simulated, rows: try rows(settings))
  let count = samples(study.scale)
  try study.estimates(
    tier: .simulated,
    rows: try settings.flatMap { setting in
      try zip(study.seeds, setting.shortfalls()).map { seed, shortfall in
        let held = 0.95 - shortfall
        let variance: Double = held * (1 - held) / Double(count)
        return EstimateRow(
          arm: setting.sampling.name, seed: seed, cell: "all", estimator: "shortfall",
          value: shortfall, standardError: variance.squareRoot(), n: count)
      }
    })
}

//: ### Figure 1 — the same, drawn
func figure1(_ study: StudyRun, _ settings: [Covered]) throws {
  try study.figure(
    "figure-1", "Coverage of the 95 % t interval by setting", tier: .simulated,
    from: try rows(settings)
  ) { plot in
    plot.points(x: \.coverage, y: \.data, interval: (\.low, \.high))
      .reference(x: 95, "promised")
      .axes(x: 70...100)
      .labels(x: "coverage, %", y: "")
  }
}

//: ### Verdict
func judged(_ study: StudyRun, _ settings: [Covered]) throws {
  try study.claim(
    "mean.coverage", tier: .simulated, measured: try settings[0].measured(),
    flip: Setting("normal data", try settings[1].measured()),
    alternatives: try settings[2...].map { Setting($0.sampling.name, try $0.measured()) },
    recipe: "mean(estimates; value | arm=skewed, estimator=shortfall)")
  try study.value("coverage.skewed", try rows(settings)[0].coverage, unit: "%", digits: 3)
}
//: With skewed data the interval holds the truth in {{coverage.skewed}} of samples; it falls short
//: by {{mean.coverage}}: {{mean.coverage.verdict}}.
//: **Try it**: how large must n become before the shortfall is below one percentage point?

//: ## 3 · Limits
//: One kind of skew, independent values, one interval. Real data are skewed in other ways; this
//: page says nothing about them.
func limits(_ study: StudyRun) throws {
  try study.value("limits.samples", samples(study.scale))
}
//: Every share comes from {{limits.samples}} samples a seed.
