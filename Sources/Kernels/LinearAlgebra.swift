import COpenBLAS

/// Dense linear algebra in Double: products by tiles on all threads, Cholesky factors and
/// eigenvalues of symmetric matrices.
///
/// Matrices are row-major. The tiling depends on sizes alone, so results do not depend on the
/// number of threads; like every BLAS result they depend on the processor's kernels.
public enum LinearAlgebra {
  /// C = α op(A) op(B) + β C, row-major, on the calling thread.
  ///
  /// `Double.multiply` is the slow reference of this.
  public static func multiply(
    transposeA: Bool = false, transposeB: Bool = false, rows: Int, columns: Int, depth: Int,
    alpha: Double = 1, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>,
    _ bStride: Int, beta: Double = 0, _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    guard rows > 0 && columns > 0 else { return }
    _ = OpenBLAS.pinned
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(depth), alpha, a, Int32(max(1, aStride)), b,
      Int32(max(1, bStride)), beta, c, Int32(max(1, cStride)))
  }

  /// `multiply`, by tiles of C on all threads.
  public static func multiplyTiled(
    transposeA: Bool = false, transposeB: Bool = false, rows: Int, columns: Int, depth: Int,
    alpha: Double = 1, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>,
    _ bStride: Int, beta: Double = 0, _ c: UnsafeMutablePointer<Double>, _ cStride: Int,
    tile: Int = 512
  ) {
    let down = (rows + tile - 1) / tile
    let across = (columns + tile - 1) / tile
    Parallel.each(down * across) { part in
      let i = part / across * tile
      let j = part % across * tile
      multiply(
        transposeA: transposeA, transposeB: transposeB, rows: min(tile, rows - i),
        columns: min(tile, columns - j), depth: depth, alpha: alpha,
        a + (transposeA ? i : i * aStride), aStride, b + (transposeB ? j * bStride : j), bStride,
        beta: beta, c + i * cStride + j, cStride)
    }
  }

  /// The lower triangle of C = Aᵀ A + β C, row-major, for A [depth, size], on the calling thread:
  /// half the work of a product.
  public static func addSquare(
    size: Int, depth: Int, _ a: UnsafePointer<Double>, _ aStride: Int, beta: Double = 0,
    _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    _ = OpenBLAS.pinned
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, Int32(size), Int32(depth), 1, a,
      Int32(max(1, aStride)), beta, c, Int32(max(1, cStride)))
  }

  /// The same in Float.
  public static func addSquare(
    size: Int, depth: Int, _ a: UnsafePointer<Float>, _ aStride: Int, beta: Float = 0,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    _ = OpenBLAS.pinned
    cblas_ssyrk(
      CblasRowMajor, CblasLower, CblasTrans, Int32(size), Int32(depth), 1, a,
      Int32(max(1, aStride)), beta, c, Int32(max(1, cStride)))
  }

  /// Copies the block at (row, column) of a square matrix to its mirror image at (column, row); of a
  /// block on the diagonal the lower triangle.
  public static func mirror(
    _ matrix: UnsafeMutablePointer<Double>, _ stride: Int, row: Int, column: Int, height: Int,
    width: Int
  ) {
    // In squares that fit the nearest cache on both sides.
    let square = 16
    for top in Swift.stride(from: 0, to: height, by: square) {
      for left in Swift.stride(from: 0, to: width, by: square) {
        for c in left..<min(left + square, width) {
          let target = matrix + (column + c) * stride + row
          let source = matrix + row * stride + column + c
          let first = row == column ? max(top, c + 1) : top
          for r in first..<max(first, min(top + square, height)) {
            target[r] = source[r &* stride]
          }
        }
      }
    }
  }

  /// The lower-triangular L with A = L Lᵀ, [n, n] with zeros above the diagonal; nil where A is
  /// not positive definite to working precision.
  public static func cholesky(_ a: [Double], size n: Int) -> [Double]? {
    precondition(a.count == n * n, "a (count \(a.count)) must be [\(n), \(n)]")
    _ = OpenBLAS.pinned
    var factor = a
    var size = Int32(n)
    var info: Int32 = 0
    // Row-major lower is column-major upper.
    dpotrf_("U", &size, &factor, &size, &info)
    guard info == 0 else { return nil }
    for i in 0..<n {
      for j in i + 1..<max(n, i + 1) { factor[i * n + j] = 0 }
    }
    return factor
  }

  /// Eigenvalues of a symmetric matrix [n, n] in rising order; its lower triangle is read.
  ///
  /// Small matrices go to LAPACK whole. Larger ones are reduced to a band by block reflections,
  /// which is all matrix products on all threads, then to tridiagonal form and eigenvalues by
  /// LAPACK. Errors are a small multiple of 2^-53 times the largest eigenvalue.
  /// Reference: Bischof, Lang and Sun 2000, doi:10.1145/365723.365735.
  public static func symmetricEigenvalues(_ a: [Double], size n: Int) -> [Double] {
    precondition(a.count == n * n, "a (count \(a.count)) must be [\(n), \(n)]")
    guard n > 0 else { return [] }
    _ = OpenBLAS.pinned
    let width = 32
    var band: [Double]
    var bandwidth: Int
    if n >= 8 * width {
      bandwidth = width
      // Rows a power of two apart would fall on the same few places of the cache.
      let stride = n + 8
      let matrix = UnsafeMutablePointer<Double>.allocate(capacity: n * stride)
      defer { matrix.deallocate() }
      for i in 0..<n {
        a.withUnsafeBufferPointer {
          (matrix + i * stride).update(from: $0.baseAddress! + i * n, count: i + 1)
        }
      }
      band = BandReduction(size: n, bandwidth: width).reduce(matrix, stride: stride)
    } else {
      bandwidth = n - 1
      band = (0..<n * n).map { k in k % n + k / n < n ? a[(k % n + k / n) * n + k / n] : 0 }
    }
    var size = Int32(n)
    var kd = Int32(bandwidth)
    var leading = Int32(bandwidth + 1)
    var one = Int32(1)
    var info: Int32 = 0
    var diagonal = [Double](repeating: 0, count: n)
    var beside = [Double](repeating: 0, count: n)
    var work = [Double](repeating: 0, count: n)
    var none = 0.0
    dsbtrd_(
      "N", "L", &size, &kd, &band, &leading, &diagonal, &beside, &none, &one, &work, &info)
    dsterf_(&size, &diagonal, &beside, &info)
    precondition(info == 0, "the QR iteration did not converge (info \(info)): NaN in the matrix?")
    return diagonal
  }

  /// Eigenvalues in rising order and eigenvectors of a symmetric matrix [n, n]; row k of `vectors`
  /// [n, n] belongs to `values[k]`.
  public static func symmetricEigenvectors(
    _ a: [Double], size n: Int
  ) -> (values: [Double], vectors: [Double]) {
    precondition(a.count == n * n, "a (count \(a.count)) must be [\(n), \(n)]")
    guard n > 0 else { return ([], []) }
    _ = OpenBLAS.pinned
    var vectors = a
    var values = [Double](repeating: 0, count: n)
    var size = Int32(n)
    var info: Int32 = 0
    var wanted = 0.0
    var wantedIntegers: Int32 = 0
    var query = Int32(-1)
    dsyevd_(
      "V", "L", &size, &vectors, &size, &values, &wanted, &query, &wantedIntegers, &query, &info)
    var count = Int32(wanted)
    var integerCount = wantedIntegers
    var work = [Double](repeating: 0, count: Int(count))
    var integers = [Int32](repeating: 0, count: Int(integerCount))
    dsyevd_(
      "V", "L", &size, &vectors, &size, &values, &work, &count, &integers, &integerCount, &info)
    precondition(info == 0, "the eigenvalues did not converge (info \(info)): NaN in the matrix?")
    return (values, vectors)
  }
}
