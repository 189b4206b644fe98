import Kernels
import Statistics
import Tensors

/// Mean and covariance of feature vectors: all that a Fréchet distance needs.
///
///     μ = (1/n) Σ x_i,   C = 1/(n − 1) Σ (x_i − μ)(x_i − μ)ᵀ
///
/// The divisor n − 1 is that of `numpy.cov` and of the usual FID programs. O(n d²): half of the
/// matrix is formed, in blocks of rows, on all threads.
public struct FeatureMoments: Sendable {
  /// Arithmetic of the products. Sums over blocks of rows are carried in Double either way, and
  /// means and variances are Double.
  public enum Precision: Sendable {
    /// Products and sums in Double.
    case double
    /// Products, and sums of up to 512, in Float: an element of C is off by at most 513 · 2^-24
    /// (3e-5) and commonly by 1e-7 of √(C_ii C_jj). Half the time; enough where eigenvalues below
    /// 1e-6 of the largest do not matter.
    case single
  }

  /// Vectors behind the moments.
  public let n: Int
  /// Features a vector.
  public let dimension: Int
  /// μ [dimension]
  public let mean: [Double]
  /// C [dimension, dimension], symmetric.
  public let covariance: [Double]

  /// Moments known already, from a file or a formula.
  public init(n: Int, mean: [Double], covariance: [Double]) {
    precondition(
      covariance.count == mean.count * mean.count,
      "covariance (count \(covariance.count)) must be [\(mean.count), \(mean.count)]")
    self.n = n
    dimension = mean.count
    self.mean = mean
    self.covariance = covariance
  }

  /// Moments of features [n, d].
  ///
  /// - Throws: `Undefined` with fewer than two vectors, or where a feature is not finite.
  public init(
    _ features: Tensor<Float>, precision: Precision = .double
  ) throws(Undefined) {
    let shape = try Features.checked(features, atLeast: 2)
    n = shape.n
    dimension = shape.d
    let mean = Features.mean(features)
    self.mean = mean
    switch precision {
    case .double: covariance = Self.inDouble(features, mean)
    case .single: covariance = Self.inFloat(features, mean)
    }
  }

  private static let tile = 512
  /// Between rows of a block: rows a power of two apart would fall on the same few places of the
  /// cache.
  private static let gap = 8

  private static func inDouble(_ features: Tensor<Float>, _ mean: [Double]) -> [Double] {
    let (n, d) = (features.shape[0], features.shape[1])
    let rows = 1024
    let wide = d + gap
    var sums = [Double](repeating: 0, count: d * d)
    var block = [Double](repeating: 0, count: min(rows, n) * wide)
    withPointers(&sums, &block) { sums, block in
      for start in stride(from: 0, to: n, by: rows) {
        let count = min(rows, n - start)
        Features.center(features, start..<start + count, mean, into: block, stride: wide)
        let beta: Double = start == 0 ? 0 : 1
        tiles(of: d) { i, j, height, width in
          let target = sums + i * d + j
          if i == j {
            LinearAlgebra.addSquare(
              size: height, depth: count, block + i, wide, beta: beta, target, d)
          } else {
            LinearAlgebra.multiply(
              transposeA: true, rows: height, columns: width, depth: count, block + i, wide,
              block + j, wide, beta: beta, target, d)
          }
        }
      }
      finish(sums, d, divisor: Double(n - 1))
    }
    return sums
  }

  private static func inFloat(_ features: Tensor<Float>, _ mean: [Double]) -> [Double] {
    let (n, d) = (features.shape[0], features.shape[1])
    let rows = 512
    let wide = d + gap
    var sums = [Double](repeating: 0, count: d * d)
    var block = [Float](repeating: 0, count: min(rows, n) * wide)
    // What rounding to Float leaves of the mean is taken out at the end.
    let left = UnsafeMutablePointer<Double>.allocate(capacity: 2 * d)
    left.initialize(repeating: 0, count: 2 * d)
    let variances = left + d
    defer { left.deallocate() }
    withPointers(&sums, &block) { sums, block in
      for start in stride(from: 0, to: n, by: rows) {
        let count = min(rows, n - start)
        Features.center(features, start..<start + count, mean, into: block, stride: wide)
        Parallel.chunks(of: d, grain: 256) { range in
          for r in 0..<count {
            let row = block + r * wide
            for k in range {
              let x = Double(row[k])
              left[k] += x
              variances[k] += x * x
            }
          }
        }
        tiles(of: d) { i, j, height, width in
          let part = UnsafeMutablePointer<Float>.allocate(capacity: tile * tile)
          defer { part.deallocate() }
          if i == j {
            LinearAlgebra.addSquare(size: height, depth: count, block + i, wide, part, width)
          } else {
            Float.multiply(
              transposeA: true, transposeB: false, rows: height, columns: width, depth: count,
              alpha: 1, block + i, wide, block + j, wide, beta: 0, part, width)
          }
          for r in 0..<height {
            let target = sums + (i + r) * d + j
            let source = part + r * width
            for c in 0..<(i == j ? r + 1 : width) { target[c] += Double(source[c]) }
          }
        }
      }
      for i in 0..<d {
        sums[i * d + i] = variances[i]
        for j in 0...i { sums[i * d + j] -= left[i] * left[j] / Double(n) }
      }
      finish(sums, d, divisor: Double(n - 1))
    }
    return sums
  }

  /// Calls `body` with row, column, height and width of each tile of the lower triangle [d, d].
  private static func tiles(of d: Int, _ body: (Int, Int, Int, Int) -> Void) {
    Parallel.triangle((d + tile - 1) / tile) { i, j in
      body(i * tile, j * tile, min(tile, d - i * tile), min(tile, d - j * tile))
    }
  }

  /// Divides the lower triangle and mirrors it.
  private static func finish(_ sums: UnsafeMutablePointer<Double>, _ d: Int, divisor: Double) {
    tiles(of: d) { i, j, height, width in
      for r in i..<i + height {
        for c in j..<(i == j ? r + 1 : j + width) { sums[r * d + c] /= divisor }
      }
      LinearAlgebra.mirror(sums, d, row: i, column: j, height: height, width: width)
    }
  }

  private static func withPointers<Element>(
    _ a: inout [Double], _ b: inout [Element],
    _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Element>) -> Void
  ) {
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in body(a.baseAddress!, b.baseAddress!) }
    }
  }
}
