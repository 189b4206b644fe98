import Foundation

/// Intervals of the two limits of agreement, on the scale of analysis.
public struct LimitIntervals: Sendable, Hashable, Codable {
  public var lower: Interval
  public var upper: Interval

  public init(lower: Interval, upper: Interval) {
    self.lower = lower
    self.upper = upper
  }

  /// Exact intervals, each limit taken by itself, from the mean and the standard deviation (divisor
  /// n − 1) of n differences: see `BlandAltman.exactIntervals`.
  public init(
    mean: Double, standardDeviation s: Double, n: Int, coverage: Double = 0.95,
    level: Double = 0.95
  ) {
    precondition(n >= 2, "n (\(n)) must be at least 2")
    precondition(s > 0, "standardDeviation (\(s)) must be positive")
    precondition(coverage > 0 && coverage < 1, "coverage (\(coverage)) must lie between 0 and 1")
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let rootN = Double(n).squareRoot()
    let z = Distributions.Normal().quantile((1 + coverage) / 2)
    let shifted = Distributions.NoncentralT(Double(n - 1), noncentrality: z * rootN)
    let inner = shifted.quantile((1 - level) / 2) * s / rootN
    let outer = shifted.quantile((1 + level) / 2) * s / rootN
    lower = Interval(low: mean - outer, high: mean - inner)
    upper = Interval(low: mean + inner, high: mean + outer)
  }
}

extension BlandAltman {
  /// The lower and the upper limit, each with the approximate standard error
  /// s √(1/n + z²/(2(n − 1))) and n − 1 degrees of freedom.
  ///
  /// Reference: Bland and Altman 1999, section 2.2, with Student's t as in 1986; for the normal
  /// quantile of 1999's example set `degreesOfFreedom` to nil. Too narrow outside and too wide
  /// inside in small samples, where the limits are skew: prefer `exactIntervals`.
  public var approximateLimits: (lower: Estimate, upper: Estimate) {
    let z = multiplier
    let degrees = Double(n - 1)
    let error = standardDeviation * (1 / Double(n) + z * z / (2 * degrees)).squareRoot()
    func limit(_ value: Double) -> Estimate {
      Estimate(value: value, standardError: error, degreesOfFreedom: degrees, n: n)
    }
    return (limit(limits.low), limit(limits.high))
  }

  /// Intervals of the limits from their approximate standard errors.
  public func approximateIntervals(level: Double = 0.95) -> LimitIntervals {
    let (lower, upper) = approximateLimits
    return LimitIntervals(lower: lower.interval(level: level), upper: upper.interval(level: level))
  }

  /// Exact intervals, each limit taken by itself.
  ///
  /// (d̄ − L)√n/s for the limit L = μ − zσ is noncentral t with n − 1 degrees of freedom and
  /// noncentrality z√n; with q its quantiles, the lower limit lies in
  /// [d̄ − q(.975) s/√n, d̄ − q(.025) s/√n], the upper one in the mirror image. Coverage is exact for
  /// normal differences. Reference: Carkeet 2015, doi:10.1097/OPX.0000000000000513.
  public func exactIntervals(level: Double = 0.95) -> LimitIntervals {
    LimitIntervals(
      mean: bias.value, standardDeviation: standardDeviation, n: n, coverage: coverage,
      level: level)
  }

  /// Exact intervals of the two limits as a pair.
  ///
  /// With probability (1 + level)/2 the range d̄ ± k s holds at least the share `coverage` of all
  /// differences when k is the outer factor, and with probability (1 − level)/2 when it is the
  /// inner one: two-sided tolerance factors of the normal distribution. Reference: Carkeet 2015,
  /// doi:10.1097/OPX.0000000000000513.
  public func jointExactIntervals(level: Double = 0.95) -> LimitIntervals {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    return symmetric(
      inner: toleranceFactor(n: n, coverage: coverage, confidence: (1 - level) / 2),
      outer: toleranceFactor(n: n, coverage: coverage, confidence: (1 + level) / 2))
  }

  /// d̄ ∓ k s for the two factors.
  private func symmetric(inner: Double, outer: Double) -> LimitIntervals {
    let (mean, s) = (bias.value, standardDeviation)
    return LimitIntervals(
      lower: Interval(low: mean - outer * s, high: mean - inner * s),
      upper: Interval(low: mean + inner * s, high: mean + outer * s))
  }
}

