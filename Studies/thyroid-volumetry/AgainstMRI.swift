// hide
import LightboxStudy

// show

//: ## 7 · Against MRI
//: "Significant in 2D, not in 3D" again compares two tests instead of two methods, and "not
//: significant" is read as "accurate". Here every physician is compared with MRI by a t test, as in
//: the paper, and beside it by two one-sided tests: is the mean difference within ±10 % of the mean
//: gland? For 2D the answer hangs on a number that the abstract does not give: the coefficient of
//: the ellipsoid formula, π/6 = .524, .5 or .479, which scales all volumes by up to 9 %.
//:
//: *Could fail*: 3D may be off by more than the margin; at 28 volunteers the interval may be too
//: wide to say. *Built in*: biases of both methods, in signs and sizes that fit the printed
//: p-values; the mean true coefficient of the lobes (.50); a reference with one reader. *Control
//: that must fail*: a calibration scale 5 % too large, 16 % in volume, must not pass as the same
//: (Table 7, `3D-to-MRI-rescaled`).
func againstMRI(_ study: StudyRun, _ trials: Trials) throws {
  try table4(study, trials)
  try figure3(study, trials)
  try table4b(study, trials)
  try mriClaims(study, trials)
}

/// Coefficients of the ellipsoid formula as multiples of the one that rows carry, π/6.
let coefficients: [(name: String, factor: Double)] = [
  ("π/6", 1), ("0.5", 0.5 / (Double.pi / 6)), ("0.479", 0.479 / (Double.pi / 6)),
]

/// A way to get a gland's volume that is compared with MRI.
struct Compared {
  var method: String
  /// Of the ellipsoid formula; empty in 3D.
  var coefficient: String
  var factor: Double

  static let all =
    coefficients.map { Compared(method: "2D", coefficient: $0.name, factor: $0.factor) }
    + [Compared(method: "3D", coefficient: "", factor: 1)]

  func means(_ trial: Trial, _ reader: Int) -> [Double] {
    trial.means(method, reader).map { $0 * factor }
  }
}

struct MRIRow: TableRow {
  static let columns = [
    Column("method"), Column("coefficient"), Column("physician"), Column("n"),
    Column("mean difference", unit: "ml", digits: 3), Column("low", unit: "ml", digits: 3),
    Column("high", unit: "ml", digits: 3), Column("t", digits: 3), Column("p", digits: 2),
    Column("p Holm", digits: 2), Column("SD", unit: "ml", digits: 3),
    Column("lower limit", unit: "ml", digits: 3), Column("upper limit", unit: "ml", digits: 3),
    Column("relative", unit: "%", digits: 3), Column("low 90", unit: "%", digits: 3),
    Column("high 90", unit: "%", digits: 3), Column("p equivalence", digits: 2),
    Column("RMSE to MRI", unit: "ml", digits: 3), Column("bias to truth", unit: "ml", digits: 3),
    Column("RMSE to truth", unit: "ml", digits: 3), Column("printed p"),
  ]
  var method, coefficient, physician: String
  var n: Int
  var mean, low, high, t, p, holm, sd, lower, upper, relative, low90, high90: Double
  var equivalence, rmse: Double
  var truthBias, truthRMSE: Double?
  var printed: String
}

func mriRows(_ trial: Trial) throws -> [MRIRow] {
  let scale = 100 / (try meanEstimate(trial.mri).value)
  let hasTruth = trial.truth.allSatisfy { !$0.isNaN }
  return try Compared.all.flatMap { compared -> [MRIRow] in
    let found = try (0..<Trial.operators).map {
      try BlandAltman(compared.means(trial, $0), trial.mri)
    }
    let adjusted = holm(found.map { $0.bias.pValue() })
    return try found.enumerated().map { reader, one in
      let own = compared.means(trial, reader)
      let (interval, narrow) = (one.bias.interval(), one.bias.interval(level: 0.9))
      let margin = equivalenceShare * 100 / scale
      let printed = printedMRITests.first { $0.method == compared.method }!.p[reader]
      return MRIRow(
        method: compared.method, coefficient: compared.coefficient, physician: "MD\(reader + 1)",
        n: one.n, mean: one.bias.value, low: interval.low, high: interval.high,
        t: one.bias.statistic(), p: one.bias.pValue(), holm: adjusted[reader],
        sd: one.standardDeviation, lower: one.limits.low, upper: one.limits.high,
        relative: scale * one.bias.value, low90: scale * narrow.low, high90: scale * narrow.high,
        equivalence: Equivalence(one.bias, margin: margin).pValue,
        rmse: rootMeanSquare(own, trial.mri),
        truthBias: hasTruth ? try pairedDifference(own, trial.truth).value : nil,
        truthRMSE: hasTruth ? rootMeanSquare(own, trial.truth) : nil, printed: printed)
    }
  }
}

