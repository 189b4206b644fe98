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
  func auroc(
    _ model: Trained, among subset: [Int]? = nil, labels: [Int]? = nil
  ) throws -> MultiLabelAUROC {
    let all = scores(model)
    let used = labels ?? Array(truth.indices)
    return try MultiLabelAUROC(
      scores: used.map { all[$0] }, truth: used.map { truth[$0] }, subset: subset)
  }

  /// Numbers of the labels that have both classes in each of some sets of cases.
  func labelsWithBothClasses(in sets: [[Int]]) -> [Int] {
    truth.indices.filter { label in
      sets.allSatisfy { cases in
        let known = Set(cases.compactMap { truth[label][$0] })
        return known.count == 2
      }
    }
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

  /// Accuracy among some cases, those without any recorded label left out.
  func accuracy(_ cases: [Int], _ weights: UnsafeBufferPointer<Int32>? = nil) -> Double {
    var sum = 0.0
    var total = 0.0
    for index in cases {
      guard let correct = correct[index] else { continue }
      let weight = weights.map { Double($0[index]) } ?? 1
      sum += weight * correct
      total += weight
    }
    return sum / total
  }
}

/// Scores [case, label] as [label][case].
func byLabel(_ scores: Tensor<Double>) -> [[Double]] {
  let labels = scores.shape[1]
  let values = scores.elements
  return (0..<labels).map { label in
    (0..<scores.shape[0]).map { values[$0 * labels + label] }
  }
}

/// A network's logits as scores of six significant digits: what `cases` keeps is what every
/// estimate sees.
func scores(_ logits: Tensor<Float>) -> Tensor<Double> {
  Tensor(shape: logits.shape, logits.elements.map { rounded(Double($0)) })
}

/// A score to six significant digits.
func rounded(_ score: Double) -> Double { Printed.rounded(score, digits: 6) }
