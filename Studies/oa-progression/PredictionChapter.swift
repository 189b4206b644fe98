// hide
import LightboxStudy

// show

//: ## 4 · Prediction: is the drawn film nearer than the first one?
//: The abstract promises radiographs up to eight years ahead. A film that is drawn for month 96
//: should show the joint space of month 96. Its hardest rival is the first film itself: most knees
//: hardly change. Errors are absolute, in millimetres of true joint space, averaged over both
//: compartments, of presymptomatic test knees (read 0 or 1) with a film at that visit; measuring is
//: the same program for all, and its own error on the true film is the floor.
//:
//: *Could fail*: the copy may be nearer at every horizon; the mean trajectory may do as well as a
//: neighbour, and then nothing is individual. *Built in*: how fast knees lose joint space. *Control
//: that must fail*: on stable knees the copy must be nearer.
func predictionChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try horizonTable(study, experiment)
  try horizonFigure(study, experiment)
  try horizonClaim(study, experiment)
  try spursTable(study, experiment)
  try plausible(study, experiment)
  try drawnSheet(study, experiment)
}

/// Months after the first film at which later films are taken.
let horizons = Array(KneePopulation().visits.dropFirst())

/// Mean error of an arm in a seed at a visit, over knees that both it and the copy can be read of.
func horizonErrors(
  _ futures: Futures, _ arm: String, months: Int, stable: Bool = false
) -> (arm: Double, copy: Double, n: Int)? {
  let copies = Dictionary(
    uniqueKeysWithValues: futures.horizons.filter { $0.arm == Plain.copy && $0.months == months }
      .map { ($0.place, $0) })
  let pairs = futures.horizons.compactMap { one -> (Double, Double)? in
    guard one.arm == arm, one.months == months, !stable || one.isStable, let error = one.error,
      let copy = copies[one.place]?.error
    else { return nil }
    return (error, copy)
  }
  guard let own = average(pairs.map(\.0)), let other = average(pairs.map(\.1)) else { return nil }
  return (own, other, pairs.count)
}

struct HorizonRow: TableRow {
  static let columns = [
    Column("arm"), Column("month"), Column("error", unit: "mm", digits: 3),
    Column("SE over seeds", digits: 2), Column("copy minus arm", unit: "mm", digits: 2),
    Column("low", digits: 2), Column("high", digits: 2), Column("knees"), Column("seeds"),
    Column("unreadable", unit: "%", digits: 2),
  ]
  var arm: String
  var months: Int
  var error, spread, gain, low, high: Double?
  var knees, seeds: Int
  var unreadable: Double?
}

func horizonRows(_ experiment: Experiment) throws -> [HorizonRow] {
  let all = try experiment.futures(.usual)
  let arms = [Plain.future, Plain.copy] + Arm.drawn.map(\.name)
  return arms.flatMap { arm in
    horizons.map { months in
      let found = all.compactMap { horizonErrors($0, arm, months: months) }
      let gain = Measured.pairedSeeds(found.map { $0.copy - $0.arm }, caseVariance: 0)
      let drawn = all.flatMap { $0.horizons.filter { $0.arm == arm && $0.months == months } }
      return HorizonRow(
        arm: arm, months: months, error: average(found.map(\.arm)),
        spread: deviation(found.map(\.arm)).map { $0 / Double(found.count).squareRoot() },
        gain: gain.value, low: gain.interval()?.low, high: gain.interval()?.high,
        knees: found.reduce(0) { $0 + $1.n }, seeds: found.count,
        unreadable: average(drawn.map { $0.error == nil ? 100 : 0 }))
    }
  }
}

//: ### Table 11 — error by horizon
//: *True last film* is here the true film of the visit itself. Intervals (95 %, t) over seeds, for
//: the gain over the copy on the same knees. A picture whose joint cannot be read has no error and
//: leaves the comparison, with the copy of the same knee: an arm with a large share in the last
//: column is compared on the knees that it draws well. The page prints the first rows; the arms
//: that draw stand in the table's data and in Figure 6. *Rebuilt baseline* is the first film
//: projected and drawn again, unchanged: from copy to rebuilt is what projection costs, from
//: rebuilt to the method what the borrowed change adds.
func horizonTable(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-11", "Error of the joint space by horizon", tier: .simulated,
    rows: try horizonRows(experiment))
}

