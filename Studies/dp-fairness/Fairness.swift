// hide
import LightboxStudy

// show

//: ## 4 · What privacy costs, and for whom
//: "Does not amplify discrimination" is a statement of sameness. A p value above .05 cannot support
//: it; an interval inside a margin can. For each group we take the gap to the other groups, once in
//: AUROC and once in the share called positive (statistical parity), and ask how much training
//: privately *changes* that gap on the same images.
//:
//: *Could fail*: one group's gap may move by more than two points. *Built in*: women's effusions
//: are harder (breast shadows), the young are few in training. *Control that must fail*: a group
//: that is both small and hard, made on purpose (Table 4c): where privacy does not widen even its
//: gap, nothing shows that these rows could have failed, and they stay *undecided*, whatever the
//: intervals are. The rule is two-sided where the claim is not: a gap that narrows by more than two
//: points counts against sameness as well. Where a data set records no sex, age or comorbidities,
//: tables and figure of this chapter are empty.
func fairness(
  _ study: StudyRun, _ experiment: Experiment, _ squares: SquareExperiment?
) throws {
  try table4(study, experiment)
  try figure4(study, experiment)
  try table5(study, experiment)
  try squareChapter(study, squares)
  try fairnessClaims(study, experiment, squares)
}

/// A way of dividing patients, and the cases of each group.
struct Grouping {
  var name: String
  var groups: [(name: String, cases: [Int])]

  /// The other groups, each with its share of the others' images.
  func others(than name: String) -> [(cases: [Int], share: Double)] {
    let rest = groups.filter { $0.name != name }
    let images = Double(rest.reduce(0) { $0 + $1.cases.count })
    return rest.map { ($0.cases, Double($0.cases.count) / images) }
  }

  /// Age bands as in the released code, sex, and our own bands of the number of comorbidities.
  static func all(_ bench: Bench) -> [Grouping] {
    func grouped(_ name: String, _ names: [String], _ key: (Patient) -> String?) -> Grouping {
      let keys = bench.patients.map(key)
      return Grouping(
        name: name,
        groups: names.map { group in (group, keys.indices.filter { keys[$0] == group }) }
          .filter { !$0.1.isEmpty })
    }
    let bands = ["0-29", "30-59", "60-69", "70-79", "80+"]
    let edges = [30.0, 60, 70, 80]
    return [
      grouped("age", bands) { patient in
        patient.ageYears.map { age in bands[edges.filter { age >= $0 }.count] }
      },
      grouped("sex", ["F", "M"]) { $0.sex?.rawValue },
      grouped("comorbidities", ["0", "1", "2", "3+"]) { patient in
        patient.comorbidities.map { $0 >= 3 ? "3+" : String($0) }
      },
    ].filter { $0.groups.count > 1 }
  }
}

/// The change that private training makes to the gap between a group and the rest.
struct GapChange {
  var grouping, group: String
  var images: Int
  var auroc: SeedContrast?
  /// Gaps at the thresholds, by measure.
  var called: [Measure: SeedContrast]

  var parity: SeedContrast? { called[.parity] }
}

//: A gap is the group's value minus the mean of the other groups' values, weighted by their images,
//: as in the released code. For AUROC the values are those *within* the groups: pooling the others
//: would reward a model for telling old from young where findings are commoner among the old. Only
//: labels count that have both classes in every group. Of two groups one gap is taken, the other is
//: its mirror image. The change of a gap is private minus non-private, paired by seed and image, so
//: that what the two models have in common cancels.
func gapChanges(_ study: StudyRun, _ experiment: Experiment) throws -> [GapChange] {
  let bench = try experiment.bench(study)
  let privately = try experiment.trained(.judged)
  let openly = Array(try experiment.trained(.nonPrivate).prefix(privately.count))
  let weights = classWeights(try experiment.parts.value.train)
  let comparison = try GapComparison(
    bench: bench,
    privately: privately.map { model in
      (model, try bench.called(model, threshold: experiment.thresholds(model), weights: weights))
    },
    openly: openly.map { model in
      (model, try bench.called(model, threshold: experiment.thresholds(model), weights: weights))
    })
  return Grouping.all(bench).flatMap { grouping in
    grouping.groups.prefix(grouping.groups.count == 2 ? 1 : .max).map { group in
      comparison.change(
        of: group.name, in: grouping,
        stream: study.stream.child("gap").child(grouping.name).child(group.name))
    }
  }
}

/// Private and non-private models of the same seeds with their decisions.
struct GapComparison {
  typealias Model = (scores: Trained, called: Called)
  var bench: Bench
  var privately, openly: [Model]

  init(bench: Bench, privately: [Model], openly: [Model]) {
    (self.bench, self.privately, self.openly) = (bench, privately, openly)
  }

