// hide
import LightboxStudy

// show

//: ## 6c · Within a physician, and where the spread comes from
//: "Intraobserver variability was similar" is a statement of sameness: the ratio of the SDs of
//: repetitions, 3D over 2D, has to lie between 0.8 and 1.25 with its whole 90 % interval.
//:
//: *Could fail*: the two SDs come from different error sources (calipers and planes; pressure,
//: coverage and contour), and no law makes them equal. *Built in*: the size of each source; that of
//: contours from sweep to sweep was chosen so that repetitions spread about as in 2D, which puts
//: the primary ratio near 1 by hand. What is left to find out is whether it stays there when a
//: source is halved or doubled. *Control that must fail*: without the caliper error of single
//: readings the ratio must leave the range.
func withinReaders(_ study: StudyRun, _ trials: Trials) throws {
  try table3(study, trials)
  try table3b(study, trials)
  try trials.claim(
    study, "th.intra", [.repeatRatio], flip: Flip(.no2DReadingError, [.repeatRatio]),
    alternatives: [.reading2DHalved, .reading2DDoubled, .repeats3DDoubled])
}

struct RepeatRow: TableRow {
  static let columns = [
    Column("physician"), Column("method"), Column("within SD", unit: "ml", digits: 3),
    Column("low", unit: "ml", digits: 3), Column("high", unit: "ml", digits: 3),
    Column("CV", unit: "%", digits: 3), Column("repeatability", unit: "ml", digits: 3),
    Column("repeatability low", unit: "ml", digits: 3),
    Column("repeatability high", unit: "ml", digits: 3), Column("ratio 3D/2D", digits: 3),
    Column("ratio low 90", digits: 3), Column("ratio high 90", digits: 3),
  ]
  var physician, method: String
  var sd, low, high: Double
  var cv: Double?
  var coefficient, coefficientLow, coefficientHigh: Double
  var ratio, ratioLow, ratioHigh: Double?
}

/// A physician's repetitions, or those of all three pooled.
func repetitions(_ trial: Trial, _ method: String, _ reader: Int?) throws -> Repeatability {
  let readers = reader.map { [$0] } ?? Array(0..<Trial.operators)
  return try Repeatability(readers.flatMap { trial.repeats(method, $0) })
}

func repeatRows(_ trial: Trial) throws -> [RepeatRow] {
  try ([0, 1, 2] as [Int?] + [nil]).flatMap { reader in
    try methods.map { method in
      let found = try repetitions(trial, method, reader)
      let interval = found.interval()
      let coefficient = found.coefficientInterval()
      var row = RepeatRow(
        physician: reader.map { "MD\($0 + 1)" } ?? "all", method: method,
        sd: found.standardDeviation, low: interval.low, high: interval.high,
        cv: found.coefficientOfVariation.map { 100 * $0 }, coefficient: found.coefficient,
        coefficientLow: coefficient.low, coefficientHigh: coefficient.high)
      if method == "3D" {
        // The ratio of two independent within-variances follows F.
        let other = try repetitions(trial, "2D", reader)
        let ratio = found.variance / other.variance
        let (a, b) = (Double(found.degreesOfFreedom), Double(other.degreesOfFreedom))
        row.ratio = ratio.squareRoot()
        row.ratioLow = (ratio / Distributions.FisherF(a, b).quantile(0.95)).squareRoot()
        row.ratioHigh = (ratio * Distributions.FisherF(b, a).quantile(0.95)).squareRoot()
      }
      return row
    }
  }
}

//: ### Table 3 — repetitions of one physician, one trial
//: `within SD` pools the repetitions of all volunteers; two repetitions differ by less than the
//: repeatability coefficient (2.77 times that SD) in 95 % of cases. The abstract prints no number
//: for this.
func table3(_ study: StudyRun, _ trials: Trials) throws {
  try study.table(
    "table-3", "Intraobserver variability", tier: trials.tier,
    rows: try repeatRows(try trials.shown))
}
//: Over seeds the ratio 3D/2D is {{th.intra@simulated}}: {{th.intra@simulated.verdict}}, and not
//: counted, because the contours' scatter was chosen to come out near 1. Table 7 shows that it does
//: not stay there when a single source is halved or doubled.

struct ComponentRow: TableRow {
  static let columns = [
    Column("method"), Column("quantity"), Column("unit"), Column("value", digits: 3),
    Column("low", digits: 3), Column("high", digits: 3), Column("interval by"),
  ]
  var method, quantity, unit: String
  var value, low, high: Double
  var interval: String
}

func componentRows(_ study: StudyRun, _ trial: Trial) throws -> [ComponentRow] {
  try methods.flatMap { method in
    let layout = try trial.layout(method)
    let likelihood = try RestrictedLikelihood(layout)
    let fit = likelihood.fit()
    let parts: [(String, TwoWayANOVA.Component, Double)] = [
      ("volunteers", .subject, fit.components.subject),
      ("physicians", .operators, fit.components.operators),
      ("volunteer x physician", .interaction, fit.components.interaction ?? 0),
      ("repetitions", .residual, fit.components.residual),
    ]
    let spreads = try parts.map { name, component, variance in
      let interval = try likelihood.profileInterval(of: component, around: fit)
      return ComponentRow(
        method: method, quantity: "SD, \(name)", unit: "ml", value: variance.squareRoot(),
        low: interval.low.squareRoot(), high: interval.high.squareRoot(), interval: "profile")
    }
    let anova = try TwoWayANOVA(layout)
    let stream = study.stream.child("components").child(method)
    func drawn(
      _ quantity: String, _ unit: String, _ of: @escaping (VarianceComponents) -> Double
    ) -> ComponentRow {
      let interval = anova.generalizedInterval(stream: stream, of: of)
      return ComponentRow(
        method: method, quantity: quantity, unit: unit, value: of(fit.components),
        low: interval.low, high: interval.high, interval: "generalised")
    }
    let combined = [
      drawn("SD, physician and habit", "ml") {
        ($0.operators + ($0.interaction ?? 0)).squareRoot()
      },
      drawn("ICC(2,1), one measurement", "") { $0.interobserverICC },
      drawn("ICC(3,1), one measurement", "") { $0.consistencyICC },
    ]
    let means = try IntraclassCorrelations(try layoutMeans(layout))
    let correlations = [IntraclassCorrelations.Form.agreement, .consistency].map { form in
      let found = means[form]
      let interval = found.interval()
      return ComponentRow(
        method: method, quantity: "\(found.name), mean of repetitions", unit: "",
        value: found.value, low: interval.low, high: interval.high, interval: "F")
    }
    return spreads + combined + correlations
  }
}

/// [volunteer][physician] means of the repetitions.
func layoutMeans(_ layout: TwoWayLayout) throws -> [[Double]] {
  guard let means = layout.cellMeans else { throw Undefined("a physician without repetitions") }
  return means
}

//: ### Table 3b — variance components and intraclass correlations, one trial
//: y = μ + volunteer + physician + volunteer × physician + repetition, all random. The third is the
//: habit that a physician brings back to the same neck and that no averaging over repetitions
//: removes. REML with profile intervals; three physicians are two degrees of freedom, and their
//: intervals say so. ICC(2,1) counts differences between physicians as error, ICC(3,1) does not.
func table3b(_ study: StudyRun, _ trials: Trials) throws {
  try study.table(
    "table-3b", "Where the variance comes from", tier: trials.tier,
    rows: try componentRows(study, try trials.shown))
}
//: An ICC describes this sample of people as much as the method: the more the volunteers differ,
//: the better it looks at the same limits of agreement in millilitres.
