// hide
import LightboxStudy

// show

//: ## 1 · Arithmetic: what the printed numbers allow
//: Before any neck is simulated, the abstract can be questioned with a pencil. Three physicians
//: measured the same 28 volunteers; the abstract prints six mean differences, and a page about the
//: paper, second hand, the p-values behind "significant" and "none". From a mean difference, its p
//: and the number of pairs follows the standard deviation of the differences, and with it nearly
//: everything that a reader would like to know about agreement.
//:
//: *Could fail*: three differences of the same three means must close like a triangle; spreads must
//: as well. *Built in*: nothing. *Control that must fail*: the same numbers with one sign turned
//: have to be refused by the same rule.
func arithmetic(_ study: StudyRun) throws {
  try closureOfDifferences(study)
  try impliedSpread(study)
  try figure1(study)
  try impliedVariances(study)
  try threeAnswersOnPaper(study)
  try secondHand(study)
  try printedAgainstMRI(study)
}

/// Volunteers, each with two lobes.
let volunteers = 28

/// A pair of physicians with what is printed about their mean difference [ml], in 2D and in 3D.
struct PublishedPair {
  /// Physicians, 0 to 2.
  var first, second: Int
  /// As printed in the abstract.
  var difference2D, difference3D: String
  /// As printed on the page, second hand.
  var p2D, p3D: String

  static let all = [
    PublishedPair(
      first: 0, second: 1, difference2D: "0.58", difference3D: "0.52", p2D: ".140", p3D: ".176"),
    PublishedPair(
      first: 0, second: 2, difference2D: "-1.33", difference3D: "-0.17", p2D: ".002", p3D: ".722"),
    PublishedPair(
      first: 1, second: 2, difference2D: "-1.89", difference3D: "-0.70", p2D: ".002", p3D: ".057"),
  ]

  /// "MD1 − MD2"
  var name: String { "MD\(first + 1) − MD\(second + 1)" }
  /// "12", as claims name it.
  var key: String { "\(first + 1)\(second + 1)" }

  func difference(_ method: String) -> PrintedNumber {
    PrintedNumber(method == "2D" ? difference2D : difference3D)!
  }
  func p(_ method: String) -> PrintedNumber { PrintedNumber(method == "2D" ? p2D : p3D)! }

  /// What difference and p imply if `n` pairs stand behind them.
  func implied(_ method: String, n: Int = volunteers) throws -> ImpliedDifference {
    try ImpliedDifference(mean: difference(method).value, pValue: p(method).value, n: n)
  }

  /// The standard deviations that the two roundings allow.
  func impliedRange(_ method: String, n: Int = volunteers) -> Interval {
    ImpliedDifference.range(
      ofMean: difference(method).interval(), pValue: p(method).interval(), n: n)
  }
}

/// The two ways to measure that are compared.
let methods = ["2D", "3D"]

struct ClosureRow: TableRow {
  static let columns = [
    Column("method"), Column("MD1-MD2", unit: "ml"), Column("MD2-MD3", unit: "ml"),
    Column("MD1-MD3", unit: "ml"), Column("residual", unit: "ml", digits: 2),
    Column("rounding explains", unit: "ml", digits: 2), Column("closes"),
  ]
  var method: String
  var first, second, third, residual, tolerance: Double
  var closes: Bool

  init(_ method: String, first: Double, second: Double, third: Double) {
    let closure = Closure(first, second, third, halfDigit: 0.005)
    self.method = method
    (self.first, self.second, self.third) = (first, second, third)
    (residual, tolerance) = (closure.residual, closure.tolerance)
    closes = closure.isPossible
  }
}

