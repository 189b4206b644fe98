/// Calls against truth at one threshold.
///
///     let table = ConfusionTable(scores: scores, labels: labels, threshold: 0.4)
///     try table.sensitivity.wilson()
///
/// A case is called positive where its score is at or above the threshold. Each rate throws
/// `Undefined` where its denominator is empty.
public struct ConfusionTable: Sendable, Hashable, Codable {
  public var truePositives: Int
  public var falsePositives: Int
  public var trueNegatives: Int
  public var falseNegatives: Int

  public init(
    truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int
  ) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  public init(scores: [Double], labels: [Bool], threshold: Double) {
    precondition(
      scores.count == labels.count,
      "scores (count \(scores.count)) must match labels (count \(labels.count))")
    self.init(truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0)
    for i in scores.indices {
      switch (scores[i] >= threshold, labels[i]) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, true): falseNegatives += 1
      case (false, false): trueNegatives += 1
      }
    }
  }

  public var count: Int { truePositives + falsePositives + trueNegatives + falseNegatives }

  /// P(called positive | positive), the true positive rate.
  public var sensitivity: Proportion {
    get throws(Undefined) {
      try Proportion(
        successes: truePositives, trials: truePositives + falseNegatives, of: "positive cases")
    }
  }
  /// P(called negative | negative), 1 − the false positive rate.
  public var specificity: Proportion {
    get throws(Undefined) {
      try Proportion(
        successes: trueNegatives, trials: trueNegatives + falsePositives, of: "negative cases")
    }
  }
  /// P(call is right).
  public var accuracy: Proportion {
    get throws(Undefined) {
      try Proportion(successes: truePositives + trueNegatives, trials: count, of: "cases")
    }
  }
  /// P(positive | called positive); holds at the prevalence of these cases only.
  public var positivePredictiveValue: Proportion {
    get throws(Undefined) {
      try Proportion(
        successes: truePositives, trials: truePositives + falsePositives,
        of: "cases called positive")
    }
  }
  /// P(negative | called negative); holds at the prevalence of these cases only.
  public var negativePredictiveValue: Proportion {
    get throws(Undefined) {
      try Proportion(
        successes: trueNegatives, trials: trueNegatives + falseNegatives,
        of: "cases called negative")
    }
  }
  /// 2TP/(2TP + FP + FN), the harmonic mean of sensitivity and positive predictive value.
  public var f1: Double {
    get throws(Undefined) {
      let denominator = 2 * truePositives + falsePositives + falseNegatives
      guard denominator > 0 else { throw Undefined("no case is positive or called positive") }
      return Double(2 * truePositives) / Double(denominator)
    }
  }
}
