// hide
import Foundation
import LightboxStudy

// show

struct ReachRow: TableRow {
  static let columns = [
    Column("what is combined"), Column("assumed"), Column("smallest AUROC needed", digits: 4),
    Column("AUROC at hand"), Column("largest Youden", digits: 3),
    Column("Youden to reach", digits: 3),
    Column("reached"),
  ]
  var combined, assumed: String
  var needed: Double?
  var atHand: Double
  var largest: Double?
  var target: Double
  var reached: Bool
}

/// The aided point as easy to reach, and the unaided reader as good, as rounding permits.
func easiest() -> (target: PlanePoint, reader: PlanePoint) {
  let (se, sp) = (PublishedMeasure.sensitivity, PublishedMeasure.specificity)
  return (
    PlanePoint(
      falsePositive: 1 - sp.interval(.aided).low, sensitivity: se.interval(.aided).low),
    PlanePoint(
      falsePositive: 1 - sp.interval(.unaided).high, sensitivity: se.interval(.unaided).high)
  )
}

func reachRows() -> [ReachRow] {
  let (target, reader) = easiest()
  let pair = IndependentPair(reader: reader)
  let area = printedAUROC.model.value
  let highest = printedAUROC.model.interval().high
  func concave(_ assumed: String, _ atHand: Double, alone: Bool = false) -> ReachRow {
    let needed: Double? =
      alone ? (1 + target.youden) / 2 : pair.smallestArea(reaching: target)
    return ReachRow(
      combined: alone ? "model alone" : "model and unaided call", assumed: assumed, needed: needed,
      atHand: atHand, target: target.youden, reached: needed.map { $0 <= atHand } ?? false)
  }
  func normal(_ combined: String, _ largest: Double) -> ReachRow {
    ReachRow(
      combined: combined, assumed: "normal, equal spread", atHand: area, largest: largest,
      target: target.youden, reached: largest >= target.youden)
  }
  let d = separation(area: area)
  let own = PointRow(.unaided).separation
  let readers = ReaderPoint.all.map {
    IndependentPair(reader: $0.unaided).largestYouden(separation: d)
  }
  return [
    concave("any concave curve", highest, alone: true),
    concave("any concave curve, independent call", highest),
    concave("the same, a better model (control)", 0.75),
    normal("model alone", 2 * Distributions.Normal().cdf(d / 2) - 1),
    normal("model and unaided call", pair.largestYouden(separation: d)),
    normal(
      "model and a reader's continuous impression",
      2 * Distributions.Normal().cdf((d * d + own * own).squareRoot() / 2) - 1),
    normal(
      "model and each of seven readers, mean of the best",
      readers.reduce(0, +) / Double(readers.count)),
  ]
}

