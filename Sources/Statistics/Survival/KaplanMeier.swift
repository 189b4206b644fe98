import Foundation

/// How an interval of a survival probability is made, by the scale on which it is symmetric.
public enum SurvivalIntervalKind: String, Sendable, Codable, CaseIterable {
  /// On ln(−ln S): stays within 0...1. Kalbfleisch and Prentice 2002, doi:10.1002/9781118032985.
  case logLog = "log-log"
  /// On ln S, cut at 1.
  case log
  /// On S itself, cut to 0...1.
  case plain
}

/// The Kaplan-Meier estimate of the probability to be free of the event beyond a time.
///
///     let curve = KaplanMeier(try SurvivalTimes(times: times, events: events))
///     curve.quantile().value                 // the median
///     try curve.point(at: 365).interval      // log-log, 95 %
///     try curve.restrictedMean(to: 365)
///
/// S(t) = Π (1 − d/n) over the times up to t, d events among n at risk; right-continuous. Variance
/// by Greenwood, S² Σ d/(n(n − d)). Without censoring S is the share still free, exactly.
/// References: Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; intervals: Kalbfleisch
/// and Prentice 2002, doi:10.1002/9781118032985, section 1.4.
public struct KaplanMeier: Sendable, Hashable {
  /// Distinct times of follow-up, rising.
  public let times: [Double]
  /// [time] cases followed at least so long.
  public let atRisk: [Int]
  /// [time]
  public let events: [Int]
  /// [time]
  public let censored: [Int]
  /// [time] S.
  public let survival: [Double]
  /// [time] Greenwood's Σ d/(n(n − d)), the variance of ln S; infinite where S is 0.
  public let greenwood: [Double]

  public var cases: Int { atRisk[0] }
  public var eventCount: Int { events.reduce(0, +) }

  /// O(n log n).
  public init(_ data: SurvivalTimes) {
    let order = RiskOrder(data)
    var survival: [Double] = []
    var greenwood: [Double] = []
    // Between censorings the product telescopes: S = anchor · (left)/(at risk at the anchor).
    var anchor = 1.0
    var base = Double(data.count)
    var last = 1.0
    var sum = 0.0
    for run in order.runs {
      let n = Double(data.count - run.start)
      let d = Double(run.events)
      if run.events > 0 {
        last = anchor * ((n - d) / base)
        sum += d / (n * (n - d))
      }
      if run.censored > 0 {
        anchor = last
        base = n - d - Double(run.censored)
      }
      survival.append(last)
      greenwood.append(sum)
    }
    times = order.runs.map(\.time)
    atRisk = order.runs.map { data.count - $0.start }
    events = order.runs.map(\.events)
    censored = order.runs.map(\.censored)
    self.survival = survival
    self.greenwood = greenwood
  }

  /// S √greenwood at an index of `times`; nil where S is 0, where Greenwood's formula has no value.
  public func standardError(_ index: Int) -> Double? {
    survival[index] > 0 ? survival[index] * greenwood[index].squareRoot() : nil
  }

  /// The pointwise interval at an index of `times`; without width before the first event, nil where
  /// S is 0.
  public func interval(
    _ index: Int, level: Double = 0.95, kind: SurvivalIntervalKind = .logLog
  ) -> Interval? {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    return interval(index, z: Distributions.Normal().quantile((1 + level) / 2), kind: kind)
  }

  private func interval(_ index: Int, z: Double, kind: SurvivalIntervalKind) -> Interval? {
    let s = survival[index]
    guard s > 0 else { return nil }
    let half = z * greenwood[index].squareRoot()
    if half == 0 { return Interval(low: s, high: s) }
    switch kind {
    case .plain:
      return Interval(low: s - s * half, high: s + s * half).clamped(to: 0...1)
    case .log:
      return Interval(low: s * exp(-half), high: s * exp(half)).clamped(to: 0...1)
    case .logLog:
      let logarithm = log(s)
      let spread = half / -logarithm
      return Interval(low: exp(logarithm * exp(spread)), high: exp(logarithm * exp(-spread)))
    }
  }

  /// S at a time.
  public struct Point: Sendable, Hashable, Codable {
    public var time: Double
    /// Cases followed at least so long.
    public var atRisk: Int
    public var survival: Double
    /// Greenwood's; nil where S is 0.
    public var standardError: Double?
    public var interval: Interval?
  }

  /// S at a time, with standard error and interval.
  ///
  /// - Throws: `Undefined` for a time beyond the longest follow-up, unless S reached 0.
  public func point(
    at time: Double, level: Double = 0.95, kind: SurvivalIntervalKind = .logLog
  ) throws(Undefined) -> Point {
    guard time >= 0, time <= times.last! || survival.last! == 0 else {
      throw Undefined("no survival at \(time): follow-up ends at \(times.last!)")
    }
    let after = times.partitioned { $0 > time }
    let reached = times.partitioned { $0 >= time }
    let risk = reached < times.count ? atRisk[reached] : 0
    guard after > 0 else {
      return Point(
        time: time, atRisk: risk, survival: 1, standardError: 0,
        interval: Interval(low: 1, high: 1))
    }
    return Point(
      time: time, atRisk: risk, survival: survival[after - 1],
      standardError: standardError(after - 1),
      interval: interval(after - 1, level: level, kind: kind))
  }

  /// A quantile of the time to the event; nil where the curve, or the end of its band, is not low
  /// enough within the follow-up.
  public struct Quantile: Sendable, Hashable, Codable {
    public var value: Double?
    public var low: Double?
    public var high: Double?
  }

  /// The smallest time with S ≤ 1 − p, by default the median, with the interval of Brookmeyer and
  /// Crowley: the times at which the pointwise interval of S holds 1 − p.
  ///
  /// Where the curve is flat at exactly 1 − p some programs give the middle of that flat part; here
  /// it is its beginning. Where S is 0 the lower end of its interval counts as 0.
  /// Reference: Brookmeyer and Crowley 1982, doi:10.2307/2530286.
  public func quantile(
    _ probability: Double = 0.5, level: Double = 0.95, kind: SurvivalIntervalKind = .logLog
  ) -> Quantile {
    precondition(
      probability > 0 && probability < 1, "probability (\(probability)) must lie between 0 and 1")
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    // Products of shares that are 1 − p may miss it by their rounding.
    let target = (1 - probability) * (1 + 1e-12)
    let z = Distributions.Normal().quantile((1 + level) / 2)
    var result = Quantile()
    for k in times.indices where events[k] > 0 {
      if result.value == nil, survival[k] <= target { result.value = times[k] }
      let ends = interval(k, z: z, kind: kind)
      if result.low == nil, ends?.low ?? 0 <= target { result.low = times[k] }
      if let high = ends?.high, high <= target {
        result.high = times[k]
        break
      }
    }
    return result
  }
}

extension [Double] {
  /// The first index whose element satisfies a condition that all later ones satisfy too; `count`
  /// where none does.
  func partitioned(_ condition: (Double) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
