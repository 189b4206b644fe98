import Foundation

/// The privacy loss of one Poisson-subsampled Gaussian release between a data set and the same
/// without k records.
///
/// P = Σ_j Binomial(j; k, q) N(j, σ²), Q = N(0, σ²), both with the sensitivity as unit;
/// L(x) = ln P(x)/Q(x) = ln Σ_j b_j exp((2jx − j²)/(2σ²)), which grows with x.
/// Removing the records has the loss L(x) under P, adding them −L(x) under Q. With k = 1 this is
/// the usual pair; k > 1 is the worst case of a group whose gradients all point the same way.
struct PrivacyLoss: Sendable {
  let noiseMultiplier: Double
  let samplingRate: Double
  /// b_0 … b_k.
  let weights: [Double]
  private let logWeights: [Double]

  var groupSize: Int { weights.count - 1 }

  init(samplingRate q: Double, noiseMultiplier sigma: Double, groupSize k: Int = 1) {
    precondition(q > 0 && q <= 1, "samplingRate (\(q)) must lie above 0 and at most at 1")
    precondition(sigma > 0, "noiseMultiplier (\(sigma)) must be positive")
    precondition(k >= 1, "groupSize (\(k)) must be positive")
    samplingRate = q
    noiseMultiplier = sigma
    var logs: [Double] = []
    var logBinomial = 0.0
    for j in 0...k {
      let absent = k - j
      let rest: Double = absent == 0 ? 0 : Double(absent) * log1p(-q)
      logs.append(logBinomial + Double(j) * log(q) + rest)
      logBinomial += log(Double(k - j)) - log(Double(j + 1))
    }
    logWeights = logs
    weights = logs.map { exp($0) }
  }

  /// L(x).
  func loss(at x: Double) -> Double {
    let scale: Double = 1 / (2 * noiseMultiplier * noiseMultiplier)
    if groupSize == 1 {
      let y: Double = (2 * x - 1) * scale
      if y < 1 { return log1p(samplingRate * expm1(y)) }
      let lift: Double = log1p(-samplingRate) - logWeights[1] - y
      return y + logWeights[1] + log1p(samplingRate == 1 ? 0 : exp(lift))
    }
    return valueAndSlope(at: x).value
  }

  /// L(x) and L′(x) for any group size.
  private func valueAndSlope(at x: Double) -> (value: Double, slope: Double) {
    let scale: Double = 1 / (2 * noiseMultiplier * noiseMultiplier)
    var top = -Double.infinity
    for j in 0..<weights.count {
      let jj = Double(j)
      top = max(top, logWeights[j] + (2 * jj * x - jj * jj) * scale)
    }
    var sum = 0.0
    var first = 0.0
    for j in 0..<weights.count {
      let jj = Double(j)
      let term = exp(logWeights[j] + (2 * jj * x - jj * jj) * scale - top)
      sum += term
      first += jj * term
    }
    return (top + log(sum), 2 * scale * first / sum)
  }

  /// The x with L(x) = t for descending arguments; −∞ where t is at or below the smallest loss.
  func inverse(descending losses: [Double]) -> [Double] {
    if groupSize == 1 { return losses.map(inverseOfSingle) }
    let floor = logWeights[0]
    guard let first = losses.first else { return [] }
    var high = 1.0
    while loss(at: high) < first { high = high * 2 + noiseMultiplier }
    var x = high
    return losses.map { t in
      guard t > floor + 1e-12 * abs(floor) else { return -.infinity }
      // L is convex and increasing and L(x) ≥ t, so Newton's steps come down onto the root.
      for _ in 0..<100 {
        let (value, slope) = valueAndSlope(at: x)
        let step = (value - t) / slope
        guard step.isFinite, step > 1e-14 * (abs(x) + noiseMultiplier) else { break }
        x -= step
      }
      return x
    }
  }

