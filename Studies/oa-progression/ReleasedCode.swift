// hide
import LightboxStudy

// show

struct CodeRow: TableRow {
  static let columns = [
    Column("claim"), Column("abstract says"), Column("released code, as read"),
    Column("reads grades"), Column("optimises"),
  ]
  var claim, says, code: String
  /// Whether the step needs grades given by people.
  var readsGrades: Bool
  /// Whether the step minimises something.
  var optimises: Bool

  static let all = [
    CodeRow(
      claim: "oa.nolabel", says: "no human annotation in the training phase",
      code: "generator: trained on films without labels", readsGrades: false, optimises: true),
    CodeRow(
      claim: "oa.nolabel", says: "no human annotation in the training phase",
      code: "projection to a latent code: feature distance and noise term, no labels",
      readsGrades: false, optimises: true),
    CodeRow(
      claim: "oa.nolabel", says: "no human annotation in the training phase",
      code: "risk: a classifier of five grades, trained on grades, read on both films",
      readsGrades: true, optimises: true),
    CodeRow(
      claim: "oa.joint", says: "nearest neighbour: joint optimisation",
      code: "nearest neighbour: the least distance in a list of latent codes", readsGrades: false,
      optimises: false),
    CodeRow(
      claim: "oa.joint", says: "latent extrapolation: joint optimisation",
      code: "latent code + time ratio x (neighbour's last - neighbour's first)",
      readsGrades: false, optimises: false),
    CodeRow(
      claim: "oa.presymptomatic", says: "presymptomatic baseline data",
      code: "risk counts rises 0 to 2, 3, 4; 1 to 3, 4; and 2 to 4", readsGrades: true,
      optimises: false),
  ]
}

/// The rises of grade that the released risk score counts: (first, later).
let countedRises = [(0, 2), (0, 3), (0, 4), (1, 3), (1, 4), (2, 4)]

//: ### Table 1i — what the released code does, read against what is stated
//: Read, not run. *No human annotation*: neither generator nor projection nor extrapolation reads a
//: label, so the picture of the later knee needs none. The risk that is compared with readers does:
//: it is the sum of p(first grade) p(later grade) over rises, and the classifier behind both
//: factors learns from grades that people gave. *Joint optimisation*: the projection is optimised,
//: film by film; neighbour and extrapolation are a search in a list and one line of arithmetic, and
//: nothing is optimised jointly. (The ratio of times in that line was inverted until August 2022.)
//: *Presymptomatic*: the score counts a rise from grade 2, which is osteoarthritis by the usual
//: definition, and a grade says nothing of symptoms; which knees were tested is not released.
func releasedCode(_ study: StudyRun) throws {
  try study.table(
    "table-1i", "Statements and the released code", tier: .aggregates, rows: CodeRow.all)
  func steps(_ claim: String) -> [CodeRow] { CodeRow.all.filter { $0.claim == claim } }
  let labelled = steps("oa.nolabel").filter(\.readsGrades)
  try study.claim(
    "oa.nolabel", tier: .aggregates,
    measured: .relation(
      holds: labelled.isEmpty,
      detail: "\(labelled.count) of \(steps("oa.nolabel").count) trained parts learns from grades"))
  let optimised = steps("oa.joint").filter(\.optimises)
  try study.claim(
    "oa.joint", tier: .aggregates,
    measured: .relation(
      holds: optimised.count == steps("oa.joint").count,
      detail: "neighbour and extrapolation are in closed form"))
  let late = countedRises.filter { $0.0 > 1 }
  try study.claim(
    "oa.presymptomatic", tier: .aggregates,
    measured: .relation(
      holds: nil,
      detail:
        "\(late.count) of \(countedRises.count) counted rises starts above grade 1; the tested "
        + "knees are not released"))
}
//: No human annotation: {{oa.nolabel@aggregates.verdict}}. Joint optimisation:
//: {{oa.joint@aggregates.verdict}}. Presymptomatic: {{oa.presymptomatic@aggregates.verdict}}. These
//: are verdicts on sentences; whether the extrapolated radiograph is any good is not asked by them.
