import Kernels
import Tensors
import Testing

/// The fast kernels of Float against the plain ones of Double.
///
/// u = 2^-24 is half an ulp of 1. A sum of n products in any order is off by at most
/// n u Σ |a| |b| / (1 - n u) (Higham 2002, section 3.1); the bounds below are of that form.
@Suite struct FloatKernelTests {
  static let u = 0x1p-24

  func random(_ shape: [Int], _ name: String) -> Tensor<Float> {
    var stream = RandomStream(11).child(name)
    return Tensor<Float>(shape: shape) { stream.fillNormal($0) }
  }

  func double(_ x: Tensor<Float>) -> Tensor<Double> {
    Tensor<Double>(shape: x.shape, x.elements.map { Double($0) })
  }

  func expectClose(
    _ found: Tensor<Float>, _ expected: Tensor<Double>, bound: Tensor<Double>, _ label: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
    var worst = 0.0
    for ((a, b), limit) in zip(zip(found.elements, expected.elements), bound.elements) {
      worst = max(worst, abs(Double(a) - b) / max(limit, Double(Float.leastNormalMagnitude)))
    }
    #expect(worst <= 1, "\(label): \(worst) times the bound", sourceLocation: sourceLocation)
  }

  /// Sizes as [batch, in, height, width, out, kernel, stride, padding]: one input channel, batches
  /// that are no power of two, strides, 1x1, the Winograd shapes, small planes, odd channels.
  @Test(arguments: [
    [37, 1, 32, 32, 16, 7, 2, 3], [5, 16, 16, 16, 16, 3, 1, 1], [3, 16, 9, 7, 32, 3, 2, 1],
    [4, 16, 8, 8, 32, 1, 2, 0], [33, 32, 4, 4, 32, 3, 1, 1], [9, 64, 2, 2, 128, 3, 2, 1],
    [18, 64, 8, 9, 64, 3, 1, 1], [2, 3, 11, 13, 5, 3, 1, 0], [3, 5, 6, 6, 7, 2, 2, 2],
    [2, 8, 8, 8, 8, 1, 1, 0], [2, 3, 10, 10, 4, 5, 3, 1], [20, 32, 16, 16, 48, 3, 1, 1],
    [18, 32, 8, 9, 32, 3, 1, 1],
  ])
  func convolutions(_ s: [Int]) {
    let x = random([s[0], s[1], s[2], s[3]], "x")
    let w = random([s[4], s[1], s[5], s[5]], "w")
    let (stride, padding) = (s[6], s[7])
    let y = Tensor.conv2d(x, weight: w, stride: stride, padding: padding)
    let g = random(y.shape, "g")
    let (dx, dw, dg) = (double(x), double(w), double(g))
    let (ax, aw, ag) = (dx.mapped(.absolute), dw.mapped(.absolute), dg.mapped(.absolute))
    // Winograd transforms add, F(4x4, 3x3), a factor of a few; 4 covers it.
    let factor = 4 * Self.u
    let terms = Double(s[1] * s[5] * s[5])
    expectClose(
      y, .conv2d(dx, weight: dw, stride: stride, padding: padding),
      bound: .conv2d(ax, weight: aw, stride: stride, padding: padding) * (factor * terms),
      "forward \(s)")
    Tensor.freezing([w]) { w in
      expectClose(
        .conv2d(x, weight: w[0], stride: stride, padding: padding),
        .conv2d(dx, weight: dw, stride: stride, padding: padding),
        bound: .conv2d(ax, weight: aw, stride: stride, padding: padding) * (factor * terms),
        "forward, weights frozen \(s)")
    }
    expectClose(
      .conv2dInputGradient(g, weight: w, inputShape: x.shape, stride: stride, padding: padding),
      .conv2dInputGradient(dg, weight: dw, inputShape: x.shape, stride: stride, padding: padding),
      bound: .conv2dInputGradient(
        ag, weight: aw, inputShape: x.shape, stride: stride, padding: padding)
        * (factor * Double(s[4] * s[5] * s[5])), "input gradient \(s)")
    let positions = Double(s[0] * y.shape[2] * y.shape[3])
    expectClose(
      .conv2dWeightGradient(
        x, upstream: g, weightShape: w.shape, stride: stride, padding: padding),
      .conv2dWeightGradient(
        dx, upstream: dg, weightShape: w.shape, stride: stride, padding: padding),
      bound: .conv2dWeightGradient(
        ax, upstream: ag, weightShape: w.shape, stride: stride, padding: padding)
        * (factor * positions), "weight gradient \(s)")
    // Norms: each gradient element is off by terms as above, the sum of squares by twice that
    // relative to the norm of the bound; Gram matrices have the same order of terms.
    let found = Tensor.conv2dWeightSquaredNorms(
      x, upstream: g, weightShape: w.shape, stride: stride, padding: padding)
    let each = Tensor.conv2dWeightGradients(
      dx, upstream: dg, weightShape: w.shape, stride: stride, padding: padding)
    let sizes = Tensor.conv2dWeightGradients(
      ax, upstream: ag, weightShape: w.shape, stride: stride, padding: padding)
    let fast = Tensor.conv2dWeightGradients(
      x, upstream: g, weightShape: w.shape, stride: stride, padding: padding)
    expectClose(fast, each, bound: sizes * (factor * positions), "each \(s)")
    for n in 0..<s[0] {
      let expected = each.slice(axis: 0, range: n..<(n + 1)).squaredNorm
      let size = sizes.slice(axis: 0, range: n..<(n + 1)).squaredNorm
      #expect(
        abs(found[n] - expected) <= 2 * Self.u * (positions / Double(s[0]) + terms) * size,
        "norm \(n) \(s): \(found[n]) against \(expected)")
    }
  }

  /// Wide 3x3 layers go through Winograd's F(4x4, 3x3) where oneDNN has it (AVX-512, 2.6): its
  /// transforms cost a few roundings, 7e-7 to 1.1e-6 of the result in the root mean square as
  /// measured (direct kernels: 3.5e-7). Twice that is allowed.
  @Test func accuracyOfWideConvolutions() {
    let x = random([16, 128, 12, 12], "x")
    let w = random([64, 128, 3, 3], "w")
    let g = random([16, 64, 12, 12], "g")
    func expectSmall(_ found: Tensor<Float>, _ expected: Tensor<Double>, _ label: String) {
      let off = (double(found) - expected).squaredNorm / expected.squaredNorm
      #expect(off.squareRoot() < 2.2e-6, "\(label): \(off.squareRoot())")
    }
    expectSmall(
      .conv2d(x, weight: w, stride: 1, padding: 1),
      .conv2d(double(x), weight: double(w), stride: 1, padding: 1), "forward")
    expectSmall(
      .conv2dInputGradient(g, weight: w, inputShape: x.shape, stride: 1, padding: 1),
      .conv2dInputGradient(
        double(g), weight: double(w), inputShape: x.shape, stride: 1, padding: 1), "input")
    expectSmall(
      .conv2dWeightGradient(x, upstream: g, weightShape: w.shape, stride: 1, padding: 1),
      .conv2dWeightGradient(
        double(x), upstream: double(g), weightShape: w.shape, stride: 1, padding: 1), "weight")
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func products(_ transposeA: Bool, _ transposeB: Bool) {
    for (rows, depth, columns) in [(3, 5, 2), (70, 33, 65)] {
      let a = random(transposeA ? [depth, rows] : [rows, depth], "a")
      let b = random(transposeB ? [columns, depth] : [depth, columns], "b")
      func product<S>(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
        .matmul(a, b, transposeA: transposeA, transposeB: transposeB)
      }
      expectClose(
        product(a, b), product(double(a), double(b)),
        bound: product(double(a).mapped(.absolute), double(b).mapped(.absolute))
          * (Double(depth + 1) * Self.u), "matmul")
    }
  }

  /// Largest error in ulps of the result over the range where the result is a normal number.
  @Test(arguments: [
    (UnaryFunction.exp, -86.0, 88.7, 2.0), (.log, 1e-30, 1e4, 2.0), (.tanh, -12.0, 12.0, 3.0),
    (.sigmoid, -80.0, 30.0, 4.0), (.softplus, -80.0, 60.0, 4.0), (.mish, -70.0, 40.0, 8.0),
    (.silu, -70.0, 40.0, 5.0), (.sqrt, 0.0, 100.0, 0.5),
  ])
  func functions(_ function: UnaryFunction, _ low: Double, _ high: Double, _ ulps: Double) {
    let count = 40_000
    var points = (0...count).map { Float(low + (high - low) * Double($0) / Double(count)) }
    // And small arguments, where tanh, softplus and mish must keep their relative accuracy.
    if low < 0 { points += (1...60).flatMap { [Float(pow2(-$0)), -Float(pow2(-$0))] } }
    let x = Tensor<Float>(shape: [points.count], points)
    let found = x.mapped(function).elements
    let expected = double(x).mapped(function).elements
    var worst = 0.0
    var place: Float = 0
    for i in points.indices where abs(expected[i]) >= Double(Float.leastNormalMagnitude) * 4 {
      let off = abs(Double(found[i]) - expected[i]) / Double(Float(expected[i]).ulp)
      if !(off <= worst) { (worst, place) = (off, points[i]) }
    }
    #expect(worst <= ulps, "\(function): \(worst) ulp at \(place)")
  }

  func pow2(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// Slopes pass through zero, so the bound is absolute: a few roundings of terms below 2, and
  /// x times those of 1 - σ(x), which is off by the 4 ulp of σ.
  @Test(arguments: UnaryFunction.allCases.filter(\.hasFusedGradient))
  func slopes(_ function: UnaryFunction) {
    let x = Tensor<Float>(shape: [20_001], (0...20_000).map { Float($0 - 10_000) / 250 })
    let ones = Tensor<Float>.ones(x.shape)
    expectClose(
      x.mappedGradient(function, upstream: ones),
      double(x).mappedGradient(function, upstream: double(ones)),
      bound: double(x).mapped(.absolute).affine(scale: 8 * Self.u, offset: 16 * Self.u),
      "\(function)")
  }

  @Test func specialValues() {
    let x = Tensor<Float>(shape: [5], [.nan, .infinity, -.infinity, 0, -1])
    let e = x.mapped(.exp).elements
    #expect(e[0].isNaN && e[1] == .infinity && e[2] == 0 && e[3] == 1)
    let l = x.mapped(.log).elements
    #expect(l[0].isNaN && l[1] == .infinity && l[2].isNaN && l[3] == -.infinity && l[4].isNaN)
    let t = x.mapped(.tanh).elements
    #expect(t[0].isNaN && t[1] == 1 && t[2] == -1 && t[3] == 0)
    #expect(x.mapped(.mish).elements[0].isNaN && x.maximum().item == .infinity)
  }

  @Test func sums() {
    for shape in [[5], [33, 7], [100, 3, 5], [4, 1000]] {
      let x = random(shape, "sum")
      for axes in [Array(shape.indices), [0], [shape.count - 1]] {
        let terms = Double(axes.reduce(1) { $0 * shape[$1] })
        expectClose(
          x.sum(axes: axes), double(x).sum(axes: axes),
          bound: double(x).mapped(.absolute).sum(axes: axes) * (terms * Self.u), "sum")
      }
    }
  }

  /// Relative to the size of the normalised numbers (about 5 at most): mean and spread of m members
  /// are off by m u at worst, and the gradient sums m products of such numbers.
  @Test(arguments: [GroupNormGeometry.Activation.none, .mish, .silu, .leakyReLU(slope: 0.01)])
  func groupNormalization(_ activation: GroupNormGeometry.Activation) {
    for (shape, groups) in [([3, 8, 5, 5], 2), ([2, 16, 1, 1], 4), ([2, 4, 40, 40], 4)] {
      let x = random(shape, "x") * 3 + 1
      let scale = random([shape[1]], "scale")
      let shift = random([shape[1]], "shift")
      let g = random(shape, "g")
      let members = Double(shape[1...].reduce(1, *) / groups)
      let found = x.groupNormalized(
        groups: groups, scale: scale, shift: shift, epsilon: 1e-5, activation: activation)
      let expected = double(x).groupNormalized(
        groups: groups, scale: double(scale), shift: double(shift), epsilon: 1e-5,
        activation: activation)
      let size = expected.values.mapped(.absolute).maximum().item + 1
      expectClose(
        found.values, expected.values,
        bound: Tensor(repeating: size * (members + 16) * Self.u, shape: shape), "values")
      let back = x.groupNormalizedGradient(found.state, scale: scale, shift: shift, upstream: g)
      let exact = double(x).groupNormalizedGradient(
        expected.state, scale: double(scale), shift: double(shift), upstream: double(g))
      for (a, b) in [
        (back.input!, exact.input!), (back.scale, exact.scale), (back.shift, exact.shift),
      ] {
        let size = b.mapped(.absolute).maximum().item + 1
        expectClose(
          a, b, bound: Tensor(repeating: size * 4 * (members + 16) * Self.u, shape: b.shape),
          "gradient \(b.shape)")
      }
    }
  }

  /// Positions, ties and borders are the same; nothing is rounded.
  @Test func pooling() {
    let x = random([2, 3, 13, 11], "x").mapped(.sign) + random([2, 3, 13, 11], "x").mapped(.step)
    for (size, stride, padding) in [(3, 2, 1), (2, 2, 0), (3, 1, 1), (5, 3, 2)] {
      let found = x.maxPooled(size: size, stride: stride, padding: padding)
      let expected = double(x).maxPooled(size: size, stride: stride, padding: padding)
      #expect(double(found.values) == expected.values)
      let g = random(found.values.shape, "g").mapped(.sign)
      #expect(
        double(g.scattered(at: found.positions)) == double(g).scattered(at: expected.positions))
    }
  }

  /// The same bits whether loops run on one thread or on all.
  @Test func threadCount() {
    let x = random([37, 16, 16, 16], "x")
    let w = random([16, 16, 3, 3], "w")
    let g = random([37, 16, 16, 16], "g")
    func all() -> [Tensor<Float>] {
      let ones = Tensor<Float>.ones([16])
      let norm = x.groupNormalized(groups: 4, scale: ones, shift: ones, epsilon: 1e-5)
      return [
        .conv2d(x, weight: w, padding: 1),
        .conv2dInputGradient(g, weight: w, inputShape: x.shape, stride: 1, padding: 1),
        .conv2dWeightGradient(x, upstream: g, weightShape: w.shape, stride: 1, padding: 1),
        .conv2dWeightGradients(x, upstream: g, weightShape: w.shape, stride: 1, padding: 1),
        x.sum(axes: [0]), x.sum(axes: [1, 2, 3]), x.mapped(.mish), norm.values,
        .matmul(x.reshaped([592, 256]), g.reshaped([256, 592])),
        x.maxPooled(size: 3, stride: 2, padding: 1).values,
      ]
    }
    #expect(all() == Parallel.serially { all() })
  }
}
