// hide
import LightboxStudy

// show

//: ## 7 · Readers, simulated
//: Simulated readers prove nothing about people. What they can show: what a stated way of combining
//: two films would give, whether the analysis that would test it keeps its size, and how many knees
//: it would need. No claim on readers gets a verdict here.
//:
//: *Could fail*: the analysis may reject too often when nothing differs; the drawn film may help no
//: more than another patient's. *Built in*: the unaided points; that a reader trusts what he is
//: shown. *Controls*: a copy of the first film must not help; the true last film must.
func readersChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  func simulated() throws -> SimulatedRatings {
    SimulatedRatings(
      try experiment.futures(.usual)[0], misread: World.usual.misread,
      stream: study.stream.child("readers"))
  }
  try calibrationTable(study, simulated)
  try aidedTable(study, simulated)
  try aidedFigure(study, simulated)
  try mcNemarTable(study, simulated)
  try valuesTable(study, simulated)
  try sizeTable(study, experiment)
  try powerTable(study, simulated)
  try readerCases(study, experiment, simulated)
  for measure in ["sens", "spec", "ppv", "npv"] {
    try study.claim(
      "oa.gain.\(measure).sig", tier: .simulated,
      measured: .notAvailable("simulated readers: size and power of the design only"))
  }
}

struct CalibrationRow: TableRow {
  static let columns = [
    Column("reader"), Column("sensitivity, digest", digits: 2),
    Column("sensitivity, simulated", digits: 3), Column("specificity, digest", digits: 2),
    Column("specificity, simulated", digits: 3),
  ]
  var reader: String
  var sensitivity: Double
  var gotSensitivity: Double?
  var specificity: Double
  var gotSpecificity: Double?
}

//: ### Table 20 — unaided points: set, and drawn
//: Knees of the first seed; they scatter by the number of progressors.
func calibrationTable(
  _ study: StudyRun, _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  try study.table(
    "table-20", "Unaided points of the simulated readers", tier: .simulated,
    rows: try {
      let all = try simulated()
      return zip(ReaderPoint.all, all.calls(.nothing)).map { reader, calls in
        let table = all.confusion(calls)
        return CalibrationRow(
          reader: reader.name, sensitivity: reader.unaided.sensitivity,
          gotSensitivity: try? table.sensitivity.value,
          specificity: 1 - reader.unaided.falsePositive,
          gotSpecificity: try? table.specificity.value)
      }
    }())
}

struct AidedRow: TableRow {
  static let columns = [
    Column("shown beside the first film"), Column("measure"), Column("unaided", digits: 3),
    Column("aided", digits: 3), Column("difference", digits: 2), Column("low", digits: 2),
    Column("high", digits: 2), Column("p, readers and cases random", digits: 2),
    Column("p, readers fixed", digits: 2),
  ]
  var shown, measure: String
  var unaided, aided, difference, low, high, random, fixed: Double?
}

func aidedRow(_ all: SimulatedRatings, _ shown: Shown, _ figure: ReaderFigure) -> AidedRow {
  let isRate = figure != .auroc
  let crossed = all.study(shown, ofCalls: isRate)
  let study = (try? ReaderPerformance(crossed, figure: figure)).flatMap {
    try? ObuchowskiRockette($0)
  }
  let both = study?.analyses.first { $0.generalization == .readersAndCases }
  let fixed = study?.analyses.first { $0.generalization == .cases }
  let gap = both?.differences.first?.estimate
  let interval = gap?.interval()
  return AidedRow(
    shown: shown.rawValue, measure: figure.name,
    unaided: study.flatMap { average($0.performance.values[1]) },
    aided: study.flatMap { average($0.performance.values[0]) }, difference: gap?.value,
    low: interval?.low, high: interval?.high, random: both?.pValue, fixed: fixed?.pValue)
}

