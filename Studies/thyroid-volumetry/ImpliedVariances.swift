// hide
import LightboxStudy

// show

//: ### Table 1c — who is responsible for the spread?
//: With y = truth + bias + error for each of three readers, the variances of the three differences
//: give the three error variances: σ₁² = (s₁₂² + s₁₃² − s₂₃²)/2 and so on (Grubbs 1948). The
//: truth's own variance cancels, and nothing keeps an estimate from being negative. `low` and
//: `high` are what the roundings allow, `SE` the sampling error of 28 glands.
func impliedVariances(_ study: StudyRun) throws {
  let rows = try grubbsRows()
  try study.table(
    "table-1c", "Error variances of the three physicians, implied by the printed numbers",
    tier: .aggregates, rows: rows)
  for method in methods {
    let own = rows.filter { $0.unit == "gland" && $0.method == method }
    try study.text(
      "grubbs.\(method.lowercased())",
      own.map { Printed.fixed($0.variance, decimals: 1) }.joined(separator: ", "))
  }
  for reader in 0..<3 {
    let parts = methods.map { method in
      rows.filter { $0.unit == "gland" && $0.method == method }[reader]
    }
    // Over all roundings and all correlations between the two estimates: errors add at worst.
    let reach = 1.96 * (parts[0].error + parts[1].error)
    try study.claim(
      "S.th.grubbs.\(reader + 1)", tier: .aggregates,
      measured: .interval(
        low: parts[0].low - parts[1].high - reach, high: parts[0].high - parts[1].low + reach))
  }
}
//: Error variances of MD1, MD2, MD3 in ml²: 2D {{grubbs.2d}}; 3D {{grubbs.3d}}. Taken at face value
//: the most experienced physician's ellipsoid is free of error, and gets *worse* with the 3D
//: machine, while MD2 improves greatly. With their sampling errors none of the three changes is
//: decided: MD1 {{S.th.grubbs.1@aggregates.verdict}}, MD2 {{S.th.grubbs.2@aggregates.verdict}}, MD3
//: {{S.th.grubbs.3@aggregates.verdict}}. Three readers and 28 glands say little about variances.

struct GrubbsRow: TableRow {
  static let columns = [
    Column("unit"), Column("method"), Column("physician"),
    Column("error variance", unit: "ml2", digits: 3), Column("low", unit: "ml2", digits: 3),
    Column("high", unit: "ml2", digits: 3), Column("SE", unit: "ml2", digits: 3),
    Column("p of no error", digits: 2),
  ]
  var unit, method, physician: String
  var variance, low, high, error, p: Double
}

func grubbsRows() throws -> [GrubbsRow] {
  try [("gland", volunteers), ("lobe", 2 * volunteers)].flatMap { unit, n in
    try methods.flatMap { method -> [GrubbsRow] in
      func square(_ x: Double) -> Double { x * x }
      let s = try PublishedPair.all.map {
        square(try $0.implied(method, n: n).standardDeviation)
      }
      let ranges = PublishedPair.all.map { $0.impliedRange(method, n: n) }
      let (least, most) = (ranges.map { square($0.low) }, ranges.map { square($0.high) })
      let central = GrubbsVariances(variance12: s[0], variance13: s[1], variance23: s[2], n: n)
      // Reader j has two differences of its own and one that it takes no part in.
      let own: [(a: Int, b: Int, other: Int)] = [(0, 1, 2), (0, 2, 1), (1, 2, 0)]
      return own.indices.map { reader in
        let pairs = own[reader]
        let low: Double = (least[pairs.a] + least[pairs.b] - most[pairs.other]) / 2
        let high: Double = (most[pairs.a] + most[pairs.b] - least[pairs.other]) / 2
        return GrubbsRow(
          unit: unit, method: method, physician: "MD\(reader + 1)",
          variance: central.variances[reader], low: low, high: high,
          error: central.estimate(reader).standardError, p: central.pValueOfNoError(reader))
      }
    }
  }
}

struct DetectableRow: TableRow {
  static let columns = [
    Column("SD", unit: "ml", digits: 3), Column("n"),
    Column("detectable at 80 %", unit: "ml", digits: 3),
    Column("detectable at 90 %", unit: "ml", digits: 3),
    Column("share of 7.4 ml", unit: "%", digits: 2), Column("power at 0.70 ml", digits: 2),
  ]
  var sd: Double
  var n: Int
  var eighty, ninety, share, power: Double
}

