// Batch normalisation. Cases of a batch mix: there are no per-example gradients.

/// Batch normalisation by the moments of the batch (training mode): per channel, over batch and
/// positions, scale (x - μ) / √(σ² + ε) + shift with the biased σ².
///
/// x is [batch, channel, ...], scale and shift [channel]. `moments` are μ and σ², [channel, 2],
/// from which running statistics are kept. Ioffe and Szegedy 2015,
/// doi:10.48550/arXiv.1502.03167.
public func batchNorm<S>(
  _ x: Variable<S>, scale: Variable<S>, shift: Variable<S>, epsilon: Double = 1e-5
) -> (y: Variable<S>, moments: Tensor<S>) {
  let (value, moments) = x.value.batchNormalized(
    scale: scale.value, shift: shift.value, epsilon: epsilon)
  let y = Variable(value, "batchNorm", [x, scale, shift], saving: .inputs) { call in
    if call.recordsGraph {
      return call.unfused {
        composedBatchNorm($0[0], scale: $0[1], shift: $0[2], epsilon: epsilon)
      }
    }
    let parts = call.inputs[0].value.batchNormalizedGradient(
      scale: call.inputs[1].value, moments: moments, epsilon: epsilon,
      upstream: call.upstream.value)
    return [Variable(parts.input), Variable(parts.scale), Variable(parts.shift)]
  }
  return (y, moments)
}

/// Batch normalisation by given moments (evaluation mode): mean and variance are [channel].
public func batchNorm<S>(
  _ x: Variable<S>, scale: Variable<S>, shift: Variable<S>, mean: Tensor<S>, variance: Tensor<S>,
  epsilon: Double = 1e-5
) -> Variable<S> {
  precondition(
    x.shape.count >= 2 && mean.shape == [x.shape[1]] && variance.shape == [x.shape[1]],
    "mean \(mean.shape) and variance \(variance.shape) must be [channel] of input \(x.shape)")
  let inverse = (variance + S(epsilon)).mapped(.sqrt).mapped(.reciprocal)
  let factor = scale * Variable(inverse)
  let offset = shift - factor * Variable(mean)
  let channels = [1, x.shape[1]] + [Int](repeating: 1, count: x.shape.count - 2)
  return x * reshape(factor, channels) + reshape(offset, channels)
}

/// Batch normalisation by the moments of the batch, in plain differentiable operations.
private func composedBatchNorm<S>(
  _ x: Variable<S>, scale: Variable<S>, shift: Variable<S>, epsilon: Double
) -> Variable<S> {
  let axes = [0] + Array(2..<x.shape.count)
  let centered = x - mean(x, axes: axes, keepingAxes: true)
  let variance = mean(square(centered), axes: axes, keepingAxes: true)
  let channels = [1, x.shape[1]] + [Int](repeating: 1, count: x.shape.count - 2)
  let normalized = centered / sqrt(variance + S(epsilon))
  return normalized * reshape(scale, channels) + reshape(shift, channels)
}
