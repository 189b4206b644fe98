/// Harrell's C: the share of comparable pairs in which the case with the higher score had the event
/// first.
///
///     try HarrellC(data, scores: risks).estimate()    // higher scores, earlier events
///
/// A pair is comparable where one case had the event and the other was followed longer, or as long
/// and was censored. Pairs with equal scores count one half; two events at one time are left out.
/// C depends on the censoring: see `UnoC`. Variance: infinitesimal jackknife, Σ (dC/dw)² over the
/// weights w of the cases, those of a cluster summed first.
/// References: Harrell, Lee and Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4;
/// variance: Therneau and Atkinson, Concordance, vignette of R's survival.
public struct HarrellC: Sendable, Hashable {
  /// Comparable pairs with the higher score on the earlier event, on the later case, on neither.
  public let concordant, discordant, tiedScores: Int
  /// Pairs of two events at one time, left out.
  public let tiedTimes: Int
  /// (concordant + ½ tiedScores)/comparable.
  public let value: Double
  /// [case] dC/dw.
  public let influence: [Double]

  public var comparable: Int { concordant + discordant + tiedScores }

  /// - scores: [case] higher means an earlier event.
  /// - Throws: `Undefined` where a score is NaN or no pair is comparable. O(n log n).
  public init(_ data: SurvivalTimes, scores: [Double]) throws(Undefined) {
    let pairs = try ConcordancePairs(data, scores: scores)
    var counts = (lower: 0.0, equal: 0.0, all: 0.0)
    var numerator = [Double](repeating: 0, count: data.count)
    var denominator = numerator
    pairs.later(nil) { _, i, partners in
      counts.lower += partners.lower
      counts.equal += partners.equal
      counts.all += partners.all
      numerator[i] += partners.concordant
      denominator[i] += partners.all
    }
    guard counts.all > 0 else {
      throw Undefined("no comparable pair: no case is followed beyond the first event")
    }
    let c = (counts.lower + 0.5 * counts.equal) / counts.all
    pairs.earlier(data.events.map { $0 ? 1 : 0 }) { i, partners in
      numerator[i] += partners.concordantEarlier
      denominator[i] += partners.all
    }
    value = c
    influence = data.times.indices.map { (numerator[$0] - c * denominator[$0]) / counts.all }
    concordant = Int(counts.lower)
    tiedScores = Int(counts.equal)
    discordant = Int(counts.all - counts.lower - counts.equal)
    tiedTimes = pairs.order.runs.reduce(0) { $0 + $1.events * ($1.events - 1) / 2 }
  }

  /// C with its standard error; n counts cases, or clusters.
  public func estimate(clusters: Clusters? = nil) -> Estimate {
    Estimate(
      value: value, standardError: influenceError(influence, clusters),
      n: clusters?.count ?? influence.count)
  }

  /// C of a resample, for `Resampling.bootstrap`; NaN where no pair is comparable.
  ///
  /// - Throws: `Undefined` where a score is NaN.
  public static func statistic(
    _ data: SurvivalTimes, scores: [Double]
  ) throws(Undefined) -> WeightedStatistic {
    let pairs = try ConcordancePairs(data, scores: scores)
    return { weights in
      var above = 0.0
      var all = 0.0
      pairs.later(weights) { _, i, partners in
        above += Double(weights[i]) * partners.concordant
        all += Double(weights[i]) * partners.all
      }
      return all > 0 ? above / all : .nan
    }
  }
}
