/// x for x > 0, `slope` x below (slope of the function at 0: `slope`).
public func leakyReLU<S>(_ x: Variable<S>, slope: S) -> Variable<S> {
  Variable(x.value.leakyReLU(slope: slope), "leakyReLU", [x], saving: .inputs) { call in
    [gated(call.upstream, by: call.inputs[0].value, slope: slope)]
  }
}

/// g where `gate` is positive, `slope` g elsewhere: linear in g and its own adjoint.
private func gated<S>(_ g: Variable<S>, by gate: Tensor<S>, slope: S) -> Variable<S> {
  Variable(gate.leakyReLUGradient(slope: slope, upstream: g.value), "gated", [g], saving: .shapes) {
    call in
    [gated(call.upstream, by: gate, slope: slope)]
  }
}
