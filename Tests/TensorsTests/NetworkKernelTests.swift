import Kernels
import Tensors
import Testing

/// The fast kernels of volumes and normalisations of Float against the plain ones of Double.
///
/// u = 2^-24; a sum of n products is off by at most n u Σ |a| |b| (1 + n u), see
/// `FloatKernelTests`.
@Suite struct NetworkKernelTests {
  static let u = 0x1p-24

  func random(_ shape: [Int], _ name: String) -> Tensor<Float> {
    var stream = RandomStream(13).child(name)
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

  /// [batch, in, depth, height, width, out, kernel, stride, padding]: several slabs and one, one
  /// input channel, 1x1x1, upsampling kernels (a large one too), strides with overlap, odd extents.
  @Test(arguments: [
    [1, 32, 24, 24, 24, 64, 2, 2, 0],
    [1, 16, 24, 17, 16, 16, 3, 1, 1], [2, 1, 20, 16, 16, 16, 3, 1, 1],
    [1, 16, 7, 8, 9, 32, 3, 1, 1],
    [2, 8, 5, 6, 7, 2, 1, 1, 0], [1, 16, 8, 8, 10, 24, 2, 2, 0], [2, 4, 9, 8, 7, 5, 3, 2, 1],
    [1, 5, 6, 6, 6, 7, 3, 1, 0], [1, 4, 4, 5, 6, 4, 2, 1, 1], [1, 3, 5, 5, 5, 3, 1, 2, 1],
  ])
  func convolutions(_ s: [Int]) {
    let x = random([s[0], s[1], s[2], s[3], s[4]], "x")
    let w = random([s[5], s[1], s[6], s[6], s[6]], "w")
    let (stride, padding) = (s[7], s[8])
    let y = Tensor.conv3d(x, weight: w, stride: stride, padding: padding)
    let g = random(y.shape, "g")
    let (dx, dw, dg) = (double(x), double(w), double(g))
    let (ax, aw, ag) = (dx.mapped(.absolute), dw.mapped(.absolute), dg.mapped(.absolute))
    let volume = s[6] * s[6] * s[6]
    expectClose(
      y, .conv3d(dx, weight: dw, stride: stride, padding: padding),
      bound: .conv3d(ax, weight: aw, stride: stride, padding: padding)
        * (Self.u * Double(s[1] * volume + 1)), "forward \(s)")
    expectClose(
      .conv3dInputGradient(g, weight: w, inputShape: x.shape, stride: stride, padding: padding),
      .conv3dInputGradient(dg, weight: dw, inputShape: x.shape, stride: stride, padding: padding),
      bound: .conv3dInputGradient(
        ag, weight: aw, inputShape: x.shape, stride: stride, padding: padding)
        * (Self.u * Double(s[5] * volume + 1)), "input gradient \(s)")
    let positions = Double(y.count / s[5])
    expectClose(
      .conv3dWeightGradient(
        x, upstream: g, weightShape: w.shape, stride: stride, padding: padding),
      .conv3dWeightGradient(
        dx, upstream: dg, weightShape: w.shape, stride: stride, padding: padding),
      bound: .conv3dWeightGradient(
        ax, upstream: ag, weightShape: w.shape, stride: stride, padding: padding)
        * (Self.u * (positions + 1)), "weight gradient \(s)")
  }

  /// Positions and ties are the same; nothing is rounded.
  @Test func pooling() {
    let x =
      random([2, 3, 9, 6, 7], "x").mapped(.sign) + random([2, 3, 9, 6, 7], "y").mapped(.step)
    for (size, stride) in [(2, 2), (3, 2), (2, 1)] {
      let found = x.maxPooledVolumes(size: size, stride: stride)
      let expected = double(x).maxPooledVolumes(size: size, stride: stride)
      #expect(double(found.values) == expected.values)
      let g = random(found.values.shape, "g").mapped(.sign)
      #expect(
        double(g.scattered(at: found.positions)) == double(g).scattered(at: expected.positions))
    }
  }

  /// Four roundings of numbers no larger than the largest input; sums of sixteen for the adjoint.
  @Test(arguments: [Upsampling.nearest, .bilinear])
  func upsampling(_ mode: Upsampling) {
    let x = random([3, 5, 6, 7], "x")
    let y = x.enlarged(mode)
    let largest = double(x).mapped(.absolute).maximum().item
    expectClose(
      y, double(x).enlarged(mode), bound: Tensor(repeating: 4 * Self.u * largest, shape: y.shape),
      "enlarged")
    let g = random(y.shape, "g")
    let back = double(g).enlargedAdjoint(mode)
    expectClose(
      g.enlargedAdjoint(mode), back,
      bound: double(g).mapped(.absolute).enlargedAdjoint(mode) * (8 * Self.u), "adjoint")
    // ⟨A x, g⟩ = ⟨x, Aᵀ g⟩ in Double.
    let left = double(x).enlarged(mode).dot(double(g))
    let right = double(x).dot(back)
    #expect(abs(left - right) <= 0x1p-53 * 100 * Double(g.count).squareRoot())
    // A constant stays a constant.
    #expect(Tensor<Float>.ones([1, 1, 2, 3]).enlarged(mode) == .ones([1, 1, 4, 6]))
  }

