// Convolution and pooling of volumes, with the same rules as those of pictures.

/// Cross-correlation of x [batch, in, depth, height, width] by weight [out, in, kd, kh, kw], plus
/// bias [out]; stride and padding are those of every axis.
public func conv3d<S>(
  _ x: Variable<S>, weight: Variable<S>, bias: Variable<S>? = nil, stride: Int = 1,
  padding: Int = 0
) -> Variable<S> {
  let value = Tensor.conv3d(
    x.value, weight: weight.value, bias: bias?.value, stride: stride, padding: padding)
  return Variable(value, "conv3d", [x, weight] + (bias.map { [$0] } ?? []), saving: .inputs) {
    call in
    let (x, w, g) = (call.inputs[0], call.inputs[1], call.upstream)
    var parts: [Variable<S>?] = [
      call.needs[0]
        ? conv3dInputGradient(g, weight: w, inputShape: x.shape, stride: stride, padding: padding)
        : nil,
      call.needs[1]
        ? conv3dWeightGradient(
          x, upstream: g, weightShape: w.shape, stride: stride, padding: padding) : nil,
    ]
    if call.inputs.count == 3 { parts.append(call.needs[2] ? sum(g, axes: [0, 2, 3, 4]) : nil) }
    return parts
  }
}

/// The gradient of `conv3d` at its input: a transposed convolution of `upstream`
/// [batch, out, d, h, w] to `inputShape` [batch, in, depth, height, width].
public func conv3dInputGradient<S>(
  _ upstream: Variable<S>, weight: Variable<S>, inputShape: [Int], stride: Int, padding: Int
) -> Variable<S> {
  let value = Tensor.conv3dInputGradient(
    upstream.value, weight: weight.value, inputShape: inputShape, stride: stride, padding: padding)
  return Variable(value, "conv3dInputGradient", [upstream, weight], saving: .inputs) { call in
    let (g, w, u) = (call.inputs[0], call.inputs[1], call.upstream)
    return [
      call.needs[0] ? conv3d(u, weight: w, stride: stride, padding: padding) : nil,
      call.needs[1]
        ? conv3dWeightGradient(
          u, upstream: g, weightShape: w.shape, stride: stride, padding: padding) : nil,
    ]
  }
}

/// The gradient of `conv3d` at its weight.
public func conv3dWeightGradient<S>(
  _ x: Variable<S>, upstream: Variable<S>, weightShape: [Int], stride: Int, padding: Int
) -> Variable<S> {
  let value = Tensor.conv3dWeightGradient(
    x.value, upstream: upstream.value, weightShape: weightShape, stride: stride, padding: padding)
  return Variable(value, "conv3dWeightGradient", [x, upstream], saving: .inputs) { call in
    let (x, g, v) = (call.inputs[0], call.inputs[1], call.upstream)
    return [
      call.needs[0]
        ? conv3dInputGradient(g, weight: v, inputShape: x.shape, stride: stride, padding: padding)
        : nil,
      call.needs[1] ? conv3d(x, weight: v, stride: stride, padding: padding) : nil,
    ]
  }
}

/// The transposed convolution of x [batch, in, d, h, w] by weight [in, out, kd, kh, kw] (PyTorch's
/// layout), with result extents (d - 1) stride - 2 padding + kd.
public func convTranspose3d<S>(
  _ x: Variable<S>, weight: Variable<S>, bias: Variable<S>? = nil, stride: Int = 1,
  padding: Int = 0
) -> Variable<S> {
  precondition(
    x.shape.count == 5 && weight.shape.count == 5 && x.shape[1] == weight.shape[0],
    "input \(x.shape) must be [batch, in, d, h, w] and weight \(weight.shape) [in, out, kd, kh, kw]"
  )
  let extents = (2..<5).map { (x.shape[$0] - 1) * stride - 2 * padding + weight.shape[$0] }
  let y = conv3dInputGradient(
    x, weight: weight, inputShape: [x.shape[0], weight.shape[1]] + extents, stride: stride,
    padding: padding)
  return bias.map { y + reshape($0, [1, -1, 1, 1, 1]) } ?? y
}

/// The maximum over cubes; at ties the gradient goes to the first place.
public func maxPool3d<S>(_ x: Variable<S>, size: Int, stride: Int) -> Variable<S> {
  let (value, places) = x.value.maxPooledVolumes(size: size, stride: stride)
  return Variable(value, "maxPool3d", [x], saving: .shapes) { [scattered($0.upstream, at: places)] }
}
