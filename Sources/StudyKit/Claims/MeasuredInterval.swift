import Foundation
import Statistics

// Intervals are computed here and nowhere else, so that two studies cannot differ in them.

extension Measured {
  /// The point value: the mean over seeds, the midpoint of a set, that of the family's member whose
  /// 90 % interval reaches furthest from zero. nil where there is no number.
  public var value: Double? {
    let value: Double?
    switch self {
    case .estimate(let x, _, _, _), .value(let x): value = x
    case .pairedSeeds(let differences, _):
      value =
        differences.isEmpty ? nil : differences.reduce(0, +) / Double(differences.count)
    case .interval(let low, let high): value = low + (high - low) / 2
    case .readings(let all):
      value = Self.hull(all).map { $0.low + ($0.high - $0.low) / 2 }
    case .family: value = furthest?.value
    case .set, .holds, .relation, .notAvailable: value = nil
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The two-sided interval at a level; nil where there is none, as with fewer than two seeds.
  ///
  /// A set or a value is its own interval at every level; a family shows the member that
  /// its value is of.
  public func interval(level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    func around(_ centre: Double, _ error: Double, _ degrees: Double?) -> Interval? {
      guard centre.isFinite, error.isFinite, error >= 0 else { return nil }
      let p = 0.5 + level / 2
      let quantile: Double
      if let degrees {
        guard degrees > 0 else { return nil }
        quantile = Distributions.StudentT(degrees).quantile(p)
      } else {
        quantile = Distributions.Normal().quantile(p)
      }
      return Interval(low: centre - quantile * error, high: centre + quantile * error)
    }
    switch self {
    case .estimate(let x, let error, let degrees, _): return around(x, error, degrees)
    case .pairedSeeds(let differences, let caseVariance):
      let k = Double(differences.count)
      guard k >= 2, let mean = value, caseVariance >= 0 else { return nil }
      let squares = differences.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
      let betweenSeeds: Double = squares / (k - 1)
      return around(mean, (betweenSeeds / k + caseVariance).squareRoot(), k - 1)
    case .interval(let low, let high): return low <= high ? Interval(low: low, high: high) : nil
    case .readings(let all): return Self.hull(all)
    case .family: return furthest?.interval(level: level)
    case .value(let x): return x.isFinite ? Interval(low: x, high: x) : nil
    case .set, .holds, .relation, .notAvailable: return nil
    }
  }

  /// The effect of a family, or of families in it, whose 90 % interval reaches furthest from zero;
  /// nil where one has no interval or value.
  private var furthest: Measured? {
    let effects = VerdictEngine.Sameness.effects(of: self).flatMap { $0 }
    let reaches = effects.map { effect -> Double? in
      guard let interval = effect.interval(level: 0.9), effect.value != nil else { return nil }
      return max(abs(interval.low), abs(interval.high))
    }
    guard let most = reaches.compactMap({ $0 }).max(), !reaches.contains(where: { $0 == nil })
    else { return nil }
    return zip(effects, reaches).first { $0.1 == most }?.0
  }

  /// Seeds (or cases, of an estimate) behind the value; the fewest of a family.
  public var n: Int? {
    switch self {
    case .estimate(_, _, _, let n): n
    case .pairedSeeds(let differences, _): differences.count
    case .family(let members): members.compactMap(\.n).min()
    default: nil
    }
  }

  /// Seeds behind it: those of the form itself, the fewest of a family, else what the study states;
  /// nil where neither tells. Never `n`, which may count cases.
  func seedCount(stated: Int?) -> Int? {
    switch self {
    case .pairedSeeds(let differences, _): return differences.count
    case .family(let members):
      let counts = members.map { $0.seedCount(stated: stated) }
      return counts.contains(nil) ? nil : counts.compactMap { $0 }.min()
    default: return stated
    }
  }

  private static func hull(_ all: [Interval]) -> Interval? {
    guard let low = all.map(\.low).min(), let high = all.map(\.high).max(),
      low.isFinite, high.isFinite
    else { return nil }
    return Interval(low: low, high: high)
  }
}
