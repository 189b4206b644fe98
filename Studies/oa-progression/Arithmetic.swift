// hide
import LightboxStudy

// show

//: ## 1 · Arithmetic: what the printed numbers allow
//: Eight percentages describe seven readers, without and with the synthetic radiograph. Sensitivity
//: and specificity fix a point of the ROC plane, and with a prevalence they fix both predictive
//: values: eight numbers where five would do. What is redundant can be checked; what is missing
//: (how many knees, which calls changed, how readers differ) can be bounded.
//:
//: *Could fail*: one prevalence may not fit all eight; the aided point may lie above everything
//: that model and reader can reach; a gain may vanish once readers are a sample. *Built in*:
//: nothing. *Controls that must fail, or pass*: eight numbers computed from one table of whole
//: counts have to be accepted by the rule that refuses the printed ones; a better model has to
//: reach the aided point; a gain that a single reader brings must not count as significant for
//: readers at large.
func arithmetic(_ study: StudyRun) throws {
  try printedPoints(study)
  try wordingOfTheAbstracts(study)
  try impliedPrevalences(study)
  try figure1(study)
  try countsThatFit(study)
  try averagedReaders(study)
  try reachable(study)
  try figure2(study)
  try gains(study)
  try oneByOne(study)
  try releasedCode(study)
}

struct PointRow: TableRow {
  static let columns = [
    Column("readers"), Column("sensitivity"), Column("specificity"), Column("PPV"), Column("NPV"),
    Column("Youden", digits: 3), Column("one-point AUROC", digits: 4),
    Column("lowest by rounding", digits: 4), Column("d'", digits: 2),
  ]
  var readers: String
  var sensitivity, specificity, positive, negative, youden, area, lowest, separation: Double

  init(_ support: Support) {
    readers = support.rawValue
    sensitivity = PublishedMeasure.sensitivity.value(support)
    specificity = PublishedMeasure.specificity.value(support)
    positive = PublishedMeasure.positiveValue.value(support)
    negative = PublishedMeasure.negativeValue.value(support)
    youden = sensitivity + specificity - 1
    area = (sensitivity + specificity) / 2
    lowest =
      (PublishedMeasure.sensitivity.interval(support).low
        + PublishedMeasure.specificity.interval(support).low) / 2
    let normal = Distributions.Normal()
    separation = normal.quantile(sensitivity) + normal.quantile(specificity)
  }
}

//: ### Table 1 — the printed points
//: The one-point AUROC, (sensitivity + specificity)/2, is the area under the two straight lines
//: from the corners to the point, the least that any concave ROC curve through it can have. d′ is
//: the distance of two normal distributions of equal spread that a threshold would cut at this
//: point.
func printedPoints(_ study: StudyRun) throws {
  let rows = Support.allCases.map(PointRow.init)
  try study.table("table-1", "Readers as printed", tier: .aggregates, rows: rows)
  for measure in [PublishedMeasure.sensitivity, .specificity] {
    try study.claim(
      "oa.\(measure.key).unaided", tier: .aggregates,
      measured: .relation(
        holds: measure.unaided == measure.unaidedB,
        detail: "A prints \(measure.unaided), B \(measure.unaidedB)"))
    try study.claim(
      "oa.\(measure.key).aided", tier: .aggregates,
      measured: .relation(
        holds: measure.aided == measure.aidedB,
        detail: "A prints \(measure.aided), B \(measure.aidedB)"))
  }
  try study.value("point.unaided", rows[0].area, digits: 3)
  try study.value("point.aided", rows[1].area, digits: 3)
  try study.value("point.lowest", rows[1].lowest, digits: 4)
  try study.text("point.model", Printed.exact(printedAUROC.model.value))
}
//: Unaided readers stand at {{point.unaided}}, aided ones at {{point.aided}} ({{point.lowest}} if
//: all rounding works downwards), while the model alone has an area of {{point.model}} (figure
//: reading): the aided readers lie above every concave curve that the model could have. The two
//: abstracts print the same sensitivities and specificities; that is all that the four verdicts on
//: these values say (of aided sensitivity: {{oa.sens.aided@aggregates.verdict}}).

//: ### Two abstracts, two claims
//: A says that the model "surpasses its supervised counterpart whose input was provided by seven
//: experienced radiologists": one opponent. B knows two: an end-to-end network, and the readers. A
//: network fed by readers and readers themselves are not the same opponent.
func wordingOfTheAbstracts(_ study: StudyRun) throws {
  let opponents = (a: ["a supervised model with readers' input"], b: ["readers", "a network"])
  try study.claim(
    "oa.wording", tier: .aggregates,
    measured: .relation(
      holds: opponents.a != opponents.b,
      detail: "A names \(opponents.a.count) opponent, B names \(opponents.b.count)"))
  try study.claim(
    "oa.n.readers", tier: .aggregates,
    measured: .relation(
      holds: readersPrinted.a == readersPrinted.b, detail: "both print \(readersPrinted.a)"))
  // Unaided: above chance by both coordinates and by both predictive values, rounding included.
  let p = pooledPrevalences(.unaided)
  let sum =
    PublishedMeasure.sensitivity.interval(.unaided).low
    + PublishedMeasure.specificity.interval(.unaided).low
  try study.claim(
    "oa.random", tier: .aggregates,
    measured: .relation(
      holds: sum > 1
        && PublishedMeasure.positiveValue.interval(.unaided).low
          > max(p.positive.high, p.negative.high),
      detail: "one-point AUROC \(Printed.fixed(sum / 2, decimals: 3)) above .5, PPV above every "
        + "prevalence that the printed numbers imply"))
}
//: That both abstracts count seven readers: {{oa.n.readers@aggregates.verdict}}. That their two
//: statements differ: {{oa.wording@aggregates.verdict}}. "Slightly better than random": better
//: holds ({{oa.random@aggregates.verdict}}); how much is slight was not registered and is not
//: judged.
