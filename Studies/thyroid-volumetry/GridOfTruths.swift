// hide
import LightboxStudy

// show

//: ## 9 · Over a grid of truths: how often does the paper's pattern appear?
//: Two significant pairs in 2D and none in 3D: is that pattern evidence that 3D is better? It would
//: be if it were common where 3D is better and rare where it is not. Simulating the trial again
//: from its own estimates could not tell (that is observed power); so a whole grid of truths is
//: run, each with {{grid.trials}} trials of 28 volunteers. One axis is the bias of the physicians,
//: in multiples of the printed 2D differences; the other the SD of a physician's own error, habit
//: with each volunteer included. Three assumptions on 3D: it has none of the bias, half of it, or
//: is *the same as 2D in every respect*.
//:
//: *Could fail*: the pattern might be rare wherever 3D is the same as 2D. *Built in*: normal
//: errors, equal for all physicians. *Control that must fail*: without any bias each test may be
//: significant in 5 % of trials and no more; the run ends with an error if not.
func gridOfTruths(_ study: StudyRun) throws {
  let trials = study.scale.choose(smoke: 500, default: 4000, full: 40_000)
  let staged = try study.stage("grid", configuration: ["trials": trials]) { context in
    try GridOfTruths(trials: trials, stream: context.root.child("grid"))
  }
  try study.value("grid.trials", trials)
  try figure4(study) { try staged.value }
  try figure4b(study) { try staged.value }
  try errorRates(study, trials) { try staged.value }
}

/// The physicians' biases [ml] behind the printed 2D differences, around their mean.
let printedBiases: [Double] = {
  let d = PublishedPair.all.map { $0.difference("2D").value }
  // Against MD1: MD2 at −d12, MD3 at −d13; the three are then centred.
  let raw = [0, -d[0], -d[1]]
  let centre = raw.reduce(0, +) / 3
  return raw.map { $0 - centre }
}()

/// How often patterns of significance appear, by truth.
struct GridOfTruths: StageValue {
  struct Cell: Codable {
    /// What 3D is: "3D without bias", "3D with half of it", "3D the same as 2D".
    var scenario: String
    /// Multiples of the printed biases, and SD of a physician's own error [ml].
    var bias, spread: Double
    /// Shares of trials: two significant pairs in 2D and none in 3D; at least that contrast.
    var pattern, any2D, any3D: Double
    /// Shares of significant single tests in 2D, over the three pairs.
    var single: [Double]
  }

  struct Against: Codable {
    var scenario: String
    /// Offset of 2D from MRI [ml], equal for all, and SD of a physician's own error.
    var offset, spread: Double
    /// All three significant in 2D, none in 3D; each by itself.
    var pattern, all2D, none3D: Double
    /// Share of significant tests of the first physician in 2D.
    var single: Double
  }

  var between: [Cell] = []
  var against: [Against] = []

  static let biases = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]
  static let spreads = [0.5, 1, 1.5, 2, 2.5]
  static let offsets = [0, 0.25, 0.5, 0.75, 1, 1.5]
  static let scenarios: [(name: String, share: Double)] = [
    ("3D without bias", 0), ("3D with half of it", 0.5), ("3D the same as 2D", 1),
  ]

  init(trials: Int, stream: RandomStream) throws {
    func share(_ outcomes: [[ReaderTrials.Outcome]], _ holds: ([ReaderTrials.Outcome]) -> Bool)
      -> Double
    {
      Double(outcomes.count { holds($0) }) / Double(trials)
    }
    for scenario in Self.scenarios {
      for bias in Self.biases {
        for spread in Self.spreads {
          let outcomes = ReaderTrials(
            subjects: volunteers,
            methods: [1, scenario.share].map { part in
              .init(biases: printedBiases.map { $0 * bias * part }, spread: spread)
            }
          ).simulate(
            trials,
            stream: stream.child("between").child(scenario.name).child("\(bias)").child("\(spread)")
          )
          between.append(
            Cell(
              scenario: scenario.name, bias: bias, spread: spread,
              pattern: share(outcomes) { $0[0].pairs == 2 && $0[1].pairs == 0 },
              any2D: share(outcomes) { $0[0].pairs > 0 },
              any3D: share(outcomes) { $0[1].pairs > 0 },
              single: (0..<3).map { pair in
                share(outcomes) { $0[0].significantPairs & (1 << UInt32(pair)) != 0 }
              }))
        }
      }
      for offset in Self.offsets {
        for spread in Self.spreads {
          let outcomes = ReaderTrials(
            subjects: volunteers,
            methods: [1, scenario.share].map { part in
              .init(biases: Array(repeating: offset * part, count: 3), spread: spread)
            }, referenceError: 0.03 * printedMRI.mean
          ).simulate(
            trials,
            stream: stream.child("against").child(scenario.name).child("\(offset)")
              .child("\(spread)"))
          against.append(
            Against(
              scenario: scenario.name, offset: offset, spread: spread,
              pattern: share(outcomes) { $0[0].readers == 3 && $0[1].readers == 0 },
              all2D: share(outcomes) { $0[0].readers == 3 },
              none3D: share(outcomes) { $0[1].readers == 0 },
              single: share(outcomes) { $0[0].significantReaders & 1 != 0 }))
        }
      }
    }
  }
}

