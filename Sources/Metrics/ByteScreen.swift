import Foundation
import Kernels
import Tensors

/// Screens of vectors rounded to bytes at random: bounds that hold for all pairs but for a chance
/// of 10^-12, from products that are exact and faster than those of Floats.
///
/// Let r = s q − x be the error of a vector x rounded to s q, each element up or down with the
/// expectation 0 within δ s. Then for two vectors rounded apart
///
///     s² q·p − x·y = r·y + (s q)·t,
///
/// where t is the error of y, is a sum of independent terms in intervals of s |y_k| and s |s q_k|.
/// By Hoeffding it strays from its expectation by more than z √(a_x² + a_y²), a = ½ s (‖x‖ + s √d),
/// with a probability of at most 2 exp(−z²/2). What a few large elements exceed the range of bytes
/// by, e, adds ‖e_x‖ ‖s p‖ + ‖e_y‖ ‖x‖. A root of sums is no sum of two parts, but for every m
///
///     √(a_x² + a_y²) ≤ (a_x² + a_y²)/(2m) + m/2.
///
/// Reference: Hoeffding 1963, doi:10.1080/01621459.1963.10500830, theorem 2.
extension DistanceScreen {
  /// Screens for two sets: of bytes where these bounds would leave few pairs open, else of Floats.
  static func pair(
    _ a: Tensor<Float>, _ b: Tensor<Float>
  ) -> (DistanceScreen, DistanceScreen) {
    let (n, m, d) = (a.shape[0], b.shape[0], a.shape[1])
    let first = Features.mean(a)
    let second = Features.mean(b)
    let center = zip(first, second).map { ($0 + $1) / 2 }
    // Small sets are quick anyway, and short vectors are cheap to settle.
    if min(n, m) >= 1024 && d >= 256 && d <= ByteProduct.longest && ByteProduct.isAvailable {
      let spread = max(spread(a, center), spread(b, center))
      if spread > 0 {
        let rounding = Rounding(
          center: center, step: 6.5 * spread / (Double(ByteProduct.limit) - 0.5),
          pairs: Double(n + m) * Double(n + m))
        let stream = RandomStream(0).child("byte screen")
        let norms = rounding.norms(a) + rounding.norms(b)
        let typical = norms.reduce(0) { $0 + rounding.deviation(norm: $1, d) } / Double(n + m)
        let largest = norms.max()!
        let screens = (
          rounding.screen(a, norms[..<n], typical, largest, stream.child(0)),
          rounding.screen(b, norms[n...], typical, largest, stream.child(1))
        )
        if screens.0.isSelective && screens.1.isSelective { return screens }
      }
    }
    return (DistanceScreen(a, center: center), DistanceScreen(b, center: center))
  }

  /// The root of the mean squared element after centring.
  private static func spread(_ features: Tensor<Float>, _ center: [Double]) -> Double {
    let (n, d) = (features.shape[0], features.shape[1])
    let picked = Features.rows(
      features, ArraySlice(stride(from: 0, to: n, by: max(1, n / 256)).map { $0 }))
    let centered = Tensor<Float>(shape: picked.shape) {
      Features.center(picked, 0..<picked.shape[0], center, into: $0.baseAddress!)
    }
    return centered.withUnsafeElements { x in
      (Float.dot(x.count, x.baseAddress!, x.baseAddress!) / Double(picked.shape[0] * d))
        .squareRoot()
    }
  }

  /// Whether bounds of a sample leave few pairs open: for 32 vectors against 512 others, fewer than
  /// one in twenty may lie below the least upper bound.
  private var isSelective: Bool {
    let rows = 0..<min(32, count)
    let columns = rows.count..<min(rows.count + 512, count)
    var values = [Float](repeating: 0, count: rows.count * columns.count)
    Self.products(self, rows, self, columns, into: &values)
    var open = 0
    for r in rows {
      let bounds = columns.map { c in
        lower[r] + lower[c] - 2 * values[r * columns.count + c - columns.lowerBound]
      }
      let least = zip(columns, bounds).map { $1 + (slack[r] + slack[$0]) }.min()!
      open += bounds.reduce(0) { $0 + ($1 <= least ? 1 : 0) }
    }
    return 20 * open < values.count
  }
}

