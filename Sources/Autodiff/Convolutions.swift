// Convolution, its two gradients, and pooling. The gradients of a convolution are bilinear maps
// like the convolution itself, and their gradients are convolutions again.

/// Cross-correlation of x [batch, in, height, width] by weight [out, in, kh, kw], plus bias [out].
public func conv2d<S>(
  _ x: Variable<S>, weight: Variable<S>, bias: Variable<S>? = nil, stride: Int = 1,
  padding: Int = 0
) -> Variable<S> {
  let value = Tensor.conv2d(
    x.value, weight: weight.value, bias: bias?.value, stride: stride, padding: padding)
  return Variable(value, "conv2d", [x, weight] + (bias.map { [$0] } ?? []), saving: .inputs) {
    call in
    let (x, w, g) = (call.inputs[0], call.inputs[1], call.upstream)
    var parts: [Variable<S>?] = [
      call.needs[0]
        ? conv2dInputGradient(g, weight: w, inputShape: x.shape, stride: stride, padding: padding)
        : nil,
      call.needs[1]
        ? conv2dWeightGradient(
          x, upstream: g, weightShape: w.shape, stride: stride, padding: padding) : nil,
    ]
    if call.inputs.count == 3 { parts.append(call.needs[2] ? sum(g, axes: [0, 2, 3]) : nil) }
    return parts
  } perExample: { call in
    let (x, w, g) = (call.inputs[0].value, call.inputs[1].value, call.upstream.value)
    let back =
      call.needs[0]
      ? Tensor.conv2dInputGradient(
        g, weight: w, inputShape: x.shape, stride: stride, padding: padding) : nil
    return (
      back,
      convolutionPerExample(
        input: x, upstream: g, weightShape: w.shape, stride: stride, padding: padding,
        hasBias: call.inputs.count == 3)
    )
  }
}

/// The gradient of `conv2d` at its input: a transposed convolution of `upstream`
/// [batch, out, h, w] to `inputShape` [batch, in, height, width].
public func conv2dInputGradient<S>(
  _ upstream: Variable<S>, weight: Variable<S>, inputShape: [Int], stride: Int, padding: Int
) -> Variable<S> {
  let value = Tensor.conv2dInputGradient(
    upstream.value, weight: weight.value, inputShape: inputShape, stride: stride, padding: padding)
  return Variable(value, "conv2dInputGradient", [upstream, weight], saving: .inputs) { call in
    let (g, w, u) = (call.inputs[0], call.inputs[1], call.upstream)
    return [
      call.needs[0] ? conv2d(u, weight: w, stride: stride, padding: padding) : nil,
      call.needs[1]
        ? conv2dWeightGradient(
          u, upstream: g, weightShape: w.shape, stride: stride, padding: padding) : nil,
    ]
  }
}

/// The gradient of `conv2d` at its weight.
public func conv2dWeightGradient<S>(
  _ x: Variable<S>, upstream: Variable<S>, weightShape: [Int], stride: Int, padding: Int
) -> Variable<S> {
  let value = Tensor.conv2dWeightGradient(
    x.value, upstream: upstream.value, weightShape: weightShape, stride: stride, padding: padding)
  return Variable(value, "conv2dWeightGradient", [x, upstream], saving: .inputs) { call in
    let (x, g, v) = (call.inputs[0], call.inputs[1], call.upstream)
    return [
      call.needs[0]
        ? conv2dInputGradient(g, weight: v, inputShape: x.shape, stride: stride, padding: padding)
        : nil,
      call.needs[1] ? conv2d(x, weight: v, stride: stride, padding: padding) : nil,
    ]
  }
}

/// The transposed convolution of x [batch, in, h, w] by weight [in, out, kh, kw] (PyTorch's
/// layout), with result extents (h - 1) stride - 2 padding + kh.
public func convTranspose2d<S>(
  _ x: Variable<S>, weight: Variable<S>, bias: Variable<S>? = nil, stride: Int = 1,
  padding: Int = 0
) -> Variable<S> {
  precondition(
    x.shape.count == 4 && weight.shape.count == 4 && x.shape[1] == weight.shape[0],
    "input \(x.shape) must be [batch, in, h, w] and weight \(weight.shape) [in, out, kh, kw]")
  let height = (x.shape[2] - 1) * stride - 2 * padding + weight.shape[2]
  let width = (x.shape[3] - 1) * stride - 2 * padding + weight.shape[3]
  let y = conv2dInputGradient(
    x, weight: weight, inputShape: [x.shape[0], weight.shape[1], height, width], stride: stride,
    padding: padding)
  return bias.map { y + reshape($0, [1, -1, 1, 1]) } ?? y
}

/// The maximum over windows; at ties the gradient goes to the first place.
public func maxPool2d<S>(
  _ x: Variable<S>, size: Int, stride: Int, padding: Int = 0
) -> Variable<S> {
  let (value, places) = x.value.maxPooled(size: size, stride: stride, padding: padding)
  return Variable(value, "maxPool2d", [x], saving: .shapes) { [scattered($0.upstream, at: places)] }
}

/// Zeros with elements added at places of planes; the adjoint of `gathered`.
func scattered<S>(_ x: Variable<S>, at places: PlanePositions) -> Variable<S> {
  Variable(x.value.scattered(at: places), "scattered", [x], saving: .shapes) {
    [gathered($0.upstream, at: places)]
  }
}

/// The elements at places of planes.
func gathered<S>(_ x: Variable<S>, at places: PlanePositions) -> Variable<S> {
  Variable(x.value.gathered(at: places), "gathered", [x], saving: .shapes) {
    [scattered($0.upstream, at: places)]
  }
}

/// The mean over windows; padding counts as zeros.
public func averagePool2d<S>(
  _ x: Variable<S>, size: Int, stride: Int, padding: Int = 0
) -> Variable<S> {
  let value = x.value.averagePooled(size: size, stride: stride, padding: padding)
  return Variable(value, "averagePool2d", [x], saving: .shapes) { call in
    [
      averageUnpool2d(
        call.upstream, inputShape: call.inputs[0].shape, size: size, stride: stride,
        padding: padding)
    ]
  }
}

/// The adjoint of `averagePool2d`.
func averageUnpool2d<S>(
  _ x: Variable<S>, inputShape: [Int], size: Int, stride: Int, padding: Int
) -> Variable<S> {
  let value = Tensor.averageUnpooled(
    x.value, inputShape: inputShape, size: size, stride: stride, padding: padding)
  return Variable(value, "averageUnpool2d", [x], saving: .shapes) { call in
    [averagePool2d(call.upstream, size: size, stride: stride, padding: padding)]
  }
}

/// The mean over all positions: [batch, channel, ...] to [batch, channel].
public func globalAveragePool<S>(_ x: Variable<S>) -> Variable<S> {
  mean(x, axes: Array(2..<x.shape.count))
}