struct PatternRow: TableRow {
  static let columns = [
    Column("scenario"), Column("axis"), Column("SD", unit: "ml"),
    Column("pattern", digits: 3), Column("any in 2D", digits: 3), Column("any in 3D", digits: 3),
    Column("power MD1-MD3", digits: 3),
  ]
  var scenario, axis: String
  var spread: String
  var pattern, any2D, any3D, single: Double
}

//: ### Figure 4 — two significant pairs in 2D, none in 3D
//: Share of trials with exactly that pattern. The printed SDs of pair differences, 2.0 to 2.9 ml,
//: are SDs of 1.4 to 2.1 ml per physician on this axis.
func figure4(_ study: StudyRun, _ grid: () throws -> GridOfTruths) throws {
  try study.figure(
    "figure-4", "Share of trials with two significant pairs in 2D and none in 3D",
    tier: .simulated,
    from: try grid().between.map { cell in
      PatternRow(
        scenario: cell.scenario, axis: Printed.exact(cell.bias),
        spread: Printed.exact(cell.spread), pattern: cell.pattern, any2D: cell.any2D,
        any3D: cell.any3D, single: cell.single[1])
    }
  ) { plot in
    plot.columns(3).panels(by: \.scenario) { panel, _ in
      panel.size(width: 330, height: 230).heatMap(
        x: \.axis, y: \.spread, value: \.pattern, range: 0...0.7
      )
      .labels(
        x: "bias, multiples of the printed one", y: "own error, SD [ml]",
        value: "share of trials")
    }
  }
  func largest(_ scenario: Int) throws -> Double {
    try grid().between.filter { $0.scenario == GridOfTruths.scenarios[scenario].name }
      .map(\.pattern).max()!
  }
  func atPrinted(_ scenario: Int) throws -> Double {
    try grid().between.first {
      $0.scenario == GridOfTruths.scenarios[scenario].name && $0.bias == 1 && $0.spread == 1.5
    }!.pattern
  }
  for (scenario, key) in ["none", "half", "same"].enumerated() {
    try study.value("pattern.\(key)", 100 * (try largest(scenario)), unit: "%", digits: 2)
    try study.value(
      "pattern.\(key).printed", 100 * (try atPrinted(scenario)), unit: "%", digits: 2)
  }
}
//: At the printed biases and an SD of 1.5 ml the pattern appears in {{pattern.none.printed}} of
//: trials if 3D has no bias, in {{pattern.half.printed}} if it has half of it and in
//: {{pattern.same.printed}} if 3D is 2D under another name; over the whole grid at most in
//: {{pattern.none}}, {{pattern.half}} and {{pattern.same}}. What a pattern of stars supports is the
//: ratio of such shares: here much against "the same as 2D", little between no bias and half of it,
//: and nothing about spread, which is equal in all three. Even the best of truths misses it often.

struct AgainstRow: TableRow {
  static let columns = [
    Column("scenario"), Column("offset"), Column("SD", unit: "ml"), Column("pattern", digits: 3),
    Column("all in 2D", digits: 3), Column("none in 3D", digits: 3),
  ]
  var scenario, offset, spread: String
  var pattern, all2D, none3D: Double
}

//: ### Figure 4b — all three different from MRI in 2D, none in 3D
//: The same for the tests against MRI. Here the axis is one offset of 2D that all physicians share,
//: as a wrong ellipsoid coefficient would give: π/6 for .5 is 4.7 %, 0.35 ml of a mean gland; π/6
//: for .479 is 0.68 ml.
func figure4b(_ study: StudyRun, _ grid: () throws -> GridOfTruths) throws {
  try study.figure(
    "figure-4b", "Share of trials with all physicians different from MRI in 2D and none in 3D",
    tier: .simulated,
    from: try grid().against.map { cell in
      AgainstRow(
        scenario: cell.scenario, offset: Printed.exact(cell.offset),
        spread: Printed.exact(cell.spread), pattern: cell.pattern, all2D: cell.all2D,
        none3D: cell.none3D)
    }
  ) { plot in
    plot.columns(3).panels(by: \.scenario) { panel, _ in
      panel.size(width: 330, height: 230).heatMap(
        x: \.offset, y: \.spread, value: \.pattern, range: 0...1
      )
      .labels(
        x: "offset of 2D from MRI [ml]", y: "own error, SD [ml]",
        value: "share of trials")
    }
  }
}

//: ### The control: without bias, every test is significant in 5 % of trials
//: Every cell without bias is checked, each of its tests against 5 %. Four and a half binomial
//: standard errors are allowed, which chance exceeds once in 2,500 runs of all of them.
func errorRates(
  _ study: StudyRun, _ trials: Int, _ grid: () throws -> GridOfTruths
) throws {
  func deviations() throws -> [Double] {
    let rates =
      try grid().between.filter { $0.bias == 0 }.flatMap(\.single)
      + grid().against.filter { $0.offset == 0 }.map(\.single)
    return rates.map { abs($0 - 0.05) / (0.05 * 0.95 / Double(trials)).squareRoot() }
  }
  try study.value("grid.control.tests", try deviations().count)
  try study.value("grid.control", try deviations().max()!, digits: 2)
  try study.text(
    "grid.control.verdict",
    try {
      let worst = try deviations().max()!
      if worst > 4.5 {
        study.fail("the type-I error of a simulated t test is \(worst) standard errors from 5 %")
        return "fails"
      }
      return "holds"
    }())
}
//: {{grid.control.tests}} error rates, the worst {{grid.control}} standard errors from 5 %: the
//: control {{grid.control.verdict}}.
