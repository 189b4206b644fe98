// hide
import LightboxStudy

// show

//: ## 8 · One error source off at a time
//: Which error makes observers differ? Only a simulation can switch one off and leave the rest of
//: the world, every random number of it, as it was. Each row below is the published design with one
//: source off; what falls is that source's share.
//:
//: *Could fail*: the sources might add up to so little that something else must be at work; the
//: last row, no error at all, has to come out at zero for 3D and at the formula's own error for 2D.
//:
//: ### Table A7 and Figure A2 — what is left when one source is off
func errorSwitches(_ study: StudyRun, _ experiment: Experiment) throws {
  guard study.scale != .smoke else {
    try study.text("switch.note", "The one-minute tour skips this chapter's trials.")
    try study.text("switch.rmse3d", "an amount that the tour does not measure")
    try study.text("switch.rmse2d", "another")
    return
  }
  try study.text("switch.note", "Two trials a row.")
  func rows() throws -> [SwitchRow] {
    try ([TrialChange.primary] + TrialChange.switchedOff).map { try SwitchRow($0, experiment) }
  }
  try study.table(
    "table-A7", "One source off at a time", tier: .simulated, rows: try rows())
  try study.figure(
    "figure-A2", "What is left of the observers' spread when one source is off",
    tier: .simulated,
    from: try rows().filter { $0.setting != "no error at all" }.flatMap { row in
      [
        SwitchPoint(setting: row.setting, sd: row.sd2D, method: "2D"),
        SwitchPoint(setting: row.setting, sd: row.sd3D, method: "3D"),
      ]
    }
  ) { plot in
    plot.points(x: \.sd, y: \.setting, series: \.method)
      .axes(x: 0...2.6)
      .labels(x: "mean SD of the differences between two operators [ml]", y: "")
      .size(width: 720, height: 560)
  }
  let perfect = { try SwitchRow(TrialChange.switchedOff.last!, experiment) }
  try study.value("switch.rmse3d", try perfect().rmse3D, unit: "ml", digits: 2)
  try study.value("switch.rmse2d", try perfect().rmse2D, unit: "ml", digits: 2)
}
//: {{switch.note}} Two sources carry the spread, and both are habits: what one operator takes for
//: the edge of one gland, with calipers or around a sweep. Tremor, latency, dropped frames,
//: calibration, pressure: each by itself moves next to nothing. Tracker noise seems to be the
//: exception, and part of that is the short road's own doing: a contour's margin is multiplied by
//: the surface of what arrives, and noise roughens that surface. On the long road, where the
//: network draws the contour, geometry alone errs by little (label minus truth in Table 6c).
//: Without any error 3D errs by {{switch.rmse3d}}, the price of voxels, and the ellipsoid still by
//: {{switch.rmse2d}}.

struct SwitchPoint: TableRow {
  static let columns = [Column("setting"), Column("SD", unit: "ml", digits: 3), Column("method")]
  var setting: String
  var sd: Double
  var method: String
}

struct SwitchRow: TableRow {
  static let columns = [
    Column("setting"), Column("moves"), Column("trials"),
    Column("2D: mean |difference|", unit: "ml", digits: 3),
    Column("2D: SD of differences", unit: "ml", digits: 3),
    Column("2D: RMSE to truth", unit: "ml", digits: 3),
    Column("3D: mean |difference|", unit: "ml", digits: 3),
    Column("3D: SD of differences", unit: "ml", digits: 3),
    Column("3D: RMSE to truth", unit: "ml", digits: 3),
  ]
  var setting, moves: String
  var trials: Int
  var bias2D, sd2D, rmse2D, bias3D, sd3D, rmse3D: Double

  init(_ change: TrialChange, _ experiment: Experiment) throws {
    let trials = try experiment.seeds.prefix(2).map {
      try Trial(try experiment.rows(change, seed: $0))
    }
    func average(_ value: (Trial) throws -> Double) rethrows -> Double {
      mean(try trials.map(value)) ?? .nan
    }
    // Without any error all differences are 0, and limits of agreement are not defined.
    func overPairs(_ method: String, _ value: (Spread) -> Double) -> Double {
      average { trial in
        mean(
          PublishedPair.all.map { pair in
            value(
              Spread(
                zip(trial.means(method, pair.first), trial.means(method, pair.second)).map(-)))
          }) ?? .nan
      }
    }
    func error(_ method: String) -> Double {
      average { trial in
        mean((0..<Trial.operators).map { rootMeanSquare(trial.means(method, $0), trial.truth) })
          ?? .nan
      }
    }
    setting = change.name
    let off = ErrorSource.allCases.filter { !change.sources[$0] }
    switch off.count {
    case 0: moves = ""
    case 1: moves = off[0].scope == .shared ? "both" : off[0].scope.rawValue
    default: moves = "both"
    }
    self.trials = trials.count
    bias2D = overPairs("2D") { abs($0.mean) }
    sd2D = overPairs("2D", \.sd)
    rmse2D = error("2D")
    bias3D = overPairs("3D") { abs($0.mean) }
    sd3D = overPairs("3D", \.sd)
    rmse3D = error("3D")
  }
}