/// How vectors are rounded to bytes, and what can be said of products then.
private struct Rounding {
  let center: [Double]
  let step: Double
  /// 2 pairs · exp(−z²/2) = 10^-12.
  let z: Double
  /// |E q − x/s| of an element: roundings to Float before, of 2^-24 of up to 79 each.
  static let bias = 0x1p-15

  init(center: [Double], step: Double, pairs: Double) {
    self.center = center
    self.step = step
    z = (2 * log(2 * pairs / 1e-12)).squareRoot()
  }

  /// ‖x‖ of each centred vector.
  func norms(_ features: Tensor<Float>) -> [Double] {
    perRow(features, Double.self) { _, row, d in Float.dot(d, row, row).squareRoot() }
  }

  /// a of a vector.
  func deviation(norm: Double, _ d: Int) -> Double {
    0.5 * step * (norm + step * Double(d).squareRoot())
  }

  /// - Parameters:
  ///   - typical: the mean deviation of all vectors of both sets
  ///   - largest: their largest norm
  func screen(
    _ features: Tensor<Float>, _ norms: ArraySlice<Double>, _ typical: Double, _ largest: Double,
    _ stream: RandomStream
  ) -> DistanceScreen {
    let (n, d) = (features.shape[0], features.shape[1])
    let root = Double(d).squareRoot()
    let limit = Float(ByteProduct.limit) - 0.5
    let inverse = Float(1 / step)
    var bytes = [Int8](repeating: 0, count: n * d)
    let excesses = bytes.withUnsafeMutableBufferPointer { bytes in
      nonisolated(unsafe) let bytes = bytes.baseAddress!
      return perRow(features, Double.self) { i, row, d in
        var excess: Float = 0
        for k in 0..<d {
          let scaled = row[k] * inverse
          let kept = min(max(scaled, -limit), limit)
          excess += (scaled - kept) * (scaled - kept)
          row[k] = kept
        }
        ByteProduct.round(row, count: d, stream: stream.child(i), into: bytes + i * d)
        // The sum in Float errs by less than d · 2^-23 of itself.
        return step * Double(excess).squareRoot() * (1 + Double(d) * 0x1p-22)
      }
    }
    let m = 2.0.squareRoot() * typical
    var lower = [Float](repeating: 0, count: n)
    var slack = lower
    for (i, norm) in norms.enumerated() {
      let a = deviation(norm: norm, d)
      let reach = norm + step * root
      var error = z * (a * a / (2 * m) + m / 4)
      error += 2 * Self.bias * root * a * 2
      error += excesses[i] * (largest + step * root)
      // Norms, the product of steps and the sums of bounds: sixteen roundings to Float.
      error += 16 * 0x1p-24 * reach * reach
      lower[i] = Float(norm * norm - 2 * error).nextDown
      slack[i] = Float(4 * error).nextUp
    }
    return DistanceScreen(
      features, center: center, .bytes(bytes, step: step), lower: lower, slack: slack)
  }

  /// `body` of every centred vector, which it may change, in parallel.
  private func perRow<Result>(
    _ features: Tensor<Float>, _: Result.Type,
    _ body: (_ index: Int, _ row: UnsafeMutablePointer<Float>, _ d: Int) -> Result
  ) -> [Result] {
    let (n, d) = (features.shape[0], features.shape[1])
    return [Result](unsafeUninitializedCapacity: n) { results, count in
      nonisolated(unsafe) let results = results.baseAddress!
      Parallel.chunks(of: n, grain: 64) { range in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count * d) { room in
          let rows = room.baseAddress!
          Features.center(features, range, center, into: rows)
          for i in range {
            (results + i).initialize(to: body(i, rows + (i - range.lowerBound) * d, d))
          }
        }
      }
      count = n
    }
  }
}
