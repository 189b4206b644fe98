// hide
import LightboxStudy

// show

//: ## 3 · The operators
//: Three operators with 6, 4 and 1 years of experience measure every lobe three times with calipers
//: and three times with a tracked sweep. What each of them does wrong is listed below, and every
//: number of it is an *input*: angles and reading errors were chosen after experience, biases were
//: tuned so that mean differences come out near the printed ones, and habits so that the standard
//: deviations of the differences reach what the printed p-values imply. So agreement of these
//: magnitudes with the paper proves nothing.
//:
//: The *habit* is what an operator does with one volunteer again and again: where this gland is
//: taken to end, how the probe lies, how the sensor was mounted for the session. Repeats share it,
//: and averaging three repeats does not take it away. Caliper errors of a few per cent a reading
//: cannot produce the spread that the paper's p-values imply; a habit can.
func operatorsChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try operatorTable(study)
  try sourceTable(study)
}

struct OperatorRow: TableRow {
  static let columns = [
    Column("operator"), Column("years"), Column("plane angle SD", unit: "degrees", digits: 2),
    Column("reading SD", unit: "%", digits: 2), Column("bias L, W, D", unit: "%"),
    Column("habit SD", unit: "%", digits: 2), Column("speed", unit: "mm/s", digits: 3),
    Column("tremor SD", unit: "mm", digits: 2), Column("margin at a pole", unit: "mm", digits: 2),
    Column("its habit SD", unit: "mm", digits: 2), Column("contour bias", unit: "mm", digits: 2),
    Column("contour habit SD", unit: "mm", digits: 2),
    Column("compression", unit: "%", digits: 2),
  ]
  var name: String
  var years: Int
  var angle, reading: Double
  var bias: String
  var habit, speed, tremor, margin, marginHabit, contour, contourHabit, compression: Double

  init(_ person: NeckOperator) {
    let (calipers, sweeps) = (person.calipers, person.sweeps)
    name = person.name
    years = person.years
    angle = calipers.planeAngleSDDegrees
    reading = 100 * calipers.readingSD
    bias = [calipers.bias.length, calipers.bias.width, calipers.bias.depth]
      .map { Printed.fixed(100 * $0, decimals: 0) }.joined(separator: ", ")
    habit = 100 * calipers.habitSD
    speed = sweeps.speedMMPerS
    tremor = sweeps.tremorSDMM
    margin = sweeps.marginMM
    marginHabit = sweeps.marginHabitSDMM
    contour = sweeps.contourBiasMM
    contourHabit = sweeps.contourHabitSDMM
    compression = 100 * person.pressure.mean
  }
}

//: ### Table A3 — three operators, all of it built in
func operatorTable(_ study: StudyRun) throws {
  try study.table(
    "table-A3", "The operators' parameters: inputs", tier: .simulated,
    rows: NeckOperator.published.map(OperatorRow.init))
}

struct SourceRow: TableRow {
  static let columns = [
    Column("source"), Column("moves"), Column("repeats average it out"), Column("what happens"),
  ]
  var source, moves, averages, happens: String
}

//: ### Table A4 — what can go wrong
//: Every source has a switch and a random stream of its own: turning one off leaves all the others'
//: numbers as they are.
func sourceTable(_ study: StudyRun) throws {
  try study.table(
    "table-A4", "Error sources", tier: .simulated,
    rows: ErrorSource.allCases.map {
      SourceRow(
        source: $0.rawValue, moves: $0.scope == .shared ? "both" : $0.scope.rawValue,
        averages: $0.variesBetweenRepeats ? "yes" : "no", happens: $0.explanation)
    })
}
