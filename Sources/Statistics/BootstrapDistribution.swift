import Foundation

/// The bootstrap distribution of one statistic: standard error, intervals, p-value.
public struct BootstrapDistribution: Sendable {
  /// The statistic on the data; NaN where undefined.
  public let observed: Double
  /// The defined replicates, in the order drawn.
  public let replicates: [Double]
  /// How many resamples left the statistic undefined (a class absent, for example). They are left
  /// out of everything below: report this number beside the interval.
  public let undefined: Int
  /// Independent units that were resampled.
  public let units: Int
  let jackknife: @Sendable () -> [Double]

  /// The standard deviation (divisor B − 1) of the replicates.
  public var standardError: Double {
    get throws(Undefined) {
      try require(2)
      let mean = replicates.reduce(0, +) / Double(replicates.count)
      let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(replicates.count - 1)).squareRoot()
    }
  }

  /// The observed value with the bootstrap standard error; n = independent units.
  public var estimate: Estimate {
    get throws(Undefined) {
      Estimate(value: observed, standardError: try standardError, n: units)
    }
  }

  /// The (1 − level)/2 and (1 + level)/2 quantiles of the replicates (linear interpolation between
  /// order statistics, Hyndman and Fan's type 7).
  ///
  /// - Throws: `Undefined` where all replicates are equal, or most resamples are undefined.
  public func percentile(level: Double = 0.95) throws(Undefined) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let sorted = try spread()
    return Interval(
      low: quantile(sorted: sorted, (1 - level) / 2),
      high: quantile(sorted: sorted, (1 + level) / 2))
  }

  /// The bias-corrected and accelerated interval.
  ///
  /// Quantiles at Φ(z0 + (z0 ± z)/(1 − a(z0 ± z))), z0 = Φ⁻¹ of the fraction of replicates below
  /// the observed value (equal ones count one half), a = Σd³/(6 (Σd²)^1.5) with d the mean of the
  /// jackknife values less each of them.
  ///
  /// - Throws: `Undefined` where all replicates are equal, as at AUROC 1, or lie on one side of the
  ///   observed value, or a jackknife value is undefined.
  /// - Reference: Efron 1987, doi:10.1080/01621459.1987.10478410.
  public func bca(level: Double = 0.95) throws(Undefined) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let sorted = try spread()
    let below = sorted.reduce(0.0) { $0 + ($1 < observed ? 1 : ($1 == observed ? 0.5 : 0)) }
    let fraction = below / Double(sorted.count)
    guard fraction > 0, fraction < 1 else {
      throw Undefined("all bootstrap replicates lie on one side of the estimate: no BCa interval")
    }
    let left = jackknife()
    guard !left.contains(where: \.isNaN) else {
      throw Undefined("leaving one unit out leaves no value: no BCa interval")
    }
    let mean = left.reduce(0, +) / Double(left.count)
    var squares = 0.0
    var cubes = 0.0
    for value in left {
      let d = mean - value
      squares += d * d
      cubes += d * d * d
    }
    let acceleration = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
    let normal = Distributions.Normal()
    let z0 = normal.quantile(fraction)
    func adjusted(_ probability: Double) -> Double {
      let z = z0 + normal.quantile(probability)
      return normal.cdf(z0 + z / (1 - acceleration * z))
    }
    return Interval(
      low: quantile(sorted: sorted, adjusted((1 - level) / 2)),
      high: quantile(sorted: sorted, adjusted((1 + level) / 2)))
  }

  /// Two-sided p-value of the hypothesis that the truth is `hypothesis`, with the replicates moved
  /// to it: (1 + #{|θ* − θ| ≥ |θ − hypothesis|}) / (B + 1), θ the observed value.
  ///
  /// Deviations equal to within a part in 10¹² count as equal, because rounding must not decide
  /// between values of a lattice. Reference: Hall and Wilson 1991, doi:10.2307/2532163.
  public func pValue(against hypothesis: Double = 0) throws(Undefined) -> Double {
    try require(1)
    let limit = abs(observed - hypothesis) * (1 - 1e-12)
    let extreme = replicates.reduce(0) { $0 + (abs($1 - observed) >= limit ? 1 : 0) }
    return Double(1 + extreme) / Double(replicates.count + 1)
  }

  /// The sorted replicates; throws where all are equal, as at AUROC 1, because an interval without
  /// width would claim certainty.
  private func spread() throws(Undefined) -> [Double] {
    try require(2)
    let sorted = replicates.sorted()
    guard sorted[0] < sorted[sorted.count - 1] else {
      throw Undefined("all bootstrap replicates are equal: no interval")
    }
    return sorted
  }

  private func require(_ count: Int) throws(Undefined) {
    guard !observed.isNaN else { throw Undefined("the statistic is undefined on these cases") }
    guard replicates.count >= count, undefined <= replicates.count else {
      throw Undefined(
        "the statistic is undefined on \(undefined) of \(undefined + replicates.count) resamples")
    }
  }
}

/// The p quantile of sorted values, linear between order statistics (type 7 of Hyndman and Fan
/// 1996, doi:10.1080/00031305.1996.10473566; the default of NumPy and R).
public func quantile(sorted values: [Double], _ p: Double) -> Double {
  precondition(!values.isEmpty, "values must not be empty")
  precondition((0...1).contains(p), "p (\(p)) must lie in 0...1")
  let place = p * Double(values.count - 1)
  let lower = Int(place)
  guard lower + 1 < values.count else { return values[values.count - 1] }
  return values[lower] + (place - Double(lower)) * (values[lower + 1] - values[lower])
}
