// hide
import LightboxStudy

// show

//: ## 1 · Arithmetic: what the printed numbers allow
//: Before any model is trained, the abstract can be questioned with a pencil. Each printed number
//: is an interval of half its last digit; a statement that connects two numbers either survives
//: every choice inside those intervals or it does not.
//:
//: *Could fail*: the printed decrease might fit no reading of itself. *Built in*: nothing.
//: *Control that must fail*: a reading that the authors cannot have meant (relative to the
//: distance from chance) has to be rejected by the same rule.
func arithmetic(_ study: StudyRun) throws {
  try readingsOfTheDrop(study)
  try auditOfTheCode(study)
  try whatTheAverageAllows(study)
  try noiseAtPublishedScale(study)
  try thirdPartyTable(study)
  try wordingOfTheVersions(study)
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

/// The rounding interval of a number that the first version prints.
func rounding(_ quantity: String) -> Interval {
  PrintedNumber(abstracts.first { $0.quantity == quantity }!.v1)!.interval()
}

struct ReadingRow: TableRow {
  static let columns = [
    Column("reading"), Column("low", unit: "%", digits: 3), Column("high", unit: "%", digits: 3),
    Column("printed", unit: "%"), Column("fits"),
  ]
  var reading: String
  var low, high, printed: Double
  var fits: Bool
}

//: ### Three readings of "2.6 %"
//: From .90 to .87 is three points, printed as 2.6 %. Points of AUROC, percent of the non-private
//: AUROC, or percent of what lies above chance? The two roundings leave each reading an interval.
func readingsOfTheDrop(_ study: StudyRun) throws {
  let nonPrivate = rounding("AUROC without privacy")
  let privateModel = rounding("AUROC at epsilon 7.89")
  let drop = Interval(
    low: nonPrivate.low - privateModel.high, high: nonPrivate.high - privateModel.low)
  let printed = rounding("decrease")
  func row(_ reading: String, relativeTo base: (Double) -> Double) -> ReadingRow {
    // The largest relative drop pairs the lowest private with the highest non-private value.
    let low = 100 * drop.low / base(nonPrivate.low)
    let high = 100 * drop.high / base(nonPrivate.high)
    return ReadingRow(
      reading: reading, low: low, high: high, printed: 2.6,
      fits: low <= printed.high && printed.low <= high)
  }
  let rows = [
    row("points of AUROC") { _ in 1 },
    row("percent of the non-private AUROC") { $0 },
    row("percent of the distance from chance (control)") { $0 - 0.5 },
  ]
  try study.table("table-1", "What a 2.6 % decrease can mean", tier: .aggregates, rows: rows)
  try study.claim(
    "dp.drop", tier: .aggregates,
    measured: .relation(
      holds: rows[0].fits && rows[1].fits && !rows[2].fits,
      detail: "fits points and percent of AUROC, not percent above chance"))
}
//: Both readings an author could mean fit the printed 2.6 %: {{dp.drop.verdict}}. The abstract does
//: not say which one; the control reading is rejected.

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
//: wider than the printed rounding by construction: it shows how little the abstract pins down.
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
//: images is not in the abstract; 153,502 of the 193,311 are assumed. Which σ gives the printed ε depends on the accountant. The code's library
//: (Opacus 1.3) accounts by PRV unless told otherwise; an RDP reader would need more noise for the
//: same ε.
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

struct PDACRow: TableRow {
  static let columns = [
    Column("epsilon"), Column("all"), Column("male"), Column("female"), Column("youngest"),
    Column("second"), Column("third"), Column("oldest"), Column("sex gap", digits: 3),
    Column("SE of the gap", digits: 2),
  ]
  var epsilon, all, male, female, youngest, second, third, oldest, gap, error: Double
}

//: ### A table from elsewhere
//: The CT results reach us second hand, in a transcription published by others of the paper's
//: Table 1. It is used here for arithmetic only, and never counts in the headline. One model per ε;
//: tumours and controls: men 95/102, women 77/50, age quarters 23/63, 48/37, 54/25, 48/27.
func thirdPartyTable(_ study: StudyRun) throws {
  let printed: [[Double]] = [
    [0.29, 0.8684, 0.8811, 0.8547, 0.8792, 0.8587, 0.8444, 0.8915],
    [0.54, 0.9260, 0.9362, 0.9100, 0.9377, 0.9197, 0.9005, 0.9563],
    [1.06, 0.9558, 0.9670, 0.9352, 0.9657, 0.9484, 0.9383, 0.9843],
    [2.04, 0.9749, 0.9850, 0.9536, 0.9798, 0.9690, 0.9706, 0.9936],
    [4.71, 0.9831, 0.9919, 0.9638, 0.9848, 0.9784, 0.9830, 0.9997],
    [5.0, 0.9833, 0.9920, 0.9641, 0.9848, 0.9786, 0.9837, 1.000],
    [6.0, 0.9839, 0.9922, 0.9655, 0.9857, 0.9784, 0.9835, 1.000],
    [7.0, 0.9841, 0.9922, 0.9660, 0.9862, 0.9788, 0.9825, 1.000],
    [8.0, 0.9928, 0.9977, 0.9813, 0.9959, 0.9923, 0.9837, 1.000],
    [.infinity, 0.9970, 0.9997, 0.9901, 0.9998, 0.9994, 0.9847, 1.000],
  ]
  let rows = printed.map { v in
    let men = hanleyMcNeilStandardError(auroc: v[2], positives: 95, negatives: 102)
    let women = hanleyMcNeilStandardError(auroc: v[3], positives: 77, negatives: 50)
    return PDACRow(
      epsilon: v[0], all: v[1], male: v[2], female: v[3], youngest: v[4], second: v[5],
      third: v[6], oldest: v[7], gap: v[2] - v[3], error: (men * men + women * women).squareRoot())
  }
  try study.table(
    "table-1d", "Pancreatic carcinoma on CT by ε, sex and age: third-party transcription",
    tier: .aggregates, rows: rows)
  // Monotone to half a printed digit in every column.
  let falls = (1...7).flatMap { column in
    zip(printed, printed.dropFirst()).filter { $0[column] - $1[column] > 1e-4 }.map { _ in column }
  }
  try study.claim(
    "S.dp.pdac.monotone", tier: .aggregates, measured: .holds(falls.isEmpty))
  let sexes = 95 + 102 + 77 + 50
  let ages = 23 + 63 + 48 + 37 + 54 + 25 + 48 + 27
  try study.claim("S.dp.pdac.totals", tier: .aggregates, measured: .holds(sexes == ages))
  try study.value("pdac.sexes", sexes)
  try study.value("pdac.ages", ages)
  try study.value("pdac.falls", falls.count)
  // The change of the gap against no privacy, the two gaps taken as independent.
  let open = rows[rows.count - 1]
  let reach = rows.dropLast().map { row -> Interval in
    let change = row.gap - open.gap
    let half = 1.96 * (row.error * row.error + open.error * open.error).squareRoot()
    return Interval(low: change - half, high: change + half)
  }
  try study.claim(
    "S.dp.pdac.sexgap", tier: .aggregates,
    measured: .interval(low: reach.map(\.low).min()!, high: reach.map(\.high).max()!))
  let inWords = { (one: Interval) in
    "\(Printed.fixed(one.low, decimals: 3)) to \(Printed.fixed(one.high, decimals: 3))"
  }
  let widest = Interval(low: reach.map(\.low).min()!, high: reach.map(\.high).max()!)
  try study.claim(
    "dp.fair5.sex.ct", tier: .aggregates,
    measured: .relation(
      holds: nil, detail: "the change of the gap may be \(inWords(widest)); the margin is .02"))
  try study.claim(
    "dp.fair5.age.ct", tier: .aggregates,
    measured: .relation(
      holds: nil, detail: "age quarters of 75 to 86 patients cannot decide a margin of .02"))
  // Private lower than non-private in every row, by more than rounding; but one model per ε.
  let drops = rows.dropLast().map { open.all - $0.all }
  let tumours = 95.0 + 77
  let controls = 102.0 + 50
  let noise = rows.map {
    hanleyMcNeilStandardError(
      auroc: $0.all, positives: Int(tumours), negatives: Int(controls))
  }
  let bounds = zip(drops, noise).map { drop, error -> Interval in
    let half = 1.96 * (error * error + noise[noise.count - 1] * noise[noise.count - 1]).squareRoot()
    return Interval(low: drop - half, high: drop + half)
  }
  try study.claim(
    "dp.drop.order.ct", tier: .aggregates,
    measured: .interval(low: bounds.map(\.low).min()!, high: bounds.map(\.high).max()!))
}
//: The sexes add up to {{pdac.sexes}} and the ages to {{pdac.ages}}: one patient is missing or
//: miscounted. Between neighbouring rows AUROC falls with growing ε in {{pdac.falls}} places. With
//: the two gaps taken as independent, the change of the gap between the sexes is
//: {{S.dp.pdac.sexgap.value}}: the table fits no change, and it fits a gap that triples. Hanley and
//: McNeil's error is unreliable this close to 1; read it as an order of magnitude.

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
  let volumes = PrintedNumber(pair("CT volumes").v5)!.value
  try study.claim(
    "dp.n.ct", tier: .aggregates, measured: .holds(Double(95 + 102 + 77 + 50) <= volumes))
  let dropped = ["AUROC without privacy", "AUROC at epsilon 7.89", "decrease"].allSatisfy {
    !pair($0).v1.isEmpty && pair($0).v5.isEmpty
  }
  let added = pair("CT volumes").v1.isEmpty && !pair("CT volumes").v5.isEmpty
  try study.claim(
    "dp.versions", tier: .aggregates,
    measured: .holds(dropped && added && pair("verb").v1 != pair("verb").v5))
}
