import Foundation

/// The test that effects do not change with time: for each covariate, and for all together.
///
/// The score test of β(t) = β + θ g(t) at θ = 0. With the sums over event times s of the Schoenfeld
/// residuals, U = Σ g (Σ_D x − Σ_k m_k), and blocks Σ V, Σ g V, Σ g² V of the information, it is
/// Uᵀ (Σ g²V − ΣgV (ΣV)⁻¹ ΣgV)⁻¹ U; for one covariate only its own θ is added. This is the exact
/// form of Grambsch and Therneau's test, as in R's survival from 3.0 on; the older form took V as
/// constant over time and gives other values.
/// Reference: Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515.
public struct ProportionalHazards: Sendable, Hashable {
  /// How time enters g.
  public enum Transform: String, Sendable, Codable, CaseIterable {
    /// 1 − S(t−), Kaplan-Meier of all cases just before t.
    case kaplanMeier = "km"
    /// t.
    case identity
    /// ln t.
    case log
  }
  public let transform: Transform
  /// [covariate] with one degree of freedom each.
  public let tests: [ChiSquaredTest]
  public let global: ChiSquaredTest
}

extension CoxRegression {
  /// Tests proportional hazards. O(n p²).
  ///
  /// - Throws: `Undefined` where all events have one time, an event at time 0 with the logarithm,
  ///   or θ cannot be told from β (too few event times for so many covariates).
  public func proportionalHazards(
    _ transform: ProportionalHazards.Transform = .kaplanMeier
  ) throws(Undefined) -> ProportionalHazards {
    let p = names.count
    let places = try weights(transform)
    var gradient = [Double](repeating: 0, count: p)
    var plain = [Double](repeating: 0, count: p * p)
    var crossed = plain
    var squared = plain
    likelihood.sweep(likelihood.predictors(gamma)) { sums in
      let g = places.value(at: sums.run.time)
      for j in 0..<p {
        gradient[j] += g * (sums.deaths[j] - sums.mean[j])
        for k in 0...j {
          let v = sums.information[j * p + k]
          plain[j * p + k] += v
          crossed[j * p + k] += g * v
          squared[j * p + k] += g * g * v
        }
      }
    }
    func full(_ m: [Double], _ j: Int, _ k: Int) -> Double {
      m[Swift.max(j, k) * p + Swift.min(j, k)]
    }
    let factor = SymmetricFactor(plain, size: p)
    guard factor.dependent == nil else { throw Undefined("the information is singular") }
    let columns = (0..<p).map { k in (0..<p).map { full(crossed, $0, k) } }
    let solved = columns.map { factor.solve($0) }
    // What is left of the information on θ once β is fitted.
    var left = squared
    for j in 0..<p {
      for k in 0...j {
        for l in 0..<p { left[j * p + k] -= columns[j][l] * solved[k][l] }
      }
    }
    for j in 0..<p where !(left[j * p + j] > 1e-10 * squared[j * p + j]) {
      throw Undefined("the effect of \(names[j]) over time cannot be told from the effect itself")
    }
    let remainder = SymmetricFactor(left, size: p)
    if let j = remainder.dependent {
      throw Undefined("the effect of \(names[j]) over time cannot be told from that of others")
    }
    return ProportionalHazards(
      transform: transform,
      tests: (0..<p).map {
        ChiSquaredTest(
          statistic: gradient[$0] * gradient[$0] / left[$0 * p + $0], degreesOfFreedom: 1)
      }, global: ChiSquaredTest(statistic: remainder.quadratic(gradient), degreesOfFreedom: p))
  }

  /// g at the event times, centred and divided by its range, which leaves the tests as they are.
  private struct TransformedTimes {
    var times, values: [Double]
    func value(at time: Double) -> Double { values[times.partitioned { $0 >= time }] }
  }

  private func weights(
    _ transform: ProportionalHazards.Transform
  ) throws(Undefined) -> TransformedTimes {
    let curve = KaplanMeier(data)
    let at = curve.times.indices.filter { curve.events[$0] > 0 }
    let times = at.map { curve.times[$0] }
    var values: [Double]
    switch transform {
    case .identity: values = times
    case .kaplanMeier: values = at.map { 1 - ($0 > 0 ? curve.survival[$0 - 1] : 1) }
    case .log:
      guard times[0] > 0 else { throw Undefined("an event at time 0 has no logarithm") }
      values = times.map { log($0) }
    }
    var mean = 0.0
    for (k, value) in zip(at, values) {
      mean += value * Double(curve.events[k]) / Double(data.eventCount)
    }
    let range = values.max()! - values.min()!
    guard range > 0 else { throw Undefined("all events have one time: no change to test") }
    values = values.map { ($0 - mean) / range }
    return TransformedTimes(times: times, values: values)
  }
}