  /// The gap in AUROC of a group, of each model, as a statistic to resample.
  func gaps(
    of name: String, in grouping: Grouping
  ) throws -> (privately: [WeightedStatistic], openly: [WeightedStatistic]) {
    let labels = bench.labelsWithBothClasses(in: grouping.groups.map(\.cases))
    let inside = grouping.groups.first { $0.name == name }!.cases
    let others = grouping.others(than: name)
    func gap(_ model: Model) throws -> WeightedStatistic {
      let one = try bench.auroc(model.scores, among: inside, labels: labels)
      let rest = try others.map { other in
        (
          share: other.share,
          auroc: try bench.auroc(model.scores, among: other.cases, labels: labels)
        )
      }
      return { weights in
        rest.reduce(one.value(weights: weights)) { gap, other in
          gap - other.share * other.auroc.value(weights: weights)
        }
      }
    }
    return (try privately.map(gap), try openly.map(gap))
  }

  func change(of name: String, in grouping: Grouping, stream: RandomStream) -> GapChange {
    let group = grouping.groups.first { $0.name == name }!
    let (inside, outside) = (
      group.cases, grouping.others(than: name).flatMap(\.cases)
    )
    func at(_ measure: Measure) -> (Model) -> WeightedStatistic {
      { model in
        let called = model.called
        return { called.value(measure, inside, $0) - called.value(measure, outside, $0) }
      }
    }
    func contrast(
      _ privately: [WeightedStatistic], _ openly: [WeightedStatistic]
    ) -> SeedContrast? {
      try? SeedContrast.of(
        privately, minus: openly, clusters: bench.clusters, replicates: bench.replicates / 2,
        stream: stream)
    }
    var changes: [Measure: SeedContrast] = [:]
    for measure in Measure.allCases {
      changes[measure] = contrast(privately.map(at(measure)), openly.map(at(measure)))
    }
    let aurocs = try? gaps(of: name, in: grouping)
    return GapChange(
      grouping: grouping.name, group: name, images: inside.count,
      auroc: aurocs.flatMap { contrast($0.privately, $0.openly) }, called: changes)
  }
}

struct GapRow: TableRow {
  static let columns = [
    Column("grouping"), Column("group"), Column("images"), Column("gap"),
    Column("change", digits: 3), Column("low 90", digits: 3), Column("high 90", digits: 3),
    Column("low 95", digits: 3), Column("high 95", digits: 3), Column("p equivalence", digits: 2),
    Column("p Holm", digits: 2),
  ]
  var grouping, group: String
  var images: Int
  var gap: String
  var change, low90, high90, low95, high95, p, holm: Double?
}

//: ### Table 4 — change of each group's gap
//: AUROC and parity, which the claims are judged on. `p equivalence` is the larger of two one-sided
//: tests against ±.02 (TOST), `p Holm` the same adjusted over the groups of a grouping and all
//: measures of Tables 4 and 4b. Both are for the reader: the verdicts below need every 90 %
//: interval inside the margin, which takes no correction, or one interval wholly outside at a
//: Bonferroni level. Empty cells are groups without both classes.
func table4(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-4", "Private minus non-private change of each group's gap to the other groups",
    tier: experiment.tier,
    rows: try gapRows(study, experiment).filter { ["AUROC", "parity"].contains($0.gap) })
  try study.table(
    "table-4b", "The same for accuracy, error rates and calibration", tier: experiment.tier,
    rows: try gapRows(study, experiment).filter { !["AUROC", "parity"].contains($0.gap) })
}

//: Table 4b: `accuracy` is the released code's "SPD". True- and false-positive rates pool labels:
//: calls among all pairs of image and label with the finding, and without it. `calibration` is the
//: mean probability minus the share of positives, after the class weights of the loss are taken off
//: the scores: where a network is overconfident about one group only, its gap moves.
func gapRows(_ study: StudyRun, _ experiment: Experiment) throws -> [GapRow] {
  var rows: [GapRow] = []
  for one in try experiment.gaps(study) {
    let gaps =
      [("AUROC", one.auroc)] + Measure.allCases.map { ($0.rawValue, one.called[$0]) }
    for (gap, contrast) in gaps {
      rows.append(try GapRow(one, gap, contrast?.estimate))
    }
  }
  for grouping in Set(rows.map(\.grouping)).sorted() {
    let members = rows.indices.filter { rows[$0].grouping == grouping && rows[$0].p != nil }
    for (index, adjusted) in zip(members, holm(members.map { rows[$0].p! })) {
      rows[index].holm = adjusted
    }
  }
  return rows
}

