import Kernels

/// The gap of a measure between a group and its comparison, with its standard error.
///
///     gap = level(group) − level(versus),  versus nil: all other groups pooled
///
/// With a `baseline` (the same cases scored by another model) it is the paired change
/// gap(model) − gap(baseline), whose standard error is far smaller than either gap's.
///
/// Standard error: √Σu² over the influence u of independent cases, or of patients (summed first)
/// where the cases have clusters. For accuracy, parity, TPR and FPR of independent groups this is
/// √(p₁q₁/n₁ + p₂q₂/n₂) exactly, for AUROC DeLong's of two independent groups. It is 0 where both
/// rates are 0 or 1: read such cells with the counts beside them. n = independent units.
///
/// - Throws: `Undefined` where a side has no case that counts (no positive case for a TPR, …).
/// - Reference: linearisation of clustered ratios: Williams 2000,
///   doi:10.1111/j.0006-341X.2000.00645.x; AUROC: DeLong 1988, doi:10.2307/2531595.
public func fairnessGap(
  _ measure: FairnessMeasure, of group: String, versus reference: String? = nil,
  _ cases: FairnessCases, baseline: FairnessCases? = nil
) throws(Undefined) -> Estimate {
  try signedLevels(measure, of: group, versus: reference, cases, baseline: baseline)
    .estimate(cases)
}

/// A row of a fairness table: a level of one group, a gap, or the change of a gap.
public struct FairnessCell: Sendable, Codable {
  /// Bootstrap of the cell's value.
  public struct Bootstrapped: Sendable, Codable {
    public var standardError: Double
    /// Percentile interval.
    public var interval: Interval
    /// Two-sided, replicates centred on 0.
    public var pValue: Double
    public var replicates: Int
    /// Resamples on which the cell was undefined, left out.
    public var undefined: Int
  }

  public var measure: FairnessMeasure
  public var group: String
  /// The comparison group, "others" for all others pooled, nil for a level.
  public var versus: String?
  /// Cases and positive cases of the group.
  public var cases: Int
  public var positives: Int
  /// nil where the value or its standard error is undefined; then `reason` says why.
  public var estimate: Estimate?
  public var reason: String?
  public var bootstrap: Bootstrapped?
}

/// How to bootstrap a fairness table: patients (or cases) are resampled, all cells on the same
/// resamples.
public struct FairnessBootstrap: Sendable {
  public var replicates: Int
  public var level: Double
  public var stream: RandomStream
  public init(replicates: Int = 2000, level: Double = 0.95, stream: RandomStream) {
    self.replicates = replicates
    self.level = level
    self.stream = stream
  }
}

/// The level of each measure in each group, groups in the order of their names.
public func fairnessLevels(
  _ cases: FairnessCases, measures: [FairnessMeasure] = FairnessMeasure.allCases
) -> [FairnessCell] {
  var cells: [FairnessCell] = []
  for group in cases.names {
    for measure in measures {
      cells.append(
        cell(measure, group, versus: nil, cases) { () throws(Undefined) in
          SignedLevels(
            levels: [(1, try GroupLevel(measure, cases, members: cases.indices(of: group)))])
        }.cell)
    }
  }
  return cells
}

/// The gaps of all groups and measures, or with a baseline the paired changes of the gaps.
///
/// - `reference`: the group all others are compared with; nil compares each group with all others
///   pooled, and of two groups only the first by name with the second.
/// - `bootstrap`: adds bootstrap standard errors, percentile intervals and p-values.
/// - Returns: every cell, those without a value with their reason.
public func fairnessGaps(
  _ cases: FairnessCases, baseline: FairnessCases? = nil, versus reference: String? = nil,
  measures: [FairnessMeasure] = FairnessMeasure.allCases, bootstrap: FairnessBootstrap? = nil
) -> [FairnessCell] {
  var names = cases.names.filter { $0 != reference }
  var versus = reference
  if reference == nil && names.count == 2 { versus = names.removeLast() }
  var made: [(cell: FairnessCell, levels: SignedLevels?)] = []
  for group in names {
    for measure in measures {
      made.append(
        cell(measure, group, versus: versus ?? "others", cases) { () throws(Undefined) in
          try signedLevels(measure, of: group, versus: versus, cases, baseline: baseline)
        })
    }
  }
  if let bootstrap { addBootstrap(bootstrap, to: &made, cases) }
  return made.map(\.cell)
}

