import Kernels

/// The mean of paired seed differences with both its sources of error.
///
///     standard error = √(s²/k + v),   interval = mean ± t(k − 1, .975) · √(s²/k + v)
///
/// s² is the variance of the k differences between seeds; v is the variance, over cases, of the
/// seed-mean difference with the models fixed (see `caseVarianceOfMeanDifference`), and 0 where
/// each seed draws its own cases, because s² then holds it already. A bootstrap of few seeds is no
/// substitute: three seeds cover 70 % where 95 % is claimed.
///
/// - Returns: an estimate with k − 1 degrees of freedom, n = seeds.
/// - Throws: `Undefined` with fewer than two seeds, or a NaN.
public func pairedSeedDifference(
  _ differences: [Double], caseVariance v: Double
) throws(Undefined) -> Estimate {
  precondition(v >= 0 && v.isFinite, "caseVariance (\(v)) must be finite and not negative")
  var estimate = try meanEstimate(differences, of: "seed differences")
  estimate.standardError =
    (estimate.standardError * estimate.standardError + v).squareRoot()
  return estimate
}

/// The variance over cases of the mean over seeds of AUROC(first) − AUROC(second), models fixed,
/// by the bootstrap of patients; all seeds score the same cases.
///
/// - `first`: [seed, case]
/// - `second`: [seed, case], paired with `first` by seed
/// - `labels`: [case]
/// - `clusters`: patients of the cases; nil where cases are independent
/// - Throws: `Undefined` where one class is missing, a score is NaN, or most resamples lack a class.
public func caseVarianceOfMeanDifference(
  first: [[Double]], second: [[Double]], labels: [Bool], clusters: Clusters? = nil,
  replicates: Int = 2000, stream: RandomStream
) throws(Undefined) -> Double {
  precondition(
    first.count == second.count && !first.isEmpty,
    "first (count \(first.count)) must pair with second (count \(second.count)) and not be empty")
  let seeds = first.count
  let sample = try bootstrapAUROC(
    scores: first + second, labels: labels, clusters: clusters, replicates: replicates,
    stream: stream)
  let error = try sample.distribution { values in
    var sum = 0.0
    for s in 0..<seeds { sum += values[s] - values[seeds + s] }
    return sum / Double(seeds)
  }.standardError
  return error * error
}
