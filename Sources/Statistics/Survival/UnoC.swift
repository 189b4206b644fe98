/// Uno's C: Harrell's, with each event weighted by the inverse squared probability to be seen so
/// long, so that it does not depend on the censoring.
///
///     try UnoC(data, scores: risks, tau: 365).estimate()
///
/// C = Σ G(T_i−)⁻² c_i / Σ G(T_i−)⁻² n_i over the events with T_i < tau, n_i the comparable cases
/// that outlived case i and c_i those of them with a lower score, equal ones one half. G is the
/// Kaplan-Meier estimate of the censoring, events counted before censorings at one time, taken just
/// before T_i. It estimates P(score_i > score_j | T_i < T_j, T_i < tau) where censoring depends on
/// neither time nor covariates. Late events have large weights: a tau inside the follow-up keeps
/// them in bounds, and `largestWeight` shows them.
///
/// Variance: infinitesimal jackknife, Σ (dC/dw)² over the weights w of the cases, with what they
/// change in G; those of a cluster are summed first.
/// Reference: Uno, Cai, Pencina, D'Agostino and Wei 2011, doi:10.1002/sim.4154.
public struct UnoC: Sendable, Hashable {
  public let value: Double
  /// Events from this time on are left out; nil where none is.
  public let tau: Double?
  /// Events that went in.
  public let events: Int
  /// The largest G⁻² among them.
  public let largestWeight: Double
  /// [case] dC/dw.
  public let influence: [Double]

  /// - scores: [case] higher means an earlier event.
  /// - Throws: `Undefined` where a score is NaN, tau is not positive, or no pair is comparable before
  ///   tau. O(n log n).
  public init(_ data: SurvivalTimes, scores: [Double], tau: Double? = nil) throws(Undefined) {
    if let tau, !(tau > 0) { throw Undefined("tau is \(tau): a positive time is needed") }
    let pairs = try ConcordancePairs(data, scores: scores)
    let runs = pairs.order.runs
    let limit = tau ?? .infinity
    let censoring = CensoringWeights(pairs.order, weights: nil)
    var weights = [Double](repeating: 0, count: data.count)
    var places = [Int](repeating: 0, count: data.count)
    var used = 0
    var largest = 0.0
    for (k, run) in runs.enumerated() {
      for position in run.start..<run.end { places[Int(pairs.order.order[position])] = k }
      guard run.time < limit, run.events > 0 else { continue }
      used += run.events
      largest = Swift.max(largest, censoring.squares[k])
      for position in run.start..<run.deaths {
        weights[Int(pairs.order.order[position])] = censoring.squares[k]
      }
    }
    var above = 0.0
    var all = 0.0
    var numerator = [Double](repeating: 0, count: data.count)
    var denominator = numerator
    pairs.later(nil) { _, i, partners in
      numerator[i] = weights[i] * partners.concordant
      denominator[i] = weights[i] * partners.all
      above += numerator[i]
      all += denominator[i]
    }
    guard all > 0 else {
      throw Undefined(
        "no comparable pair\(tau.map { " before tau \($0)" } ?? ""): no case outlives an event")
    }
    let c = above / all
    // How much C moves with the logarithm of the weight of the events at each time.
    var pull = [Double](repeating: 0, count: runs.count)
    for i in data.times.indices where weights[i] > 0 {
      pull[places[i]] += (numerator[i] - c * denominator[i]) / all
    }
    pairs.earlier(weights) { i, partners in
      numerator[i] += partners.concordantEarlier
      denominator[i] += partners.all
    }
    var influence = data.times.indices.map { (numerator[$0] - c * denominator[$0]) / all }
    // ln G(t−) = Σ ln(1 − c/m) over earlier times, c censored of m: a case censored at s takes
    // 1/(m − c) away, a case at risk of it adds c/(m (m − c)).
    var beyond = pull.reduce(0, +)
    var risk = 0.0
    for (k, run) in runs.enumerated() {
      beyond -= pull[k]
      for position in run.start..<run.deaths {
        influence[Int(pairs.order.order[position])] -= 2 * risk
      }
      let m = Double(data.count - run.deaths)
      let left = m - Double(run.censored)
      if run.censored > 0, left > 0 {
        risk += beyond * Double(run.censored) / (m * left)
        for position in run.deaths..<run.end {
          influence[Int(pairs.order.order[position])] -= 2 * (risk - beyond / left)
        }
      } else {
        for position in run.deaths..<run.end {
          influence[Int(pairs.order.order[position])] -= 2 * risk
        }
      }
    }
    value = c
    self.tau = tau
    events = used
    largestWeight = largest
    self.influence = influence
  }

  /// C with its standard error; n counts cases, or clusters.
  public func estimate(clusters: Clusters? = nil) -> Estimate {
    Estimate(
      value: value, standardError: influenceError(influence, clusters),
      n: clusters?.count ?? influence.count)
  }

  /// C of a resample, G estimated anew, for `Resampling.bootstrap`; NaN where no pair is comparable.
  ///
  /// - Throws: `Undefined` where a score is NaN.
  public static func statistic(
    _ data: SurvivalTimes, scores: [Double], tau: Double? = nil
  ) throws(Undefined) -> WeightedStatistic {
    let pairs = try ConcordancePairs(data, scores: scores)
    let limit = tau ?? .infinity
    return { weights in
      let censoring = CensoringWeights(pairs.order, weights: weights)
      var above = 0.0
      var all = 0.0
      var place = pairs.order.runs.count
      var start = Int.max
      pairs.later(weights) { run, i, partners in
        while run.start < start {
          place -= 1
          start = pairs.order.runs[place].start
        }
        guard run.time < limit else { return }
        let weight = Double(weights[i]) * censoring.squares[place]
        above += weight * partners.concordant
        all += weight * partners.all
      }
      return all > 0 ? above / all : .nan
    }
  }
}

/// G(t−)⁻² at the times of cases, G the Kaplan-Meier estimate of the censoring.
private struct CensoringWeights {
  /// [run]; infinite where nobody was left.
  var squares: [Double] = []

  /// - weights: [case] how often each is there; nil is once.
  init(_ order: RiskOrder, weights: UnsafeBufferPointer<Int32>?) {
    func count(_ positions: Range<Int>) -> Double {
      guard let weights else { return Double(positions.count) }
      return positions.reduce(0) { $0 + Double(weights[Int(order.order[$1])]) }
    }
    var left = count(0..<order.order.count)
    var seen = 1.0
    squares.reserveCapacity(order.runs.count)
    for run in order.runs {
      squares.append(1 / (seen * seen))
      left -= count(run.start..<run.deaths)
      let censored = count(run.deaths..<run.end)
      if censored > 0 { seen *= (left - censored) / left }
      left -= censored
    }
  }
}
