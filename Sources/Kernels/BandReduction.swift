import COpenBLAS

/// Orthogonal reduction of a symmetric matrix to a band, for its eigenvalues.
///
/// For each panel of b columns, the part below the band is factored, P = Q R with
/// Q = I − V T Vᵀ, and the trailing matrix A becomes
///
///     Qᵀ A Q = A − V Wᵀ − W Vᵀ,   W = Y − ½ V (Tᵀ Vᵀ Y),   Y = A V T
///
/// Nearly all work is A V and the two rank-b updates: products by tiles on all threads, where the
/// direct reduction to tridiagonal form streams the matrix through memory once per column. Only the
/// lower triangle is kept up: a column of tiles below the diagonal is read as it is, the rest of
/// that column as the transposed row.
struct BandReduction {
  let size: Int
  let bandwidth: Int
  private static let tile = 256

  /// The lower band, column by column: element (j + k, j) at [j (bandwidth + 1) + k].
  ///
  /// `a` is row-major, `stride` numbers from row to row; its lower triangle is read, and the whole
  /// overwritten.
  func reduce(_ a: UnsafeMutablePointer<Double>, stride: Int) -> [Double] {
    let n = size
    let b = bandwidth
    var band = [Double](repeating: 0, count: n * (b + 1))
    let room = UnsafeMutablePointer<Double>.allocate(capacity: 4 * n * b + 3 * b * b + 66 * b)
    defer { room.deallocate() }
    // V, W, V again, and Y, as [b, rows]: column-major [rows, b].
    let v = room
    let y = v + 3 * n * b
    let t = y + n * b
    let small = t + b * b
    let tau = small + 2 * b * b
    let work = tau + b
    var start = 0
    while n - start - b > 1 {
      let first = start + b
      let rows = n - first
      let columns = min(b, rows)
      // The panel: rows first... of the columns start..<start + b, turned column-major.
      for i in 0..<rows {
        let line = a + (first + i) * stride + start
        for j in 0..<b { v[j * rows + i] = line[j] }
      }
      var (m, k, blockLeading, lwork, info) = (
        Int32(rows), Int32(b), Int32(b), Int32(64 * b), Int32(0)
      )
      dgeqrf_(&m, &k, v, &m, tau, work, &lwork, &info)
      // R goes into the band, V gets its unit triangle.
      for j in 0..<b {
        let column = band.startIndex + (start + j) * (b + 1)
        for i in 0...min(b, n - start - j - 1) {
          let row = start + j + i
          if row < first {
            band[column + i] = a[row * stride + start + j]
          } else if row - first <= j {
            band[column + i] = v[j * rows + row - first]
          }
        }
        for i in 0..<min(j, rows) { v[j * rows + i] = 0 }
        if j < rows { v[j * rows + j] = 1 }
      }
      var reflectors = Int32(columns)
      dlarft_("F", "C", &m, &reflectors, v, &m, tau, t, &blockLeading)
      update(
        a + first * stride + first, stride, rows: rows, reflectors: columns, v: v, t: t, y: y,
        small: small)
      start = first
    }
    for j in start..<n {
      for i in 0..<min(b + 1, n - j) { band[j * (b + 1) + i] = a[(j + i) * stride + j] }
    }
    return band
  }

  /// A − V Wᵀ − W Vᵀ of the trailing matrix [rows, rows], its lower triangle.
  ///
  /// `v` holds [reflectors, rows], that is Vᵀ row-major, with room for two more behind it; `t` is
  /// column-major upper triangular.
  private func update(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, rows: Int, reflectors k: Int,
    v: UnsafeMutablePointer<Double>, t: UnsafeMutablePointer<Double>,
    y: UnsafeMutablePointer<Double>, small: UnsafeMutablePointer<Double>
  ) {
    let w = v + k * rows
    // dlarft leaves the part below the diagonal of T as it was.
    for column in 0..<k {
      for row in column + 1..<max(k, column + 1) { t[column * bandwidth + row] = 0 }
    }
    // Vᵀ A, by tiles of columns: rows from the tile on, and those above from the row of tiles.
    let tile = Self.tile
    Parallel.each((rows + tile - 1) / tile) { part in
      let column = part * tile
      let width = min(tile, rows - column)
      LinearAlgebra.mirror(a, n, row: column, column: column, height: width, width: width)
      LinearAlgebra.multiply(
        rows: k, columns: width, depth: rows - column, v + column, rows, a + column * n + column, n,
        w + column, rows)
      guard column > 0 else { return }
      LinearAlgebra.multiply(
        transposeB: true, rows: k, columns: width, depth: column, v, rows, a + column * n, n,
        beta: 1, w + column, rows)
    }
    // Yᵀ = Tᵀ Vᵀ A; row-major, `t` reads as Tᵀ.
    LinearAlgebra.multiplyTiled(
      rows: k, columns: rows, depth: k, t, bandwidth, w, rows, y, rows, tile: Self.tile)
    // Wᵀ = Yᵀ − ½ (Tᵀ Vᵀ Y)ᵀ Vᵀ.
    LinearAlgebra.multiply(
      transposeB: true, rows: k, columns: k, depth: rows, v, rows, y, rows, small, k)
    let inner = small + k * k
    LinearAlgebra.multiply(rows: k, columns: k, depth: k, t, bandwidth, small, k, inner, k)
    w.update(from: y, count: k * rows)
    LinearAlgebra.multiply(
      transposeA: true, rows: k, columns: rows, depth: k, alpha: -0.5, inner, k, v, rows, beta: 1,
      w, rows)
    // [V, W] against [W, V]: both updates in one product.
    (w + k * rows).update(from: v, count: k * rows)
    Parallel.triangle((rows + tile - 1) / tile) { i, j in
      let (row, column) = (i * tile, j * tile)
      let (height, width) = (min(tile, rows - row), min(tile, rows - column))
      LinearAlgebra.multiply(
        transposeA: true, rows: height, columns: width, depth: 2 * k, alpha: -1, v + row, rows,
        w + column, rows, beta: 1, a + row * n + column, n)
    }
  }
}
