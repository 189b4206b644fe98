import Kernels

extension Tensor {
  /// op(A) op(B) for matrices, or for stacks of matrices with equal leading extents.
  ///
  /// Shapes: [..., m, k] and [..., k, n] after the transposes give [..., m, n].
  public static func matmul(
    _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false
  ) -> Tensor {
    precondition(
      a.rank >= 2 && b.rank >= 2 && a.shape.dropLast(2) == b.shape.dropLast(2),
      "shapes \(a.shape) and \(b.shape) must be matrices or equal stacks of them")
    let (aRows, aColumns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (bRows, bColumns) = (b.shape[b.rank - 2], b.shape[b.rank - 1])
    let rows = transposeA ? aColumns : aRows
    let depth = transposeA ? aRows : aColumns
    let columns = transposeB ? bRows : bColumns
    precondition(
      depth == (transposeB ? bColumns : bRows),
      "inner extents of \(a.shape) and \(b.shape) must agree (transposes \(transposeA), \(transposeB))"
    )
    let stack = a.shape.dropLast(2).reduce(1, *)
    return Tensor(shape: a.shape.dropLast(2) + [rows, columns]) { y in
      if y.isEmpty { return }
      let c = y.baseAddress!
      if stack == 1 {
        // Blocks of rows are the unit of parallel work, whatever the number of threads.
        let block = Swift.max(64, 1 << 21 / Swift.max(1, columns * depth))
        Parallel.chunks(of: rows, grain: block) { range in
          Scalar.multiply(
            transposeA: transposeA, transposeB: transposeB, rows: range.count, columns: columns,
            depth: depth, alpha: 1,
            a.pointer + (transposeA ? range.lowerBound : range.lowerBound * aColumns), aColumns,
            b.pointer, bColumns, beta: 0, c + range.lowerBound * columns, columns)
        }
      } else {
        let grain = Swift.max(1, 1 << 16 / Swift.max(1, rows * columns * depth))
        Parallel.chunks(of: stack, grain: grain) { range in
          for i in range {
            Scalar.multiply(
              transposeA: transposeA, transposeB: transposeB, rows: rows, columns: columns,
              depth: depth, alpha: 1, a.pointer + i * aRows * aColumns, aColumns,
              b.pointer + i * bRows * bColumns, bColumns, beta: 0, c + i * rows * columns, columns)
          }
        }
      }
    }
  }
}
