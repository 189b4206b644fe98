/// The mean with standard error s/√n and n − 1 degrees of freedom: its `pValue(against:)` is the
/// one-sample t test, its `interval()` the t interval.
///
/// - Throws: `Undefined` with fewer than two values, or a NaN.
public func meanEstimate(
  _ values: [Double], of what: String = "values"
) throws(Undefined) -> Estimate {
  guard values.count > 1 else {
    throw Undefined("\(values.count) \(what): at least 2 are needed for a standard error")
  }
  guard !values.contains(where: \.isNaN) else { throw Undefined("NaN among the \(what)") }
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return Estimate(
    value: mean, standardError: (squares / (n - 1) / n).squareRoot(), degreesOfFreedom: n - 1,
    n: values.count)
}

/// mean(first) − mean(second) of paired values; its `pValue()` is the paired t test.
///
/// - Throws: `Undefined` with fewer than two pairs, or a NaN.
public func pairedDifference(
  _ first: [Double], _ second: [Double]
) throws(Undefined) -> Estimate {
  precondition(
    first.count == second.count,
    "first (count \(first.count)) must match second (count \(second.count))")
  return try meanEstimate(zip(first, second).map { $0 - $1 }, of: "pairs")
}

/// mean(first) − mean(second) of two independent samples with unequal variances; its `pValue()` is
/// Welch's t test.
///
/// Standard error √(s₁²/n₁ + s₂²/n₂), degrees of freedom by Welch and Satterthwaite.
/// Reference: Welch 1947, doi:10.1093/biomet/34.1-2.28.
///
/// - Throws: `Undefined` with fewer than two values on a side, or a NaN.
public func welchDifference(_ first: [Double], _ second: [Double]) throws(Undefined) -> Estimate {
  try meanEstimate(first).minus(independent: try meanEstimate(second))
}