//: ### Table 1 — do the three differences close?
//: (MD1 − MD2) + (MD2 − MD3) is MD1 − MD3, volunteer by volunteer and therefore on average. Each
//: printed number may be off by half a digit, the sum of three by one and a half.
func closureOfDifferences(_ study: StudyRun) throws {
  func row(_ method: String, turned: Bool = false) -> ClosureRow {
    let d = PublishedPair.all.map { $0.difference(method).value }
    return ClosureRow(
      turned ? "\(method), one sign turned (control)" : method, first: d[0], second: d[2],
      third: turned ? -d[1] : d[1])
  }
  let rows = methods.map { row($0) } + [row("3D", turned: true)]
  try study.table(
    "table-1", "Closure of the printed mean differences", tier: .aggregates, rows: rows)
  for (row, method) in zip(rows, methods) {
    try study.claim(
      "th.closure.\(method.lowercased())", tier: .aggregates,
      measured: .relation(
        holds: row.closes,
        detail: "residual \(Printed.fixed(row.residual, decimals: 2)) ml, rounding explains "
          + "\(Printed.fixed(row.tolerance, decimals: 3))"))
    for pair in PublishedPair.all {
      try study.claim(
        "th.d.\(pair.key).\(method.lowercased())", tier: .aggregates,
        measured: .notAvailable(
          "the one relation that could refute it is the sum of the three, judged once as "
            + "th.closure.\(method.lowercased())"))
    }
  }
  try study.value("closure.2d", rows[0].residual, unit: "ml", digits: 1)
  try study.value("closure.3d", rows[1].residual, unit: "ml", digits: 1)
  try study.value("closure.allowed", rows[0].tolerance, unit: "ml", digits: 2)
  try study.text("closure.control", rows[2].closes ? "accepted" : "refused")
}
//: In 2D the differences miss each other by {{closure.2d}} where rounding explains
//: {{closure.allowed}}: {{th.closure.2d@aggregates.verdict}}. The three pairs cannot come from
//: the same volunteers and be rounded correctly; a missing measurement in one pair or a misprint
//: would do it, and neither moves a conclusion. In 3D they close (residual {{closure.3d}}):
//: {{th.closure.3d@aggregates.verdict}}. The control with one sign turned is {{closure.control}}.
//: Which of the three 2D numbers is off cannot be told, so that the six numbers themselves get no
//: verdict of their own: one fact is counted once.

struct ImpliedRow: TableRow {
  static let columns = [
    Column("unit"), Column("method"), Column("pair"), Column("n"),
    Column("mean difference", unit: "ml"), Column("p"), Column("mean low", unit: "ml", digits: 3),
    Column("mean high", unit: "ml", digits: 3), Column("SD", unit: "ml", digits: 3),
    Column("SD low", unit: "ml", digits: 3), Column("SD high", unit: "ml", digits: 3),
    Column("lower limit", unit: "ml", digits: 3),
    Column("lower limit, low", unit: "ml", digits: 3),
    Column("lower limit, high", unit: "ml", digits: 3),
    Column("upper limit", unit: "ml", digits: 3),
    Column("upper limit, low", unit: "ml", digits: 3),
    Column("upper limit, high", unit: "ml", digits: 3),
  ]
  var unit, method, pair: String
  var n: Int
  var difference, p, meanLow, meanHigh, sd, sdLow, sdHigh, lower, lowerLow, lowerHigh: Double
  var upper, upperLow, upperHigh: Double

  init(_ published: PublishedPair, _ method: String, unit: String, n: Int) throws {
    let implied = try published.implied(method, n: n)
    let range = published.impliedRange(method, n: n)
    let mean = implied.estimate.interval()
    let limits = implied.limitsOfAgreement()
    let exact = implied.exactIntervals()
    (self.unit, self.method, pair) = (unit, method, published.name)
    self.n = n
    difference = implied.mean
    p = published.p(method).value
    (meanLow, meanHigh) = (mean.low, mean.high)
    (sd, sdLow, sdHigh) = (implied.standardDeviation, range.low, range.high)
    (lower, lowerLow, lowerHigh) = (limits.low, exact.lower.low, exact.lower.high)
    (upper, upperLow, upperHigh) = (limits.high, exact.upper.low, exact.upper.high)
  }
}

/// Whether some SDs inside their rounding ranges obey the triangle inequality, as the SDs of the
/// three differences of three readers must.
func spreadsClose(_ method: String) -> Bool {
  let ranges = PublishedPair.all.map { $0.impliedRange(method) }
  let total = ranges.reduce(0) { $0 + $1.high }
  return ranges.allSatisfy { $0.low <= total - $0.high }
}

func impliedRows() throws -> [ImpliedRow] {
  try [("gland", volunteers), ("lobe", 2 * volunteers)].flatMap { unit, n in
    try methods.flatMap { method in
      try PublishedPair.all.map { try ImpliedRow($0, method, unit: unit, n: n) }
    }
  }
}

