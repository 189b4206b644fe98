import Kernels
import Statistics
import Tensors

/// Principal components of pictures: features that nobody trained.
///
///     y_k = v_k · (x − μ),   C v_k = λ_k v_k,   λ_1 ≥ λ_2 ≥ …
///
/// μ and C (divisor n − 1) are those of the reference pictures the components are fitted on;
/// sums are Double. The sign of a component makes its element of largest size positive (the first
/// of equal ones), so a fit is repeatable. Distances on these features are Euclidean in the pixels
/// as far as k components hold them (`explained`); nothing is whitened.
///
/// The eigenvectors are those of C [d, d], or, where there are fewer pictures than pixels, of the
/// products between pictures [n, n], which has the same eigenvalues beyond 0.
/// Reference: Jolliffe 2002, doi:10.1007/b98835.
public struct PixelComponents: Sendable, Codable {
  /// The shape of a picture, [channel, height, width].
  public let shape: [Int]
  /// μ [pixel]
  public let mean: [Double]
  /// v [component, pixel], rows of length 1.
  public let components: [Double]
  /// λ [component], in falling order.
  public let variances: [Double]
  /// Σ λ over all components.
  public let totalVariance: Double

  /// Number of features.
  public var count: Int { variances.count }

  /// The share of the variance that the components hold, in 0...1.
  public var explained: Double {
    totalVariance > 0 ? variances.reduce(0, +) / totalVariance : 1
  }

  /// Fits components on pictures [n, channel, height, width].
  ///
  /// - Throws: `Undefined` with fewer pictures than `count` + 1, fewer pixels than `count`, or a
  ///   pixel that is not finite.
  /// - Complexity: O(n d min(n, d) + min(n, d)³).
  public init(_ pictures: Tensor<Float>, count: Int) throws(Undefined) {
    precondition(pictures.rank == 4, "pictures \(pictures.shape) must be [n, channel, y, x]")
    precondition(count > 0, "count (\(count)) must be positive")
    shape = Array(pictures.shape[1...])
    let flat = pictures.reshaped([pictures.shape[0], shape.reduce(1, *)])
    let (n, d) = try Features.checked(flat, atLeast: count + 1)
    guard d >= count else { throw Undefined("\(d) pixels have no \(count) components") }
    let mean = Features.mean(flat)
    self.mean = mean
    var values: [Double]
    var vectors: [Double]
    if d <= n {
      let moments = try FeatureMoments(flat)
      totalVariance = (0..<d).reduce(0) { $0 + moments.covariance[$1 * (d + 1)] }
      (values, vectors) = Self.largest(count, moments.covariance, d)
    } else {
      var centered = [Double](repeating: 0, count: n * d)
      centered.withUnsafeMutableBufferPointer {
        Features.center(flat, 0..<n, mean, into: $0.baseAddress!)
      }
      var products = [Double](repeating: 0, count: n * n)
      LinearAlgebra.multiplyTiled(
        transposeB: true, rows: n, columns: n, depth: d, alpha: 1 / Double(n - 1), centered, d,
        centered, d, &products, n)
      totalVariance = (0..<n).reduce(0) { $0 + products[$1 * (n + 1)] }
      let (own, pictureWeights) = Self.largest(count, products, n)
      values = own
      vectors = [Double](repeating: 0, count: count * d)
      LinearAlgebra.multiplyTiled(
        rows: count, columns: d, depth: n, pictureWeights, n, centered, d, &vectors, d)
    }
    for k in 0..<count { Self.orient(&vectors, k * d..<(k + 1) * d) }
    for k in 0..<count { values[k] = max(0, values[k]) }
    variances = values
    components = vectors
  }

  /// Features [n, component] of pictures [n, channel, height, width] of the fitted shape; sums in
  /// Double, rounded once.
  ///
  /// - Throws: `Undefined` where a pixel is not finite.
  public func features(_ pictures: Tensor<Float>) throws(Undefined) -> Tensor<Float> {
    precondition(
      pictures.rank == 4 && Array(pictures.shape[1...]) == shape,
      "pictures \(pictures.shape) must be [n, \(shape)]")
    let (n, d) = (pictures.shape[0], shape.reduce(1, *))
    guard n > 0 else { return .zeros([0, count]) }
    let flat = pictures.reshaped([n, d])
    _ = try Features.checked(flat, atLeast: 1)
    let rows = 256
    var block = [Double](repeating: 0, count: min(rows, n) * d)
    var found = [Double](repeating: 0, count: n * count)
    for start in stride(from: 0, to: n, by: rows) {
      let held = min(rows, n - start)
      block.withUnsafeMutableBufferPointer {
        Features.center(flat, start..<start + held, mean, into: $0.baseAddress!)
      }
      found.withUnsafeMutableBufferPointer {
        LinearAlgebra.multiplyTiled(
          transposeB: true, rows: held, columns: count, depth: d, block, d, components, d,
          $0.baseAddress! + start * count, count, tile: 64)
      }
    }
    return Tensor(shape: [n, count]) { target in
      for i in target.indices { target[i] = Float(found[i]) }
    }
  }

  /// The largest eigenvalues of a symmetric matrix, falling, and their vectors as rows.
  private static func largest(
    _ count: Int, _ matrix: [Double], _ size: Int
  ) -> (values: [Double], vectors: [Double]) {
    let (values, vectors) = LinearAlgebra.symmetricEigenvectors(matrix, size: size)
    let picked = (0..<count).map { size - 1 - $0 }
    return (
      picked.map { values[$0] }, picked.flatMap { vectors[$0 * size..<($0 + 1) * size] }
    )
  }

  /// Scales a vector to length 1, its largest element positive; 0 stays 0.
  private static func orient(_ vectors: inout [Double], _ range: Range<Int>) {
    var (largest, squares) = (0.0, 0.0)
    for i in range {
      squares += vectors[i] * vectors[i]
      if abs(vectors[i]) > abs(largest) { largest = vectors[i] }
    }
    guard squares > 0 else { return }
    let factor = (largest < 0 ? -1 : 1) / squares.squareRoot()
    for i in range { vectors[i] *= factor }
  }
}
