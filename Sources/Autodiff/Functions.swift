// Functions of one number, element by element. The derivative is written in operations that can be
// differentiated again; where a fused loop exists it is used when no graph is wanted.

/// Maps `function`; `slope` gives the derivative from the input and, where it is saved, the result.
private func mapped<S>(
  _ function: UnaryFunction, _ x: Variable<S>, saving: SavedValues = .inputs,
  slope: @escaping (_ x: Variable<S>, _ y: Variable<S>) -> Variable<S>
) -> Variable<S> {
  Variable(x.value.mapped(function), function.rawValue, [x], saving: saving) { call in
    let x = call.inputs[0]
    if function.hasFusedGradient && !call.recordsGraph {
      return [Variable(x.value.mappedGradient(function, upstream: call.upstream.value))]
    }
    return [call.upstream * slope(x, call.output)]
  }
}

/// A function whose slope is a constant almost everywhere.
private func constant<S>(_ function: UnaryFunction, _ x: Variable<S>) -> Variable<S> {
  Variable(x.value.mapped(function))
}

public func reciprocal<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.reciprocal, x, saving: .inputsAndOutput) { _, y in -square(y) }
}

public func exp<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.exp, x, saving: .inputsAndOutput) { _, y in y }
}

public func log<S>(_ x: Variable<S>) -> Variable<S> { mapped(.log, x) { x, _ in reciprocal(x) } }

public func sqrt<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.sqrt, x, saving: .inputsAndOutput) { _, y in affine(reciprocal(y), scale: 0.5) }
}

public func square<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.square, x) { x, _ in affine(x, scale: 2) }
}

/// 1 / (1 + e^-x).
public func sigmoid<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.sigmoid, x, saving: .inputsAndOutput) { _, y in y * (1 - y) }
}

public func tanh<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.tanh, x, saving: .inputsAndOutput) { _, y in 1 - square(y) }
}

/// log(1 + e^x).
public func softplus<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.softplus, x) { x, _ in sigmoid(x) }
}

/// max(x, 0), with slope 0 at 0.
public func relu<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.relu, x) { x, _ in constant(.step, x) }
}

public func absolute<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.absolute, x) { x, _ in constant(.sign, x) }
}

public func sine<S>(_ x: Variable<S>) -> Variable<S> { mapped(.sine, x) { x, _ in cosine(x) } }

public func cosine<S>(_ x: Variable<S>) -> Variable<S> { mapped(.cosine, x) { x, _ in -sine(x) } }

/// x tanh(softplus(x)). Misra 2019, doi:10.48550/arXiv.1908.08681.
public func mish<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.mish, x) { x, _ in
    let t = tanh(softplus(x))
    return t + x * (1 - square(t)) * sigmoid(x)
  }
}

/// x sigmoid(x), also called swish.
public func silu<S>(_ x: Variable<S>) -> Variable<S> {
  mapped(.silu, x) { x, _ in
    let s = sigmoid(x)
    return s * (1 + x * (1 - s))
  }
}
