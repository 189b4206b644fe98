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

  @Test func sameBitsAtEveryCallAndFromEveryThread() throws {
    let weights = [random([64, 64, 3, 3], "first"), random([64, 64, 3, 3], "second")]
    // Parts of 16, 4 and 1.
    let x = random([21, 64, 8, 8], "x")
    func all(_ weights: [Tensor<Float>]) -> [Tensor<Float>] {
      weights.map { .conv2d(x, weight: $0, padding: 1) }
    }
    let once = Tensor.freezing(weights) { frozen in
      let once = all(frozen)
      #expect(once[0] != once[1])
      #expect(all(frozen) == once)
      #expect(Parallel.serially { all(frozen) } == once)
      return once
    }
    // Scopes at once, each of which has its weights prepared: one shape, one kernel.
    for _ in 0..<10 {
      let scopes = try Parallel.map(4) { i in
        Tensor.freezing([weights[i % 2]]) { all($0)[0] }
      }
      #expect(scopes == (0..<4).map { once[$0 % 2] })
    }
  }

  /// The same weights outside of the scope go through the kernels that they always go through.
  @Test func othersDoNotNotice() {
    let w = random([64, 64, 3, 3], "w")
    let x = random([16, 64, 8, 8], "x")
    let free = Tensor.conv2d(x, weight: w, padding: 1)
    Tensor.freezing([w]) { _ in #expect(Tensor.conv2d(x, weight: w, padding: 1) == free) }
  }

  @Test func changedWeightsCountFromTheNextCallOn() {
    let x = random([16, 32, 16, 16], "x")
    Tensor.freezing([random([32, 32, 3, 3], "w")]) { frozen in
      var w = frozen[0]
      let before = Tensor.conv2d(x, weight: w, padding: 1)
      w[0, 0, 0, 0] += 1
      let after = Tensor.conv2d(x, weight: w, padding: 1)
      #expect(before != after)
      // Plane 0 alone stands on the changed number.
      let rest = { (y: Tensor<Float>) in y.slice(axis: 1, range: 1..<32) }
      let gap = zip(rest(before).elements, rest(after).elements).map { abs($0 - $1) }.max()!
      #expect(gap < 1e-3)
    }
  }
}