//: ### Table 21 — what a second film would do
//: Obuchowski and Rockette's analysis with 95 % intervals, knees clustered by patient; where no
//: call changes, there is no difference to test. Where gains differ between readers less than
//: errors over cases alone would make them differ, random readers and cases have the smaller p: an
//: estimate of the variance between readers from seven, no gain in certainty. The real readers went
//: {{aided.printed}}; aided points are predicted here, that one is not a target.
func aidedTable(
  _ study: StudyRun, _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  func rows() throws -> [AidedRow] {
    let all = try simulated()
    return Shown.allCases.dropFirst().flatMap { shown in
      [
        ReaderFigure.sensitivity(threshold: 0.5), .specificity(threshold: 0.5), .auroc,
      ].map { aidedRow(all, shown, $0) }
    }
  }
  try study.table(
    "table-21", "Simulated readers, unaided and aided", tier: .simulated, rows: try rows())
  let (sensitivity, specificity) = (PublishedMeasure.sensitivity, PublishedMeasure.specificity)
  try study.text(
    "aided.printed",
    "from a sensitivity of \(sensitivity.unaided) to \(sensitivity.aided) and from a specificity of "
      + "\(specificity.unaided) to \(specificity.aided)")
  // Share of all calls that are positive, at the derived prevalence of the paper's test set.
  for support in Support.allCases {
    let point = PlanePoint.printed(support)
    try study.value(
      "aided.calls.\(support.rawValue)",
      100 * (0.195 * point.sensitivity + 0.805 * point.falsePositive), unit: "%", digits: 3)
  }
  for (id, shown) in [
    ("drawn", Shown.drawn), ("copy", .copy), ("other", .other), ("future", .future),
  ] {
    try study.text(
      "aided.\(id)",
      try {
        guard let point = try simulated().point(shown) else { return "not defined" }
        return "\(Printed.fixed(100 * point.sensitivity, decimals: 1)) % and "
          + "\(Printed.fixed(100 * point.specificity, decimals: 1)) %"
      }())
  }
}
//: Mean sensitivity and specificity with the drawn film {{aided.drawn}}; with a copy
//: {{aided.copy}}, with another patient's {{aided.other}}, with the true last film
//: {{aided.future}}. A drawn film helps these readers only where its rows of Table 21 lie above
//: those of the copy and of another patient's, and its interval above 0. The simulated readers go
//: on calling as many knees, so that both means rise or fall together. The real ones did not: by
//: their printed means (at 19.5 %, derived) they called {{aided.calls.unaided}} of the knees
//: without help and {{aided.calls.aided}} with it. To call fewer is a choice of threshold, which
//: raises specificity whatever the film shows; how much of the printed gain it is, the printed
//: means do not tell.

struct AidedPointRow: TableRow {
  static let columns = [
    Column("reader"), Column("shown"), Column("1 - specificity", digits: 3),
    Column("sensitivity", digits: 3),
  ]
  var reader, shown: String
  var falsePositive, sensitivity: Double
}

//: ### Figure 10 — readers' points
//: As in the paper's figure, with the real readers' aided points as open markers.
func aidedFigure(
  _ study: StudyRun, _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  func rows() throws -> [AidedPointRow] {
    let all = try simulated()
    return [Shown.nothing, .drawn, .future].flatMap { shown in
      zip(ReaderPoint.all, all.calls(shown)).compactMap { reader, calls in
        let table = all.confusion(calls)
        guard let a = try? table.sensitivity.value, let b = try? table.specificity.value else {
          return nil
        }
        return AidedPointRow(
          reader: reader.name, shown: shown.rawValue, falsePositive: 1 - b, sensitivity: a)
      }
    }
  }
  try study.figure(
    "figure-10", "Points of the simulated readers", tier: .simulated, from: try rows()
  ) { plot in
    plot.points(x: \.falsePositive, y: \.sensitivity, series: \.shown)
      .diagonal().axes(x: 0...1, y: 0...1).labels(x: "1 − specificity", y: "sensitivity")
    for reader in ReaderPoint.all {
      plot.printed(
        x: reader.aided.falsePositive, y: reader.aided.sensitivity,
        label: "the paper's readers, aided")
    }
  }
}

