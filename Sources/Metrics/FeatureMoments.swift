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
  /// Arithmetic of the products. Sums over blocks of 512 rows are carried in Double either way,
  /// and means and variances are Double.
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

  private static let rows = 512
  private static let tile = 256

  private static func inDouble(_ features: Tensor<Float>, _ mean: [Double]) -> [Double] {
    let (n, d) = (features.shape[0], features.shape[1])
    var sums = [Double](repeating: 0, count: d * d)
    var block = [Double](repeating: 0, count: min(rows, n) * d)
    withPointers(&sums, &block) { sums, block in
      for start in stride(from: 0, to: n, by: rows) {
        let count = min(rows, n - start)
        Features.center(features, start..<start + count, mean, into: block)
        Parallel.triangle((d + tile - 1) / tile) { i, j in
          LinearAlgebra.multiply(
            transposeA: true, rows: min(tile, d - i * tile), columns: min(tile, d - j * tile),
            depth: count, block + i * tile, d, block + j * tile, d, beta: start == 0 ? 0 : 1,
            sums + i * tile * d + j * tile, d)
        }
      }
      finish(sums, d, divisor: Double(n - 1))
    }
    return sums
  }

  private static func inFloat(_ features: Tensor<Float>, _ mean: [Double]) -> [Double] {
    let (n, d) = (features.shape[0], features.shape[1])
    var sums = [Double](repeating: 0, count: d * d)
    var variances = [Double](repeating: 0, count: d)
    // What rounding to Float leaves of the mean is taken out at the end.
    var left = [Double](repeating: 0, count: d)
    var block = [Float](repeating: 0, count: min(rows, n) * d)
    withPointers(&sums, &block) { sums, block in
      for start in stride(from: 0, to: n, by: rows) {
        let count = min(rows, n - start)
        Features.center(features, start..<start + count, mean, into: block)
        for r in 0..<count {
          let row = block + r * d
          for k in 0..<d {
            let x = Double(row[k])
            left[k] += x
            variances[k] += x * x
          }
        }
        Parallel.triangle((d + tile - 1) / tile) { i, j in
          let (height, width) = (min(tile, d - i * tile), min(tile, d - j * tile))
          let part = UnsafeMutablePointer<Float>.allocate(capacity: tile * tile)
          defer { part.deallocate() }
          Float.multiply(
            transposeA: true, transposeB: false, rows: height, columns: width, depth: count,
            alpha: 1, block + i * tile, d, block + j * tile, d, beta: 0, part, width)
          for r in 0..<height {
            let target = sums + (i * tile + r) * d + j * tile
            for c in 0..<width { target[c] += Double(part[r * width + c]) }
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

  /// Divides the lower triangle and mirrors it.
  private static func finish(_ sums: UnsafeMutablePointer<Double>, _ d: Int, divisor: Double) {
    Parallel.triangle((d + tile - 1) / tile) { i, j in
      let (height, width) = (min(tile, d - i * tile), min(tile, d - j * tile))
      for r in i * tile..<i * tile + height {
        for c in j * tile..<j * tile + width { sums[r * d + c] /= divisor }
      }
      LinearAlgebra.mirror(
        sums, d, row: i * tile, column: j * tile, height: height, width: width)
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
