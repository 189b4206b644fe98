/// The empirical ROC curve.
///
/// A case counts as called positive where its score is at or above the threshold. The first point
/// has threshold +∞ and rates 0, 0; then one point per distinct score, falling; the last has
/// rates 1, 1. Ties give diagonal segments, so the trapezoid area equals `auroc`.
public struct ROCCurve: Sendable {
  public struct Point: Sendable, Hashable, Codable {
    public var threshold: Double
    public var falsePositiveRate: Double
    public var truePositiveRate: Double
  }

  public let points: [Point]

  /// - Throws: `Undefined` where one class is missing or a score is NaN.
  public init(scores: [Double], labels: [Bool]) throws(Undefined) {
    let ranked = try RankedScores(scores: scores, labels: labels)
    var points = [Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)]
    points.reserveCapacity(ranked.runEnds.count + 1)
    var above = 0
    var cases = 0
    var end = ranked.count
    for run in stride(from: ranked.runEnds.count - 1, through: 0, by: -1) {
      let start = run == 0 ? 0 : Int(ranked.runEnds[run - 1])
      for i in start..<end where ranked.positive[i] { above += 1 }
      cases += end - start
      points.append(
        Point(
          threshold: scores[Int(ranked.order[start])],
          falsePositiveRate: Double(cases - above) / Double(ranked.negatives),
          truePositiveRate: Double(above) / Double(ranked.positives)))
      end = start
    }
    self.points = points
  }

  /// Area by the trapezoid rule.
  public var area: Double {
    var sum = 0.0
    for i in 1..<points.count {
      let width = points[i].falsePositiveRate - points[i - 1].falsePositiveRate
      sum += width * (points[i].truePositiveRate + points[i - 1].truePositiveRate) / 2
    }
    return sum
  }

  /// The point that maximises Youden's J = TPR − FPR; of equals, the highest threshold.
  ///
  /// Choose it on validation data and apply it to test data: a threshold chosen on the cases it is
  /// judged on makes sensitivity + specificity too high. Reference: Youden 1950,
  /// doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3.
  public var youden: Point {
    var best = points[0]
    for point in points.dropFirst()
    where point.truePositiveRate - point.falsePositiveRate
      > best.truePositiveRate - best.falsePositiveRate
    {
      best = point
    }
    return best
  }
}

/// The threshold (score ≥ threshold is positive) that maximises TPR − FPR on validation cases; of
/// equals, the highest. It is always one of the scores, or +∞ where every threshold is worse than
/// calling nothing positive.
///
/// - Throws: `Undefined` where one class is missing or a score is NaN.
public func youdenThreshold(scores: [Double], labels: [Bool]) throws(Undefined) -> Double {
  try ROCCurve(scores: scores, labels: labels).youden.threshold
}
