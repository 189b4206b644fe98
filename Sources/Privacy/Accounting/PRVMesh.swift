import Foundation
import Kernels

/// The grid that a privacy-loss distribution is computed on, and the errors that it promises.
///
/// With n_i steps in phase i and k = Σ n_i, spacing h, truncation probability τ a side and step:
///
/// - rounding to the grid, means kept: |Σ(Y − Ỹ)| ≤ ε_err but for 2 exp(−2 ε_err²/(k h²))
///   (Hoeffding), which h = ε_err √(2/(k ln(12/δ_err))) makes δ_err/6;
/// - truncation of each step: 2kτ, with τ = δ_err/(16 k): δ_err/8;
/// - wrap-around of the circular convolution: the mass of the sum outside the window, by Chernoff
///   bounds δ_err/4, and both errors above once more.
///
/// Together 5/6 of δ_err; the rest is left for the rounding of the transforms.
/// Gopi, Lee and Wutschitz 2021, arXiv 2106.02848, theorem 5.5.
public struct PRVMesh: Sendable, Codable, Hashable {
  /// Grid points of the transform.
  public var size: Int
  /// h, the spacing of the losses.
  public var spacing: Double
  /// The window of the summed loss when the record is removed, and when it is added.
  public var removingLow, removingHigh: Double
  public var addingLow, addingHigh: Double
  /// ε_err: half-width of the bounds in ε. Larger than asked where the grid would not fit.
  public var epsilonError: Double
  /// δ_err: the probability that the bounds give away.
  public var deltaError: Double
  /// τ, the probability cut from each side of each step.
  public var truncation: Double
  /// Rounding of the transforms, as measured on the computed masses.
  public var rounding: Double

  /// The largest transform that is tried before ε_err is enlarged.
  static let mostPoints = 1 << 23

  /// Arguments of the Chernoff bounds.
  static let exponents: [Double] = (0...16).map { 0.25 * pow(2, Double($0) / 2) }

  init(losses: [(loss: PrivacyLoss, steps: Int)], epsilonError: Double, deltaError: Double) throws {
    var steps = 0.0
    let count = Self.exponents.count
    var up = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
    var down = up
    for (loss, n) in losses {
      steps += Double(n)
      let all = loss.cumulants(Self.exponents + Self.exponents.map { -$0 })
      for (d, cumulants) in [all.removing, all.adding].enumerated() {
        for i in 0..<count {
          up[d][i] += Double(n) * cumulants[i]
          down[d][i] += Double(n) * cumulants[count + i]
        }
      }
    }
    let logInverse = log(8 / deltaError)
    func reach(_ cumulants: [Double]) -> Double {
      zip(Self.exponents, cumulants).map { s, k in (k + logInverse) / s }.min()!
    }
    let tau = deltaError / (16 * steps)
    guard tau > 1e-290 else {
      throw LightboxError(
        .usage, "delta error \(deltaError): too small for double precision; use the RDP accountant")
    }
    // The widest single step must fit into the window too.
    var stepLow = 0.0
    var stepHigh = 0.0
    for (loss, _) in losses {
      let range = loss.range(outside: tau)
      stepLow = min(stepLow, loss.loss(at: range.lowerBound))
      stepHigh = max(stepHigh, loss.loss(at: range.upperBound))
    }
    var error = epsilonError
    while true {
      let h = error * (2 / (steps * log(12 / deltaError))).squareRoot()
      let low = (0..<2).map { -reach(down[$0]) - error }
      let high = (0..<2).map { reach(up[$0]) + error }
      let width = max(high[0] - low[0], high[1] - low[1], stepHigh - stepLow)
      guard width.isFinite, high[0] < 2000 else {
        throw LightboxError(
          .usage,
          "epsilon would exceed \(Int(min(1e9, max(high[0], 0)))): too little noise for a privacy "
            + "statement; raise sigma, or use the RDP accountant for an upper bound")
      }
      let points = width / h + 8
      if points <= Double(Self.mostPoints) {
        size = Self.smoothEven(Int(points.rounded(.up)))
        spacing = h
        (removingLow, removingHigh) = (low[0], high[0])
        (addingLow, addingHigh) = (low[1], high[1])
        self.epsilonError = error
        self.deltaError = deltaError
        truncation = tau
        rounding = 0
        return
      }
      error *= 2
    }
  }

  /// The smallest even product of 2, 3 and 5 of at least `count`.
  static func smoothEven(_ count: Int) -> Int {
    var best = Int.max
    var five = 2
    while five < 2 * count {
      var three = five
      while three < 2 * count {
        var two = three
        while two < count { two *= 2 }
        best = min(best, two)
        three *= 3
      }
      five *= 5
    }
    return best
  }
}
