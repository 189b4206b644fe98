// hide
import LightboxStudy

// show

//: ## 11 · Limits
//: What an expert would ask, and what can be answered here.
//:
//: - **Absence of significance is not agreement.** At an SD of 2 ml and 28 volunteers a true
//:   difference of {{limits.mdd}} is missed once in five times. Sameness is judged by intervals
//:   inside a margin, never by p > .05.
//: - **A mean difference is not variability.** Limits of agreement, components and three separate
//:   answers stand beside it; the printed numbers cut the first and leave the second.
//: - **Averages of three repetitions.** One measurement, as in practice, has limits of agreement
//:   that are wider: 2D {{limits.single.2d}}, 3D {{limits.single.3d}} times those of the means, in
//:   the trial shown.
//: - **One novice.** Two of three pairs contain MD3. Without him one pair is left, whose printed
//:   difference moves by {{limits.novice}} from 2D to 3D.
//: - **Three physicians as a sample of all.** σ between physicians has two degrees of freedom: its
//:   95 % interval reaches from {{limits.three.low}} to {{limits.three.high}} times the estimate.
//: - **Trained on the same volunteers.** A random split of scans puts a test volunteer into
//:   training with probability {{limits.shared}}; the segmentation chapter measures what it does to
//:   Dice. The volumes of trained-on sweeps are optimistic by an amount that is out of reach
//:   without the authors' list.
//: - **Nesting.** Volunteers are the unit; lobes of one neck are not independent: in the trial
//:   shown the errors of right and left of one scan correlate by {{limits.lobes.2d}} in 2D and
//:   {{limits.lobes.3d}} in 3D, so that 56 lobes count as {{limits.effective.2d}} and
//:   {{limits.effective.3d}} independent ones.
//: - **Many tests.** Twelve p-values are printed, adjusted by Holm in Table 1f; ours in Tables 2
//:   and 4.
//: - **Two things called volume.** An ellipsoid leaves the isthmus out, MRI and 3D may include it.
//:   All volumes here are of lobes; the isthmus is part of no comparison.
//: - **Compression and scale.** Pressure changes the shape and not the volume of a lobe; a scale
//:   error enters cubed: 1 % is {{limits.scale}} of volume, and no repetition or second reader sees
//:   it.
//: - **Which coefficient?** π/6 instead of .479 is {{limits.coefficient}}: more than most printed
//:   differences. The abstract does not say.
//: - **Healthy glands.** The printed range ends at 16.7 ml. Nothing here says how either method
//:   does on a goitre.
//: - **The reference is one reader.** His error is in every "difference to MRI" and in none of the
//:   differences between physicians; the truth, which only a phantom has, is shown beside it.
//: - **Order and blinding.** Physicians may remember their previous reading, and a neck changes
//:   from day to day. Neither is simulated: out of reach.
//: - **A phantom.** Sizes of errors are inputs, most of them tuned to the printed numbers. What it
//:   can show is which conclusions follow from such errors and which do not.
func limits(_ study: StudyRun, _ trials: Trials) throws {
  let pairs = PairedPower(n: volunteers, standardDeviation: 2)
  try study.value("limits.mdd", pairs.minimumDetectableDifference(), unit: "ml", digits: 2)
  let first = PublishedPair.all[0]
  try study.value(
    "limits.novice", abs(first.difference("2D").value) - abs(first.difference("3D").value),
    unit: "ml", digits: 1)
  let own = VariancePart(coefficient: 1, variance: 1, degreesOfFreedom: 2).varianceInterval()
  try study.value("limits.three.low", own.low.squareRoot(), digits: 2)
  try study.value("limits.three.high", own.high.squareRoot(), digits: 2)
  try study.value(
    "limits.shared", 100 * sharedVolunteer(scans: scansPerMethod), unit: "%", digits: 2)
  try study.value("limits.scale", 100 * (1.01 * 1.01 * 1.01 - 1), unit: "%", digits: 2)
  try study.value("limits.coefficient", 100 * (Double.pi / 6 / 0.479 - 1), unit: "%", digits: 2)
  for method in methods {
    let key = method.lowercased()
    try study.value(
      "limits.single.\(key)", try singleOverMeans(try trials.shown, method), digits: 3)
    try study.value("limits.lobes.\(key)", try lobeCorrelation(trials, method), digits: 2)
    // Design effect of pairs with correlation r: n/(1 + r).
    try study.value(
      "limits.effective.\(key)",
      Int((Double(2 * volunteers) / (1 + (try lobeCorrelation(trials, method)))).rounded()))
  }
}

/// Limits of agreement of single measurements over those of means of the repetitions, averaged over
/// pairs: widths of `RepeatedAgreement` and `BlandAltman`.
func singleOverMeans(_ trial: Trial, _ method: String) throws -> Double {
  try PublishedPair.all.reduce(0) { sum, pair in
    let single = try RepeatedAgreement(
      repeats: trial.repeats(method, pair.first), trial.repeats(method, pair.second))
    return try sum + single.limits.width / trial.agreement(method, pair).limits.width
  } / Double(PublishedPair.all.count)
}

/// Correlation of the errors of right and left lobe of one scan, over the rows of the shown trial.
func lobeCorrelation(_ trials: Trials, _ method: String) throws -> Double {
  let shown = try trials.shown
  let rows = try trials.volumes(.primary).filter { $0.seed == shown.seed }
  func lobe(_ row: VolumeRow) -> String { "\(row.volunteer) \(row.side)" }
  let references = Dictionary(
    rows.filter { $0.method == "MRI" }.map { (lobe($0), $0.volume) },
    uniquingKeysWith: { a, _ in a })
  let scans = Dictionary(grouping: rows.filter { $0.method == method }) { row in
    "\(row.volunteer) \(row.operator_) \(row.repetition)"
  }
  let errors = scans.keys.sorted().compactMap { key -> (Double, Double)? in
    func error(_ side: String) -> Double? {
      guard let row = scans[key]!.first(where: { $0.side == side }),
        let reference = references[lobe(row)]
      else { return nil }
      return row.volume - reference
    }
    guard let right = error("right"), let left = error("left") else { return nil }
    return (right, left)
  }
  return try pearson(errors.map(\.0), errors.map(\.1)).r
}
