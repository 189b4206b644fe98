// Group normalisation, alone or with an activation behind it in the same passes over memory.

/// scale (x - μ) / √(σ² + ε) + shift, with μ and the biased σ² per example and group of channels.
///
/// x is [batch, channel, ...], scale and shift [channel].
/// Wu and He 2018, doi:10.48550/arXiv.1803.08494.
public func groupNorm<S>(
  _ x: Variable<S>, groups: Int, scale: Variable<S>, shift: Variable<S>, epsilon: Double = 1e-5
) -> Variable<S> {
  fusedGroupNorm(x, groups, scale, shift, epsilon, .none)
}

/// mish(groupNorm(x)), fused: one pass less over memory each way.
public func groupNormMish<S>(
  _ x: Variable<S>, groups: Int, scale: Variable<S>, shift: Variable<S>, epsilon: Double = 1e-5
) -> Variable<S> {
  fusedGroupNorm(x, groups, scale, shift, epsilon, .mish)
}

/// silu(groupNorm(x)), fused.
public func groupNormSiLU<S>(
  _ x: Variable<S>, groups: Int, scale: Variable<S>, shift: Variable<S>, epsilon: Double = 1e-5
) -> Variable<S> {
  fusedGroupNorm(x, groups, scale, shift, epsilon, .silu)
}

/// leakyReLU(groupNorm(x), slope), fused.
public func groupNormLeakyReLU<S>(
  _ x: Variable<S>, groups: Int, scale: Variable<S>, shift: Variable<S>, epsilon: Double = 1e-5,
  slope: S
) -> Variable<S> {
  fusedGroupNorm(x, groups, scale, shift, epsilon, .leakyReLU(slope: Double(slope)))
}

private func fusedGroupNorm<S>(
  _ x: Variable<S>, _ groups: Int, _ scale: Variable<S>, _ shift: Variable<S>, _ epsilon: Double,
  _ activation: GroupNormGeometry.Activation
) -> Variable<S> {
  let (value, state) = x.value.groupNormalized(
    groups: groups, scale: scale.value, shift: shift.value, epsilon: epsilon,
    activation: activation)
  return Variable(value, "groupNorm", [x, scale, shift], saving: .inputs) { call in
    if call.recordsGraph {
      return call.unfused { inputs in
        let y = composedGroupNorm(
          inputs[0], groups: groups, scale: inputs[1], shift: inputs[2], epsilon: epsilon)
        return activated(y, activation)
      }
    }
    let parts = call.inputs[0].value.groupNormalizedGradient(
      state, scale: call.inputs[1].value, shift: call.inputs[2].value,
      upstream: call.upstream.value, needsInput: call.needs[0])
    return [
      parts.input.map { Variable($0) }, Variable(parts.scale.sum(axes: [0])),
      Variable(parts.shift.sum(axes: [0])),
    ]
  } perExample: { call in
    let parts = call.inputs[0].value.groupNormalizedGradient(
      state, scale: call.inputs[1].value, shift: call.inputs[2].value,
      upstream: call.upstream.value, needsInput: call.needs[0])
    return (parts.input, RowsPerExample(rows: [parts.scale, parts.shift]))
  }
}

/// maxPool2d(activation(groupNorm(x))) of [batch, channel, height, width], fused: the normalised
/// planes are never written.
public func groupNormMaxPool<S>(
  _ x: Variable<S>, groups: Int, scale: Variable<S>, shift: Variable<S>, epsilon: Double = 1e-5,
  activation: GroupNormGeometry.Activation, size: Int, stride: Int, padding: Int = 0
) -> Variable<S> {
  let (value, state, places) = x.value.pooledGroupNormalized(
    groups: groups, scale: scale.value, shift: shift.value, epsilon: epsilon,
    activation: activation, size: size, stride: stride, padding: padding)
  func gradient(_ call: BackwardCall<S>) -> (input: Tensor<S>?, scale: Tensor<S>, shift: Tensor<S>)
  {
    call.inputs[0].value.pooledGroupNormalizedGradient(
      state, at: places, scale: call.inputs[1].value, shift: call.inputs[2].value,
      upstream: call.upstream.value, needsInput: call.needs[0])
  }
  return Variable(value, "groupNorm", [x, scale, shift], saving: .inputs) { call in
    if call.recordsGraph {
      return call.unfused { inputs in
        let y = composedGroupNorm(
          inputs[0], groups: groups, scale: inputs[1], shift: inputs[2], epsilon: epsilon)
        return maxPool2d(activated(y, activation), size: size, stride: stride, padding: padding)
      }
    }
    let parts = gradient(call)
    return [
      parts.input.map { Variable($0) }, Variable(parts.scale.sum(axes: [0])),
      Variable(parts.shift.sum(axes: [0])),
    ]
  } perExample: { call in
    let parts = gradient(call)
    return (parts.input, RowsPerExample(rows: [parts.scale, parts.shift]))
  }
}

/// The activation of a fused operation, alone.
private func activated<S>(
  _ y: Variable<S>, _ activation: GroupNormGeometry.Activation
) -> Variable<S> {
  switch activation {
  case .none: y
  case .mish: mish(y)
  case .silu: silu(y)
  case .leakyReLU(let slope): leakyReLU(y, slope: S(slope))
  }
}

/// Group normalisation in plain differentiable operations.
func composedGroupNorm<S>(
  _ x: Variable<S>, groups: Int, scale: Variable<S>, shift: Variable<S>, epsilon: Double
) -> Variable<S> {
  let grouped = reshape(x, [x.shape[0], groups, -1])
  let centered = grouped - mean(grouped, axes: [2], keepingAxes: true)
  let variance = mean(square(centered), axes: [2], keepingAxes: true)
  let normalized = reshape(centered / sqrt(variance + S(epsilon)), x.shape)
  let channels = [1, x.shape[1]] + [Int](repeating: 1, count: x.shape.count - 2)
  return normalized * reshape(scale, channels) + reshape(shift, channels)
}
