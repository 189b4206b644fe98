// hide
import LightboxStudy

// show

struct PlanRow: TableRow {
  static let columns = [
    Column("what"), Column("runs"), Column("image passes"), Column("each", unit: "ms", digits: 3),
    Column("two at a time", unit: "s", digits: 4),
  ]
  var what: String
  var runs, passes: Int
  var milliseconds, seconds: Double

  init(_ what: String, runs: Int, passes: Int, milliseconds: Double) {
    self.what = what
    self.runs = runs
    self.passes = passes
    self.milliseconds = milliseconds
    seconds = Double(runs) * Double(passes) * milliseconds / 2000
  }
}

//: ### Table 0 — the budget
//: Runs × image passes × milliseconds, over two cores, at the sizes of this run. The milliseconds
//: were measured once, of the default network at 64 × 64 pixels on one thread of a Xeon at 2.5 GHz:
//: 1.5 for a training pass, private or not, 0.4 for scoring, 7.6 for drawing a film; at other sizes
//: read the passes. Newer processors take a third of it; what a run took stands in `run.json`.
//: Eight thousand images and fifteen passes over them, five seeds of every arm, would be four
//: hours: the arms that a claim is judged on are trained whole on fewer images, and the sweeps over
//: ε and N on frozen features, which cost a three-hundredth, with whole networks beside them as
//: anchors.
func planned(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-0", "What the trainings cost: runs, image passes and time", tier: experiment.tier,
    rows: try planRows(study, experiment))
  try study.value(
    "planned.minutes",
    try planRows(study, experiment).reduce(0) { $0 + $1.seconds } / 60, digits: 2)
}
//: In all {{planned.minutes}} minutes, without resampling patients for the intervals.

func planRows(_ study: StudyRun, _ experiment: Experiment) throws -> [PlanRow] {
  let sizes = Sizes.at(study.scale)
  let trained = study.data == nil ? sizes.train : try experiment.parts.value.train.count
  let passes = trained * sizes.epochs
  func whole(_ what: String, _ arms: [Arm]) -> [PlanRow] {
    Dictionary(grouping: arms, by: \.part).sorted { $0.key < $1.key }.map { part, arms in
      let runs = arms.reduce(0) { $0 + $1.seeds(study.seeds).count }
      let name = part == 1 ? what : "\(what), 1/\(part) of the images"
      return PlanRow(name, runs: runs, passes: passes / part, milliseconds: 1.5)
    }
  }
  let parts = try experiment.parts.value
  let tested = parts.test.count + parts.validation.count
  let drawn =
    trained + tested + sizes.pool
    + Square.all.count * (sizes.train + sizes.validation / 2 + 2 * sizes.perSex)
  let films = sizes.second + (study.data == nil ? drawn : 0)
  var rows = [
    PlanRow("films drawn", runs: 1, passes: films, milliseconds: 7.6),
    PlanRow("second site", runs: 1, passes: sizes.second * sizes.epochs, milliseconds: 1.5),
  ]
  rows += whole("ε grid and flip", [Arm.nonPrivate, .flip] + Arm.budgets.map(Arm.at))
  rows += whole("alternatives", Arm.alternatives)
  rows += whole("clipping and noise apart", Arm.halves)
  rows += whole("started from the second site", Arm.tuned)
  rows += whole("fewer images", Arm.fewer)
  if study.data == nil {
    rows.append(
      PlanRow(
        "group size × difficulty", runs: Square.all.count * 2 * study.seeds.count, passes: passes,
        milliseconds: 1.5))
    let scans = Sizes.ct(study.scale)
    rows.append(
      PlanRow(
        "CT", runs: CTExperiment.arms.reduce(0) { $0 + $1.seeds(study.seeds).count },
        passes: scans.train * scans.epochs, milliseconds: 0.6))
  }
  let heads = experiment.headJobs
  let pool = study.data == nil ? sizes.pool : trained
  rows.append(
    PlanRow(
      "heads on frozen features", runs: heads.count,
      passes: heads.reduce(0) { $0 + min($1.arm.images, pool) * sizes.epochs }
        / max(1, heads.count),
      milliseconds: 0.005))
  rows.append(
    PlanRow(
      "scoring", runs: experiment.jobs.count, passes: tested, milliseconds: 0.4))
  return rows
}
