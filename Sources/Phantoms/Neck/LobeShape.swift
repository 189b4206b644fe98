import Foundation
import Kernels

/// A star-shaped body before it is scaled: the points q with |q| ≤ R(q/|q|).
///
/// R is a polynomial of degree four in the direction n = (l, w, d), with l towards the head, w away
/// from the trachea and d to the back:
///
///     R = 1 + ε (l⁴ + w⁴ + d⁴ − 3/5) − taper l (1 − l²) − hollow ((1 − w)/2)⁴ + lean w d
///           + bend l² d + swing l² w + twist l w d + tilt l d + slant l w
///
/// ε makes the body boxy (below 0) or pointed (above 0), taper thins the upper pole, hollow gives
/// the concave face that lies against the trachea. All ε = … = 0 is the unit ball.
struct LobeShape: Codable, Hashable, Sendable {
  var epsilon = 0.0
  var taper = 0.0
  var hollow = 0.0
  var lean = 0.0
  var bend = 0.0
  var swing = 0.0
  var twist = 0.0
  var tilt = 0.0
  var slant = 0.0

  init() {}

  /// A shape with the given ellipsoid coefficient, V over the product of the three extents.
  init(coefficient: Double, variation: Double, stream: inout RandomStream) {
    func draw(_ mean: Double, _ spread: Double) -> Double {
      let z = min(2.5, max(-2.5, stream.normal()))
      return mean + spread * variation * z
    }
    taper = draw(0.14, 0.04)
    hollow = draw(0.16, 0.04)
    lean = draw(0.05, 0.03)
    bend = draw(0, 0.04)
    swing = draw(0, 0.03)
    twist = draw(0, 0.06)
    tilt = draw(0, 0.03)
    slant = draw(0, 0.03)
    solve(coefficient: coefficient)
  }

  /// Sets ε so that the coefficient is the wanted one, by the secant rule.
  private mutating func solve(coefficient: Double) {
    func error(_ e: Double) -> Double {
      var trial = self
      trial.epsilon = e
      return trial.coefficient - coefficient
    }
    var (a, b) = (0.0, 0.1)
    var (fa, fb) = (error(a), error(b))
    for _ in 0..<30 where abs(fb) > 1e-10 {
      let next = min(0.45, max(-0.3, b - fb * (b - a) / (fb - fa)))
      (a, fa) = (b, fb)
      b = next
      fb = error(b)
      if a == b { break }
    }
    precondition(abs(fb) < 1e-8, "coefficient (\(coefficient)) is out of this shape's reach")
    epsilon = b
  }

  /// R(n) for a unit vector n.
  @inline(__always)
  func radius(_ n: SIMD3<Double>) -> Double {
    let (l, w, d) = (n.x, n.y, n.z)
    let (ll, ww, dd) = (l * l, w * w, d * d)
    let quartic = ll * ll + ww * ww + dd * dd - 0.6
    let medial = 0.25 * (1 - w) * (1 - w)
    let even = 1 + epsilon * quartic - hollow * medial * medial + lean * w * d
    let poles = ll * (bend * d + swing * w) - taper * l * (1 - ll)
    return even + poles + l * (twist * w * d + tilt * d + slant * w)
  }

  /// ∫ R³/3 over the sphere.
  ///
  /// R³ has degree twelve, so seven Gauss-Legendre nodes in l and fourteen angles around l give it
  /// without error but for rounding.
  var volume: Double {
    var sum = 0.0
    for (node, weight) in zip(Self.nodes, Self.weights) {
      let ring = (1 - node * node).squareRoot()
      var mean = 0.0
      for k in 0..<14 {
        let angle = 2 * Double.pi * Double(k) / 14
        let r = radius([node, ring * cos(angle), ring * sin(angle)])
        mean += r * r * r
      }
      sum += weight * mean / 14
    }
    return 2 * .pi / 3 * sum
  }

  /// V / (L W D) of the body and of everything it becomes by scaling along its axes.
  var coefficient: Double {
    let e = [SIMD3<Double>(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)].map { axis in
      support(axis) + support(-axis)
    }
    return volume / (e[0] * e[1] * e[2])
  }

  /// The largest value of n·f R(n) over directions n: how far the body reaches along f.
  ///
  /// The best of 200 directions, then shrinking steps around it until they are below 1e-7.
  func support(_ f: SIMD3<Double>) -> Double {
    func value(_ n: SIMD3<Double>) -> Double { (n * f).sum() * radius(n) }
    var best = Self.directions[0]
    var reached = -Double.infinity
    for n in Self.directions {
      let found = value(n)
      if found > reached { (reached, best) = (found, n) }
    }
    var step = 0.12
    while step > 1e-7 {
      let helper: SIMD3<Double> = abs(best.x) < 0.7 ? [1, 0, 0] : [0, 1, 0]
      var u = helper - best * (helper * best).sum()
      u /= (u * u).sum().squareRoot()
      let v = SIMD3(
        best.y * u.z - best.z * u.y, best.z * u.x - best.x * u.z, best.x * u.y - best.y * u.x)
      func at(_ a: Double, _ b: Double) -> SIMD3<Double> {
        let n = best + u * a + v * b
        return n / (n * n).sum().squareRoot()
      }
      // A step to the top of the parabolas through five points, if that is higher.
      let (left, right) = (value(at(-step, 0)), value(at(step, 0)))
      let (down, up) = (value(at(0, -step)), value(at(0, step)))
      func top(_ low: Double, _ high: Double) -> Double {
        let curve = low + high - 2 * reached
        guard curve < 0 else { return high > low ? step : -step }
        return min(step, max(-step, step * (low - high) / (2 * curve)))
      }
      let next = at(top(left, right), top(down, up))
      let found = value(next)
      if found > reached { (reached, best) = (found, next) }
      step *= 0.35
    }
    return reached
  }

  /// Two hundred directions spread evenly (a Fibonacci lattice).
  static let directions: [SIMD3<Double>] = spread(200)

  /// `count` directions spread evenly over the sphere.
  static func spread(_ count: Int) -> [SIMD3<Double>] {
    (0..<count).map { k in
      let z = 1 - (2 * Double(k) + 1) / Double(count)
      let angle = Double(k) * .pi * (3 - 5.0.squareRoot())
      let ring = (1 - z * z).squareRoot()
      return [z, ring * cos(angle), ring * sin(angle)]
    }
  }

  // Gauss-Legendre, seven nodes (Abramowitz and Stegun, table 25.4).
  private static let nodes = [
    -0.949_107_912_342_758_5, -0.741_531_185_599_394_4, -0.405_845_151_377_397_2, 0,
    0.405_845_151_377_397_2, 0.741_531_185_599_394_4, 0.949_107_912_342_758_5,
  ]
  private static let weights = [
    0.129_484_966_168_869_7, 0.279_705_391_489_276_7, 0.381_830_050_505_118_9,
    0.417_959_183_673_469_4, 0.381_830_050_505_118_9, 0.279_705_391_489_276_7,
    0.129_484_966_168_869_7,
  ]
}
