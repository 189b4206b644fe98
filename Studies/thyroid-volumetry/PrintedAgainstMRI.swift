// hide
import LightboxStudy

// show

struct MRIImpliedRow: TableRow {
  static let columns = [
    Column("method"), Column("physician"), Column("p printed"), Column("SD assumed", unit: "ml"),
    Column("|difference| implied", unit: "ml", digits: 3),
    Column("95 % high", unit: "ml", digits: 3), Column("share of 7.4 ml", unit: "%", digits: 2),
    Column("share at 95 % high", unit: "%", digits: 2), Column("equivalent within 10 %"),
    Column("largest SD for equivalence", unit: "ml", digits: 3),
  ]
  var method, physician, printed: String
  var sd, difference, high, share, shareHigh: Double
  var equivalent: Bool
  var largest: Double?
}

/// What sameness with MRI means: ±10 % of the printed mean gland.
let equivalenceShare = 0.1

//: ### Table 1g — what "no significant difference to MRI" allows
//: The mean differences to MRI are not printed, only their p. With the SD of the differences as the
//: unknown, p gives |difference| = t·SD/√28. The margin of sameness is ±10 % of a mean gland, 0.74
//: ml; two one-sided tests at 5 % pass it where |difference| + t(.95)·SD/√28 stays below. The last
//: column turns that round: the largest SD at which the printed p still shows sameness. The same p
//: that is "not significant" at every SD shows sameness only at small ones.
func printedAgainstMRI(_ study: StudyRun) throws {
  let rows = try mriRows()
  try study.table(
    "table-1g", "Mean differences to MRI that the printed p-values imply", tier: .aggregates,
    rows: rows)
  let spreads = Interval(low: 0.5, high: 3)
  for reader in 0..<3 {
    // Sign and SD unknown: the set is symmetric, its half-width that of the largest SD.
    let worst = try mriImplied(printedMRITests[1].p[reader], sd: spreads.high)
    let reach = worst.interval(level: 0.9).high / printedMRI.mean
    try study.claim(
      "th.mri.3d.\(reader + 1)", tier: .aggregates, measured: .interval(low: -reach, high: reach))
  }
  func among(_ method: String, _ sd: Double) -> [MRIImpliedRow] {
    rows.filter { $0.method == method && $0.sd == sd }
  }
  func shares(_ rows: [MRIImpliedRow], _ value: (MRIImpliedRow) -> Double) -> String {
    rows.map { Printed.fixed(value($0), decimals: 0) }.joined(separator: ", ")
  }
  try study.text("implied.mri.2d", shares(among("2D", 2)) { $0.share })
  try study.text("implied.mri.3d", shares(among("3D", 2)) { $0.share })
  try study.text("implied.mri.high", shares(among("3D", 2)) { $0.shareHigh })
  try study.text(
    "implied.mri.largest",
    among("3D", 2).map { Printed.fixed($0.largest ?? 0, decimals: 1) }.joined(separator: ", "))
}
//: At an SD of 2 ml, 2D would differ from MRI by about {{implied.mri.2d}} % of a mean gland, 3D by
//: {{implied.mri.3d}} %, compatible with up to {{implied.mri.high}} %. Sameness within 10 % would
//: follow only if the SD were below {{implied.mri.largest}} ml, where between two physicians it is
//: about 2 ml. Physician by physician: {{th.mri.3d.1@aggregates.verdict}},
//: {{th.mri.3d.2@aggregates.verdict}}, {{th.mri.3d.3@aggregates.verdict}}.

/// |difference| with its error, from a printed p and an assumed SD.
func mriImplied(_ printed: String, sd: Double) throws -> Estimate {
  let error = sd / Double(volunteers).squareRoot()
  let degrees = Double(volunteers - 1)
  let t = Distributions.StudentT(degrees).quantile(1 - PrintedNumber(printed)!.value / 2)
  return Estimate(
    value: t * error, standardError: error, degreesOfFreedom: degrees, n: volunteers)
}

func mriRows() throws -> [MRIImpliedRow] {
  let margin = equivalenceShare * printedMRI.mean
  let degrees = Double(volunteers - 1)
  let oneSided = Distributions.StudentT(degrees).quantile(0.95)
  return try printedMRITests.flatMap { method, all in
    try all.enumerated().flatMap { reader, printed in
      try [1.0, 2.0, 3.0].map { sd in
        let estimate = try mriImplied(printed, sd: sd)
        let t = estimate.statistic()
        let high = estimate.interval().high
        return MRIImpliedRow(
          method: method, physician: "MD\(reader + 1)", printed: printed, sd: sd,
          difference: estimate.value, high: high, share: 100 * estimate.value / printedMRI.mean,
          shareHigh: 100 * high / printedMRI.mean,
          equivalent: Equivalence(estimate, margin: margin).isEquivalent,
          largest: method == "3D"
            ? margin * Double(volunteers).squareRoot() / (t + oneSided) : nil)
      }
    }
  }
}
