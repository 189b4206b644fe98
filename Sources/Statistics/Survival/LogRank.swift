/// A statistic that is χ² under its hypothesis.
public struct ChiSquaredTest: Sendable, Hashable, Codable {
  public var statistic: Double
  public var degreesOfFreedom: Int
  public var pValue: Double

  public init(statistic: Double, degreesOfFreedom: Int) {
    self.statistic = statistic
    self.degreesOfFreedom = degreesOfFreedom
    pValue = Distributions.ChiSquared(Double(degreesOfFreedom)).survival(statistic)
  }
}

/// The log-rank test that groups have one survival curve.
///
///     let test = try LogRank(data, groups: SurvivalGroups(arms))
///     test.result.pValue
///
/// At each event time with d events among n at risk, group j with n_j at risk is expected to have
/// d n_j/n of them; covariances are hypergeometric, d (n − d)/(n − 1) · n_j/n (δ_jl − n_l/n).
/// χ² = (O − E)ᵀ V⁻¹ (O − E) over all groups but one, whose choice does not matter. With strata
/// O, E and V are summed over them: groups are compared within strata only.
/// References: Mantel 1966; Peto and Peto 1972, doi:10.2307/2344317.
public struct LogRank: Sendable, Hashable {
  public struct Group: Sendable, Hashable, Codable {
    public var name: String
    public var cases: Int
    public var observed: Int
    public var expected: Double
  }
  public let groups: [Group]
  public let result: ChiSquaredTest
  /// Number of strata; 1 without any.
  public let strata: Int
  /// [group, group] of O − E.
  public let covariance: [[Double]]

  /// O(n log n + times · groups²).
  ///
  /// - Throws: `Undefined` with fewer than two groups, fewer than two cases in a group, a group
  ///   without an expected event, or groups that never are at risk together within a stratum.
  public init(
    _ data: SurvivalTimes, groups: SurvivalGroups, strata: SurvivalGroups? = nil
  ) throws(Undefined) {
    precondition(
      groups.codes.count == data.count,
      "groups (count \(groups.codes.count)) must match the cases (count \(data.count))")
    let k = groups.count
    guard k > 1 else { throw Undefined("\(k) group: at least 2 are needed") }
    var cases = [Int](repeating: 0, count: k)
    for code in groups.codes { cases[Int(code)] += 1 }
    for j in 0..<k where cases[j] < 2 {
      throw Undefined("group \(groups.names[j]) has \(cases[j]) case: at least 2 are needed")
    }
    let order = RiskOrder(data, strata: strata)
    var observed = [Int](repeating: 0, count: k)
    var expected = [Double](repeating: 0, count: k)
    var covariance = [Double](repeating: 0, count: k * k)
    for stratum in order.strata {
      var risk = [Double](repeating: 0, count: k)
      for run in order.runs[stratum].reversed() {
        for position in run.start..<run.end {
          let group = Int(groups.codes[Int(order.order[position])])
          risk[group] += 1
          if position < run.deaths { observed[group] += 1 }
        }
        guard run.events > 0 else { continue }
        let n = risk.reduce(0, +)
        let d = Double(run.events)
        for j in 0..<k { expected[j] += d * risk[j] / n }
        guard n > 1 else { continue }
        let scale = d * (n - d) / (n - 1)
        for j in 0..<k where risk[j] > 0 {
          let share = risk[j] / n
          for l in 0..<j { covariance[j * k + l] -= scale * share * risk[l] / n }
          covariance[j * k + j] += scale * share * (1 - share)
        }
      }
    }
    for j in 0..<k where expected[j] == 0 {
      throw Undefined(
        "group \(groups.names[j]) has no expected event: no case of it is at risk at one")
    }
    var leading = [Double](repeating: 0, count: (k - 1) * (k - 1))
    for j in 0..<k - 1 {
      for l in 0...j { leading[j * (k - 1) + l] = covariance[j * k + l] }
    }
    let factor = SymmetricFactor(leading, size: k - 1)
    if let j = factor.dependent {
      throw Undefined(
        "group \(groups.names[j]) cannot be compared with the others: no event has cases of both "
          + "at risk\(strata == nil ? "" : " in its stratum")")
    }
    let difference = (0..<k - 1).map { Double(observed[$0]) - expected[$0] }
    self.groups = (0..<k).map {
      Group(
        name: groups.names[$0], cases: cases[$0], observed: observed[$0], expected: expected[$0])
    }
    result = ChiSquaredTest(
      statistic: factor.quadratic(difference), degreesOfFreedom: k - 1)
    self.strata = order.strata.count
    self.covariance = (0..<k).map { j in
      (0..<k).map { covariance[Swift.max(j, $0) * k + Swift.min(j, $0)] }
    }
  }
}
