import Kernels

/// The unweighted mean over labels of the AUROC, on all cases or a subset, as a statistic that a
/// bootstrap can resample.
///
///     AUROC̄ = (1/L) Σ_l AUROC_l
///
/// A case without a recorded label (nil) takes no part in that label. Labels with one class only
/// among the cases are left out and named in `undefinedLabels`; a comparison of two models must
/// leave out the same ones, which holds by construction because this depends on truth alone.
public struct MultiLabelAUROC: Sendable {
  /// AUROC of each label; nil where one class is missing.
  public let perLabel: [Double?]
  private let ranked: [RankedScores]

  /// - Parameters:
  ///   - scores: [label, case]
  ///   - truth: [label, case], nil where not recorded
  ///   - subset: numbers of the cases to use; nil for all
  /// - Throws: `Undefined` where a score is NaN or no label has both classes.
  public init(
    scores: [[Double]], truth: [[Bool?]], subset: [Int]? = nil
  ) throws(Undefined) {
    precondition(
      scores.count == truth.count,
      "scores (\(scores.count) labels) must match truth (\(truth.count) labels)")
    var ranked: [RankedScores] = []
    var perLabel: [Double?] = []
    for (score, label) in zip(scores, truth) {
      let cases = (subset ?? Array(label.indices)).filter { label[$0] != nil }
      let positives = cases.reduce(0) { $0 + (label[$1] == true ? 1 : 0) }
      guard positives > 0, positives < cases.count else {
        perLabel.append(nil)
        continue
      }
      let one = try RankedScores(
        scores: score, labels: label.map { $0 ?? false }, subset: cases)
      ranked.append(one)
      perLabel.append(one.auroc)
    }
    guard !ranked.isEmpty else {
      throw Undefined("no label has both classes among these cases")
    }
    self.ranked = ranked
    self.perLabel = perLabel
  }

  /// Numbers of the labels that have one class only.
  public var undefinedLabels: [Int] { perLabel.indices.filter { perLabel[$0] == nil } }

  /// The mean over labels.
  public var value: Double { ranked.reduce(0) { $0 + $1.auroc } / Double(ranked.count) }

  /// The mean over labels where case i counts `weights[i]` times; NaN where a label loses a class.
  public func value(weights: UnsafeBufferPointer<Int32>) -> Double {
    var sum = 0.0
    for one in ranked { sum += one.auroc(weights: weights) }
    return sum / Double(ranked.count)
  }
}

/// Paired differences between two ways of training, seed by seed, with the variance that the
/// finite test set adds.
///
/// Rule O of the claims: the interval is mean ± t(k − 1) √(s²/k + v), with s² between the seed
/// differences and v the variance over cases (patients where clustered) of the seed-mean
/// difference, models fixed. Use it through `pairedSeedDifference`.
public struct SeedContrast: Sendable, Codable {
  /// One difference per seed.
  public var differences: [Double]
  /// v
  public var caseVariance: Double

  public init(differences: [Double], caseVariance: Double) {
    self.differences = differences
    self.caseVariance = caseVariance
  }

  /// The mean difference with both its sources of error, k − 1 degrees of freedom.
  public var estimate: Estimate {
    get throws(Undefined) { try pairedSeedDifference(differences, caseVariance: caseVariance) }
  }

  /// first − second for statistics that are paired by seed.
  ///
  /// - Throws: `Undefined` where the difference is undefined on the data or on most resamples.
  public static func of(
    _ first: [WeightedStatistic], minus second: [WeightedStatistic], clusters: Clusters,
    replicates: Int = 400, stream: RandomStream
  ) throws(Undefined) -> SeedContrast {
    precondition(
      first.count == second.count && !first.isEmpty,
      "first (\(first.count)) must pair with second (\(second.count)) and not be empty")
    let seeds = first.count
    let sample = Resampling.bootstrap(
      cases: clusters, replicates: replicates, stream: stream, statistics: first + second)
    let differences = (0..<seeds).map { sample.observed[$0] - sample.observed[seeds + $0] }
    guard differences.allSatisfy(\.isFinite) else {
      throw Undefined("the difference is undefined on these cases")
    }
    let distribution = sample.distribution { values in
      var sum = 0.0
      for s in 0..<seeds { sum += values[s] - values[seeds + s] }
      return sum / Double(seeds)
    }
    guard distribution.replicates.count > replicates / 2 else {
      throw Undefined("most resamples lack a class")
    }
    let error = try distribution.standardError
    return SeedContrast(differences: differences, caseVariance: error * error)
  }
}
