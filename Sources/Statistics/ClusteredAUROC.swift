/// AUROCs of one or several scores on the same cases, several cases per cluster (patient), with
/// Obuchowski's covariance.
///
/// With X_j the sum of the placement values of the positives of cluster j less m_j·AUROC, Y_j the
/// same of its negatives, I10 and I01 the numbers of clusters that hold a positive and a negative:
///
///     S10 = I10/((I10 − 1) m) Σ X_j²   S01 = I01/((I01 − 1) n) Σ Y_j²   S11 = I/(I − 1) Σ X_j Y_j
///     variance = S10/m + S01/n + 2 S11/(m n)
///
/// and with products of two scores for covariances. With one case per cluster this is DeLong's
/// covariance exactly. The estimate itself is the pooled AUROC: pairs inside a patient count too.
///
/// - Parameters:
///   - scores: [score, case]
///   - labels: [case]
///   - clusters: of the cases
/// - Throws: `Undefined` where fewer than two clusters hold a positive, or a negative, or a score
///   is NaN.
/// - Reference: Obuchowski 1997, doi:10.2307/2533958.
public func clusteredDeLong(
  scores: [[Double]], labels: [Bool], clusters: Clusters
) throws(Undefined) -> CorrelatedAUROCs {
  precondition(
    clusters.codes.count == labels.count,
    "clusters (count \(clusters.codes.count)) must match labels (count \(labels.count))")
  let ranked = try rankAll(scores, labels)
  var holdsPositive = [Bool](repeating: false, count: clusters.count)
  var holdsNegative = holdsPositive
  for c in labels.indices {
    if labels[c] {
      holdsPositive[Int(clusters.codes[c])] = true
    } else {
      holdsNegative[Int(clusters.codes[c])] = true
    }
  }
  let withPositive = holdsPositive.reduce(0) { $0 + ($1 ? 1 : 0) }
  let withNegative = holdsNegative.reduce(0) { $0 + ($1 ? 1 : 0) }
  guard withPositive > 1 else { throw Undefined("only one cluster holds a positive case") }
  guard withNegative > 1 else { throw Undefined("only one cluster holds a negative case") }

  let m = Double(ranked[0].positives)
  let n = Double(ranked[0].negatives)
  var positiveSums: [[Double]] = []
  var negativeSums: [[Double]] = []
  for one in ranked {
    let placements = one.placements()
    let centred = placements.map { $0 - one.auroc }
    positiveSums.append(clusters.sums(labels.indices.map { labels[$0] ? centred[$0] : 0 }))
    negativeSums.append(clusters.sums(labels.indices.map { labels[$0] ? 0 : centred[$0] }))
  }
  let i10 = Double(withPositive)
  let i01 = Double(withNegative)
  let i = Double(clusters.count)
  let k = scores.count
  var covariance = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
  for a in 0..<k {
    for b in a..<k {
      var both10 = 0.0
      var both01 = 0.0
      var cross = 0.0
      for j in 0..<clusters.count {
        both10 += positiveSums[a][j] * positiveSums[b][j]
        both01 += negativeSums[a][j] * negativeSums[b][j]
        cross += positiveSums[a][j] * negativeSums[b][j] + positiveSums[b][j] * negativeSums[a][j]
      }
      let s10 = i10 / (i10 - 1) * both10 / (m * m)
      let s01 = i01 / (i01 - 1) * both01 / (n * n)
      let s11 = i / (i - 1) * cross / (m * n)
      covariance[a][b] = s10 + s01 + s11
      covariance[b][a] = covariance[a][b]
    }
  }
  return CorrelatedAUROCs(
    aurocs: ranked.map(\.auroc), covariance: covariance, variance: .clustered,
    positives: ranked[0].positives, negatives: ranked[0].negatives, units: clusters.count,
    disjointPairs: min(withPositive, withNegative, clusters.count / 2))
}
