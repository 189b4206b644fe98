// hide
import Foundation
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
  ///
  /// `weights` are the class weights of the training loss, [label]: their logarithm is taken off the
  /// scores before these are read as probabilities. Without them nothing is said of calibration.
  func called(
    _ model: Trained, threshold: [Double], weights: [Double]? = nil
  ) throws -> Called {
    let scores = scores(model)
    return Called(
      positive: zip(scores, threshold).map { scores, cut in scores.map { $0 >= cut } },
      truth: truth,
      probability: weights.map { weights in
        zip(scores, weights).map { scores, weight in
          scores.map { 1 / (1 + exp(-($0 - log(weight)))) }
        }
      })
  }
}

/// What is compared between groups at a threshold, besides AUROC.
enum Measure: String, CaseIterable {
  /// Share called positive; its gap is the textbook parity difference.
  case parity
  /// Share called correctly; its gap is what the released code names statistical parity difference.
  case accuracy
  case truePositives = "true-positive rate"
  case falsePositives = "false-positive rate"
  /// Mean probability minus share of positives.
  case calibration
}

/// Decisions as ratios of sums over cases; within a case all recorded labels count alike.
struct Called {
  /// By measure: what a case adds above and below the line.
  private var above: [Measure: [Double]] = [:]
  private var below: [Measure: [Double]] = [:]

  init(positive: [[Bool]], truth: [[Bool?]], probability: [[Double]]? = nil) {
    let labels = positive.indices
    let cases = positive[0].indices
    func set(_ measure: Measure, _ part: (_ label: Int, _ index: Int) -> Double?) {
      let parts = cases.map { index in labels.compactMap { part($0, index) } }
      above[measure] = parts.map { $0.reduce(0, +) }
      below[measure] = parts.map { Double($0.count) }
    }
    /// Averaged within the case first, so that cases with fewer recorded labels count as much.
    func setMean(_ measure: Measure, _ part: (_ label: Int, _ index: Int) -> Double?) {
      let parts = cases.map { index in mean(labels.compactMap { part($0, index) }) }
      above[measure] = parts.map { $0 ?? 0 }
      below[measure] = parts.map { $0 == nil ? 0 : 1 }
    }
    func one(_ holds: Bool) -> Double { holds ? 1 : 0 }
    setMean(.parity) { one(positive[$0][$1]) }
    setMean(.accuracy) { label, index in
      truth[label][index].map { one($0 == positive[label][index]) }
    }
    set(.truePositives) { truth[$0][$1] == true ? one(positive[$0][$1]) : nil }
    set(.falsePositives) { truth[$0][$1] == false ? one(positive[$0][$1]) : nil }
    if let probability {
      setMean(.calibration) { label, index in
        truth[label][index].map { probability[label][index] - one($0) }
      }
    }
  }

  /// A measure among some cases; case i counts `weights[i]` times. NaN where nothing counts.
  func value(
    _ measure: Measure, _ cases: [Int], _ weights: UnsafeBufferPointer<Int32>? = nil
  ) -> Double {
    guard let above = above[measure], let below = below[measure] else { return .nan }
    var sum = 0.0
    var total = 0.0
    for index in cases {
      let weight = weights.map { Double($0[index]) } ?? 1
      sum += weight * above[index]
      total += weight * below[index]
    }
    return total > 0 ? sum / total : .nan
  }

  /// Share called positive among some cases.
  func rate(_ cases: [Int], _ weights: UnsafeBufferPointer<Int32>? = nil) -> Double {
    value(.parity, cases, weights)
  }

  /// Accuracy among some cases, those without any recorded label left out.
  func accuracy(_ cases: [Int], _ weights: UnsafeBufferPointer<Int32>? = nil) -> Double {
    value(.accuracy, cases, weights)
  }
}

/// Class weights of the training loss, [label].
func classWeights(_ cohort: Cohort) -> [Double] {
  let labels = cohort.labels()
  return balancingWeights(targets: labels.values, known: labels.mask).elements.map(Double.init)
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
