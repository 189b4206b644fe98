import Foundation
import Kernels
import Statistics
import Tensors

/// Precision, recall, density and coverage of generated vectors by nearest-neighbour balls.
///
/// A ball around a vector reaches to its k-th nearest other vector of the same set, rim included.
///
/// - *precision*: share of fakes inside at least one real ball (Kynkäänniemi et al. 2019,
///   doi:10.48550/arXiv.1904.06991, there k = 3)
/// - *recall*: share of reals inside at least one fake ball
/// - *density*: real balls around a fake on average, divided by k (Naeem et al. 2020,
///   doi:10.48550/arXiv.2002.09797); can exceed 1
/// - *coverage*: share of reals whose own ball holds a fake
///
/// For two samples of the same distribution precision and recall are *not* 1 (about .65 at d = 64
/// and n = 1000 with k = 3): compare only at equal n, with the real-real values beside. Some
/// programs leave the rim out; that matters only for ties, such as exact copies.
///
/// Decisions are those of distances in Double: of some 10^8 pairs nearly all are decided by bounds
/// from fast products, the others by the distance itself. O((n + m)² d) time, O((n + m) d) memory.
public struct Neighbourhoods: Sendable, Codable {
  /// What bounds on distances came from. Results do not depend on it.
  public enum Screen: String, Sendable, Codable {
    /// Products in Float, whose bounds always hold.
    case floats
    /// Products of bytes, whose bounds fail for one pair or more with a probability of 10^-12.
    case bytes
  }

  public let k: Int
  public let screen: Screen
  /// Radius of the ball of each real, of each fake.
  public let realRadii: [Double]
  public let fakeRadii: [Double]
  /// Per fake: how many real balls it lies in.
  public let realBalls: [Int]
  /// Per real: whether it lies in a fake ball.
  public let isRecalled: [Bool]
  /// Per real: whether a fake lies in its own ball.
  public let isCovered: [Bool]

  public var precision: Double { Self.share(realBalls.map { $0 > 0 }) }
  public var recall: Double { Self.share(isRecalled) }
  public var coverage: Double { Self.share(isCovered) }
  public var density: Double {
    Double(realBalls.reduce(0, +)) / (Double(k) * Double(realBalls.count))
  }

  private static func share(_ flags: [Bool]) -> Double {
    Double(flags.reduce(0) { $0 + ($1 ? 1 : 0) }) / Double(flags.count)
  }

  /// - `real`: [n, d]
  /// - `fake`: [m, d]
  /// - Throws: `Undefined` with k vectors or fewer in a set, features that are not finite, or
  ///   unequal numbers of features.
  public init(
    real: Tensor<Float>, fake: Tensor<Float>, k: Int = 3
  ) throws(Undefined) {
    precondition(k >= 1, "k (\(k)) must be at least 1")
    let (_, m, _) = try Features.checkedPair(real, fake, atLeast: k + 1)
    let (first, second) = DistanceScreen.pair(real, fake)
    let realSquares = nearestSquaredRadii(first, k: k)
    let fakeSquares = nearestSquaredRadii(second, k: k)
    let balls = BallCounts(first, realSquares, second, fakeSquares)
    self.k = k
    if case .bytes = first.digits { screen = .bytes } else { screen = .floats }
    realRadii = realSquares.map { $0.squareRoot() }
    fakeRadii = fakeSquares.map { $0.squareRoot() }
    realBalls = (0..<m).map { Int(balls.realBalls[$0]) }
    isRecalled = balls.isRecalled
    isCovered = balls.isCovered
  }
}
