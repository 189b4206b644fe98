// Arithmetic with broadcasting. Backward rules stand under their operation.

/// The variable itself as a new node.
func identity<S>(_ x: Variable<S>) -> Variable<S> {
  Variable(x.value, "identity", [x], saving: .shapes) { [$0.upstream] }
}

/// Repeats axes of extent 1 (and new leading axes) up to a shape.
public func broadcast<S>(_ x: Variable<S>, to shape: [Int]) -> Variable<S> {
  if x.shape == shape { return x }
  return Variable(x.value.broadcast(to: shape), "broadcast", [x], saving: .shapes) { call in
    [reduced(call.upstream, to: call.inputs[0].shape)]
  }
}

/// Sums over the axes that broadcasting to the variable's shape would repeat.
public func reduced<S>(_ x: Variable<S>, to shape: [Int]) -> Variable<S> {
  if x.shape == shape { return x }
  return Variable(x.value.reduced(to: shape), "reduced", [x], saving: .shapes) { call in
    [broadcast(call.upstream, to: call.inputs[0].shape)]
  }
}

public func + <S>(a: Variable<S>, b: Variable<S>) -> Variable<S> {
  Variable(a.value + b.value, "+", [a, b], saving: .shapes) { call in
    [
      call.needs[0] ? reduced(call.upstream, to: call.inputs[0].shape) : nil,
      call.needs[1] ? reduced(call.upstream, to: call.inputs[1].shape) : nil,
    ]
  }
}

public func - <S>(a: Variable<S>, b: Variable<S>) -> Variable<S> {
  Variable(a.value - b.value, "-", [a, b], saving: .shapes) { call in
    [
      call.needs[0] ? reduced(call.upstream, to: call.inputs[0].shape) : nil,
      call.needs[1] ? reduced(-call.upstream, to: call.inputs[1].shape) : nil,
    ]
  }
}

public func * <S>(a: Variable<S>, b: Variable<S>) -> Variable<S> {
  Variable(a.value * b.value, "*", [a, b], saving: .inputs) { call in
    let (a, b) = (call.inputs[0], call.inputs[1])
    return [
      call.needs[0] ? reduced(call.upstream * b, to: a.shape) : nil,
      call.needs[1] ? reduced(call.upstream * a, to: b.shape) : nil,
    ]
  }
}

public func / <S>(a: Variable<S>, b: Variable<S>) -> Variable<S> {
  Variable(a.value / b.value, "/", [a, b]) { call in
    let (a, b) = (call.inputs[0], call.inputs[1])
    let share = call.upstream / b
    return [
      call.needs[0] ? reduced(share, to: a.shape) : nil,
      call.needs[1] ? reduced(-(share * call.output), to: b.shape) : nil,
    ]
  }
}

/// The larger of two numbers, element by element; at a tie the gradient goes to the second.
public func maximum<S>(_ a: Variable<S>, _ b: Variable<S>) -> Variable<S> {
  let mask = Variable(Tensor.combine(.greater, a.value, b.value))
  return a * mask + b * (1 - mask)
}

/// The smaller of two numbers, element by element; at a tie the gradient goes to the first.
public func minimum<S>(_ a: Variable<S>, _ b: Variable<S>) -> Variable<S> {
  let mask = Variable(Tensor.combine(.greater, a.value, b.value))
  return a * (1 - mask) + b * mask
}

/// scale x + offset.
public func affine<S>(_ x: Variable<S>, scale: S, offset: S = 0) -> Variable<S> {
  Variable(x.value.affine(scale: scale, offset: offset), "affine", [x], saving: .shapes) { call in
    [scale == 1 ? call.upstream : affine(call.upstream, scale: scale)]
  }
}

public prefix func - <S>(x: Variable<S>) -> Variable<S> { affine(x, scale: -1) }
public func negate<S>(_ x: Variable<S>) -> Variable<S> { affine(x, scale: -1) }
public func + <S>(a: Variable<S>, b: S) -> Variable<S> { affine(a, scale: 1, offset: b) }
public func + <S>(a: S, b: Variable<S>) -> Variable<S> { affine(b, scale: 1, offset: a) }
public func - <S>(a: Variable<S>, b: S) -> Variable<S> { affine(a, scale: 1, offset: -b) }
public func - <S>(a: S, b: Variable<S>) -> Variable<S> { affine(b, scale: -1, offset: a) }
public func * <S>(a: Variable<S>, b: S) -> Variable<S> { affine(a, scale: b) }
public func * <S>(a: S, b: Variable<S>) -> Variable<S> { affine(b, scale: a) }
public func / <S>(a: Variable<S>, b: S) -> Variable<S> { affine(a, scale: 1 / b) }
public func / <S>(a: S, b: Variable<S>) -> Variable<S> { affine(reciprocal(b), scale: a) }
