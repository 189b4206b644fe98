// hide
import LightboxStudy

// show

//: ### Verdicts
//: Every group must stay inside the margin, in AUROC and in parity. The second version's "largely"
//: allows one group outside; a group with both measures is one member of its family. The flip is
//: the small and hard group of Table 4c. The alternatives, named before the run: the same group
//: hard but not small, small but not hard, and the primary models at a stricter operating
//: threshold, which nine in ten validation images without the finding stay below.
//:
//: To *disagree*, an interval must lie wholly outside the margin at the level that Bonferroni asks
//: of the family, which is higher than the 95 % of Table 4: 97.5 % for sex with its two effects,
//: 99.5 % for age. An interval of Table 4 outside ±.02 can therefore stand beside *undecided*, and
//: *undecided* is no evidence of sameness. The flip counts as reversed when its mean lies beyond
//: the margin, in AUROC or parity; Table 4c has its interval, and the other cells, whose gaps may
//: move as much.
func fairnessClaims(
  _ study: StudyRun, _ experiment: Experiment, _ squares: SquareExperiment?
) throws {
  let groupings = [("age", "age"), ("sex", "sex"), ("comorb", "comorbidities")]
  for (key, grouping) in groupings {
    for id in ["dp.fair.\(key)", "dp.fair5.\(key).cxr"] {
      try study.claim(
        id, tier: experiment.tier,
        measured: try familyOfChanges(try experiment.gaps(study), grouping),
        flip: try squares.map {
          Setting("small and hard group", try $0.measured(Square(small: true, hard: true)))
        },
        alternatives: try fairnessAlternatives(study, experiment, squares, grouping),
        seeds: study.seeds.count)
    }
    try study.text("worst.\(key)", try worstChange(try gapRows(study, experiment), grouping))
  }
}
//: The interval that reaches furthest, by age: {{worst.age}}; the claim: {{dp.fair.age.verdict}}.
//: By sex: {{worst.sex}}; {{dp.fair.sex.verdict}}. By comorbidities: {{worst.comorb}};
//: {{dp.fair.comorb.verdict}}.
//:
//: **Try it**: give one age band a difficulty of its own (`ChestConfiguration.groups`). Does its
//: gap move more under privacy than it does without?

/// The settings in which a verdict must recur; none on real files, which need none.
func fairnessAlternatives(
  _ study: StudyRun, _ experiment: Experiment, _ squares: SquareExperiment?, _ grouping: String
) throws -> [Setting] {
  guard let squares else { return [] }
  return [
    Setting("hard group", try squares.measured(Square(small: false, hard: true))),
    Setting("small group", try squares.measured(Square(small: true, hard: false))),
    Setting("strict threshold", try strictChanges(study, experiment, grouping)),
  ]
}

/// The changes of a grouping's gaps at the stricter threshold.
func strictChanges(
  _ study: StudyRun, _ experiment: Experiment, _ name: String
) throws -> Measured {
  let bench = try experiment.bench(study)
  func models(_ arm: Arm) throws -> [GapComparison.Model] {
    try experiment.trained(arm).prefix(study.seeds.count).map { model in
      (model, try bench.called(model, threshold: experiment.strictThresholds(model)))
    }
  }
  let comparison = GapComparison(
    bench: bench, privately: try models(.judged), openly: try models(.nonPrivate))
  let changes = Grouping.all(bench).filter { $0.name == name }.flatMap { grouping in
    grouping.groups.prefix(grouping.groups.count == 2 ? 1 : .max).map { group in
      comparison.change(
        of: group.name, in: grouping,
        stream: study.stream.child("strict").child(grouping.name).child(group.name))
    }
  }
  return try familyOfChanges(changes, name)
}

/// All changes of a grouping, which must stay inside the margin, group by group.
func familyOfChanges(_ gaps: [GapChange], _ grouping: String) throws -> Measured {
  let members = gaps.filter { $0.grouping == grouping }.map { change in
    [change.auroc, change.parity].compactMap { $0.map(Measured.seeds) }
  }
  if members.allSatisfy(\.isEmpty) {
    return .notAvailable("the data set records no \(grouping)")
  }
  return .family(members.filter { !$0.isEmpty }.map(Measured.family))
}

/// The change whose interval reaches furthest from zero, in words; of the gaps that claims are judged
/// on.
func worstChange(_ rows: [GapRow], _ grouping: String) throws -> String {
  func reach(_ row: GapRow) -> Double { max(abs(row.low90 ?? 0), abs(row.high90 ?? 0)) }
  let known = rows.filter {
    $0.grouping == grouping && $0.change != nil && ["AUROC", "parity"].contains($0.gap)
  }
  guard let worst = known.max(by: { reach($0) < reach($1) }) else { return "not recorded" }
  let points = [worst.change!, worst.low90!, worst.high90!].map {
    Printed.fixed(100 * $0, decimals: 1)
  }
  return "group \(worst.group), \(worst.gap) gap, \(points[0]) points (90 % interval "
    + "\(points[1]) to \(points[2]))"
}

extension Measured {
  static func seeds(_ contrast: SeedContrast) -> Measured {
    .pairedSeeds(contrast.differences, caseVariance: contrast.caseVariance)
  }
}
