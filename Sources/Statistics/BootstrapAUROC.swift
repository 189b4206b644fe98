import Kernels

/// Bootstrap of the AUROCs of one or several scores on the same cases and resamples.
///
///     let sample = try bootstrapAUROC(
///       scores: [ours, theirs], labels: labels, clusters: Clusters(patients), stream: stream)
///     try sample.distribution().percentile()               // of the first AUROC
///     try sample.distribution { $0[0] - $0[1] }.pValue()   // of their difference, paired
///
/// - `scores`: [score, case]
/// - `labels`: [case]
/// - `clusters`: of the cases; nil where cases are independent
/// - Throws: `Undefined` where one class is missing or a score is NaN.
/// - Complexity: O(k n log n) once, then O(k n) a replicate, sixteen replicates in a pass.
public func bootstrapAUROC(
  scores: [[Double]], labels: [Bool], clusters: Clusters? = nil, replicates: Int = 10_000,
  stream: RandomStream
) throws(Undefined) -> Resampling {
  var ranked: [RankedScores] = []
  for one in scores { ranked.append(try RankedScores(scores: one, labels: labels)) }
  return Resampling.bootstrap(
    cases: clusters ?? Clusters(singletons: labels.count), replicates: replicates, stream: stream,
    aurocs: ranked)
}
