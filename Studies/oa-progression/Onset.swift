// hide
import LightboxStudy

// show

struct QuestionRow: TableRow {
  static let columns = [
    Column("question"), Column("knees"), Column("outcomes"), Column("method", digits: 3),
    Column("tuned network", digits: 3), Column("copy", digits: 3),
    Column("method less tuned", digits: 2), Column("low", digits: 2), Column("high", digits: 2),
  ]
  var question: String
  var knees, outcomes: Int
  var method, tuned, copy, gap, low, high: Double?
}

//: ### Table 16 — onset and progression apart
//: "Onset and progression" are two questions. The networks were trained for the first row's; the
//: method's score is the same in all rows, though it counts rises by two: a first film that looks
//: like grade 1 has less room to rise by two and scores low, though it is nearest to onset. An
//: AUROC below .5 there is a score for another question.
func onsetTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [QuestionRow] {
    let all = try experiment.futures(.usual)
    return Question.allCases.map { question in
      let cases = all.flatMap(\.cases).filter(question.counts)
      let gap = areaGaps(all, Arm.method.name, Plain.tuned, question)
      func mean(_ arm: String) -> Double? {
        average(all.compactMap { area($0, arm, question) })
      }
      return QuestionRow(
        question: question.rawValue, knees: cases.count,
        outcomes: cases.count(where: question.holds), method: mean(Arm.method.name),
        tuned: mean(Plain.tuned), copy: mean(Plain.copy), gap: gap.value,
        low: gap.interval()?.low, high: gap.interval()?.high)
    }
  }
  try study.table("table-16", "Onset and progression", tier: .simulated, rows: try rows())
  try study.claim(
    "oa.improves", tier: .simulated,
    measured: .family(
      try [Question.onset, .progression].map {
        areaGaps(try experiment.futures(.usual), Arm.method.name, Plain.tuned, $0)
      }),
    recipe: decidingRecipe("oa.improves", arm: Arm.method.name),
    seeds: experiment.runs.count)
}
//: The sentence that the model "improves predictions" of both is a summary and is not judged
//: ({{oa.improves@simulated.verdict}}).

/// A stage of this study, and whether it reads grades or optimises.
struct StageReading {
  var name: String
  var readsGrades: Bool
  static let trained = [
    StageReading(name: "generator", readsGrades: false),
    StageReading(name: "encoder", readsGrades: false),
    StageReading(name: "projection", readsGrades: false),
    StageReading(name: "grade classifier", readsGrades: true),
  ]
}

//: ### What this code does
//: The re-implementation is open to the same questions as the released code of chapter 1: what it
//: needs and what it optimises.
func auditClaims(_ study: StudyRun, _ experiment: Experiment) throws {
  let readers = StageReading.trained.filter(\.readsGrades).map(\.name)
  try study.claim(
    "oa.nolabel", tier: .simulated,
    measured: .relation(
      holds: readers.isEmpty,
      detail: "read grades here too: \(readers.joined(separator: ", ")); the drawn film needs none")
  )
  try study.claim(
    "oa.joint", tier: .simulated,
    measured: .relation(
      holds: false,
      detail: "neighbour: least distance in a list; extrapolation: one sum; nothing is optimised "
        + "jointly"))
  try study.claim(
    "oa.presymptomatic", tier: .simulated,
    measured: try {
      let tested = try experiment.futures(.usual).flatMap(\.cases).filter(Question.fast.counts)
      let late = tested.count { $0.firstTrue > 1 }
      // That they are read 0 or 1 is how they were chosen and cannot fail.
      return .relation(
        holds: nil,
        detail:
          "\(tested.count) tested knees, chosen as read 0 or 1 at first (\(late) of them truly 2 or "
          + "more); symptoms are not simulated; grades up to 2 stand in Table 16")
    }())
  try study.claim(
    "oa.generic", tier: .simulated,
    measured: .notAvailable("one joint and one disease cannot show that a solution is generic"))
}
//: No human annotation: {{oa.nolabel@simulated.verdict}}. Joint optimisation:
//: {{oa.joint@simulated.verdict}}. Presymptomatic: {{oa.presymptomatic@simulated.verdict}}, as far
//: as a grade can say; symptoms are not simulated.