//: ### Table 1d — what 28 pairs can see
//: "None significant in 3D" is evidence of agreement only if a difference that matters would have
//: been found. The minimum detectable difference is a property of the design; power at the
//: observed difference would say nothing beyond its p. The last column asks about the largest 3D
//: difference as a *true* one.
func detectableDifferences(_ study: StudyRun) throws {
  let rows = [volunteers, 2 * volunteers].flatMap { n in
    [1.5, 2.0, 2.5].map { sd in
      let trial = PairedPower(n: n, standardDeviation: sd)
      let eighty = trial.minimumDetectableDifference()
      return DetectableRow(
        sd: sd, n: n, eighty: eighty, ninety: trial.minimumDetectableDifference(power: 0.9),
        share: 100 * eighty / printedMRI.mean, power: trial.power(at: 0.70))
    }
  }
  try study.table(
    "table-1d", "Minimum detectable mean difference of the paired t test, 5 % two-sided",
    tier: .aggregates, rows: rows)
  try study.value("mdd", rows[1].eighty, unit: "ml", digits: 3)
  try study.value("mdd.share", rows[1].share, unit: "%", digits: 2)
  try study.value("mdd.power", 100 * rows[1].power, unit: "%", digits: 2)
}
//: At an SD of 2 ml the design detects {{mdd}} ({{mdd.share}} of a mean gland) four times in
//: five. A true difference of 0.70 ml would be missed more often than found: power
//: {{mdd.power}}.

struct AnswerRow: TableRow {
  static let columns = [
    Column("question"), Column("pair"), Column("correlation 2D, 3D", digits: 2),
    Column("2D", unit: "ml", digits: 3), Column("3D", unit: "ml", digits: 3),
    Column("change", digits: 3), Column("low", digits: 3), Column("high", digits: 3),
    Column("p", digits: 2),
  ]
  var question, pair: String
  var correlation, twoD, threeD, change, low, high, p: Double?
}

//: ### Table 1e — does 3D cut bias, spread, or both? Three answers
//: "Significantly reduces interobserver variability" compares two methods, but the tests printed
//: each concern one method; "significant here, not significant there" is no comparison. Three
//: quantities could shrink: (i) the mean difference between two physicians, (ii) the SD of their
//: differences, (iii) the SD of what is the physician's own, his bias and his habit with each
//: volunteer together. For (i) and (ii) the p of the *change* depends on the correlation r of the
//: 2D and the 3D difference over volunteers, which is not printed; it is varied. `change` is
//: 2D minus 3D in ml for (i), the ratio 2D/3D for (ii) and (iii), with its 95 % interval; the last
//: two rows give (iii) method by method.
func threeAnswersOnPaper(_ study: StudyRun) throws {
  try detectableDifferences(study)
  let bias = try biasAnswers()
  let spread = try spreadAnswers()
  let components = try componentAnswers()
  try study.table(
    "table-1e", "Three meanings of less interobserver variability, from the printed numbers",
    tier: .aggregates, rows: bias + spread + components)
  let (first, second) = try (biasSet(), spreadSet())
  try study.claim(
    "S.th.concl.bias", tier: .aggregates, measured: .interval(low: first.low, high: first.high))
  try study.claim(
    "S.th.concl.spread", tier: .aggregates,
    measured: .interval(low: second.low, high: second.high))
  // The conclusion needs all answers: its set is that of the smaller reduction.
  try study.claim(
    "th.concl.reduce", tier: .aggregates,
    measured: .interval(low: min(first.low, second.low), high: min(first.high, second.high)))
  func ps(_ rows: [AnswerRow], _ r: Double) -> String {
    rows.filter { $0.correlation == r }.map { Printed.significant($0.p!, digits: 2) }
      .joined(separator: ", ")
  }
  try study.text("answers.bias.zero", ps(bias, 0))
  try study.text("answers.bias.some", ps(bias, 0.3))
  try study.text("answers.spread.zero", ps(spread, 0))
  try study.text("answers.spread.some", ps(spread, 0.3))
  for (key, row) in zip(["2d", "3d"], [components[0].twoD!, components[0].threeD!]) {
    try study.value("answers.components.\(key)", row, unit: "ml", digits: 3)
  }
}
//: (i) *Bias*: the three changes have p = {{answers.bias.zero}} at r = 0 and {{answers.bias.some}}
//: at r = .3; over all r: {{S.th.concl.bias@aggregates.verdict}}. (ii) *Spread*: p =
//: {{answers.spread.zero}} at r = 0, {{answers.spread.some}} at .3, with one of three SDs larger in
//: 3D; over all r: {{S.th.concl.spread@aggregates.verdict}}. (iii) *Physician and habit together*:
//: {{answers.components.2d}} in 2D, {{answers.components.3d}} in 3D, but three physicians are two
//: degrees of freedom and the intervals of Table 1e overlap widely. The conclusion as printed:
//: {{th.concl.reduce@aggregates.verdict}}.

/// Correlations over volunteers at which changes are tested.
let correlations = [0.0, 0.3, 0.6, 0.9]

/// (i) |mean difference| in 2D minus that in 3D, with the error of a difference of differences.
func biasAnswers() throws -> [AnswerRow] {
  try PublishedPair.all.flatMap { pair in
    let (a, b) = (try pair.implied("2D"), try pair.implied("3D"))
    return correlations.map { r in
      let change = changeOfBias(a, b, correlation: r)
      let interval = change.interval()
      return AnswerRow(
        question: "(i) |mean difference|, 2D minus 3D", pair: pair.name, correlation: r,
        twoD: abs(a.mean),
        threeD: abs(b.mean), change: change.value, low: interval.low, high: interval.high,
        p: change.pValue())
    }
  }
}