/// The factor k for which x̄ ± k s of n normal values holds at least the share `coverage` of their
/// distribution with probability `confidence`.
///
///     toleranceFactor(n: 30, coverage: 0.95, confidence: 0.975)   // 2.685
///
/// P(k) = 2 ∫₀^∞ φ(x√n) √n · P(χ²(n − 1) > (n − 1) r(x)²/k²) dx, with r(x) the half-width for which
/// Φ(x + r) − Φ(x − r) = coverage; k solves P(k) = confidence. The integral runs to 9/√n (tail
/// 2e-19) by Gauss and Legendre's rule on 12 panels of 16 points. Degrees of freedom are n − 1,
/// μ and σ unknown.
public func toleranceFactor(n: Int, coverage: Double, confidence: Double) -> Double {
  precondition(n >= 2, "n (\(n)) must be at least 2")
  precondition(coverage > 0 && coverage < 1, "coverage (\(coverage)) must lie between 0 and 1")
  precondition(
    confidence > 0 && confidence < 1, "confidence (\(confidence)) must lie between 0 and 1")
  let rootN = Double(n).squareRoot()
  let degrees = Double(n - 1)
  let nodes = halfLine(to: 9 / rootN)
  let normal = Distributions.Normal()
  let start = normal.quantile((1 + coverage) / 2)
  let weighted = nodes.map { x, weight in
    let z = x * rootN
    return (
      weight: 2 * weight * rootN * normal.density(z),
      halfWidth: halfWidth(at: x, coverage: coverage, normal)
    )
  }
  let squared = Distributions.ChiSquared(degrees)
  func probability(_ k: Double) -> Double {
    weighted.reduce(0) {
      $0 + $1.weight * squared.survival(degrees * $1.halfWidth * $1.halfWidth / (k * k))
    }
  }
  var low = start / 2
  while probability(low) > confidence { low /= 2 }
  var high = 2 * start
  while probability(high) < confidence { high *= 2 }
  return root(from: low, to: high, tolerance: 1e-12) { probability($0) - confidence } ?? .nan
}

/// r with Φ(x + r) − Φ(x − r) = coverage, by Newton's method inside
/// x + z(coverage) ≤ r ≤ x + z((1 + coverage)/2), which hold it for every x ≥ 0.
private func halfWidth(at x: Double, coverage: Double, _ normal: Distributions.Normal) -> Double {
  let low = Swift.max(0, x + normal.quantile(coverage))
  let high = x + normal.quantile((1 + coverage) / 2)
  var r = high
  for _ in 0..<60 {
    // 1 − Φ(x + r) − Φ(x − r) loses nothing where the coverage is close to 1.
    let excess = (1 - coverage) - normal.survival(x + r) - normal.cdf(x - r)
    let step = excess / (normal.density(x + r) + normal.density(x - r))
    r = Swift.min(high, Swift.max(low, r - step))
    if abs(step) <= 1e-15 * r { break }
  }
  return r
}

/// Nodes and weights of Gauss and Legendre's rule with 16 points on 12 equal panels of [0, end].
private func halfLine(to end: Double) -> [(x: Double, weight: Double)] {
  let panels = 12
  let rule = gaussLegendre(16)
  let width = end / Double(panels)
  return (0..<panels).flatMap { panel in
    rule.map { (width * (Double(panel) + ($0.x + 1) / 2), $0.weight * width / 2) }
  }
}

/// Nodes on −1...1 as roots of the Legendre polynomial, by Newton's method; weights
/// 2/((1 − x²) P'(x)²).
private func gaussLegendre(_ points: Int) -> [(x: Double, weight: Double)] {
  (1...points).map { i in
    var x = cos(Double.pi * (Double(i) - 0.25) / (Double(points) + 0.5))
    var slope = 0.0
    for _ in 0..<20 {
      var (p, before) = (1.0, 0.0)
      for k in 1...points {
        let j = Double(k)
        (p, before) = (((2 * j - 1) * x * p - (j - 1) * before) / j, p)
      }
      slope = Double(points) * (x * p - before) / (x * x - 1)
      let step = p / slope
      x -= step
      if abs(step) < 1e-16 { break }
    }
    return (x, 2 / ((1 - x * x) * slope * slope))
  }
}
