// hide
import LightboxStudy

// show

//: ## 1 · Arithmetic: what the printed numbers allow
//: Before any model is trained, the abstract can be questioned with a pencil. Each printed number
//: is an interval of half its last digit; a statement that connects two numbers either survives
//: every choice inside those intervals or it does not.
//:
//: *Could fail*: the printed decrease might fit no reading of itself. *Built in*: nothing. *Control
//: that must fail*: a decimal point in the wrong place has to be rejected by the same rule.
func arithmetic(_ study: StudyRun) throws {
  try readingsOfTheDrop(study)
  try whatTheAverageAllows(study)
  try noiseAtPublishedScale(study)
  try auditOfTheCode(study)
  try wordingOfTheVersions(study)
  try thirdParty(study)
}

/// What the two versions of the abstract print, as strings: "" where a version has no such number.
let abstracts: [(quantity: String, v1: String, v5: String)] = [
  ("radiographs", "193,311", "193,311"),
  ("CT volumes", "", "1,625"),
  ("AUROC without privacy", "0.90", ""),
  ("AUROC at epsilon 7.89", "0.87", ""),
  ("decrease", "2.6", ""),
  ("verb", "does not amplify", "did largely not amplify"),
]

/// The rounding interval of a number that the first version prints, or else the second.
func rounding(_ quantity: String) -> Interval {
  let printed = abstracts.first { $0.quantity == quantity }!
  return PrintedNumber(printed.v1.isEmpty ? printed.v5 : printed.v1)!.interval()
}

struct ReadingRow: TableRow {
  static let columns = [
    Column("reading"), Column("low", unit: "%", digits: 3), Column("high", unit: "%", digits: 3),
    Column("fits 2.6"), Column("fits 26 (control)"),
  ]
  var reading: String
  var low, high: Double
  var fits, fitsControl: Bool
}

//: ### Three readings of "2.6 %"
//: From .90 to .87 is three points, printed as 2.6 %. Points of AUROC, percent of the non-private
//: AUROC, or percent of what lies above chance? The two roundings leave each reading an interval,
//: and the rule asks that the printed number fits all of them.
func readingsOfTheDrop(_ study: StudyRun) throws {
  let nonPrivate = rounding("AUROC without privacy")
  let privateModel = rounding("AUROC at epsilon 7.89")
  let drop = Interval(
    low: nonPrivate.low - privateModel.high, high: nonPrivate.high - privateModel.low)
  let printed = rounding("decrease")
  let control = PrintedNumber("26")!.interval()
  func row(_ reading: String, relativeTo base: (Double) -> Double) -> ReadingRow {
    // The largest relative drop pairs the lowest private with the highest non-private value.
    let low = 100 * drop.low / base(nonPrivate.low)
    let high = 100 * drop.high / base(nonPrivate.high)
    func fits(_ number: Interval) -> Bool { low <= number.high && number.low <= high }
    return ReadingRow(
      reading: reading, low: low, high: high, fits: fits(printed), fitsControl: fits(control))
  }
  let rows = [
    row("points of AUROC") { _ in 1 },
    row("percent of the non-private AUROC") { $0 },
    row("percent of the distance from chance") { $0 - 0.5 },
  ]
  try study.table("table-1", "What a 2.6 % decrease can mean", tier: .aggregates, rows: rows)
  try study.claim(
    "dp.drop", tier: .aggregates,
    measured: .readings(rows.map { Interval(low: $0.low / 100, high: $0.high / 100) }))
  try study.value("drop.readings", rows.filter(\.fits).count)
  try study.value("drop.control", rows.filter(\.fitsControl).count)
}
//: {{drop.readings}} of the three readings fit the printed 2.6 %, {{drop.control}} fit a decimal
//: point in the wrong place: {{dp.drop@aggregates.verdict}}. Some but not all readings fit, so that
//: the rule neither agrees nor disagrees. The abstract does not say which reading it means; both
//: that an author would choose fit, the distance from chance does not.

struct PrecisionRow: TableRow {
  static let columns = [
    Column("AUROC"), Column("test images"), Column("smallest SE", digits: 2),
    Column("largest SE", digits: 2), Column("low", digits: 3), Column("high", digits: 3),
  ]
  var auroc: Double
  var images: Int
  var smallest, largest, low, high: Double
}

