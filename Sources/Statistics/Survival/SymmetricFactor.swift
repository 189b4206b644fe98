/// A x = b for a small symmetric matrix by its lower-triangular factor L, A = L Lᵀ.
///
/// Column j is called dependent where its pivot, what is left of a_jj after the columns before it,
/// is at most `tolerance` times a_jj. The sums run in one fixed order: the result does not depend
/// on the processor as a BLAS's does.
struct SymmetricFactor: Sendable {
  let size: Int
  /// [size, size], zeros above the diagonal; complete only where `dependent` is nil.
  private(set) var lower: [Double]
  /// The first dependent column.
  private(set) var dependent: Int?

  /// - a: [size, size] row-major; its lower triangle is read.
  init(_ a: [Double], size: Int, tolerance: Double = 1e-10) {
    precondition(a.count == size * size, "a (count \(a.count)) must be [\(size), \(size)]")
    self.size = size
    lower = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0...i {
        var rest = a[i * size + j]
        for k in 0..<j { rest -= lower[i * size + k] * lower[j * size + k] }
        if i > j {
          lower[i * size + j] = rest / lower[j * size + j]
        } else if rest > tolerance * a[i * size + i] {
          lower[i * size + i] = rest.squareRoot()
        } else {
          dependent = i
          return
        }
      }
    }
  }

  /// A⁻¹ b.
  func solve(_ b: [Double]) -> [Double] {
    precondition(dependent == nil, "the matrix is singular")
    return back(forward(b), size)
  }

  /// bᵀ A⁻¹ b.
  func quadratic(_ b: [Double]) -> Double {
    precondition(dependent == nil, "the matrix is singular")
    return forward(b).reduce(0) { $0 + $1 * $1 }
  }

  /// A⁻¹ as rows.
  func inverse() -> [[Double]] {
    let columns = (0..<size).map { j in
      solve((0..<size).map { $0 == j ? 1 : 0 })
    }
    // Exactly symmetric.
    return (0..<size).map { i in (0..<size).map { columns[Swift.min(i, $0)][Swift.max(i, $0)] } }
  }

  /// Coefficients of the dependent column on the columns before it.
  func combination() -> [Double] {
    guard let j = dependent else { return [] }
    return back(Array(lower[j * size..<j * size + j]), j)
  }

  private func forward(_ b: [Double]) -> [Double] {
    precondition(b.count == size, "b (count \(b.count)) must have \(size) values")
    var y = b
    for i in 0..<size {
      for k in 0..<i { y[i] -= lower[i * size + k] * y[k] }
      y[i] /= lower[i * size + i]
    }
    return y
  }

  /// Lᵀ x = y for the leading `count` columns.
  private func back(_ y: [Double], _ count: Int) -> [Double] {
    var x = y
    for i in (0..<count).reversed() {
      for k in i + 1..<Swift.max(count, i + 1) { x[i] -= lower[k * size + i] * x[k] }
      x[i] /= lower[i * size + i]
    }
    return x
  }
}
