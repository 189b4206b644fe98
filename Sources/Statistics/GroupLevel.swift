/// One measure on the members of one group: its value, the influence of every case on it, and its
/// value on a resample.
///
/// All measures but AUROC are means of a per-case number over the members that count (all, the
/// positive, the negative); the influence of a case on a mean is (v − mean)/n. For AUROC it is the
/// centred placement value over the class count, scaled by √(I/(I − 1)) with I the clusters that
/// hold the class, so that with one case per cluster the squares add up to DeLong's variance.
struct GroupLevel: Sendable {
  private enum Form: Sendable {
    case mean(members: [Int32], values: [Double])
    case auroc(RankedScores, labels: [Bool], clusters: Clusters?)
  }
  private let form: Form
  let value: Double

  init(_ measure: FairnessMeasure, _ cases: FairnessCases, members: [Int]) throws(Undefined) {
    guard !members.isEmpty else { throw Undefined("no cases") }
    if let bad = members.first(where: { cases.scores[$0].isNaN }) {
      throw Undefined("the score of case \(bad) is NaN")
    }
    if measure == .auroc {
      let ranked = try RankedScores(scores: cases.scores, labels: cases.labels, subset: members)
      form = .auroc(ranked, labels: cases.labels, clusters: cases.clusters)
      value = ranked.auroc
      return
    }
    var counted: [Int32] = []
    var values: [Double] = []
    for i in members {
      let called = cases.scores[i] >= cases.threshold
      let v: Double
      switch measure {
      case .accuracy: v = called == cases.labels[i] ? 1 : 0
      case .parity: v = called ? 1 : 0
      case .truePositiveRate:
        guard cases.labels[i] else { continue }
        v = called ? 1 : 0
      case .falsePositiveRate:
        guard !cases.labels[i] else { continue }
        v = called ? 1 : 0
      case .calibration:
        guard (0...1).contains(cases.scores[i]) else {
          throw Undefined("the score of case \(i) is \(cases.scores[i]), outside 0...1")
        }
        v = cases.scores[i] - (cases.labels[i] ? 1 : 0)
      case .auroc: continue
      }
      counted.append(Int32(i))
      values.append(v)
    }
    guard !counted.isEmpty else {
      throw Undefined(
        "no \(measure == .truePositiveRate ? "positive" : "negative") case among \(members.count)")
    }
    form = .mean(members: counted, values: values)
    value = values.reduce(0, +) / Double(values.count)
  }

  /// Adds sign × influence of each case to `total` [case].
  ///
  /// Throws where the variance is undefined: a class held by fewer than two cases or clusters.
  func addInfluence(_ sign: Double, to total: inout [Double]) throws(Undefined) {
    switch form {
    case .mean(let members, let values):
      let n = Double(members.count)
      for (k, i) in members.enumerated() { total[Int(i)] += sign * (values[k] - value) / n }
    case .auroc(let ranked, let labels, let clusters):
      let positiveUnits = Self.units(ranked, positive: true, clusters)
      let negativeUnits = Self.units(ranked, positive: false, clusters)
      let unit = clusters == nil ? "case" : "cluster with a case"
      guard positiveUnits > 1 else { throw Undefined("only one positive \(unit): no variance") }
      guard negativeUnits > 1 else { throw Undefined("only one negative \(unit): no variance") }
      let plus = (positiveUnits / (positiveUnits - 1)).squareRoot() / Double(ranked.positives)
      let minus = (negativeUnits / (negativeUnits - 1)).squareRoot() / Double(ranked.negatives)
      let placements = ranked.placements()
      for index in ranked.order {
        let i = Int(index)
        total[i] += sign * (placements[i] - value) * (labels[i] ? plus : minus)
      }
    }
  }

  /// The value where case i appears `weights[i]` times; NaN where nothing counts.
  func weighted(_ weights: UnsafeBufferPointer<Int32>) -> Double {
    switch form {
    case .auroc(let ranked, _, _): return ranked.auroc(weights: weights)
    case .mean(let members, let values):
      var sum = 0.0
      var count = 0
      for k in members.indices {
        let weight = weights[Int(members[k])]
        sum += Double(weight) * values[k]
        count += Int(weight)
      }
      return count > 0 ? sum / Double(count) : .nan
    }
  }

  private static func units(
    _ ranked: RankedScores, positive: Bool, _ clusters: Clusters?
  ) -> Double {
    guard let clusters else { return Double(positive ? ranked.positives : ranked.negatives) }
    var holds = [Bool](repeating: false, count: clusters.count)
    for (k, index) in ranked.order.enumerated() where ranked.positive[k] == positive {
      holds[Int(clusters.codes[Int(index)])] = true
    }
    return Double(holds.reduce(0) { $0 + ($1 ? 1 : 0) })
  }
}