/// Σ sign × level over the levels that a cell is made of.
private struct SignedLevels: Sendable {
  let levels: [(sign: Double, level: GroupLevel)]

  func estimate(_ cases: FairnessCases) throws(Undefined) -> Estimate {
    var influence = [Double](repeating: 0, count: cases.scores.count)
    var value = 0.0
    for (sign, level) in levels {
      value += sign * level.value
      try level.addInfluence(sign, to: &influence)
    }
    let units = cases.clusters?.sums(influence) ?? influence
    return Estimate(
      value: value, standardError: units.reduce(0) { $0 + $1 * $1 }.squareRoot(), n: units.count)
  }

  func weighted(_ weights: UnsafeBufferPointer<Int32>) -> Double {
    levels.reduce(0) { $0 + $1.sign * $1.level.weighted(weights) }
  }
}

private func signedLevels(
  _ measure: FairnessMeasure, of group: String, versus reference: String?, _ cases: FairnessCases,
  baseline: FairnessCases?
) throws(Undefined) -> SignedLevels {
  let other = reference ?? "the others"
  let members = cases.indices(of: group)
  let others = reference.map(cases.indices(of:)) ?? cases.indices(besides: group)
  var levels: [(sign: Double, level: GroupLevel)] = []
  func add(_ sign: Double, _ cases: FairnessCases, _ indices: [Int], _ name: String)
    throws(Undefined)
  {
    do {
      levels.append((sign, try GroupLevel(measure, cases, members: indices)))
    } catch {
      throw Undefined("\(name): \(error.reason)")
    }
  }
  try add(1, cases, members, group)
  try add(-1, cases, others, other)
  if let baseline {
    precondition(
      baseline.labels == cases.labels && baseline.groups == cases.groups,
      "baseline must hold the same cases as the model: labels or groups differ")
    try add(-1, baseline, members, group)
    try add(1, baseline, others, other)
  }
  return SignedLevels(levels: levels)
}

private func cell(
  _ measure: FairnessMeasure, _ group: String, versus: String?, _ cases: FairnessCases,
  _ make: () throws(Undefined) -> SignedLevels
) -> (cell: FairnessCell, levels: SignedLevels?) {
  let members = cases.indices(of: group)
  var result = FairnessCell(
    measure: measure, group: group, versus: versus, cases: members.count,
    positives: members.reduce(0) { $0 + (cases.labels[$1] ? 1 : 0) })
  do {
    let levels = try make()
    result.estimate = try levels.estimate(cases)
    return (result, levels)
  } catch {
    result.reason = error.reason
    return (result, nil)
  }
}

private func addBootstrap(
  _ bootstrap: FairnessBootstrap, to made: inout [(cell: FairnessCell, levels: SignedLevels?)],
  _ cases: FairnessCases
) {
  let defined = made.indices.filter { made[$0].levels != nil }
  guard !defined.isEmpty else { return }
  let sample = Resampling.bootstrap(
    cases: cases.clusters ?? Clusters(singletons: cases.scores.count),
    replicates: bootstrap.replicates, stream: bootstrap.stream,
    statistics: defined.map { index in
      let levels = made[index].levels!
      return { levels.weighted($0) }
    })
  for (k, index) in defined.enumerated() {
    let distribution = sample.distribution(k)
    do {
      made[index].cell.bootstrap = .init(
        standardError: try distribution.standardError,
        interval: try distribution.percentile(level: bootstrap.level),
        pValue: try distribution.pValue(), replicates: bootstrap.replicates,
        undefined: distribution.undefined)
    } catch {
      made[index].cell.reason = "bootstrap: \(error)"
    }
  }
}