//: ### Table 4 — ultrasound minus MRI, one trial
//: `relative` is the mean difference in per cent of the mean MRI volume, with the 90 % interval
//: that sameness is judged by; `p equivalence` the larger of the two one-sided tests against ±10 %.
func table4(_ study: StudyRun, _ trials: Trials) throws {
  try study.table(
    "table-4", "Ultrasound against MRI, physician by physician", tier: trials.tier,
    rows: try mriRows(try trials.shown))
  /// How many physicians satisfy something, seed by seed.
  func counts(_ holds: (MRIRow) -> Bool) throws -> String {
    try trials().map { String(try mriRows($0).count { holds($0) }) }.joined(separator: ", ")
  }
  for (key, coefficient) in zip(["pi", "half", "brunn"], coefficients) {
    try study.text(
      "mri.significant.\(key)",
      try counts { $0.method == "2D" && $0.coefficient == coefficient.name && $0.p < 0.05 })
  }
  try study.text("mri.significant.3d", try counts { $0.method == "3D" && $0.p < 0.05 })
  try study.text("mri.equivalent.3d", try counts { $0.method == "3D" && $0.equivalence < 0.05 })
}
//: Physicians who differ significantly from MRI, seed by seed: 2D with π/6 {{mri.significant.pi}},
//: with .5 {{mri.significant.half}}, with .479 {{mri.significant.brunn}}; 3D
//: {{mri.significant.3d}}. The coefficient alone can create or remove the paper's 2D finding. In 3D
//: the number of physicians whose sameness within 10 % is *shown* is {{mri.equivalent.3d}}.

//: ### Figure 3 — the same, drawn
//: Above 2D with π/6, below 3D; each dot is a volunteer, the difference is ultrasound minus MRI.
func figure3(_ study: StudyRun, _ trials: Trials) throws {
  try study.figure(
    "figure-3", "Ultrasound minus MRI against their mean, with limits of agreement",
    tier: trials.tier,
    from: try methods.flatMap { method in
      try (0..<Trial.operators).flatMap { reader in
        let trial = try trials.shown
        return zip(trial.means(method, reader), trial.mri).map {
          AgreementPoint(panel: "\(method), MD\(reader + 1) − MRI", first: $0, second: $1)
        }
      }
    }
  ) { plot in
    blandAltmanFigure(plot, label: "ultrasound − MRI [ml]")
  }
}

struct ProportionalRow: TableRow {
  static let columns = [
    Column("method"), Column("physician"), Column("slope", digits: 3), Column("low", digits: 3),
    Column("high", digits: 3), Column("p slope", digits: 2), Column("p equal SDs", digits: 2),
    Column("difference at 5 ml", unit: "ml", digits: 3),
    Column("difference at 12 ml", unit: "ml", digits: 3), Column("p spread grows", digits: 2),
  ]
  var method, physician: String
  var slope, low, high, p, equalSDs, small, large, spread: Double
}

func proportionalRows(_ trial: Trial) throws -> [ProportionalRow] {
  try methods.flatMap { method in
    try (0..<Trial.operators).map { reader in
      let own = trial.means(method, reader)
      let line = try DifferenceRegression(try BlandAltman(own, trial.mri))
      let interval = line.slope.interval()
      return ProportionalRow(
        method: method, physician: "MD\(reader + 1)", slope: line.slope.value, low: interval.low,
        high: interval.high, p: line.slope.pValue(),
        equalSDs: try PitmanMorgan(own, trial.mri).pValue, small: line.bias(at: 5),
        large: line.bias(at: 12), spread: line.absoluteSlope.pValue())
    }
  }
}

//: ### Table 4b — does the difference grow with the gland?
//: The slope of the difference on the mean. A formula with a wrong coefficient, and a wrong scale,
//: err in proportion; but a slope also appears where ultrasound simply has the larger error. The
//: test of equal SDs asks the same correlation, so that its p is the same number: a slope alone is
//: no proof of proportional bias.
func table4b(_ study: StudyRun, _ trials: Trials) throws {
  try study.table(
    "table-4b", "Proportional bias against MRI", tier: trials.tier,
    rows: try proportionalRows(try trials.shown))
}

func mriClaims(_ study: StudyRun, _ trials: Trials) throws {
  for reader in 0..<Trial.operators {
    try study.claim(
      "th.mri.2d.\(reader + 1)", tier: trials.tier,
      measured: .value(
        try shareOfTrials(trials) { trial in
          try mriRows(trial)[reader].p < 0.05
        }))
    try trials.claim(
      study, "th.mri.3d.\(reader + 1)", [.relativeToMRI(reader)],
      flip: Flip(
        .primary, [.relativeToMRI(reader, factor: wrongScale)],
        name: "calibration scale 5 % too large in every 3D session"),
      alternatives: [.bias3DHalved, .bias3DDoubled, .habit3DDoubled])
  }
}
//: Sameness of 3D and MRI over seeds, as a share of the mean gland: MD1 {{th.mri.3d.1@simulated}},
//: {{th.mri.3d.1@simulated.verdict}}; MD2 {{th.mri.3d.2@simulated}},
//: {{th.mri.3d.2@simulated.verdict}}; MD3 {{th.mri.3d.3@simulated}},
//: {{th.mri.3d.3@simulated.verdict}}. Several trials together can show what one trial of 28 cannot.
//: The rows were registered as sameness claims at risk; the contours' biases were then chosen with
//: the printed p-values in view, so they became *built in* before any trial of these seeds was run.