  /// As for group normalisation: mean and spread of m members are off by m u at worst.
  @Test func batchNormalization() {
    for shape in [[6, 5, 4, 3], [40, 3], [2, 8, 20, 20]] {
      let x = random(shape, "x") * 3 + 1
      let scale = random([shape[1]], "scale")
      let shift = random([shape[1]], "shift")
      let g = random(shape, "g")
      let members = Double(x.count / shape[1])
      let found = x.batchNormalized(scale: scale, shift: shift, epsilon: 1e-5)
      let expected = double(x).batchNormalized(
        scale: double(scale), shift: double(shift), epsilon: 1e-5)
      let size = expected.values.mapped(.absolute).maximum().item + 1
      expectClose(
        found.values, expected.values,
        bound: Tensor(repeating: size * (members + 16) * Self.u, shape: shape), "values")
      let back = x.batchNormalizedGradient(
        scale: scale, moments: found.moments, epsilon: 1e-5, upstream: g)
      let exact = double(x).batchNormalizedGradient(
        scale: double(scale), moments: expected.moments, epsilon: 1e-5, upstream: double(g))
      for (a, b) in [
        (back.input, exact.input), (back.scale, exact.scale), (back.shift, exact.shift),
      ] {
        let size = b.mapped(.absolute).maximum().item + 1
        expectClose(
          a, b, bound: Tensor(repeating: size * 4 * (members + 16) * Self.u, shape: b.shape),
          "gradient \(b.shape)")
      }
    }
  }

  /// Exponentials within 2 ulp of sums of `width` of them, arguments off by u times their size.
  @Test func softmax() {
    for shape in [[7, 5], [3, 4, 64], [2, 257]] {
      let x = random(shape, "x") * 3
      let width = Double(shape.last!)
      let y = x.softmaxRows()
      let exact = double(x).softmaxRows()
      let spread = 2 * double(x).mapped(.absolute).maximum().item
      expectClose(y, exact, bound: exact * ((width + 8 + 2 * spread) * Self.u), "softmax")
      let g = random(shape, "g")
      let size = double(g).mapped(.absolute).maximum().item
      expectClose(
        y.softmaxRowsGradient(upstream: g), exact.softmaxRowsGradient(upstream: double(g)),
        bound: exact * (2 * size * (2 * width + 16 + 4 * spread) * Self.u), "gradient")
    }
    // Large logits do not overflow; the shares add up.
    let far = Tensor<Float>(shape: [1, 3], [1000, 999, -1000]).softmaxRows().elements
    #expect(abs(far[0] - 0.73105858) < 1e-6 && far[2] == 0)
  }

  @Test func leakyReLU() {
    let x = Tensor<Float>(shape: [4], [-2, -0.0, 0, 3])
    #expect(x.leakyReLU(slope: 0.2).elements == [-0.4, 0, 0, 3])
    let g = Tensor<Float>.ones([4])
    #expect(x.leakyReLUGradient(slope: 0.2, upstream: g).elements == [0.2, 0.2, 0.2, 1])
  }

  /// The same bits whether loops run on one thread or on all.
  @Test func threadCount() {
    let x = random([1, 16, 24, 16, 16], "x")
    let w = random([16, 16, 3, 3, 3], "w")
    let g = random([1, 16, 24, 16, 16], "g")
    let image = random([16, 24, 16, 16], "image")
    let shares = random([16, 24, 1, 1], "shares")
    func all() -> [Tensor<Float>] {
      let ones = Tensor<Float>.ones([24])
      return [
        .conv3d(x, weight: w, padding: 1),
        .conv3dInputGradient(g, weight: w, inputShape: x.shape, stride: 1, padding: 1),
        .conv3dWeightGradient(x, upstream: g, weightShape: w.shape, stride: 1, padding: 1),
        x.maxPooledVolumes(size: 2, stride: 2).values, image.enlarged(.bilinear),
        image.enlarged(.bilinear).enlargedAdjoint(.bilinear),
        image.batchNormalized(scale: ones, shift: ones, epsilon: 1e-5).values,
        image.softmaxRows(), image * shares, shares.broadcast(to: image.shape),
        image.transposed(axes: [1, 0, 3, 2]),
      ]
    }
    #expect(all() == Parallel.serially { all() })
  }
}
