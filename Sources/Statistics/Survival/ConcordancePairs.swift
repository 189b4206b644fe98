/// The pairs of cases whose order in time is known, counted by their order in a score.
///
/// A pair is comparable where one case had the event and the other was followed longer, or as long
/// and was censored. Two events at one time are no pair, nor are two censored cases.
struct ConcordancePairs: Sendable {
  let order: RiskOrder
  /// [case] rank of the score, from 0; equal scores share one.
  let ranks: [Int32]
  let levels: Int

  /// - Throws: `Undefined` where a score is NaN.
  init(_ data: SurvivalTimes, scores: [Double]) throws(Undefined) {
    precondition(
      scores.count == data.count,
      "scores (count \(scores.count)) must match the cases (count \(data.count))")
    for i in scores.indices where scores[i].isNaN {
      throw Undefined("the score of case \(i) is NaN")
    }
    struct Key {
      var score: Double
      var index: Int32
    }
    var keys = scores.indices.map { Key(score: scores[$0], index: Int32($0)) }
    keys.sort { $0.score < $1.score }
    var ranks = [Int32](repeating: 0, count: scores.count)
    var level: Int32 = 0
    for k in keys.indices {
      if k > 0, keys[k].score != keys[k - 1].score { level += 1 }
      ranks[Int(keys[k].index)] = level
    }
    self.ranks = ranks
    levels = Int(level) + 1
    order = RiskOrder(data)
  }

  /// Partners of a case: those with a lower score, with an equal one, and all.
  struct Partners {
    var lower, equal, all: Double
    /// Concordance of a case that had the event with those who outlived it; ties count one half.
    var concordant: Double { lower + 0.5 * equal }
    /// The same for a case with those it outlived.
    var concordantEarlier: Double { all - lower - 0.5 * equal }
  }

  /// For every event, falling in time: the cases that outlived it. O(n log n).
  ///
  /// - weights: how often each case is there; nil is once.
  func later(
    _ weights: UnsafeBufferPointer<Int32>?, _ visit: (RiskOrder.Run, Int, Partners) -> Void
  ) {
    var tree = FenwickTree(count: levels)
    func insert(_ positions: Range<Int>) {
      for position in positions {
        let i = Int(order.order[position])
        let weight = weights.map { Double($0[i]) } ?? 1
        if weight > 0 { tree.add(weight, at: Int(ranks[i])) }
      }
    }
    for run in order.runs.reversed() {
      insert(run.deaths..<run.end)
      for position in run.start..<run.deaths {
        let i = Int(order.order[position])
        if let weights, weights[i] == 0 { continue }
        let rank = Int(ranks[i])
        visit(
          run, i,
          Partners(
            lower: tree.sum(before: rank), equal: tree.values[rank], all: tree.total))
      }
      insert(run.start..<run.deaths)
    }
  }

  /// For every case, rising in time: the events that it outlived, each counted with its weight
  /// [case]. O(n log n).
  func earlier(_ weights: [Double], _ visit: (Int, Partners) -> Void) {
    var tree = FenwickTree(count: levels)
    for run in order.runs {
      for position in run.start..<run.end {
        if position == run.deaths {
          for k in run.start..<run.deaths {
            let i = Int(order.order[k])
            if weights[i] > 0 { tree.add(weights[i], at: Int(ranks[i])) }
          }
        }
        let i = Int(order.order[position])
        let rank = Int(ranks[i])
        visit(
          i,
          Partners(lower: tree.sum(before: rank), equal: tree.values[rank], all: tree.total))
      }
      if run.censored == 0 {
        for k in run.start..<run.deaths {
          let i = Int(order.order[k])
          if weights[i] > 0 { tree.add(weights[i], at: Int(ranks[i])) }
        }
      }
    }
  }
}

/// √Σ d² of influences, those of one cluster summed first: the infinitesimal jackknife.
func influenceError(_ influence: [Double], _ clusters: Clusters?) -> Double {
  let sums = clusters.map { $0.sums(influence) } ?? influence
  return sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
