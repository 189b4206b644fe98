import Foundation

/// Mean squared difference of probability and outcome (0 or 1): 0 is perfect, .25 is what a
/// constant one half earns.
///
/// - Throws: `Undefined` without cases, or with a score outside 0...1.
/// - Reference: Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
public func brierScore(probabilities: [Double], labels: [Bool]) throws(Undefined) -> Double {
  try requireProbabilities(probabilities, labels)
  var sum = 0.0
  for i in probabilities.indices {
    let d = probabilities[i] - (labels[i] ? 1 : 0)
    sum += d * d
  }
  return sum / Double(probabilities.count)
}

/// One bin of a reliability diagram.
public struct CalibrationBin: Sendable, Hashable, Codable {
  public var range: Interval
  public var count: Int
  public var meanProbability: Double
  public var observedRate: Double
}

/// The non-empty bins of a reliability diagram: `bins` equal widths, (low, high] and the first with
/// its low end.
///
/// - Throws: `Undefined` without cases, or with a score outside 0...1.
public func calibrationBins(
  probabilities: [Double], labels: [Bool], bins: Int = 15
) throws(Undefined) -> [CalibrationBin] {
  precondition(bins > 0, "bins (\(bins)) must be positive")
  try requireProbabilities(probabilities, labels)
  var counts = [Int](repeating: 0, count: bins)
  var sums = [Double](repeating: 0, count: bins)
  var positives = counts
  for i in probabilities.indices {
    let place = Int((probabilities[i] * Double(bins)).rounded(.up)) - 1
    let bin = min(bins - 1, max(0, place))
    counts[bin] += 1
    sums[bin] += probabilities[i]
    if labels[i] { positives[bin] += 1 }
  }
  return (0..<bins).filter { counts[$0] > 0 }.map { bin in
    CalibrationBin(
      range: Interval(low: Double(bin) / Double(bins), high: Double(bin + 1) / Double(bins)),
      count: counts[bin], meanProbability: sums[bin] / Double(counts[bin]),
      observedRate: Double(positives[bin]) / Double(counts[bin]))
  }
}

/// Expected calibration error: Σ (n_b/n) |observed rate − mean probability| over equal-width bins.
///
/// Biased upward: also a perfectly calibrated model scores above 0 on finite data, the more so in
/// small groups, so compare groups with `calibrationGap` rather than with differences of this.
///
/// - Throws: `Undefined` without cases, or with a score outside 0...1.
/// - Reference: Guo, Pleiss, Sun and Weinberger 2017, arXiv:1706.04599, eq. 3 (15 bins).
public func expectedCalibrationError(
  probabilities: [Double], labels: [Bool], bins: Int = 15
) throws(Undefined) -> Double {
  let n = Double(probabilities.count)
  var sum = 0.0
  for bin in try calibrationBins(probabilities: probabilities, labels: labels, bins: bins) {
    sum += Double(bin.count) / n * abs(bin.observedRate - bin.meanProbability)
  }
  return sum
}

/// Calibration intercept and slope of predicted probabilities.
///
/// - `intercept`: a in logit P(y) = a + logit p, slope held at 1 (calibration in the large); 0 is
///   perfect, negative means probabilities are too high.
/// - `slope`: b in logit P(y) = a' + b logit p; 1 is perfect, below 1 means too extreme (overfit).
///
/// Reference: Cox 1958, doi:10.1093/biomet/45.3-4.562; Van Calster et al. 2019,
/// doi:10.1186/s12916-019-1466-7.
public struct CalibrationLine: Sendable, Hashable, Codable {
  public let intercept: Estimate
  public let slope: Estimate

  /// Maximum likelihood by Newton's method; standard errors from the information matrix.
  ///
  /// - Throws: `Undefined` where a class is missing, a probability is 0 or 1 (its logit is
  ///   infinite), all probabilities are equal, or the scores separate the classes.
  public init(probabilities: [Double], labels: [Bool]) throws(Undefined) {
    try requireProbabilities(probabilities, labels)
    guard labels.contains(true) else { throw Undefined("no positive case") }
    guard labels.contains(false) else { throw Undefined("no negative case") }
    if let bad = probabilities.firstIndex(where: { $0 <= 0 || $0 >= 1 }) {
      throw Undefined("the probability of case \(bad) is \(probabilities[bad]): no finite logit")
    }
    guard probabilities.contains(where: { $0 != probabilities[0] }) else {
      throw Undefined("all probabilities are equal: no calibration slope")
    }
    let positive = labels.indices.filter { labels[$0] }.map { probabilities[$0] }
    let negative = labels.indices.filter { !labels[$0] }.map { probabilities[$0] }
    guard positive.min()! < negative.max()!, negative.min()! < positive.max()! else {
      throw Undefined("the scores separate the classes: no finite calibration slope")
    }
    let x = probabilities.map { log($0 / (1 - $0)) }
    let offset = try Self.fit(x, labels, slope: false)
    let free = try Self.fit(x, labels, slope: true)
    intercept = Estimate(value: offset.a, standardError: offset.errorA, n: labels.count)
    slope = Estimate(value: free.b, standardError: free.errorB, n: labels.count)
  }

  private static func fit(
    _ x: [Double], _ labels: [Bool], slope: Bool
  ) throws(Undefined) -> (a: Double, b: Double, errorA: Double, errorB: Double) {
    var a = 0.0
    var b = slope ? 0.0 : 1.0
    for _ in 0..<100 {
      var gradientA = 0.0
      var gradientB = 0.0
      var aa = 0.0
      var ab = 0.0
      var bb = 0.0
      for i in x.indices {
        let p = 1 / (1 + exp(-(a + b * x[i])))
        let residual = (labels[i] ? 1 : 0) - p
        let weight = p * (1 - p)
        gradientA += residual
        gradientB += residual * x[i]
        aa += weight
        ab += weight * x[i]
        bb += weight * x[i] * x[i]
      }
      var stepA = gradientA / aa
      var stepB = 0.0
      let determinant = aa * bb - ab * ab
      if slope {
        stepA = (bb * gradientA - ab * gradientB) / determinant
        stepB = (aa * gradientB - ab * gradientA) / determinant
      }
      guard stepA.isFinite, stepB.isFinite else { break }
      a += stepA
      b += stepB
      if abs(stepA) <= 1e-12 * max(1, abs(a)), abs(stepB) <= 1e-12 * max(1, abs(b)) {
        return (
          a, b, slope ? (bb / determinant).squareRoot() : (1 / aa).squareRoot(),
          slope ? (aa / determinant).squareRoot() : 0
        )
      }
    }
    throw Undefined("the calibration fit did not converge")
  }
}

private func requireProbabilities(
  _ probabilities: [Double], _ labels: [Bool]
) throws(Undefined) {
  precondition(
    probabilities.count == labels.count,
    "probabilities (count \(probabilities.count)) must match labels (count \(labels.count))")
  guard !probabilities.isEmpty else { throw Undefined("no cases") }
  if let bad = probabilities.firstIndex(where: { !((0...1).contains($0)) }) {
    throw Undefined("the score of case \(bad) is \(probabilities[bad]), outside 0...1")
  }
}