//: ### Table 1e — can model and unaided reader reach the aided point?
//: All rounding is taken in favour of reaching: the aided point at its lowest, the unaided reader
//: and the model (.69, a figure reading) at their best. Where only concavity is assumed, the
//: smallest area needed is compared with the area at hand; for normal scores the largest Youden
//: with the one printed. *Control*: a model of area .75 must reach the point by the same rule.
func reachable(_ study: StudyRun) throws {
  let rows = reachRows()
  try study.table(
    "table-1e", "The aided point and combinations of model and unaided reader", tier: .aggregates,
    rows: rows)
  try study.value("reach.needed", rows[1].needed ?? .infinity, digits: 3)
  try study.value("reach.best", rows[1].atHand, digits: 3)
  try study.text("reach.control", rows[2].reached ? "reaches it" : "misses it as well")
  try study.value("reach.normal", rows[4].largest!, digits: 2)
  try study.value("reach.continuous", rows[5].largest!, digits: 2)
  try study.value("reach.seven", rows[6].largest!, digits: 2)
  try study.value("reach.target", rows[4].target, digits: 2)
  try study.claim(
    "S.oa.reach", tier: .aggregates,
    measured: .relation(
      holds: !rows[1].reached,
      detail: "area \(Printed.fixed(rows[1].needed ?? 1, decimals: 4)) needed, at most "
        + "\(Printed.exact(rows[1].atHand)) at hand"))
}
//: An independent call helps no worst-case model at this point: {{reach.needed}} is needed,
//: {{reach.best}} at hand, and the control {{reach.control}} (S.oa.reach:
//: {{S.oa.reach@aggregates.verdict}}). With normal scores the best Youden is {{reach.normal}} with
//: the call, {{reach.continuous}} with a continuous impression, {{reach.seven}} as mean over seven
//: readers with their own points; {{reach.target}} is printed.
//:
//: *What is excluded*: that the aided readers are readers at their printed mean point and a score
//: of area .69, independent given the truth and combined by any rule. *What is not*: score and call
//: may depend on each other given the truth, and then nothing is excluded: if the reader errs on
//: other knees than the model, AND alone reaches the corner (0, 42 %) and OR a sensitivity near
//: one. Seven readers at seven points can average to more than one reader at their mean. A curve
//: that is not concave hides information that its area does not count. And a reader who sees a
//: picture sees more than a score. The point says that *help* from such a score does not suffice;
//: it does not say that the readers were not helped.

struct PlaneRow: TableRow {
  static let columns = [
    Column("series"), Column("false positive rate", digits: 4), Column("curve", digits: 4),
    Column("point", digits: 4),
  ]
  var series: String
  var falsePositive: Double
  /// Sensitivity, in one of two columns.
  var curve, point: Double?
}

func planeRows() -> [PlaneRow] {
  let area = printedAUROC.model.value
  let d = separation(area: area)
  let normal = Distributions.Normal()
  let alone = stride(from: -4.0, through: 4.8, by: 0.05).map {
    PlanePoint(falsePositive: normal.survival($0), sensitivity: normal.survival($0 - d))
  }
  let both = IndependentPair(reader: .printed(.unaided)).curve(separation: d)
  // Above this line no concave curve of the area at hand has a point.
  let height = 2 * printedAUROC.model.interval().high - 1
  let limit = [(0, height), (1 - height, 1)].map {
    PlanePoint(falsePositive: $0.0, sensitivity: $0.1)
  }
  func curve(_ series: String, _ points: [PlanePoint]) -> [PlaneRow] {
    points.map {
      PlaneRow(series: series, falsePositive: $0.falsePositive, curve: $0.sensitivity)
    }
  }
  func readers(_ support: Support) -> [PlaneRow] {
    ReaderPoint.all.map {
      let point = $0.point(support)
      return PlaneRow(
        series: "readers, \(support.rawValue)", falsePositive: point.falsePositive,
        point: point.sensitivity)
    }
  }
  return curve("model alone, normal", alone)
    + curve("model and unaided call, normal", both)
    + curve("limit of any concave curve", limit) + readers(.unaided) + readers(.aided)
}

//: ### Figure 2 — the ROC plane
//: Curves: a normal model of area .69, alone and with the unaided call; no concave curve of area
//: .695 has a point above the straight line. Points: seven readers (figure readings, R7
//: reconstructed) before and after; diamonds: the printed means.
func figure2(_ study: StudyRun) throws {
  try study.figure(
    "figure-2", "Readers, the model, and what both together reach", tier: .aggregates,
    from: planeRows()
  ) { plot in
    plot.line(x: \.falsePositive, y: \.curve, series: \.series, markers: false)
      .points(x: \.falsePositive, y: \.point, series: \.series)
      .axes(x: 0...1, y: 0...1)
      .labels(x: "false positive rate", y: "sensitivity").size(width: 380, height: 380)
    for support in Support.allCases {
      let point = PlanePoint.printed(support)
      plot.printed(x: point.falsePositive, y: point.sensitivity, label: "printed means")
    }
  }
}
