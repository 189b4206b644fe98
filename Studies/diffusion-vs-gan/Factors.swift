// hide
import LightboxStudy

// show

//: ## 7 · What was learnt
//: Distances say how far, not what. Because the factors of real pictures are known, one can ask
//: which of them a maker draws as often as the world does. The same measuring program reads fakes
//: and reals; it errs, and it errs for both, so that fakes are compared with *measured* reals.
//:
//: *Could fail*: a maker with the lower FD may draw a factor less well. *Built in*: which factors
//: there are. *Control*: the second real set, read like a maker.
func factorsChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  guard experiment.tier == .simulated else { return }
  try factorTable(study, experiment)
  try modeTable(study, experiment)
  try factorFigure(study, experiment)
}

struct FactorRow: TableRow {
  static let columns = [
    Column("domain"), Column("measure"), Column("maker"), Column("mean", digits: 3),
    Column("SD", digits: 3), Column("reals mean", digits: 3), Column("reals SD", digits: 3),
    Column("Wasserstein distance over SD", digits: 2), Column("Kolmogorov-Smirnov", digits: 2),
    Column("unreadable", unit: "%", digits: 2), Column("seeds"),
  ]
  var domain, measure, maker: String
  var mean, sd, realMean, realSD, wasserstein, smirnov, unreadable: Double?
  var seeds: Int
}

/// A measure of fakes against the same of the reference, averaged over seeds.
func factorRow(
  _ run: DomainRun, _ maker: String, _ index: Int,
  _ sets: [(fakes: [PictureMeasures], real: RealScores)]
) throws -> FactorRow {
  var distances: [Double] = []
  var smirnov: [Double] = []
  var fakes: [Double] = []
  var reals: [Double] = []
  var unreadable = 0
  var all = 0
  for (fake, real) in sets {
    let a = fake.compactMap { $0.values[index] }
    let b = real.referenceMeasures.compactMap { $0.values[index] }
    fakes += a
    reals += b
    unreadable += fake.count - a.count
    all += fake.count
    if a.count > 1, b.count > 1 {
      distances.append(try WassersteinDistance1D(a, b).value / (deviation(b) ?? 1))
      smirnov.append(try KolmogorovSmirnov(a, b).statistic)
    }
  }
  return FactorRow(
    domain: run.domain.rawValue, measure: try run.sets.value.measures[index], maker: maker,
    mean: mean(fakes), sd: deviation(fakes), realMean: mean(reals), realSD: deviation(reals),
    wasserstein: mean(distances), smirnov: mean(smirnov),
    unreadable: all == 0 ? nil : 100 * Double(unreadable) / Double(all), seeds: sets.count)
}

/// The measures of a maker's fakes with the reals of the same seed; the second reals without an arm.
func measuredSets(
  _ run: DomainRun, _ arm: Arm?
) throws -> [(fakes: [PictureMeasures], real: RealScores)] {
  guard let arm else {
    return try run.reals.map { real in (try real.value.secondMeasures, try real.value) }
  }
  return try zip(run.seeds(arm), run.scores(arm)).compactMap { seed, scores in
    guard !scores.measures.isEmpty else { return nil }
    return (scores.measures, try run.reals[run.seeds.firstIndex(of: seed)!].value)
  }
}

//: ### Table 8 — factor by factor
//: Both classes together, as many of each. The Wasserstein distance is divided by the standard
//: deviation of the reals. Read it beside Table 4: precision says that fakes lie where reals lie
//: *in the features asked*, not that each factor varies as it does in reals. A maker that stays
//: near the middle of a factor (its SD far below that of the reals) or hardly draws one (a
//: Kolmogorov-Smirnov statistic near 1: no overlap) can still have a precision at its ceiling.
func factorTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [FactorRow] {
    try experiment.domains.flatMap { run -> [FactorRow] in
      try run.sets.value.measures.indices.flatMap { index in
        try [("real against real", Arm?.none)].map {
          try factorRow(run, $0.0, index, measuredSets(run, $0.1))
        }
          + run.compared.map { try factorRow(run, $0.name, index, measuredSets(run, $0)) }
      }
    }
  }
  try study.table(
    "table-8", "Measured factors of fakes against measured factors of reals",
    tier: experiment.tier, rows: try rows())
}

