import Foundation
import Kernels
import Statistics
import Tensors

/// The Fréchet (2-Wasserstein) distance between normal distributions with the moments of two sets.
///
///     ‖μ₁ − μ₂‖² + tr C₁ + tr C₂ − 2 tr (C₁ C₂)^½
///
/// It is squared, as the literature prints it. On Inception features it is the FID; on others it
/// must be called by their name. Two samples of the *same* distribution do not give 0: for
/// N(0, I_d) the expectation is about d(d + 1)/(2n) + 2d/n at n vectors each, so distances compare
/// only at equal n and beside the real-real floor; `frechetLimit` extrapolates.
///
/// The trace of the square root is Σ √λ over the eigenvalues λ ≥ 0 of Lᵀ C₂ L with C₁ = L Lᵀ, or
/// of X C₂ Xᵀ/(n₁ − 1) with X the centred vectors where a set has too few of them for a covariance
/// of full rank: real by construction, unlike a general matrix square root.
/// Reference: Dowson and Landau 1982, doi:10.1016/0047-259X(82)90077-X; Heusel et al. 2017,
/// doi:10.48550/arXiv.1706.08500.
public struct FrechetDistance: Sendable, Codable, Hashable {
  /// How the trace of the square root was found.
  public enum Route: String, Sendable, Codable {
    /// Cholesky factor of one covariance.
    case cholesky
    /// Eigenvectors of one covariance, which is singular.
    case eigenvectors
    /// Centred vectors of one set and covariance of the other: n ≤ d in one of them.
    case vectors
  }

  /// The distance (squared units of the features).
  public let value: Double
  /// ‖μ₁ − μ₂‖²
  public let meanTerm: Double
  /// tr C₁ + tr C₂ − 2 tr (C₁ C₂)^½
  public let covarianceTerm: Double
  public let route: Route
  /// Vectors in the two sets, and features.
  public let first: Int
  public let second: Int
  public let dimension: Int

  /// Whether a covariance lacks full rank (n ≤ d), so that the distance leans on directions that
  /// the data never filled.
  public var isRankDeficient: Bool { min(first, second) <= dimension }

  /// Between two feature matrices [n, d] and [m, d]. O((n + m) d² + d³).
  ///
  /// - Throws: `Undefined` with fewer than two vectors, features that are not finite, or unequal d.
  public init(
    _ a: Tensor<Float>, _ b: Tensor<Float>, precision: FeatureMoments.Precision = .double
  ) throws(Undefined) {
    let (n, m, d) = try Features.checkedPair(a, b, atLeast: 2)
    if min(n, m) <= d {
      try self.init(vectors: a, b, n, m, d, precision)
    } else {
      self.init(
        try FeatureMoments(a, precision: precision), try FeatureMoments(b, precision: precision))
    }
  }

  /// Between two sets of moments.
  public init(_ a: FeatureMoments, _ b: FeatureMoments) {
    precondition(
      a.dimension == b.dimension, "\(a.dimension) features must be \(b.dimension) as in the second")
    let d = a.dimension
    let trace: Double
    if let factor = LinearAlgebra.cholesky(a.covariance, size: d) {
      trace = Self.rootTrace(lower: factor, b.covariance, d)
      route = .cholesky
    } else if let factor = LinearAlgebra.cholesky(b.covariance, size: d) {
      trace = Self.rootTrace(lower: factor, a.covariance, d)
      route = .cholesky
    } else {
      trace = Self.rootTrace(singular: a.covariance, b.covariance, d)
      route = .eigenvectors
    }
    var traces = 0.0
    for k in 0..<d { traces += a.covariance[k * d + k] + b.covariance[k * d + k] }
    meanTerm = Self.squared(a.mean, b.mean)
    covarianceTerm = traces - 2 * trace
    value = meanTerm + covarianceTerm
    first = a.n
    second = b.n
    dimension = d
  }