extension GapRow {
  init(_ one: GapChange, _ gap: String, _ estimate: Estimate?) throws {
    self.init(grouping: one.grouping, group: one.group, images: one.images, gap: gap)
    guard let estimate else { return }
    let narrow = estimate.interval(level: 0.9)
    let wide = estimate.interval(level: 0.95)
    (change, low90, high90) = (estimate.value, narrow.low, narrow.high)
    (low95, high95) = (wide.low, wide.high)
    p = equivalenceP(estimate)
  }
}

/// The p-value of sameness within ±.02; nil where an estimate without any spread has none.
func equivalenceP(_ estimate: Estimate) -> Double? {
  let p = Equivalence(estimate, margin: 0.02).pValue
  return p.isNaN ? nil : p
}

//: ### Figure 4 — the same, drawn against the margin
//: Points with 90 % intervals; the dashed lines are the margin of ±.02 that "sameness" is held to.
func figure4(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.figure(
    "figure-4", "Change of the gap between a group and the others, private minus non-private",
    tier: experiment.tier, from: try gapPoints(study, experiment)
  ) { plot in
    plot.panels(by: \.gap) { panel, gap in
      panel.points(x: \.change, y: \.group, interval: (\.low, \.high))
        .reference(x: -0.02).reference(x: 0.02).axes(x: -0.11...0.11)
        .labels(x: "change of the \(gap) gap", y: "")
    }
  }
}

func gapPoints(_ study: StudyRun, _ experiment: Experiment) throws -> [GapPoint] {
  let rows = try gapRows(study, experiment)
  return (rows.filter { $0.gap == "AUROC" } + rows.filter { $0.gap == "parity" })
    .compactMap(GapPoint.init)
}

struct GapPoint: TableRow {
  static let columns = [
    Column("gap"), Column("group"), Column("change", digits: 3), Column("low", digits: 3),
    Column("high", digits: 3),
  ]
  var gap, group: String
  var change, low, high: Double

  init?(_ row: GapRow) {
    guard let change = row.change, let low = row.low90, let high = row.high90 else { return nil }
    self.gap = row.gap
    self.group = "\(row.grouping) \(row.group)"
    self.change = change
    self.low = low
    self.high = high
  }
}

struct ParityRow: TableRow {
  static let columns = [
    Column("arm"), Column("grouping"), Column("group"), Column("AUROC", digits: 4),
    Column("accuracy", digits: 4), Column("called positive", digits: 4), Column("TPR", digits: 4),
    Column("FPR", digits: 4), Column("calibration", digits: 3),
    Column("SPD as coded", digits: 3), Column("SPD textbook", digits: 3),
  ]
  var arm, grouping, group: String
  var auroc: Double?
  var accuracy, positive: Double
  var truePositives, falsePositives, calibration: Double?
  var asCoded, textbook: Double
}

//: ### Table 5 — two things called statistical parity difference
//: The released code's "SPD" subtracts *accuracies*: the group's minus the case-weighted accuracy
//: of all others. The textbook quantity subtracts the shares called positive, and needs no truth.
//: Both are printed; where prevalence differs between groups they can differ in sign. Thresholds
//: maximise sensitivity + specificity on the validation images, never on the test images.
func table5(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-5", "Groups at the validation thresholds, means over labels and seeds",
    tier: experiment.tier, rows: try parityRows(study, experiment))
}

func parityRows(_ study: StudyRun, _ experiment: Experiment) throws -> [ParityRow] {
  let bench = try experiment.bench(study)
  let weights = classWeights(try experiment.parts.value.train)
  return try [Arm.nonPrivate, Arm.judged].flatMap { arm -> [ParityRow] in
    let models = Array(try experiment.trained(arm).prefix(study.seeds.count))
    let called = try models.map {
      try bench.called($0, threshold: experiment.thresholds($0), weights: weights)
    }
    return try Grouping.all(bench).flatMap { grouping in
      try grouping.groups.map { group in
        let inside = group.cases
        let rest = grouping.others(than: group.name).flatMap(\.cases)
        let aurocs = models.compactMap { try? bench.auroc($0, among: inside).value }
        func average(_ value: (Called) -> Double) throws -> Double { mean(called.map(value))! }
        func known(_ measure: Measure) throws -> Double? {
          let value = try average { $0.value(measure, inside) }
          return value.isFinite ? value : nil
        }
        return ParityRow(
          arm: arm.name, grouping: grouping.name, group: group.name, auroc: mean(aurocs),
          accuracy: try average { $0.accuracy(inside) }, positive: try average { $0.rate(inside) },
          truePositives: try known(.truePositives), falsePositives: try known(.falsePositives),
          calibration: try known(.calibration),
          asCoded: try average { $0.accuracy(inside) - $0.accuracy(rest) },
          textbook: try average { $0.rate(inside) - $0.rate(rest) })
      }
    }
  }
}
