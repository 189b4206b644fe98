import Kernels
import Tensors
import Testing

/// Weights that are frozen give the same bits at every call, whoever calls, and changed weights
/// count from the next call on. That they are right is `FloatKernelTests`' matter.
@Suite struct FrozenWeightsTests {
  func random(_ shape: [Int], _ name: String) -> Tensor<Float> {
    var stream = RandomStream(31).child(name)
    return Tensor<Float>(shape: shape) { stream.fillNormal($0) }
  }

  @Test func sameBitsAtEveryCallAndFromEveryThread() {
    let weights = [random([64, 64, 3, 3], "first"), random([64, 64, 3, 3], "second")]
    // Parts of 16, 4 and 1.
    let x = random([21, 64, 8, 8], "x")
    func all() -> [Tensor<Float>] { weights.map { .conv2d(x, weight: $0, padding: 1) } }
    Tensor.freezing(weights) {
      let once = all()
      #expect(once[0] != once[1])
      #expect(all() == once)
      #expect(Parallel.serially { all() } == once)
      // Callers at once, and scopes within the scope that end before it does.
      let calls = try? Parallel.map(8) { _ in Tensor.freezing([weights[0]]) { all() } }
      #expect(calls?.count == 8)
      #expect(calls?.allSatisfy { $0 == once } == true)
      #expect(all() == once)
    }
  }

  @Test func changedWeightsCountFromTheNextCallOn() {
    var w = random([32, 32, 3, 3], "w")
    let x = random([16, 32, 16, 16], "x")
    Tensor.freezing([w]) {
      let before = Tensor.conv2d(x, weight: w, padding: 1)
      w[0, 0, 0, 0] += 1
      let after = Tensor.conv2d(x, weight: w, padding: 1)
      #expect(before != after)
      // Plane 0 alone stands on the changed number.
      let rest = { (y: Tensor<Float>) in y.slice(axis: 1, range: 1..<32) }
      let gap = zip(rest(before).elements, rest(after).elements).map { abs($0 - $1) }.max()!
      #expect(gap < 1e-3)
    }
    // Nothing is held afterwards: the same array, written in place, is read anew.
    let fresh = Tensor.conv2d(x, weight: w, padding: 1)
    w[0, 0, 0, 0] += 1
    #expect(Tensor.conv2d(x, weight: w, padding: 1) != fresh)
  }
}