  /// Through the s ≤ d centred vectors X of the smaller set: (C₁ C₂)^½ has the trace of the root of
  /// X C Xᵀ/(s − 1) [s, s], C the covariance of the larger set.
  private init(
    vectors a: Tensor<Float>, _ b: Tensor<Float>, _ n: Int, _ m: Int, _ d: Int,
    _ precision: FeatureMoments.Precision
  ) throws(Undefined) {
    let (small, s) = n <= m ? (a, n) : (b, m)
    let large = try FeatureMoments(n <= m ? b : a, precision: precision)
    let mean = Features.mean(small)
    var x = [Double](repeating: 0, count: s * d)
    var half = [Double](repeating: 0, count: s * d)
    var full = [Double](repeating: 0, count: s * s)
    var trace = 0.0
    x.withUnsafeMutableBufferPointer { x in
      half.withUnsafeMutableBufferPointer { half in
        full.withUnsafeMutableBufferPointer { full in
          nonisolated(unsafe) let x = x.baseAddress!
          nonisolated(unsafe) let half = half.baseAddress!
          nonisolated(unsafe) let full = full.baseAddress!
          Features.center(small, 0..<s, mean, into: x)
          trace = Double.dot(s * d, x, x) / Double(s - 1)
          large.covariance.withUnsafeBufferPointer { c in
            LinearAlgebra.multiplyTiled(
              rows: s, columns: d, depth: d, alpha: 1 / Double(s - 1), x, d, c.baseAddress!, d,
              half, d, tile: Self.tile)
          }
          let tile = Self.tile
          Parallel.triangle((s + tile - 1) / tile) { i, j in
            let (row, column) = (i * tile, j * tile)
            let (height, width) = (min(tile, s - row), min(tile, s - column))
            LinearAlgebra.multiply(
              transposeB: true, rows: height, columns: width, depth: d, half + row * d, d,
              x + column * d, d, full + row * s + column, s)
          }
        }
      }
    }
    for k in 0..<d { trace += large.covariance[k * d + k] }
    meanTerm = Self.squared(mean, large.mean)
    covarianceTerm = trace - 2 * Self.sumOfRoots(full, s)
    value = meanTerm + covarianceTerm
    route = .vectors
    first = n
    second = m
    dimension = d
  }

  private static let tile = 256

  /// Σ √λ over the eigenvalues; what rounding pushed below 0 counts as 0.
  private static func sumOfRoots(_ matrix: [Double], _ size: Int) -> Double {
    LinearAlgebra.symmetricEigenvalues(matrix, size: size)
      .reduce(0) { $0 + max(0, $1).squareRoot() }
  }

  /// Σ √λ of Lᵀ C L. With L lower triangular only a sixth of the second product is needed.
  private static func rootTrace(lower: [Double], _ c: [Double], _ d: Int) -> Double {
    let tile = Self.tile
    let tiles = (d + tile - 1) / tile
    var half = [Double](repeating: 0, count: d * d)
    var full = [Double](repeating: 0, count: d * d)
    lower.withUnsafeBufferPointer { lower in
      c.withUnsafeBufferPointer { c in
        half.withUnsafeMutableBufferPointer { half in
          full.withUnsafeMutableBufferPointer { full in
            nonisolated(unsafe) let (l, c) = (lower.baseAddress!, c.baseAddress!)
            nonisolated(unsafe) let (half, full) = (half.baseAddress!, full.baseAddress!)
            // Rows i of Lᵀ C: L_ki is 0 for k < i.
            Parallel.each(tiles * tiles) { part in
              let (i, j) = (part / tiles * tile, part % tiles * tile)
              LinearAlgebra.multiply(
                transposeA: true, rows: min(tile, d - i), columns: min(tile, d - j), depth: d - i,
                l + i * d + i, d, c + i * d + j, d, half + i * d + j, d)
            }
            // The lower triangle of Lᵀ (Lᵀ C)ᵀ: L_ki is 0 for k < i.
            Parallel.triangle(tiles) { below, left in
              let (i, j) = (below * tile, left * tile)
              LinearAlgebra.multiply(
                transposeA: true, transposeB: true, rows: min(tile, d - i),
                columns: min(tile, d - j), depth: d - i, l + i * d + i, d, half + j * d + i, d,
                full + i * d + j, d)
            }
          }
        }
      }
    }
    return sumOfRoots(full, d)
  }

  /// Σ √λ of Fᵀ C F with A = F Fᵀ from the positive eigenvalues of A.
  private static func rootTrace(singular a: [Double], _ c: [Double], _ d: Int) -> Double {
    let (values, vectors) = LinearAlgebra.symmetricEigenvectors(a, size: d)
    let floor = Double(d) * 0x1p-52 * max(0, values.last ?? 0)
    let kept = values.indices.filter { values[$0] > floor }
    guard !kept.isEmpty else { return 0 }
    // Rows of `factor` [rank, d] are √λ v.
    var factor = [Double](repeating: 0, count: kept.count * d)
    for (r, k) in kept.enumerated() {
      let root = values[k].squareRoot()
      for i in 0..<d { factor[r * d + i] = root * vectors[k * d + i] }
    }
    let rank = kept.count
    var half = [Double](repeating: 0, count: rank * d)
    var full = [Double](repeating: 0, count: rank * rank)
    LinearAlgebra.multiplyTiled(
      rows: rank, columns: d, depth: d, factor, d, c, d, &half, d, tile: 256)
    LinearAlgebra.multiplyTiled(
      transposeB: true, rows: rank, columns: rank, depth: d, half, d, factor, d, &full, rank,
      tile: 256)
    for i in 0..<rank {
      for j in 0..<i {
        let mean = (full[i * rank + j] + full[j * rank + i]) / 2
        full[i * rank + j] = mean
        full[j * rank + i] = mean
      }
    }
    return sumOfRoots(full, rank)
  }

  private static func squared(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