  private func inverseOfSingle(_ t: Double) -> Double {
    let q = samplingRate
    let variance: Double = noiseMultiplier * noiseMultiplier
    let y: Double
    if t < 1 {
      let ratio = expm1(t) / q
      if ratio <= -1 { return -.infinity }
      y = log1p(ratio)
    } else {
      y = t - log(q) + log1p(-(1 - q) * exp(-t))
    }
    return variance * y + 0.5
  }

  /// P(X > x) under P.
  func upperTail(_ x: Double) -> Double {
    var sum = 0.0
    for j in 0..<weights.count {
      sum += weights[j] * NormalTail.upper((x - Double(j)) / noiseMultiplier)
    }
    return sum
  }

  /// The range of x outside which either side of P and of Q has at most `probability`.
  func range(outside probability: Double) -> ClosedRange<Double> {
    let z = NormalTail.upperQuantile(probability)
    let low = -noiseMultiplier * z
    let most = Double(groupSize) + noiseMultiplier * z
    let high = NormalTail.bisect(from: 0, to: most) { upperTail($0) <= probability }
    return low...max(high, -low)
  }

  /// E_P[L; a < X < b] and E_Q[L; a < X < b] by eight-point Gauss-Legendre panels.
  ///
  /// Panels are half of min(σ, σ²) wide: L bends over a distance of σ².
  func meanLoss(from a: Double, to b: Double) -> (underP: Double, underQ: Double) {
    let sigma = noiseMultiplier
    let from = max(a, -14 * sigma)
    let to = min(b, Double(groupSize) + 14 * sigma)
    let width = min(sigma, sigma * sigma) / 2
    let panels = max(8, Int(((to - from) / width).rounded(.up)))
    let half: Double = (to - from) / Double(2 * panels)
    let norm: Double = 1 / (sigma * (2 * Double.pi).squareRoot())
    var underP = 0.0
    var underQ = 0.0
    for panel in 0..<panels {
      let middle: Double = from + Double(2 * panel + 1) * half
      for (node, weight) in Self.legendre {
        for sign in [-1.0, 1.0] {
          let x: Double = middle + sign * node * half
          let density = norm * exp(-x * x / (2 * sigma * sigma))
          let loss = loss(at: x)
          // The density of P is e^L times that of Q.
          let above = norm * exp(loss - x * x / (2 * sigma * sigma))
          underQ += weight * half * density * loss
          underP += weight * half * above * loss
        }
      }
    }
    return (underP, underQ)
  }

  /// Abramowitz and Stegun, table 25.4, n = 8.
  private static let legendre: [(Double, Double)] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362_0),
    (0.525_532_409_916_329_0, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
  ]

  /// The cumulants ln E e^{sY} of the loss in each direction at each s, by the trapezoid rule.
  ///
  /// Y = L(X), X ~ P when `removing`, else −L(X), X ~ Q. For |s| up to 64.
  func cumulants(_ arguments: [Double]) -> (removing: [Double], adding: [Double]) {
    let sigma = noiseMultiplier
    let k = Double(groupSize)
    let most = arguments.map { abs($0) }.max() ?? 1
    let step = min(sigma / 4, sigma * sigma / 2)
    let from: Double = -k * most - 12 * sigma
    let count = Int(((k * (2 * most + 1) + 24 * sigma) / step).rounded(.up))
    var losses = [Double](repeating: 0, count: count)
    var logQ = losses
    let logNorm = log(step / (sigma * (2 * Double.pi).squareRoot()))
    for i in 0..<count {
      let x: Double = from + Double(i) * step
      losses[i] = loss(at: x)
      logQ[i] = logNorm - x * x / (2 * sigma * sigma)
    }
    func logSum(_ exponent: Double) -> Double {
      var top = -Double.infinity
      for i in 0..<count { top = max(top, logQ[i] + exponent * losses[i]) }
      var sum = 0.0
      for i in 0..<count {
        let term = logQ[i] + exponent * losses[i] - top
        if term > -45 { sum += exp(term) }
      }
      return top + log(sum)
    }
    return (arguments.map { logSum(1 + $0) }, arguments.map { logSum(-$0) })
  }
}
