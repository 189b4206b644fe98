import Autodiff
import Testing

/// One backward pass for all examples against one backward pass for each of them.
@Suite struct PerExampleTests {
  /// Compares norms and weighted sums with gradients of each loss by itself.
  ///
  /// Both sides are sums of the same products in another order: a few hundred roundings of 1e-16,
  /// so 1e-12 relative to the size of the gradient.
  func expectAgreement(
    _ parameters: [V], sourceLocation: SourceLocation = #_sourceLocation, _ losses: () -> V
  ) {
    let all = losses()
    let batch = all.shape[0]
    let pass = PerExampleBackward(of: all, at: parameters)
    var stream = RandomStream(3).child("weights")
    let weights = (0..<batch).map { _ in stream.uniform() }
    var expected = parameters.map { T.zeros($0.shape) }
    for i in 0..<batch {
      var one = T.zeros([batch])
      one.withUnsafeMutableElements { $0[i] = 1 }
      let own = gradients(of: all, at: parameters, upstream: one)
      let norm = own.reduce(0) { $0 + $1.squaredNorm }
      #expect(
        abs(pass.squaredNorms[i] - norm) <= 1e-12 * norm,
        "norm of example \(i): \(pass.squaredNorms[i]) against \(norm)",
        sourceLocation: sourceLocation)
      for place in parameters.indices { expected[place].add(own[place], scale: weights[i]) }
    }
    let freed = PerExampleBackward(of: losses(), at: parameters, freeingGraph: true)
    #expect(freed.squaredNorms == pass.squaredNorms, sourceLocation: sourceLocation)
    for (place, found) in freed.weightedSum(weights).enumerated() {
      let size = expected[place].squaredNorm.squareRoot()
      let off = (found - expected[place]).squaredNorm.squareRoot()
      #expect(
        off <= 1e-12 * size, "parameter \(place): off by \(off) of \(size)",
        sourceLocation: sourceLocation)
    }
  }

  func leaf(_ shape: [Int], _ name: String) -> V { V(normal(shape, name), requiresGradient: true) }

  @Test func linearLayers() {
    let w = leaf([3, 4], "w")
    let b = leaf([3], "b")
    let x = V(normal([5, 4], "x"))
    expectAgreement([w, b]) { sum(mish(linear(x, weight: w, bias: b)), axes: [1]) }
    // Several positions an example: Gram matrices where few, products where many.
    for positions in [2, 9] {
      let tokens = V(normal([5, positions, 4], "t"))
      expectAgreement([w, b]) { sum(mish(linear(tokens, weight: w, bias: b)), axes: [1, 2]) }
    }
  }

  /// A convolutional network with every kind of parameter, strides, a shortcut and pooling.
  @Test func network() {
    let stem = leaf([4, 1, 7, 7], "stem")
    let first = leaf([8, 4, 3, 3], "first")
    let second = leaf([8, 8, 3, 3], "second")
    let shortcut = leaf([8, 4, 1, 1], "shortcut")
    let bias = leaf([8], "bias")
    let norms = (0..<3).map { i in
      [leaf([i == 0 ? 4 : 8], "scale\(i)"), leaf([i == 0 ? 4 : 8], "shift\(i)")]
    }
    let weight = leaf([3, 8], "weight")
    let offset = leaf([3], "offset")
    let x = V(normal([4, 1, 20, 20], "x"))
    let targets = T(shape: [4, 3], [1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1])
    expectAgreement([stem, first, second, shortcut, bias, weight, offset] + norms.joined()) {
      var y = conv2d(x, weight: stem, stride: 2, padding: 3)
      y = groupNormMaxPool(
        y, groups: 2, scale: norms[0][0], shift: norms[0][1], activation: .mish, size: 3, stride: 2,
        padding: 1)
      let skip = conv2d(y, weight: shortcut, stride: 2)
      y = conv2d(y, weight: first, stride: 2, padding: 1)
      y = groupNormMish(y, groups: 4, scale: norms[1][0], shift: norms[1][1])
      y = conv2d(y, weight: second, bias: bias, padding: 1)
      y = mish(groupNorm(y, groups: 4, scale: norms[2][0], shift: norms[2][1]) + skip)
      let logits = linear(globalAveragePool(y), weight: weight, bias: offset)
      return sum(binaryCrossEntropyWithLogits(logits, targets), axes: [1])
    }
  }

  /// A weight that is used twice: gradients add before norms are taken.
  @Test func sharedParameters() {
    let w = leaf([4, 4, 3, 3], "w")
    let b = leaf([4], "b")
    let x = V(normal([3, 4, 6, 6], "x"))
    expectAgreement([w, b]) {
      let y = tanh(conv2d(x, weight: w, bias: b, padding: 1))
      return sum(mish(conv2d(y, weight: w, bias: b, stride: 2, padding: 1)), axes: [1, 2, 3])
    }
  }

  @Test func emptyBatch() {
    let w = leaf([3, 4], "w")
    let b = leaf([3], "b")
    let losses = sum(linear(V(T.zeros([0, 4])), weight: w, bias: b), axes: [1])
    let pass = PerExampleBackward(of: losses, at: [w, b])
    #expect(pass.squaredNorms.isEmpty)
    #expect(pass.weightedSum([]) == [T.zeros([3, 4]), T.zeros([3])])
  }
}
