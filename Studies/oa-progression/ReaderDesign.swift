// hide
import LightboxStudy

// show

struct NullRow: TableRow {
  static let columns = [
    Column("structure"), Column("studies"), Column("generalised to"),
    Column("rejected", unit: "%", digits: 3), Column("low", digits: 3), Column("high", digits: 3),
  ]
  var structure: String
  var studies: Int
  var kind: String
  var rejected, low, high: Double?
}

//: ### Table 24 — size
//: Rejections of studies without a difference, with 95 % Clopper-Pearson intervals. Structures are
//: Roe and Metz's: first letter, how alike a case looks to all readers (H, high; L, low); second,
//: how much readers differ. Their null models at an AUROC of .70, seven readers, 95 and 392 knees:
//: how often equality is rejected at 5 % where nothing differs. Between 4 and 6 % is expected of
//: random readers and cases (an interval wholly below 5 is caution, above it a fault); analyses
//: that take readers as fixed answer another question and may reject more often.
func sizeTable(_ study: StudyRun, _ experiment: Experiment) throws {
  let stages = try nulls(study, experiment.sizes)
  func rows() throws -> [NullRow] {
    try stages.flatMap { job, staged in
      let found = try staged.value
      return ObuchowskiRockette.Generalization.allCases.map { kind in
        let rate = try? found.rate(kind)
        let interval = rate?.clopperPearson()
        return NullRow(
          structure: job.structure.rawValue, studies: found.studies, kind: kind.rawValue,
          rejected: rate.map { 100 * $0.value }, low: interval.map { 100 * $0.low },
          high: interval.map { 100 * $0.high })
      }
    }
  }
  try study.table(
    "table-24", "Rejections where nothing differs", tier: .simulated, rows: try rows())
  let name = ObuchowskiRockette.Generalization.readersAndCases.rawValue
  func rates() throws -> [Double] { try rows().filter { $0.kind == name }.compactMap(\.rejected) }
  try study.text("nulls.low", shown(try rates().min()))
  try study.text("nulls.high", shown(try rates().max()))
}
//: Random readers and cases: {{nulls.low}} to {{nulls.high}} %.

struct PowerRow: TableRow {
  static let columns = [
    Column("true difference of AUROC", digits: 2), Column("readers"), Column("knees"),
    Column("power", unit: "%", digits: 3), Column("knees for 80 %"),
  ]
  var difference: Double
  var readers, knees: Int
  var power: Double?
  var needed: Int?
}

//: ### Table 25 — power
//: From the components of the simulated study with the drawn film: the chance to find a difference
//: that is there, with seven readers and with twenty. Seven simulated readers say little about how
//: readers differ.
func powerTable(
  _ study: StudyRun, _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  func rows() throws -> [PowerRow] {
    let crossed = try simulated().study(.drawn, ofCalls: false)
    guard let performance = try? ReaderPerformance(crossed),
      let found = try? ObuchowskiRockette(performance)
    else { return [] }
    let power = ReaderStudyPower(found.components)
    return [7, 20].flatMap { readers in
      [0.02, 0.05, 0.1].map { difference in
        let chance = power.power(at: difference, readers: readers, cases: 487)
        return PowerRow(
          difference: difference, readers: readers, knees: 487,
          power: chance.isFinite ? 100 * chance : nil,
          needed: power.cases(toDetect: difference, readers: readers))
      }
    }
  }
  try study.table("table-25", "Power of such a study", tier: .simulated, rows: try rows())
}
