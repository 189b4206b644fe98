import Kernels

extension Tensor {
  /// The sizes of a convolution of [batch, in, height, width] by [out, in, kh, kw].
  public static func convolutionGeometry(
    inputShape x: [Int], weightShape w: [Int], stride: Int, padding: Int
  ) -> ConvolutionGeometry {
    precondition(
      x.count == 4 && w.count == 4 && x[1] == w[1],
      "input \(x) must be [batch, in, height, width] and weight \(w) [out, in, height, width]")
    precondition(
      stride > 0 && padding >= 0,
      "stride (\(stride)) must be positive and padding (\(padding)) not negative")
    precondition(
      x[2] + 2 * padding >= w[2] && x[3] + 2 * padding >= w[3],
      "weight \(w) must fit into input \(x) with padding \(padding)")
    return ConvolutionGeometry(
      batch: x[0], inputChannels: x[1], inputHeight: x[2], inputWidth: x[3], outputChannels: w[0],
      kernelHeight: w[2], kernelWidth: w[3], stride: stride, padding: padding)
  }

  /// y[n, k, i, j] = b[k] + Σ x[n, c, i s + u - p, j s + v - p] w[k, c, u, v] (cross-correlation).
  public static func conv2d(
    _ x: Tensor, weight w: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
  ) -> Tensor {
    let g = convolutionGeometry(
      inputShape: x.shape, weightShape: w.shape, stride: stride, padding: padding)
    if let bias {
      precondition(bias.shape == [w.shape[0]], "bias \(bias.shape) must be [\(w.shape[0])]")
    }
    return Tensor(shape: [g.batch, g.outputChannels, g.outputHeight, g.outputWidth]) { y in
      if y.isEmpty { return }
      Scalar.convolve(
        g, input: x.pointer, weight: w.pointer, bias: bias?.pointer, output: y.baseAddress!)
    }
  }

  /// The gradient of `conv2d` at an input of the given shape: the transposed convolution.
  public static func conv2dInputGradient(
    _ upstream: Tensor, weight w: Tensor, inputShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let g = convolutionGeometry(
      inputShape: inputShape, weightShape: w.shape, stride: stride, padding: padding)
    checkUpstream(upstream, g)
    return Tensor(shape: inputShape) { x in
      if x.isEmpty { return }
      Scalar.convolveInputGradient(
        g, outputGradient: upstream.pointer, weight: w.pointer, inputGradient: x.baseAddress!)
    }
  }

  /// The gradient of `conv2d` at a weight of the given shape, summed over the batch.
  public static func conv2dWeightGradient(
    _ x: Tensor, upstream: Tensor, weightShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let g = convolutionGeometry(
      inputShape: x.shape, weightShape: weightShape, stride: stride, padding: padding)
    checkUpstream(upstream, g)
    if g.batch == 0 { return .zeros(weightShape) }
    return Tensor(shape: weightShape) { w in
      if w.isEmpty { return }
      Scalar.convolveWeightGradient(
        g, input: x.pointer, outputGradient: upstream.pointer, weightGradient: w.baseAddress!)
    }
  }

  /// ‖∂L_n/∂w‖² of a convolution for each example of the batch.
  public static func conv2dWeightSquaredNorms(
    _ x: Tensor, upstream: Tensor, weightShape: [Int], stride: Int, padding: Int
  ) -> [Double] {
    let g = convolutionGeometry(
      inputShape: x.shape, weightShape: weightShape, stride: stride, padding: padding)
    checkUpstream(upstream, g)
    var norms = [Double](repeating: 0, count: g.batch)
    norms.withUnsafeMutableBufferPointer { norms in
      if norms.isEmpty { return }
      Scalar.convolveWeightSquaredNorms(
        g, input: x.pointer, outputGradient: upstream.pointer, squaredNorms: norms.baseAddress!)
    }
    return norms
  }

  /// ∂L_n/∂w of a convolution for each example, [batch, out, in, kh, kw].
  public static func conv2dWeightGradients(
    _ x: Tensor, upstream: Tensor, weightShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let g = convolutionGeometry(
      inputShape: x.shape, weightShape: weightShape, stride: stride, padding: padding)
    checkUpstream(upstream, g)
    return Tensor(shape: [g.batch] + weightShape) { w in
      if w.isEmpty { return }
      Scalar.convolveWeightGradients(
        g, input: x.pointer, outputGradient: upstream.pointer, weightGradients: w.baseAddress!)
    }
  }

  private static func checkUpstream(_ upstream: Tensor, _ g: ConvolutionGeometry) {
    let expected = [g.batch, g.outputChannels, g.outputHeight, g.outputWidth]
    precondition(
      upstream.shape == expected, "upstream shape \(upstream.shape) must be \(expected)")
  }

  /// Calls `body` with copies of `weights` that many forward convolutions use as they are: kernels
  /// prepare them once. Copies that `body` changes are copied again, as ever, and are then no
  /// longer frozen. The weights themselves are not: whoever else uses them keeps the same kernels.
  public static func freezing<Result>(
    _ weights: [Tensor], _ body: ([Tensor]) throws -> Result
  ) rethrows -> Result {
    let copies = weights.map { weights in
      Tensor(shape: weights.shape) { _ = $0.initialize(from: weights.storage.buffer) }
    }
    guard let held = copies as? [Tensor<Float>] else { return try body(copies) }
    return try withExtendedLifetime(held) {
      try FrozenWeights.hold(
        held.map { UnsafeBufferPointer(start: $0.pointer, count: $0.count) }
      ) { try body(copies) }
    }
  }
}
