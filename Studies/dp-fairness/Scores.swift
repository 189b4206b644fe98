// hide
import LightboxStudy

// show

//: ## How models are compared
//: All seeds score the same test images, so two arms are compared seed by seed: the difference
//: has a spread between seeds, s², and an uncertainty from the finite test set, v, estimated by
//: resampling *patients* with all their images. Both enter the interval,
//: mean ± t √(s²/k + v). The mean over labels is unweighted, as in the paper.

/// Everything that scoring needs: truth by label, and who the test patients are.
struct Bench {
  var labels: [String]
  /// [label][case]
  var truth: [[Bool?]]
  var clusters: Clusters
  var patients: [Patient]
  var cases: [Case]
  var replicates: Int
  /// The label that the bench is narrowed to; nil for all.
  var column: Int?

  init(_ cohort: Cohort, scale: Scale) {
    labels = cohort.labelNames
    cases = cohort.cases
    truth = labels.indices.map { label in
      cohort.cases.map { one in one.labels[label].map { $0 == 1 } }
    }
    clusters = Clusters(cohort.cases.map(\.patient))
    let known = Dictionary(uniqueKeysWithValues: cohort.patients.map { ($0.id, $0) })
    patients = cohort.cases.map { known[$0.patient] ?? Patient(id: $0.patient) }
    replicates = scale.choose(smoke: 50, default: 400, full: 2000)
  }

  /// Mean AUROC over labels as a statistic to resample.
  func auroc(_ model: Trained, among subset: [Int]? = nil) throws -> MultiLabelAUROC {
    try MultiLabelAUROC(scores: scores(model), truth: truth, subset: subset)
  }

  /// first − second, paired by seed; `second` empty compares with nothing, for levels.
  func contrast(
    _ first: [Trained], minus second: [Trained] = [], among subset: [Int]? = nil,
    stream: RandomStream
  ) throws -> SeedContrast {
    func statistics(_ models: [Trained]) throws -> [WeightedStatistic] {
      try models.map { model in
        let auroc = try auroc(model, among: subset)
        return { auroc.value(weights: $0) }
      }
    }
    let others: [WeightedStatistic] =
      second.isEmpty
      ? first.map { _ in { _ in 0 } } : try statistics(Array(second.prefix(first.count)))
    return try SeedContrast.of(
      try statistics(Array(first.prefix(others.count))), minus: others, clusters: clusters,
      replicates: replicates, stream: stream)
  }
}

extension Bench {
  /// The same bench with one label only.
  func only(label: Int) -> Bench {
    var one = self
    one.labels = [labels[label]]
    one.truth = [truth[label]]
    one.column = label
    return one
  }

  /// Scores of a model, [label][case], for the labels of this bench.
  func scores(_ model: Trained) -> [[Double]] {
    let all = byLabel(model.test)
    return column.map { [all[$0]] } ?? all
  }

  /// What a model calls positive on the test images.
  func called(_ model: Trained, threshold: [Double]) throws -> Called {
    Called(
      positive: zip(scores(model), threshold).map { scores, cut in scores.map { $0 >= cut } },
      truth: truth)
  }
}

/// Decisions, averaged over labels for each case: every case counts alike for every label.
struct Called {
  /// Share of the labels that are called positive, and of the recorded ones called correctly.
  var positive: [Double]
  var correct: [Double?]

  init(positive: [[Bool]], truth: [[Bool?]]) {
    let labels = positive.indices
    self.positive = positive[0].indices.map { index in
      mean(labels.map { positive[$0][index] ? 1 : 0 })!
    }
    correct = positive[0].indices.map { index in
      mean(
        labels.compactMap { label in
          truth[label][index].map { $0 == positive[label][index] ? 1 : 0 }
        })
    }
  }

  /// Share called positive among some cases; case i counts `weights[i]` times.
  func rate(_ cases: [Int], _ weights: UnsafeBufferPointer<Int32>? = nil) -> Double {
    var sum = 0.0
    var total = 0.0
    for index in cases {
      let weight = weights.map { Double($0[index]) } ?? 1
      sum += weight * positive[index]
      total += weight
    }
    return sum / total
  }

  /// Accuracy among some cases.
  func accuracy(_ cases: [Int]) -> Double { mean(cases.compactMap { correct[$0] }) ?? .nan }
}

/// Logits [case, label] as [label][case], rounded to the six digits that `cases` keeps.
func byLabel(_ logits: Tensor<Float>) -> [[Double]] {
  let labels = logits.shape[1]
  let values = logits.elements
  return (0..<labels).map { label in
    (0..<logits.shape[0]).map { rounded(Double(values[$0 * labels + label])) }
  }
}

/// A score to six significant digits, before any estimate sees it.
func rounded(_ score: Double) -> Double { Printed.rounded(score, digits: 6) }

//: The rows behind every estimate go to `cases/`: one per test image, arm and seed, with truth and
//: score of every label. The committed subset is seed 1 of the two judged arms; the same run keeps
//: all of them in its cache.
func predictions(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.cases(
    "predictions", "Truth and scores of the test images", tier: experiment.tier,
    table: try predictionTable(experiment, Bench(experiment.parts.value.test, scale: study.scale)),
    subset: { row in
      row["seed"] == "1" && [Arm.nonPrivate.name, Arm.judged.name].contains(row["arm"])
    })
}

func predictionTable(_ experiment: Experiment, _ bench: Bench) throws -> CaseTable {
  var table = CaseTable(
    columns: ["case", "patient", "seed", "arm", "split", "sex", "age [years]", "comorbidities"]
      + bench.labels.map { "truth.\($0)" } + bench.labels.map { "score.\($0)" })
  for model in try experiment.models.map({ try $0.value }) {
    let scores = byLabel(model.test)
    for (index, one) in bench.cases.enumerated() {
      let patient = bench.patients[index]
      var cells: [String] = [one.id, one.patient, String(model.seed), model.arm, "test"]
      cells.append(patient.sex?.rawValue ?? "")
      cells.append(patient.ageYears.map { Printed.exact(Printed.rounded($0, digits: 4)) } ?? "")
      cells.append(patient.comorbidities.map(String.init) ?? "")
      cells += one.labels.map { $0.map(String.init) ?? "" }
      cells += scores.map { Printed.exact($0[index]) }
      table.append(cells)
    }
  }
  return table
}
