import Kernels
import Tensors
import Testing

@Suite struct TensorTests {
  typealias T = Tensor<Double>

  /// Values worked by hand.
  @Test func layouts() {
    let x = T(shape: [2, 3], [1, 2, 3, 4, 5, 6])
    #expect(x.transposed() == T(shape: [3, 2], [1, 4, 2, 5, 3, 6]))
    #expect(x.slice(axis: 1, range: 1..<3) == T(shape: [2, 2], [2, 3, 5, 6]))
    #expect(x.padded(axis: 1, before: 1, after: 0) == T(shape: [2, 4], [0, 1, 2, 3, 0, 4, 5, 6]))
    #expect(x.gathered(rows: [1, 1]) == T(shape: [2, 3], [4, 5, 6, 4, 5, 6]))
    #expect(x.scattered(rows: [1, 1], count: 2) == T(shape: [2, 3], [0, 0, 0, 5, 7, 9]))
    #expect(T.concatenate([x, x], axis: 1).shape == [2, 6])
    #expect(T.concatenate([x, x], axis: 0).elements == x.elements + x.elements)
    #expect(x.sum(axes: [0]) == T(shape: [3], [5, 7, 9]))
    #expect(x.sum(axes: [1], keepingAxes: true) == T(shape: [2, 1], [6, 15]))
    #expect(x.sum() == T(21))
    #expect(x.mean(axes: [1]) == T(shape: [2], [2, 5]))
    #expect(x.maximum(axes: [0]) == T(shape: [3], [4, 5, 6]))
    #expect((x + T(shape: [2, 1], [10, 20])).elements == [11, 12, 13, 24, 25, 26])
    #expect(T.matmul(x, x, transposeB: true).elements == [14, 32, 32, 77])
  }

  @Test func copiesOnWrite() {
    let x = T(shape: [2], [1, 2])
    var y = x
    y += x
    #expect(x.elements == [1, 2] && y.elements == [2, 4])
  }
}
