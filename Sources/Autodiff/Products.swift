// Matrix products and the linear layer.

/// op(A) op(B); stacks of matrices must agree in their leading extents, or one operand is a single
/// matrix and is used for all.
public func matmul<S>(
  _ a: Variable<S>, _ b: Variable<S>, transposeA: Bool = false, transposeB: Bool = false
) -> Variable<S> {
  let (stackA, stackB) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  if stackA != stackB {
    guard let stack = Broadcasting.shape(stackA, stackB) else {
      preconditionFailure("stacks of \(a.shape) and \(b.shape) must be equal or broadcast")
    }
    return matmul(
      broadcast(a, to: stack + a.shape.suffix(2)), broadcast(b, to: stack + b.shape.suffix(2)),
      transposeA: transposeA, transposeB: transposeB)
  }
  let value = Tensor.matmul(a.value, b.value, transposeA: transposeA, transposeB: transposeB)
  return Variable(value, "matmul", [a, b], saving: .inputs) { call in
    let (a, b, g) = (call.inputs[0], call.inputs[1], call.upstream)
    let atA =
      transposeA
      ? { matmul(b, g, transposeA: transposeB, transposeB: true) }
      : { matmul(g, b, transposeB: !transposeB) }
    let atB =
      transposeB
      ? { matmul(g, a, transposeA: true, transposeB: transposeA) }
      : { matmul(a, g, transposeA: !transposeA) }
    return [call.needs[0] ? atA() : nil, call.needs[1] ? atB() : nil]
  }
}

/// x Wᵀ + b for x [batch, ..., in], weight [out, in] and bias [out].
public func linear<S>(
  _ x: Variable<S>, weight: Variable<S>, bias: Variable<S>? = nil
) -> Variable<S> {
  precondition(
    x.shape.count >= 2 && weight.shape.count == 2 && x.shape.last == weight.shape[1],
    "input \(x.shape) must be [batch, ..., in] and weight \(weight.shape) [out, in]")
  let (outputs, features) = (weight.shape[0], weight.shape[1])
  var value = Tensor.matmul(
    x.value.reshaped([-1, features]), weight.value, transposeB: true)
  if let bias { value = value + bias.value }
  let result = value.reshaped(x.shape.dropLast() + [outputs])
  return Variable(result, "linear", [x, weight] + (bias.map { [$0] } ?? []), saving: .inputs) {
    call in
    let (x, w) = (call.inputs[0], call.inputs[1])
    let g = reshape(call.upstream, [-1, outputs])
    var parts: [Variable<S>?] = [
      call.needs[0] ? reshape(matmul(g, w), x.shape) : nil,
      call.needs[1] ? matmul(g, reshape(x, [-1, features]), transposeA: true) : nil,
    ]
    if call.inputs.count == 3 { parts.append(call.needs[2] ? sum(g, axes: [0]) : nil) }
    return parts
  } perExample: { call in
    let x = call.inputs[0].value
    let g = call.upstream.value
    let back =
      call.needs[0]
      ? Tensor.matmul(g.reshaped([-1, outputs]), call.inputs[1].value).reshaped(x.shape) : nil
    return (back, LinearPerExample(input: x, upstream: g))
  }
}