//: ### How sure can one be of .90 and .87?
//: The abstract prints neither the test set's size nor the prevalences, so an interval can only be
//: bounded: prevalence 1 to 50 %, 1 to 8 images per patient, a tenth to three tenths of the images
//: held out. Hanley and McNeil's standard error is taken at both ends of that set. The interval is
//: wider than the printed rounding by construction, for one label, with all labels at the printed
//: mean: these two rows can only come out undecided, though they count as at risk, and show how
//: little the abstract pins down.
func whatTheAverageAllows(_ study: StudyRun) throws {
  var rows: [PrecisionRow] = []
  for auroc in [0.90, 0.87] {
    for share in [0.1, 0.3] {
      let images = Int(193_311 * share)
      let bounds = AUROCErrorBounds(auroc: auroc, cases: images)
      let widest = 1.96 * bounds.largest.standardError + 0.005
      rows.append(
        PrecisionRow(
          auroc: auroc, images: images, smallest: bounds.smallest.standardError,
          largest: bounds.largest.standardError, low: auroc - widest, high: auroc + widest))
    }
  }
  try study.table(
    "table-1b", "Feasible standard errors of one label's AUROC", tier: .aggregates, rows: rows)
  for (id, auroc) in [("dp.auroc.nonprivate", 0.90), ("dp.auroc.private", 0.87)] {
    let own = rows.filter { $0.auroc == auroc }
    try study.claim(
      id, tier: .aggregates,
      measured: .interval(low: own.map(\.low).min()!, high: own.map(\.high).max()!))
  }
}

struct NoiseRow: TableRow {
  static let columns = [
    Column("epsilon"), Column("sigma by RDP", digits: 3), Column("sigma by PRV", digits: 3),
    Column("steps"), Column("mu", digits: 3), Column("N mu", digits: 4),
  ]
  var epsilon, sigmaRDP, sigmaPRV: Double
  var steps: Int
  var mu, matched: Double
}

//: ### The noise behind the printed ε
//: From the released code: expected batch 128, 100 epochs, δ = 6·10⁻⁶. The number of training
//: images is not in the abstract; 153,502 of the 193,311 are assumed. Which σ gives the printed ε
//: depends on the accountant. The code's library (Opacus 1.3) accounts by PRV unless told
//: otherwise; an RDP reader would need more noise for the same ε.
func noiseAtPublishedScale(_ study: StudyRun) throws {
  let images = 153_502
  let batch = 128
  let q = Double(batch) / Double(images)
  let steps = try SampledGaussian.steps(epochs: 100, samplingRate: q)
  try study.table(
    "table-1c", "Noise multipliers at the published scale", tier: .aggregates,
    rows: try Arm.budgets.map { epsilon in
      func sigma(_ accountant: PrivacyAccounting) throws -> Double {
        try NoiseCalibration.solve(
          targetEpsilon: epsilon, delta: 6e-6, samplingRate: q, steps: steps, accountant: accountant
        ).noiseMultiplier
      }
      let mu = try GaussianDP(epsilon: epsilon, delta: 6e-6)
      return NoiseRow(
        epsilon: epsilon, sigmaRDP: try sigma(.rdp), sigmaPRV: try sigma(.prv), steps: steps,
        mu: mu.mu, matched: mu.matchedSignal(images: images))
    })
}

//: ### What the released code does, read against what is stated
//: Read, not run. Its "SPD" subtracts accuracies. On four patients, two in each group, with all
//: decisions right, that difference is zero while the textbook parity difference is one: the
//: definition can be executed here. Which accountant the authors' runs used cannot; that row gets
//: no verdict.
func auditOfTheCode(_ study: StudyRun) throws {
  let decisions = Called(
    positive: [[true, true, false, false]], truth: [[true, true, false, false]])
  let asCoded = decisions.accuracy([0, 1]) - decisions.accuracy([2, 3])
  let textbook = decisions.rate([0, 1]) - decisions.rate([2, 3])
  try study.claim(
    "dp.measures", tier: .aggregates,
    measured: .relation(
      holds: asCoded == textbook,
      detail: "an accuracy difference (\(Printed.exact(asCoded)) where the textbook quantity is "
        + "\(Printed.exact(textbook)))"))
  try study.claim(
    "S.dp.epsilon.unit", tier: .aggregates,
    measured: .notAvailable("the released code was read, not run"))
}

//: ### Two versions, two strengths
//: The first version says the training "does not amplify" discrimination, the second that it "did
//: largely not amplify" it, drops the AUROCs and adds CT.
func wordingOfTheVersions(_ study: StudyRun) throws {
  func pair(_ quantity: String) -> (v1: String, v5: String) {
    let found = abstracts.first { $0.quantity == quantity }!
    return (found.v1, found.v5)
  }
  try study.claim(
    "dp.n.cxr", tier: .aggregates,
    measured: .holds(pair("radiographs").v1 == pair("radiographs").v5))
  let dropped = ["AUROC without privacy", "AUROC at epsilon 7.89", "decrease"].allSatisfy {
    !pair($0).v1.isEmpty && pair($0).v5.isEmpty
  }
  let added = pair("CT volumes").v1.isEmpty && !pair("CT volumes").v5.isEmpty
  try study.claim(
    "dp.versions", tier: .aggregates,
    measured: .holds(dropped && added && pair("verb").v1 != pair("verb").v5))
}
