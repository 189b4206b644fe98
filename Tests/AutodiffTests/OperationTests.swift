import Autodiff
import Testing

/// Every operation in Double against central differences, first and second order.
@Suite struct OperationTests {
  @Test func arithmetic() {
    let a = normal([3, 4], "a")
    let b = normal([4], "b") + 3
    let c = normal([3, 1], "c")
    expectGradients([a, b], "+") { $0[0] + $0[1] }
    expectGradients([a, c], "-") { $0[0] - $0[1] }
    expectGradients([a, b], "*") { $0[0] * $0[1] }
    expectGradients([c, b], "*") { $0[0] * $0[1] }
    expectGradients([a, b], "/") { $0[0] / $0[1] }
    expectGradients([a], "affine") { 3 - 2 * $0[0] }
    expectGradients([b], "reciprocal") { 2 / $0[0] }
    expectGradients([a, normal([3, 4], "d")], "maximum") { maximum($0[0], $0[1]) }
    expectGradients([a, normal([3, 4], "d")], "minimum") { minimum($0[0], $0[1]) }
  }

  @Test(arguments: UnaryFunction.allCases) func functions(_ function: UnaryFunction) {
    let x = normal([5, 3], function.rawValue)
    let positive = x * x + 0.5
    switch function {
    case .negate: expectGradients([x], "negate") { negate($0[0]) }
    case .reciprocal: expectGradients([positive], "reciprocal") { reciprocal($0[0]) }
    case .exp: expectGradients([x], "exp") { exp($0[0]) }
    case .log: expectGradients([positive], "log") { log($0[0]) }
    case .sqrt: expectGradients([positive], "sqrt") { sqrt($0[0]) }
    case .square: expectGradients([x], "square") { square($0[0]) }
    case .sigmoid: expectGradients([x], "sigmoid") { sigmoid($0[0]) }
    case .tanh: expectGradients([x], "tanh") { tanh($0[0]) }
    case .softplus: expectGradients([x], "softplus") { softplus($0[0]) }
    case .relu: expectGradients([x], "relu") { relu($0[0]) }
    case .mish: expectGradients([x], "mish") { mish($0[0]) }
    case .silu: expectGradients([x], "silu") { silu($0[0]) }
    case .absolute: expectGradients([x], "absolute") { absolute($0[0]) }
    case .sine: expectGradients([x], "sine") { sine($0[0]) }
    case .cosine: expectGradients([x], "cosine") { cosine($0[0]) }
    case .sign, .step: expectGradients([x], "leaky ReLU") { leakyReLU($0[0], slope: 0.2) }
    }
  }

