import Foundation
import Kernels
import Testing

@Suite struct LinearAlgebraTests {
  /// min(i, j), i and j from 1, has the eigenvalues 1/(4 sin²((2k − 1)π/(4n + 2))): its inverse is
  /// the second difference. Errors are relative to the largest; 8n units of rounding.
  @Test(arguments: [1, 2, 31, 255, 256, 257, 289, 700])
  func eigenvaluesInClosedForm(n: Int) {
    let matrix = (0..<n * n).map { Double(min($0 / n, $0 % n) + 1) }
    let exact = (1...n).map { k -> Double in
      let s = sin(Double(2 * k - 1) * .pi / Double(4 * n + 2))
      return 1 / (4 * s * s)
    }.sorted()
    let found = LinearAlgebra.symmetricEigenvalues(matrix, size: n)
    let bound = 8 * Double(n) * 0x1p-53 * exact.last!
    for (a, b) in zip(found, exact) { #expect(abs(a - b) <= bound, "\(a) against \(b)") }
    let (values, vectors) = LinearAlgebra.symmetricEigenvectors(matrix, size: n)
    for (a, b) in zip(values, exact) { #expect(abs(a - b) <= bound) }
    // A v = λ v for the largest.
    let v = vectors.suffix(n)
    for i in 0..<n {
      let product = zip(matrix[i * n..<(i + 1) * n], v).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(product - values[n - 1] * v[v.startIndex + i]) <= bound)
    }
  }

  /// The factor of min(i, j) is the lower triangle of ones.
  @Test func cholesky() {
    let n = 40
    let factor = LinearAlgebra.cholesky(
      (0..<n * n).map { Double(min($0 / n, $0 % n) + 1) }, size: n)
    #expect(factor == (0..<n * n).map { $0 % n <= $0 / n ? 1 : 0 })
    #expect(LinearAlgebra.cholesky([1, 2, 2, 1], size: 2) == nil)
  }

  /// Against the three plain loops, with transposes, an inner part of larger matrices, and β.
  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func products(_ transposeA: Bool, _ transposeB: Bool) {
    var stream = RandomStream(5)
    let (rows, columns, depth, stride) = (70, 45, 33, 90)
    let a = (0..<stride * stride).map { _ in stream.normal() }
    let b = (0..<stride * stride).map { _ in stream.normal() }
    var slow = (0..<rows * stride).map { _ in stream.normal() }
    var fast = slow
    Double.multiply(
      transposeA: transposeA, transposeB: transposeB, rows: rows, columns: columns, depth: depth,
      alpha: 0.5, a, stride, b, stride, beta: 2, &slow, stride)
    LinearAlgebra.multiplyTiled(
      transposeA: transposeA, transposeB: transposeB, rows: rows, columns: columns, depth: depth,
      alpha: 0.5, a, stride, b, stride, beta: 2, &fast, stride, tile: 32)
    // Sums of 33 products near 1.
    for (x, y) in zip(slow, fast) { #expect(abs(x - y) <= 40 * 40 * 0x1p-53) }
  }

  @Test func triangleVisitsEachPairOnce() {
    for count in [0, 1, 2, 7, 40] {
      var seen = [Int](repeating: 0, count: count * count)
      Parallel.serially {
        Parallel.triangle(count) { row, column in seen[row * count + column] += 1 }
      }
      for i in 0..<count * count { #expect(seen[i] == (i % count <= i / count ? 1 : 0)) }
    }
  }
}