/// |d₂| − |d₃| with variance (s₂² + s₃² − 2 r s₂ s₃)/n; the signs are taken as known.
func changeOfBias(
  _ a: ImpliedDifference, _ b: ImpliedDifference, correlation r: Double
) -> Estimate {
  // Where signs differ the two absolute values move apart as the sum of the differences does.
  let same: Double = a.mean * b.mean >= 0 ? 1 : -1
  let (s, t) = (a.standardDeviation, b.standardDeviation)
  let variance = (s * s + t * t - 2 * same * r * s * t) / Double(a.n)
  return Estimate(
    value: abs(a.mean) - abs(b.mean), standardError: max(0, variance).squareRoot(),
    degreesOfFreedom: Double(a.n - 1), n: a.n)
}

/// (ii) SD of the differences in 2D over that in 3D; p by Pitman and Morgan's test.
func spreadAnswers() throws -> [AnswerRow] {
  try PublishedPair.all.flatMap { pair in
    let s = try methods.map { try pair.implied($0).standardDeviation }
    return correlations.map { r in
      let test = PitmanMorgan(
        ratio: (s[0] / s[1]) * (s[0] / s[1]), correlation: r, n: volunteers)
      let interval = test.interval()
      return AnswerRow(
        question: "(ii) SD of the differences, 2D over 3D", pair: pair.name, correlation: r,
        twoD: s[0], threeD: s[1], change: s[0] / s[1], low: interval.low.squareRoot(),
        high: interval.high.squareRoot(), p: test.pValue)
    }
  }
}

/// The feasible set of the mean reduction of |mean difference| over all correlations: errors of 2D
/// and 3D, and of the three pairs, add at worst.
func biasSet() throws -> Interval {
  let changes = try PublishedPair.all.map { pair in
    changeOfBias(try pair.implied("2D"), try pair.implied("3D"), correlation: -1)
  }
  return widest(changes)
}

/// The same for the mean reduction of the SD, each SD with error s/√(2(n − 1)): their correlation is
/// r² ≥ 0, so that r = 0 is the worst.
func spreadSet() throws -> Interval {
  let changes = try PublishedPair.all.map { pair in
    let s = try methods.map { try pair.implied($0).standardDeviation }
    let error = ((s[0] * s[0] + s[1] * s[1]) / Double(2 * (volunteers - 1))).squareRoot()
    return Estimate(
      value: s[0] - s[1], standardError: error, degreesOfFreedom: Double(volunteers - 1),
      n: volunteers)
  }
  return widest(changes)
}

/// The 95 % interval of a mean of estimates whose errors may be perfectly correlated.
func widest(_ estimates: [Estimate]) -> Interval {
  let count = Double(estimates.count)
  return Estimate(
    value: estimates.reduce(0) { $0 + $1.value } / count,
    standardError: estimates.reduce(0) { $0 + $1.standardError } / count,
    degreesOfFreedom: estimates[0].degreesOfFreedom, n: estimates[0].n
  ).interval()
}

/// (iii) √(σ_o² + σ_so²) of reader means, from the differences: MS_SO is half the mean variance of
/// the three differences, MS_O n times the variance of the three physicians' means.
func componentAnswers() throws -> [AnswerRow] {
  let n = Double(volunteers)
  let found = try methods.map { method -> (value: Double, interval: Interval) in
    let pairs = try PublishedPair.all.map { try $0.implied(method) }
    let interaction =
      pairs.reduce(0) { $0 + $1.standardDeviation * $1.standardDeviation } / 6
    // The variance of three means is Σd²/6 over their three differences.
    let between = n * pairs.reduce(0) { $0 + $1.mean * $1.mean } / 6
    let parts = [
      VariancePart(coefficient: 1 / n, variance: between, degreesOfFreedom: 2),
      VariancePart(
        coefficient: (n - 1) / n, variance: interaction, degreesOfFreedom: 2 * (n - 1)),
    ]
    let value = parts.reduce(0) { $0 + $1.coefficient * $1.variance }
    return (value.squareRoot(), parts.interval())
  }
  let question = "(iii) physician and habit, SD"
  return [
    AnswerRow(
      question: question + ", 2D over 3D", pair: "all", twoD: found[0].value,
      threeD: found[1].value, change: found[0].value / found[1].value)
  ]
    + zip(methods, found).map { method, one in
      AnswerRow(
        question: "\(question), \(method) [ml]", pair: "all",
        twoD: method == "2D" ? one.value : nil, threeD: method == "3D" ? one.value : nil,
        low: one.interval.low.squareRoot(), high: one.interval.high.squareRoot())
    }
}