//: ### Table 1b — the spread behind the p-values
//: t = d̄√n/s, so that s = |d̄|√n/t, with t the quantile of Student's t on n − 1 degrees of freedom
//: that p stands for. `SD low` and `SD high` are what the roundings of d̄ and p allow; 95 % of the
//: differences between two physicians lie within the limits of agreement, d̄ ± 1.96 s, and those
//: have exact intervals of their own. The abstract does not say whether a unit is a gland (28) or
//: a lobe (56), so both are computed; for lobes every implied SD is about √2 larger.
func impliedSpread(_ study: StudyRun) throws {
  let rows = try impliedRows()
  try study.table(
    "table-1b", "Standard deviations and limits of agreement implied by mean difference and p",
    tier: .aggregates, rows: rows)
  func glands(_ method: String) -> [ImpliedRow] {
    rows.filter { $0.unit == "gland" && $0.method == method }
  }
  for method in methods {
    let key = method.lowercased()
    let own = glands(method)
    try study.text(
      "implied.sd.\(key)",
      own.map { Printed.fixed($0.sd, decimals: 2) }.joined(separator: ", "))
    try study.value("implied.widest.\(key)", own.map { $0.upper - $0.lower }.max()!, digits: 3)
    try study.text("implied.triangle.\(key)", spreadsClose(method) ? "closes" : "cannot close")
  }
  let ratios = zip(glands("3D"), glands("2D")).map { $0.sd / $1.sd }
  try study.text(
    "implied.ratios", ratios.map { Printed.fixed($0, decimals: 2) }.joined(separator: ", "))
  let lobes = rows.filter { $0.unit == "lobe" }
  let units = zip(lobes, rows.filter { $0.unit == "gland" }).map { $0.sd / $1.sd }
  try study.value("implied.lobe", units.reduce(0, +) / Double(units.count), digits: 3)
  try study.claim(
    "S.th.p.triangle", tier: .aggregates,
    measured: .relation(
      holds: methods.allSatisfy(spreadsClose),
      detail: "each implied SD is at most the sum of the other two, in 2D and in 3D"))
}
//: In 2D the three SDs are {{implied.sd.2d}} ml, in 3D {{implied.sd.3d}} ml, ratios 3D/2D
//: {{implied.ratios}}: the first pair agrees as well as before, the second worse, the third
//: better. Two physicians who measure a gland of 7.4 ml can still differ over a range of
//: {{implied.widest.2d}} ml in 2D and {{implied.widest.3d}} ml in 3D. What changed in print is the
//: *mean* of the differences, not their spread. As a triangle of spreads, 2D
//: {{implied.triangle.2d}} and 3D {{implied.triangle.3d}} (S.th.p.triangle:
//: {{S.th.p.triangle@aggregates.verdict}}). With lobes as the unit all SDs are
//: {{implied.lobe}} times larger and nothing else changes.

struct ImpliedPoint: TableRow {
  static let columns = [
    Column("panel"), Column("method"), Column("pair"), Column("x", unit: "ml", digits: 4),
    Column("low", unit: "ml", digits: 4), Column("high", unit: "ml", digits: 4),
  ]
  var panel, method, pair: String
  var x, low, high: Double
}

//: ### Figure 1 — mean differences, their limits of agreement, and the spread alone
//: Left: mean differences with the implied limits of agreement (gland as unit). Right: the implied
//: SD; its bars are no sampling intervals but everything that rounding of d̄ and p permits.
func figure1(_ study: StudyRun) throws {
  let rows = try impliedRows().filter { $0.unit == "gland" }
  let limits = rows.map {
    ImpliedPoint(
      panel: "limits of agreement", method: $0.method, pair: $0.pair, x: $0.difference,
      low: $0.lower, high: $0.upper)
  }
  let spreads = rows.map {
    ImpliedPoint(
      panel: "standard deviation", method: $0.method, pair: $0.pair, x: $0.sd, low: $0.sdLow,
      high: $0.sdHigh)
  }
  try study.figure(
    "figure-1", "Differences between physicians as printed, and the spread that the p-values imply",
    tier: .aggregates, from: limits + spreads
  ) { plot in
    plot.panels(by: \.panel) { panel, name in
      panel.points(x: \.x, y: \.pair, interval: (\.low, \.high), series: \.method)
      if name == "limits of agreement" {
        panel.reference(x: 0).axes(x: -8...8).labels(x: "difference [ml]", y: "")
      } else {
        panel.axes(x: 0...4).labels(x: "implied SD of the differences [ml]", y: "")
      }
    }
  }
}
