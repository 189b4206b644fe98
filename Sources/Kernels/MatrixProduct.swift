import COpenBLAS

/// OpenBLAS, pinned to one thread: parallel loops are ours, around it.
enum OpenBLAS {
  static let pinned: Void = openblas_set_num_threads(1)

  static let coreName = String(cString: openblas_get_corename())
  static let configuration = String(cString: openblas_get_config())
}

extension Float {
  public static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Float,
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    beta: Float, _ c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    guard rows > 0 && columns > 0 else { return }
    _ = OpenBLAS.pinned
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(depth), alpha, a, Int32(max(1, aStride)), b,
      Int32(max(1, bStride)), beta, c, Int32(max(1, cStride)))
  }
}

extension Double {
  /// Three plain loops, each sum in the order of the depth index.
  public static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Double,
    _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>, _ bStride: Int,
    beta: Double, _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    for i in 0..<rows {
      let line = c + i * cStride
      for j in 0..<columns { line[j] = beta == 0 ? 0 : beta * line[j] }
      for k in 0..<depth {
        let left = alpha * (transposeA ? a[k * aStride + i] : a[i * aStride + k])
        if transposeB {
          for j in 0..<columns { line[j] += left * b[j * bStride + k] }
        } else {
          let row = b + k * bStride
          for j in 0..<columns { line[j] += left * row[j] }
        }
      }
    }
  }
}