struct ModeRow: TableRow {
  static let columns = [
    Column("domain"), Column("maker"), Column("cells that reals occupy"),
    Column("covered", unit: "%", digits: 3), Column("outside", unit: "%", digits: 3),
    Column("impossible", unit: "%", digits: 3), Column("seeds"),
  ]
  var domain, maker: String
  var occupied: Double?
  var covered, outside, impossible: Double?
  var seeds: Int
}

//: ### Table 9 — modes
//: The first three measures cut into four parts each at the reals' quartiles: 64 cells. *Covered*:
//: the share of the cells occupied by reals in which a maker has at least one picture; compare it
//: with recall in Table 4. *Outside*: the share of its pictures in cells where no real is, which
//: cannot differ from 0 where reals occupy all 64. *Impossible*: pictures that the measuring
//: program refuses, with the second reals as the false alarm rate.
func modeTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [ModeRow] {
    try experiment.domains.flatMap { run -> [ModeRow] in
      try ([("real against real", nil)] + run.compared.map { ($0.name, Optional($0)) }).map {
        name, arm in try modeRow(run, name, try measuredSets(run, arm))
      }
    }
  }
  try study.table(
    "table-9", "Coverage of modes, and impossible pictures", tier: experiment.tier,
    rows: try rows())
}

func modeRow(
  _ run: DomainRun, _ maker: String, _ sets: [(fakes: [PictureMeasures], real: RealScores)]
) throws -> ModeRow {
  func factors(_ all: [PictureMeasures]) -> [[Double?]] { all.map { Array($0.values.prefix(3)) } }
  let cells = try sets.map { fake, real in
    try ModeCoverage(
      reference: factors(real.referenceMeasures), real: factors(real.secondMeasures),
      fake: factors(fake), bins: 4)
  }
  let fakes = sets.flatMap(\.fakes)
  return ModeRow(
    domain: run.domain.rawValue, maker: maker, occupied: mean(cells.map { Double($0.occupied) }),
    covered: mean(cells.map { 100 * $0.fake.covered }),
    outside: mean(cells.map { 100 * $0.fake.outside }),
    impossible: fakes.isEmpty
      ? nil
      : 100 * Double(fakes.filter { $0.impossible != nil }.count) / Double(fakes.count),
    seeds: sets.count)
}

struct DensityRow: TableRow {
  static let columns = [
    Column("maker"), Column("value", digits: 4), Column("share at most", digits: 4),
    Column("measure"), Column("panel"),
  ]
  var maker: String
  var value, share: Double
  var measure, panel: String
}

//: ### Figure 6 — one measure of each domain
//: The cumulative share of pictures, first seed: the cup-to-disc ratio and, where they were
//: trained, the share of nuclei and the cardiothoracic ratio.
func factorFigure(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [DensityRow] {
    try experiment.domains.flatMap { run -> [DensityRow] in
      let measure = try run.sets.value.measures[0]
      func rows(_ maker: String, _ all: [PictureMeasures]) -> [DensityRow] {
        let values = all.compactMap { $0.values[0] }.sorted()
        return (0...50).compactMap { step in
          guard let last = values.indices.last else { return nil }
          return DensityRow(
            maker: maker, value: values[last * step / 50], share: Double(step) / 50,
            measure: measure, panel: "\(run.domain.rawValue): \(measure)")
        }
      }
      var all = rows("reals", try run.reals[0].value.referenceMeasures)
      for arm in run.compared {
        all += rows(arm.name, try measuredSets(run, arm).first?.fakes ?? [])
      }
      return all
    }
  }
  try study.figure(
    "figure-6", "Cumulative distribution of a measured factor", tier: experiment.tier,
    from: try rows()
  ) { plot in
    plot.panels(by: \.panel) { panel, _ in
      panel.line(x: \.value, y: \.share, series: \.maker, markers: false)
        .labels(x: "measured value", y: "cumulative share")
    }
    .columns(3)
  }
}