//: ### Figure 6 — error by horizon
//: Means over seeds, from Table 11; an arm whose joints cannot be read has no line. *True last
//: film* is the true film of the visit: what measuring alone errs by.
func horizonFigure(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.figure(
    "figure-6", "Error of the joint space against months ahead", tier: .simulated,
    from: try horizonRows(experiment)
  ) {
    $0.line(x: \.months, y: \.error, series: \.arm)
      .labels(x: "months after the first film", y: "mean absolute error [mm]")
  }
}

/// Errors of copy and method at a visit, seed by seed.
func horizonPairs(_ all: [Futures], months: Int) -> [SeedPair] {
  all.compactMap { futures in
    horizonErrors(futures, Arm.method.name, months: months).map {
      SeedPair(seed: futures.seed, first: $0.copy, second: $0.arm, n: $0.n)
    }
  }
}

/// Copy minus method over all visits, seed by seed.
func overallGain(
  _ experiment: Experiment, _ world: World, stable: Bool = false
) throws -> Measured {
  .pairedSeeds(
    try experiment.futures(world).compactMap { futures in
      average(
        horizons.compactMap {
          horizonErrors(futures, Arm.method.name, months: $0, stable: stable)
        }.map { $0.copy - $0.arm })
    }, caseVariance: 0)
}

func horizonClaim(_ study: StudyRun, _ experiment: Experiment) throws {
  func setting(_ name: String, _ world: World) throws -> Setting {
    Setting(name, try overallGain(experiment, world))
  }
  try study.claim(
    "oa.horizon", tier: .simulated,
    measured: .family(
      try {
        let all = try experiment.futures(.usual)
        return horizons.map { measured(horizonPairs(all, months: $0)) }
      }()),
    flip: Setting("stable knees only", try overallGain(experiment, .usual, stable: true)),
    alternatives: [
      try setting("R² .1", .weak), try setting("R² .5", .strong),
      try setting("rater noise doubled", .misread),
    ],
    recipe: decidingRecipe("oa.horizon", arm: Plain.copy),
    seeds: experiment.runs.count)
  try study.text(
    "horizon.mean",
    {
      func gain(_ arm: String) throws -> Double? {
        average(
          try experiment.futures(.usual).compactMap { futures in
            average(
              horizons.compactMap { horizonErrors(futures, arm, months: $0) }
                .map { $0.copy - $0.arm })
          })
      }
      guard let near = try gain(Arm.method.name), let mean = try gain(Arm.mean.name) else {
        return
          "That a neighbour's gain over the copy is larger than the mean trajectory's cannot be "
          + "said: no joint is readable on what one of them draws."
      }
      return "A neighbour's gain over the copy less the mean trajectory's is "
        + Printed.significant(near - mean, digits: 2)
        + " mm: below zero, one's own neighbour is worse than everybody's average."
    }())
}
//: Nearer than the copy at every horizon: {{oa.horizon@simulated.verdict}}.
//: *{{oa.horizon@simulated.reason}}*. {{gate.caution}} {{horizon.mean}}

struct DrawnTileRow: TableRow {
  static let columns = [Column("knee"), Column("shows")]
  var knee: String
  var shows: String
}

//: ### Figure 7 — first film, drawn film, true last film
//: The paper's second figure shows progressors beside stable knees. Here: the first two of the
//: first seed whose true grade rises by two, by one, by none, as the captions say; drawn for
//: {{asked.months}} months.
func drawnSheet(_ study: StudyRun, _ experiment: Experiment) throws {
  func shown() throws -> Futures { try experiment.futures(.usual)[0] }
  func tiles() throws -> [DrawnTileRow] {
    let futures = try shown()
    return ["first film", "drawn", "true last film"].flatMap { name in
      futures.shownPlaces.map { place in
        DrawnTileRow(
          knee: futures.cases[place].knee,
          shows: "\(name), +\(futures.cases[place].trueRise)")
      }
    }
  }
  try study.figure("figure-7", "Drawn and true", tier: .simulated, from: try tiles()) { plot in
    plot.imageGrid(
      try {
        guard let pictures = try shown().shown else { return [] }
        return (0..<pictures.shape[0]).map { filmImage(pictures, $0) }
      }(), columns: max(1, plot.rows.count / 3), caption: \.shows)
  }
}
