import Kernels

/// AUROCs of one or several scores on the same independent cases, with DeLong's covariance.
///
/// V = S10/m + S01/n, S10 the sample covariance (divisor m − 1) of the placement values of the m
/// positives, S01 that of the n negatives; ties one half. Its expectation exceeds the variance by
/// (ξ11 − ξ10 − ξ01)/(m n), some 2 % at 50 cases of each class: ξ11 is the variance of one pair's
/// concordance, ξ10 and ξ01 the covariances of pairs with one case in common.
///
/// - Parameters:
///   - scores: [score, case]
///   - labels: [case]
/// - Throws: `Undefined` with fewer than two positives or two negatives, or a NaN score.
/// - Complexity: O(k n log n + k² n) for k scores, the first term in parallel.
/// - Reference: DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595; fast algorithm: Sun
///   and Xu 2014, doi:10.1109/LSP.2014.2337313.
public func deLong(scores: [[Double]], labels: [Bool]) throws(Undefined) -> CorrelatedAUROCs {
  let ranked = try rankAll(scores, labels)
  let placements = ranked.map { $0.placements() }
  let m = Double(ranked[0].positives)
  let n = Double(ranked[0].negatives)
  let k = scores.count
  var covariance = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
  for i in 0..<k {
    for j in i..<k {
      var positive = 0.0
      var negative = 0.0
      for c in labels.indices {
        let product = (placements[i][c] - ranked[i].auroc) * (placements[j][c] - ranked[j].auroc)
        if labels[c] { positive += product } else { negative += product }
      }
      let value = positive / ((m - 1) * m) + negative / ((n - 1) * n)
      covariance[i][j] = value
      covariance[j][i] = value
    }
  }
  return CorrelatedAUROCs(
    aurocs: ranked.map(\.auroc), covariance: covariance, variance: .deLong,
    positives: ranked[0].positives, negatives: ranked[0].negatives, units: labels.count,
    disjointPairs: min(ranked[0].positives, ranked[0].negatives))
}

/// Sorts each score, in parallel, and requires two cases of either class.
func rankAll(_ scores: [[Double]], _ labels: [Bool]) throws(Undefined) -> [RankedScores] {
  precondition(!scores.isEmpty, "scores must hold at least one score")
  let ranked: [RankedScores]
  do {
    ranked = try Parallel.map(scores.count) { try RankedScores(scores: scores[$0], labels: labels) }
  } catch let error as Undefined {
    throw error
  } catch {
    throw Undefined("\(error)")
  }
  guard ranked[0].positives > 1 else { throw Undefined("only one positive case: no variance") }
  guard ranked[0].negatives > 1 else { throw Undefined("only one negative case: no variance") }
  return ranked
}