struct McNemarRow: TableRow {
  static let columns = [
    Column("reader"), Column("measure"), Column("right only aided"),
    Column("right only unaided"), Column("pairs"), Column("p, exact", digits: 2),
    Column("p, Holm", digits: 2),
  ]
  var reader, measure: String
  var aided, unaided, pairs: Int
  var p, holm: Double
}

//: ### Table 22 — reader by reader
//: McNemar's exact test of the drawn film, Holm's correction over readers and measures. It takes
//: two knees of a patient as two patients; Table 21 does not.
func mcNemarTable(
  _ study: StudyRun, _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  func rows() throws -> [McNemarRow] {
    let all = try simulated()
    func numbers(_ shown: Shown) -> [[Double]] { all.calls(shown).map { $0.map { $0 ? 1 : 0 } } }
    let (aided, unaided) = (numbers(.drawn), numbers(.nothing))
    let found = [
      ReaderFigure.sensitivity(threshold: 0.5), .specificity(threshold: 0.5),
    ].flatMap { figure in
      ReaderPoint.all.indices.map { reader in
        (
          ReaderPoint.all[reader].name, figure.name,
          figure.mcNemar(aided[reader], unaided[reader], truth: all.truth)!
        )
      }
    }
    let adjusted = holm(found.map(\.2.pValue))
    return zip(found, adjusted).map {
      McNemarRow(
        reader: $0.0, measure: $0.1, aided: $0.2.firstOnly, unaided: $0.2.secondOnly,
        pairs: $0.2.pairs, p: $0.2.pValue, holm: $1)
    }
  }
  try study.table(
    "table-22", "Each simulated reader, drawn film against nothing", tier: .simulated,
    rows: try rows())
}

struct ValuesRow: TableRow {
  static let columns = [
    Column("shown"), Column("prevalence", unit: "%", digits: 3), Column("PPV", digits: 3),
    Column("NPV", digits: 3),
  ]
  var shown: String
  var prevalence: Double
  var positive, negative: Double?
}

//: ### Table 23 — predictive values where knees are not selected
//: Means over readers, at the prevalence of the knees read here, at the paper's .195 (derived), and
//: at .05: predictive values belong to a prevalence.
func valuesTable(
  _ study: StudyRun, _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  func rows() throws -> [ValuesRow] {
    let all = try simulated()
    let own = Double(all.truth.count { $0 }) / Double(max(1, all.truth.count))
    return [Shown.nothing, .drawn, .future].flatMap { shown in
      [own, 0.195, 0.05].filter { $0 > 0 && $0 < 1 }.map { prevalence in
        let values = all.calls(shown).compactMap {
          try? PredictiveValues(all.confusion($0), prevalence: prevalence)
        }
        return ValuesRow(
          shown: shown.rawValue, prevalence: 100 * prevalence,
          positive: average(values.compactMap { try? $0.positive }),
          negative: average(values.compactMap { try? $0.negative }))
      }
    }
  }
  try study.table(
    "table-23", "Predictive values by prevalence", tier: .simulated, rows: try rows())
}

/// Ratings of the first seed's knees: a row for each knee, a column for each reader and condition.
func readerCases(
  _ study: StudyRun, _ experiment: Experiment,
  _ simulated: @escaping () throws -> SimulatedRatings
) throws {
  func table() throws -> CaseTable {
    let all = try simulated()
    let futures = try experiment.futures(.usual)[0]
    var table = CaseTable(
      columns: ["case", "patient", "seed", "truth.fast"]
        + Shown.allCases.flatMap { shown in
          ReaderPoint.all.map { "score.\($0.name) \(shown.rawValue)" }
        })
    for (row, place) in all.places.enumerated() {
      table.append(
        [
          futures.cases[place].knee, all.patients[row], String(futures.seed),
          all.truth[row] ? "1" : "0",
        ]
          + Shown.allCases.flatMap { shown in
            (all.ratings[shown] ?? []).map { Printed.exact($0[row]) }
          })
    }
    return table
  }
  try study.cases(
    "readers", "Simulated ratings", tier: .simulated, table: try table())
}
