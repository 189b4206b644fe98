import Kernels

extension Tensor {
  private func batchNormGeometry(_ epsilon: Double) -> BatchNormGeometry {
    precondition(
      rank >= 2 && count > 0,
      "batch normalisation needs [batch, channel, ...] with elements, shape is \(shape)")
    return BatchNormGeometry(
      batch: shape[0], channels: shape[1], space: shape[2...].reduce(1, *), epsilon: epsilon)
  }

  /// Batch normalisation of [batch, channel, ...] by the moments of this batch, with scale and
  /// shift [channel]; `moments` are μ and the biased σ² of each channel, [channel, 2].
  public func batchNormalized(
    scale: Tensor, shift: Tensor, epsilon: Double
  ) -> (values: Tensor, moments: Tensor) {
    let geometry = batchNormGeometry(epsilon)
    precondition(
      scale.shape == [shape[1]] && shift.shape == [shape[1]],
      "scale \(scale.shape) and shift \(shift.shape) must be [\(shape[1])]")
    var moments = Tensor(shape: [shape[1], 2]) { _ in }
    let values = Tensor(shape: shape) { y in
      moments.withUnsafeMutableElements { moments in
        Scalar.batchNorm(
          geometry, pointer, scale: scale.pointer, shift: shift.pointer, y.baseAddress!,
          moments: moments.baseAddress!)
      }
    }
    return (values, moments)
  }

  /// The gradients of `batchNormalized` at the input, at scale and at shift.
  public func batchNormalizedGradient(
    scale: Tensor, moments: Tensor, epsilon: Double, upstream: Tensor
  ) -> (input: Tensor, scale: Tensor, shift: Tensor) {
    precondition(upstream.shape == shape, "upstream shape \(upstream.shape) must be \(shape)")
    let geometry = batchNormGeometry(epsilon)
    var dscale = Tensor(shape: [shape[1]]) { _ in }
    var dshift = Tensor(shape: [shape[1]]) { _ in }
    let input = Tensor(shape: shape) { x in
      dscale.withUnsafeMutableElements { dscale in
        dshift.withUnsafeMutableElements { dshift in
          Scalar.batchNormGradient(
            geometry, pointer, scale: scale.pointer, moments: moments.pointer, upstream.pointer,
            inputGradient: x.baseAddress!, scaleGradient: dscale.baseAddress!,
            shiftGradient: dshift.baseAddress!)
        }
      }
    }
    return (input, dscale, dshift)
  }
}
