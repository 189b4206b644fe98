/// Area under the ROC curve: P(X > Y) + ½ P(X = Y) for the score X of a positive and Y of a
/// negative case, the Mann-Whitney statistic divided by the number of pairs.
///
///     try auroc(scores: [0.1, 0.4, 0.35, 0.8], labels: [false, false, true, true])  // 0.75
///
/// Higher scores must mean "more positive". Ties count one half. Pairs are counted in integers,
/// so the only rounding is that of the final division. O(n log n).
///
/// - Throws: `Undefined` where one class is missing or a score is NaN.
/// - Reference: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
public func auroc(scores: [Double], labels: [Bool]) throws(Undefined) -> Double {
  try RankedScores(scores: scores, labels: labels).auroc
}

/// Scores of labelled cases, sorted once: the common ground of AUROC, its variance, the ROC curve
/// and the bootstrap, none of which sorts again.
public struct RankedScores: Sendable {
  /// Case indices by rising score; inside a tie, negatives first.
  public let order: [Int32]
  /// `positive[i]` tells whether case `order[i]` is positive.
  public let positive: [Bool]
  /// Ranges of `order` that share one score and hold both classes.
  public let mixedTies: [Range<Int>]
  /// Ends (exclusive) in `order` of the runs of equal scores, in rising order.
  public let runEnds: [Int32]
  public let positives: Int
  public let negatives: Int
  /// Number of cases the indices in `order` refer to; weights have this length.
  public let span: Int
  /// Twice the Mann-Whitney count: 2·#(X > Y) + #(X = Y).
  public let twiceConcordant: Int

  public var count: Int { order.count }

  /// (2·#(X > Y) + #(X = Y)) / (2·positives·negatives).
  public var auroc: Double {
    Double(twiceConcordant) / (2 * Double(positives) * Double(negatives))
  }

  /// Sorts the cases, or those whose indices `subset` names (each once).
  ///
  /// - Throws: `Undefined` where one class is missing or a score is NaN.
  public init(scores: [Double], labels: [Bool], subset: [Int]? = nil) throws(Undefined) {
    precondition(
      scores.count == labels.count,
      "scores (count \(scores.count)) must match labels (count \(labels.count))")
    precondition(
      scores.count < Int(Int32.max), "scores (count \(scores.count)) must be fewer than 2^31")
    var indices = (subset ?? Array(scores.indices)).map { Int32($0) }
    let n = indices.count
    var found = 0
    for index in indices {
      let i = Int(index)
      if scores[i].isNaN { throw Undefined("the score of case \(i) is NaN") }
      if labels[i] { found += 1 }
    }
    guard found > 0 else { throw Undefined("no positive case among \(n)") }
    guard found < n else { throw Undefined("no negative case among \(n)") }

    scores.withUnsafeBufferPointer { s in
      labels.withUnsafeBufferPointer { l in
        indices.withUnsafeMutableBufferPointer { buffer in
          buffer.sort { a, b in
            let i = Int(a)
            let j = Int(b)
            if s[i] != s[j] { return s[i] < s[j] }
            if l[i] != l[j] { return l[j] }
            return a < b
          }
        }
      }
    }

    var sorted = [Bool](repeating: false, count: n)
    for i in 0..<n { sorted[i] = labels[Int(indices[i])] }
    var mixed: [Range<Int>] = []
    var ends: [Int32] = []
    var twice = 0
    var below = 0
    var start = 0
    while start < n {
      let score = scores[Int(indices[start])]
      var end = start
      var tiedPositives = 0
      while end < n, scores[Int(indices[end])] == score {
        if sorted[end] { tiedPositives += 1 }
        end += 1
      }
      let tiedNegatives = end - start - tiedPositives
      if tiedPositives > 0 && tiedNegatives > 0 { mixed.append(start..<end) }
      ends.append(Int32(truncatingIfNeeded: end))
      twice += tiedPositives * (2 * below + tiedNegatives)
      below += tiedNegatives
      start = end
    }
    span = scores.count
    order = indices
    positive = sorted
    mixedTies = mixed
    runEnds = ends
    positives = found
    negatives = n - found
    twiceConcordant = twice
  }

  /// AUROC of a resample in which case i appears `weights[i]` times; NaN where a class is absent.
  ///
  /// One pass over the sorted cases in integers: the inner loop of every bootstrap.
  @inline(__always)
  public func auroc(weights: UnsafeBufferPointer<Int32>) -> Double {
    precondition(
      weights.count == span,
      "weights (count \(weights.count)) must match the cases (count \(span))")
    var below = 0
    var above = 0
    var concordant = 0
    order.withUnsafeBufferPointer { order in
      positive.withUnsafeBufferPointer { positive in
        for i in 0..<order.count {
          let weight = Int(weights[Int(order[i])])
          // Branch-free: the weight goes to the positives or to the negatives.
          let plus = positive[i] ? weight : 0
          concordant &+= plus &* below
          above &+= plus
          below &+= weight &- plus
        }
      }
    }
    guard above > 0, below > 0 else { return .nan }
    // Inside a tie the negatives came first, so tied pairs were counted whole: take half back.
    var tied = 0
    for run in mixedTies {
      var plus = 0
      var minus = 0
      for i in run {
        let weight = Int(weights[Int(order[i])])
        if positive[i] { plus += weight } else { minus += weight }
      }
      tied += plus * minus
    }
    return (Double(concordant) - 0.5 * Double(tied)) / (Double(above) * Double(below))
  }

  /// The placement values (structural components) of the cases, indexed like the scores.
  ///
  /// Of a positive case: the fraction of negatives below it, ties one half (V10). Of a negative
  /// case: the fraction of positives above it, ties one half (V01). The mean over either class
  /// is the AUROC. Cases outside the subset get 0. O(n) on the sorted cases.
  ///
  /// Reference: DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595, eq. 5 and 6; the
  /// single pass is Sun and Xu 2014, doi:10.1109/LSP.2014.2337313.
  public func placements() -> [Double] {
    var result = [Double](repeating: 0, count: span)
    var positivesBelow = 0
    var negativesBelow = 0
    var start = 0
    for runEnd in runEnds {
      let end = Int(runEnd)
      var plus = 0
      for i in start..<end where positive[i] { plus += 1 }
      let minus = end - start - plus
      let ofPositive = (Double(negativesBelow) + 0.5 * Double(minus)) / Double(negatives)
      let above = positives - positivesBelow - plus
      let ofNegative = (Double(above) + 0.5 * Double(plus)) / Double(positives)
      for i in start..<end { result[Int(order[i])] = positive[i] ? ofPositive : ofNegative }
      positivesBelow += plus
      negativesBelow += minus
      start = end
    }
    return result
  }
}
