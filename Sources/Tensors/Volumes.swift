import Kernels

extension Tensor {
  /// The sizes of a convolution of [batch, in, depth, height, width] by [out, in, kd, kh, kw].
  public static func volumeConvolutionGeometry(
    inputShape x: [Int], weightShape w: [Int], stride: Int, padding: Int
  ) -> VolumeConvolutionGeometry {
    precondition(
      x.count == 5 && w.count == 5 && x[1] == w[1],
      "input \(x) must be [batch, in, depth, height, width] and weight \(w) [out, in, kd, kh, kw]")
    precondition(
      stride > 0 && padding >= 0,
      "stride (\(stride)) must be positive and padding (\(padding)) not negative")
    precondition(
      (2..<5).allSatisfy { x[$0] + 2 * padding >= w[$0] },
      "weight \(w) must fit into input \(x) with padding \(padding)")
    return VolumeConvolutionGeometry(
      batch: x[0], inputChannels: x[1], inputDepth: x[2], inputHeight: x[3], inputWidth: x[4],
      outputChannels: w[0], kernelDepth: w[2], kernelHeight: w[3], kernelWidth: w[4],
      stride: stride, padding: padding)
  }

  /// y[n, k, z, i, j] = b[k] + Σ x[n, c, z s + t - p, i s + u - p, j s + v - p] w[k, c, t, u, v].
  public static func conv3d(
    _ x: Tensor, weight w: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
  ) -> Tensor {
    let g = volumeConvolutionGeometry(
      inputShape: x.shape, weightShape: w.shape, stride: stride, padding: padding)
    if let bias {
      precondition(bias.shape == [w.shape[0]], "bias \(bias.shape) must be [\(w.shape[0])]")
    }
    return Tensor(
      shape: [g.batch, g.outputChannels, g.outputDepth, g.outputHeight, g.outputWidth]
    ) { y in
      if y.isEmpty { return }
      Scalar.convolve(
        g, input: x.pointer, weight: w.pointer, bias: bias?.pointer, output: y.baseAddress!)
    }
  }

  /// The gradient of `conv3d` at an input of the given shape: the transposed convolution.
  public static func conv3dInputGradient(
    _ upstream: Tensor, weight w: Tensor, inputShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let g = volumeConvolutionGeometry(
      inputShape: inputShape, weightShape: w.shape, stride: stride, padding: padding)
    checkUpstream(upstream, g)
    return Tensor(shape: inputShape) { x in
      if x.isEmpty { return }
      Scalar.convolveInputGradient(
        g, outputGradient: upstream.pointer, weight: w.pointer, inputGradient: x.baseAddress!)
    }
  }

  /// The gradient of `conv3d` at a weight of the given shape, summed over the batch.
  public static func conv3dWeightGradient(
    _ x: Tensor, upstream: Tensor, weightShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let g = volumeConvolutionGeometry(
      inputShape: x.shape, weightShape: weightShape, stride: stride, padding: padding)
    checkUpstream(upstream, g)
    if g.batch == 0 { return .zeros(weightShape) }
    return Tensor(shape: weightShape) { w in
      if w.isEmpty { return }
      Scalar.convolveWeightGradient(
        g, input: x.pointer, outputGradient: upstream.pointer, weightGradient: w.baseAddress!)
    }
  }

  private static func checkUpstream(_ upstream: Tensor, _ g: VolumeConvolutionGeometry) {
    let expected = [g.batch, g.outputChannels, g.outputDepth, g.outputHeight, g.outputWidth]
    precondition(
      upstream.shape == expected, "upstream shape \(upstream.shape) must be \(expected)")
  }

  /// The maximum over cubes of [batch, channel, depth, height, width], and where it was found: the
  /// first place of equal ones, as PyTorch. What does not fill a cube at the far end is left out.
  public func maxPooledVolumes(
    size: Int, stride: Int
  ) -> (values: Tensor, positions: PlanePositions) {
    precondition(
      rank == 5, "pooling needs [batch, channel, depth, height, width], shape is \(shape)")
    precondition(
      size > 0 && stride > 0 && shape[2...].allSatisfy { $0 >= size },
      "size (\(size)) and stride (\(stride)) must be positive and fit into shape \(shape)")
    let g = VolumePoolingGeometry(
      volumes: shape[0] * shape[1], depth: shape[2], height: shape[3], width: shape[4], size: size,
      stride: stride)
    let target = [shape[0], shape[1], g.outputDepth, g.outputHeight, g.outputWidth]
    var values = Tensor(shape: target) { _ in }
    let places = PlanePositions(shape: target, plane: Array(shape[2...])) { positions in
      values.withUnsafeMutableElements { y in
        if y.isEmpty { return }
        Scalar.maxPool(g, pointer, y.baseAddress!, positions)
      }
    }
    return (values, places)
  }
}
