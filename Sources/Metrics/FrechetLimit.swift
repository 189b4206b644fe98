import Kernels
import Statistics
import Tensors

/// The Fréchet distance extrapolated to infinitely many vectors.
///
/// The bias of the distance falls as 1/n to leading order, and differs between models, so a
/// comparison at one n can be won by bias. Distances at several equal sizes n of both sets are
/// fitted by value(n) = limit + slope / n (least squares). Subsets overlap, so the scatter about
/// the line is no sampling error: errors come from seeds.
/// Reference: Chong and Forsyth 2020, doi:10.1109/CVPR42600.2020.00611 (FID∞).
public struct FrechetLimit: Sendable, Codable {
  public struct Point: Sendable, Codable {
    /// Vectors of either set.
    public var n: Int
    public var value: Double
  }
  /// The intercept.
  public var limit: Double
  /// Bias times n.
  public var slope: Double
  /// The distances that the line was fitted to.
  public var points: [Point]
}

/// Fits distances at `count` sizes, evenly spaced from half to all of the smaller set; subsets are
/// drawn without replacement under the stream's children.
///
/// - Throws: `Undefined` with fewer than eight vectors in a set, or what `FrechetDistance` throws.
public func frechetLimit(
  _ a: Tensor<Float>, _ b: Tensor<Float>, count: Int = 8, stream: RandomStream,
  precision: FeatureMoments.Precision = .double
) throws(Undefined) -> FrechetLimit {
  precondition(count >= 2, "count (\(count)) must be 2 or more")
  let (n, m, _) = try Features.checkedPair(a, b, atLeast: 8)
  let largest = min(n, m)
  var points: [FrechetLimit.Point] = []
  for k in 0..<count {
    let size = largest / 2 + (largest - largest / 2) * k / (count - 1)
    var firstStream = stream.child("first").child(k)
    var secondStream = stream.child("second").child(k)
    let distance = try FrechetDistance(
      Features.rows(a, firstStream.permutation(n).prefix(size)),
      Features.rows(b, secondStream.permutation(m).prefix(size)), precision: precision)
    points.append(.init(n: size, value: distance.value))
  }
  let x = points.map { 1 / Double($0.n) }
  let xMean = x.reduce(0, +) / Double(count)
  let yMean = points.reduce(0) { $0 + $1.value } / Double(count)
  var products = 0.0
  var squares = 0.0
  for (x, point) in zip(x, points) {
    products += (x - xMean) * (point.value - yMean)
    squares += (x - xMean) * (x - xMean)
  }
  let slope = products / squares
  return FrechetLimit(limit: yMean - slope * xMean, slope: slope, points: points)
}