  @Test func shapes() {
    let x = normal([2, 3, 4], "x")
    expectGradients([x], "sum") { square(sum($0[0], axes: [0, 2])) }
    expectGradients([x], "mean") { square(mean($0[0], axes: [1], keepingAxes: true)) }
    expectGradients([x], "reshape") { square(reshape($0[0], [4, 6])) }
    expectGradients([x], "transpose") { square(transpose($0[0], axes: [2, 0, 1])) }
    expectGradients([x], "slice") { square(slice($0[0], axis: 1, range: 1..<3)) }
    expectGradients([x], "pad") { square(pad($0[0], axis: 2, before: 1, after: 2)) }
    expectGradients([x], "gather") { square(gather($0[0], rows: [1, 0, 1])) }
    expectGradients([x], "scatter") { square(scatter($0[0], rows: [2, 0], count: 4)) }
    expectGradients([x, normal([2, 2, 4], "z")], "concatenate") {
      square(concatenate([$0[0], $0[1]], axis: 1))
    }
    expectGradients([x], "softmax") { softmax($0[0], axis: 2) }
    expectGradients([x], "softmax of an inner axis") { softmax($0[0], axis: 1) }
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func products(_ transposeA: Bool, _ transposeB: Bool) {
    let a = normal(transposeA ? [2, 4, 3] : [2, 3, 4], "a")
    let b = normal(transposeB ? [2, 5, 4] : [2, 4, 5], "b")
    expectGradients([a, b], "matmul") {
      matmul($0[0], $0[1], transposeA: transposeA, transposeB: transposeB)
    }
    expectGradients([a, b.slice(axis: 0, range: 0..<1).reshaped(Array(b.shape[1...]))], "one") {
      matmul($0[0], $0[1], transposeA: transposeA, transposeB: transposeB)
    }
  }

  @Test func linearLayer() {
    let w = normal([3, 4], "w")
    expectGradients([normal([5, 4], "x"), w, normal([3], "b")], "linear") {
      linear($0[0], weight: $0[1], bias: $0[2])
    }
    expectGradients([normal([2, 3, 4], "x"), w], "tokens") { linear($0[0], weight: $0[1]) }
  }

  @Test(arguments: [(1, 0, 3), (1, 1, 3), (2, 1, 3), (2, 3, 7), (2, 0, 1), (3, 2, 2)])
  func convolution(_ stride: Int, _ padding: Int, _ size: Int) {
    let x = normal([2, 2, 7, 8], "x")
    let w = normal([3, 2, size, size], "w") * 0.5
    expectGradients([x, w, normal([3], "b")], "conv2d \(stride) \(padding) \(size)") {
      conv2d($0[0], weight: $0[1], bias: $0[2], stride: stride, padding: padding)
    }
  }

  @Test func transposedConvolution() {
    expectGradients(
      [normal([2, 3, 3, 4], "x"), normal([3, 2, 2, 2], "w"), normal([2], "b")], "convTranspose2d"
    ) { convTranspose2d($0[0], weight: $0[1], bias: $0[2], stride: 2) }
  }

  @Test func pooling() {
    let x = normal([2, 2, 6, 7], "x")
    expectGradients([x], "max") { square(maxPool2d($0[0], size: 3, stride: 2, padding: 1)) }
    expectGradients([x], "average") {
      square(averagePool2d($0[0], size: 3, stride: 2, padding: 1))
    }
    expectGradients([x], "global") { square(globalAveragePool($0[0])) }
  }

  @Test func normalization() {
    let inputs = [normal([2, 6, 3, 2], "x"), normal([6], "scale"), normal([6], "shift")]
    for groups in [1, 2, 6] {
      expectGradients(inputs, "groupNorm \(groups)") {
        groupNorm($0[0], groups: groups, scale: $0[1], shift: $0[2])
      }
      expectGradients(inputs, "groupNormMish \(groups)") {
        groupNormMish($0[0], groups: groups, scale: $0[1], shift: $0[2])
      }
    }
  }

  /// The fused pooling, apart and overlapping windows, equals the operations one by one: the
  /// result to the bit, its gradients to the rounding of sums in another order.
  @Test(arguments: [(2, 2, 0), (3, 2, 1), (2, 1, 1)])
  func pooledNormalization(_ size: Int, _ stride: Int, _ padding: Int) {
    let inputs = [normal([2, 6, 5, 4], "x"), normal([6], "scale"), normal([6], "shift")]
    let activations: [GroupNormGeometry.Activation] = [
      .mish, .silu, .leakyReLU(slope: 0.2), .none,
    ]
    for (groups, activation) in zip([1, 3, 6, 3], activations) {
      func fused(_ v: [V]) -> V {
        groupNormMaxPool(
          v[0], groups: groups, scale: v[1], shift: v[2], activation: activation, size: size,
          stride: stride, padding: padding)
      }
      expectGradients(inputs, "pooled \(groups)", fused)
      let variables = inputs.map { V($0, requiresGradient: true) }
      let y = fused(variables)
      let (x, scale, shift) = (variables[0], variables[1], variables[2])
      let normalized =
        switch activation {
        case .none: groupNorm(x, groups: groups, scale: scale, shift: shift)
        case .mish: groupNormMish(x, groups: groups, scale: scale, shift: shift)
        case .silu: groupNormSiLU(x, groups: groups, scale: scale, shift: shift)
        case .leakyReLU(let slope):
          groupNormLeakyReLU(x, groups: groups, scale: scale, shift: shift, slope: slope)
        }
      let plain = maxPool2d(normalized, size: size, stride: stride, padding: padding)
      #expect(y.value == plain.value)
      let upstream = normal(y.shape, "upstream")
      let found = gradients(of: y, at: variables, upstream: upstream)
      let expected = gradients(of: plain, at: variables, upstream: upstream)
      for (a, b) in zip(found, expected) {
        #expect((a - b).squaredNorm.squareRoot() <= 1e-13 * (1 + b.squaredNorm.squareRoot()))
      }
    }
  }

  @Test func losses() {
    let z = normal([4, 3], "z") * 3
    let targets = T(shape: [4, 3], [1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1])
    let weight = T(shape: [3], [2, 0.5, 3])
    expectGradients([z], "BCE") { binaryCrossEntropyWithLogits($0[0], targets) }
    expectGradients([z], "BCE") {
      binaryCrossEntropyWithLogits($0[0], targets, positiveWeight: weight)
    }
    expectGradients([z], "cross entropy") { crossEntropy($0[0], classes: [2, 0, 1, 1]) }
  }

  /// d³ x⁴ = 24 x, through three graphs.
  @Test func thirdOrder() {
    let x = V(T(1.5), requiresGradient: true)
    let first = differentiableGradients(of: square(square(x)), at: [x])[0]
    let second = differentiableGradients(of: first, at: [x])[0]
    #expect(gradients(of: second, at: [x])[0].item == 36)
  }

  /// Freeing the graph on the way, and a value that went out of scope, change nothing.
  @Test func freeingGraph() {
    let x = V(normal([2, 4, 6, 6], "x"), requiresGradient: true)
    let w = V(normal([4, 4, 3, 3], "w"), requiresGradient: true)
    func output() -> V {
      let y = mish(conv2d(x, weight: w, padding: 1) + x)
      let pooled = sigmoid(maxPool2d(y, size: 2, stride: 2))
      return sum(square(pooled) / (exp(pooled) + 1)) + sum(y)
    }
    let kept = gradients(of: output(), at: [x, w])
    #expect(gradients(of: output(), at: [x, w], freeingGraph: true) == kept)
  }

  @Test func unusedInputsHaveZeros() {
    let x = V(T(2), requiresGradient: true)
    let y = V(T(shape: [2], [3, 4]), requiresGradient: true)
    #expect(gradients(of: square(x), at: [y, x]) == [T.zeros([2]), T(4)])
  }

  /// A chain far longer than the stack could release recursively.
  @Test func longChains() {
    var y = V(T(1), requiresGradient: true)
    let x = y
    for _ in 0..<50_000 { y = y + 1 }
    #expect(gradients(of: y, at: [x])[0].item == 1)
  }
}
