/// The figure of merit of one reader with one modality.
public enum ReaderFigure: Sendable, Hashable, Codable {
  /// Area under the empirical ROC curve, ties one half.
  case auroc
  /// P(rating ≥ threshold | positive).
  case sensitivity(threshold: Double)
  /// P(rating < threshold | negative).
  case specificity(threshold: Double)

  public var name: String {
    switch self {
    case .auroc: "AUROC"
    case .sensitivity: "sensitivity"
    case .specificity: "specificity"
    }
  }

  /// For a rate, [case]: whether the rating is right where the case counts, nil where it does not.
  func outcomes(_ scores: [Double], _ truth: [Bool]) -> [Bool?]? {
    switch self {
    case .auroc: nil
    case .sensitivity(let threshold):
      scores.indices.map { truth[$0] ? scores[$0] >= threshold : nil }
    case .specificity(let threshold):
      scores.indices.map { truth[$0] ? nil : scores[$0] < threshold }
    }
  }

  /// The figure on a resample in which case i appears `weights[i]` times; NaN without a case that
  /// counts.
  func statistic(_ scores: [Double], _ truth: [Bool]) throws(Undefined) -> WeightedStatistic {
    guard let outcomes = outcomes(scores, truth) else {
      let ranked = try RankedScores(scores: scores, labels: truth)
      return { ranked.auroc(weights: $0) }
    }
    let members = outcomes.indices.filter { outcomes[$0] != nil }
    let right = members.map { outcomes[$0]! ? 1 : 0 }
    return { weights in
      var (hits, count) = (0, 0)
      for (k, i) in members.enumerated() {
        hits += right[k] * Int(weights[i])
        count += Int(weights[i])
      }
      return count > 0 ? Double(hits) / Double(count) : .nan
    }
  }
}

extension ReaderFigure {
  /// For a rate, the right calls of two ratings of the same cases, compared where the rate counts
  /// cases; nil for AUROC.
  ///
  /// - `first`: [case] ratings; `second` the same.
  /// - `truth`: [case]
  public func mcNemar(_ first: [Double], _ second: [Double], truth: [Bool]) -> McNemar? {
    precondition(
      first.count == truth.count && second.count == truth.count,
      "first (count \(first.count)) and second (\(second.count)) must match truth (\(truth.count))")
    guard let one = outcomes(first, truth), let two = outcomes(second, truth) else { return nil }
    return McNemar(first: one.compactMap { $0 }, second: two.compactMap { $0 })
  }
}
