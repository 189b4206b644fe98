import Kernels

/// What group normalisation keeps for its gradient.
public struct GroupNormState<Scalar: TensorScalar>: Sendable {
  public let geometry: GroupNormGeometry
  /// Mean and 1 / √(σ² + ε), [batch, groups, 2].
  public let moments: Tensor<Scalar>
}

extension Tensor {
  /// Group normalisation of [batch, channel, ...] with scale and shift [channel], then the
  /// activation. The variance is the biased one, as in PyTorch.
  public func groupNormalized(
    groups: Int, scale: Tensor, shift: Tensor, epsilon: Double,
    activation: GroupNormGeometry.Activation = .none
  ) -> (values: Tensor, state: GroupNormState<Scalar>) {
    let geometry = groupNormGeometry(groups, scale, shift, epsilon, activation)
    var moments = Tensor(shape: [shape[0], groups, 2]) { _ in }
    let values = Tensor(shape: shape) { y in
      moments.withUnsafeMutableElements { moments in
        if y.isEmpty { return }
        Scalar.groupNorm(
          geometry, pointer, scale: scale.pointer, shift: shift.pointer, y.baseAddress!,
          moments: moments.baseAddress!)
      }
    }
    return (values, GroupNormState(geometry: geometry, moments: moments))
  }

  private func groupNormGeometry(
    _ groups: Int, _ scale: Tensor, _ shift: Tensor, _ epsilon: Double,
    _ activation: GroupNormGeometry.Activation
  ) -> GroupNormGeometry {
    precondition(rank >= 2, "group normalisation needs [batch, channel, ...], shape is \(shape)")
    let channels = shape[1]
    precondition(
      groups > 0 && channels % groups == 0,
      "groups (\(groups)) must divide the channels of \(shape)")
    precondition(
      scale.shape == [channels] && shift.shape == [channels],
      "scale \(scale.shape) and shift \(shift.shape) must be [\(channels)]")
    return GroupNormGeometry(
      batch: shape[0], channels: channels, space: shape[2...].reduce(1, *), groups: groups,
      epsilon: epsilon, activation: activation)
  }

  /// `maxPooled` of `groupNormalized`, without the tensor between them.
  public func pooledGroupNormalized(
    groups: Int, scale: Tensor, shift: Tensor, epsilon: Double,
    activation: GroupNormGeometry.Activation, size: Int, stride: Int, padding: Int = 0
  ) -> (values: Tensor, state: GroupNormState<Scalar>, positions: PlanePositions) {
    let geometry = groupNormGeometry(groups, scale, shift, epsilon, activation)
    let pooling = poolingGeometry(size, stride, padding)
    let target = [shape[0], shape[1], pooling.outputHeight, pooling.outputWidth]
    var moments = Tensor(shape: [shape[0], groups, 2]) { _ in }
    var values = Tensor(shape: target) { _ in }
    let places = PlanePositions(shape: target, plane: [shape[2], shape[3]]) { positions in
      values.withUnsafeMutableElements { y in
        moments.withUnsafeMutableElements { moments in
          if y.isEmpty { return }
          Scalar.pooledGroupNorm(
            geometry, pooling, pointer, scale: scale.pointer, shift: shift.pointer,
            y.baseAddress!, positions: positions, moments: moments.baseAddress!)
        }
      }
    }
    return (values, GroupNormState(geometry: geometry, moments: moments), places)
  }

  /// The gradients of `pooledGroupNormalized`, as those of `groupNormalized`; `upstream` has the
  /// shape of the pooled values.
  public func pooledGroupNormalizedGradient(
    _ state: GroupNormState<Scalar>, at places: PlanePositions, scale: Tensor, shift: Tensor,
    upstream: Tensor, needsInput: Bool = true
  ) -> (input: Tensor?, scale: Tensor, shift: Tensor) {
    precondition(
      upstream.shape == places.shape && places.plane == Array(shape.suffix(2)),
      "upstream shape \(upstream.shape) must be \(places.shape), pooled from \(shape)")
    let g = state.geometry
    var input = needsInput ? Tensor(shape: shape) { _ in } : nil
    var dscale = Tensor(shape: [g.batch, g.channels]) { _ in }
    var dshift = Tensor(shape: [g.batch, g.channels]) { _ in }
    if count == 0 { return (input, .zeros(dscale.shape), .zeros(dshift.shape)) }
    let target = input?.withUnsafeMutableElements { $0.baseAddress! }
    dscale.withUnsafeMutableElements { dscale in
      dshift.withUnsafeMutableElements { dshift in
        places.withPointer { positions in
          Scalar.pooledGroupNormGradient(
            g, outputs: places.shape[2] * places.shape[3], pointer, scale: scale.pointer,
            shift: shift.pointer, moments: state.moments.pointer, positions: positions,
            upstream.pointer, inputGradient: target, scaleGradient: dscale.baseAddress!,
            shiftGradient: dshift.baseAddress!)
        }
      }
    }
    return (input, dscale, dshift)
  }

  /// The gradients of `groupNormalized`: at the input (when asked for), and per example at scale
  /// and shift, [batch, channel] each.
  public func groupNormalizedGradient(
    _ state: GroupNormState<Scalar>, scale: Tensor, shift: Tensor, upstream: Tensor,
    needsInput: Bool = true
  ) -> (input: Tensor?, scale: Tensor, shift: Tensor) {
    precondition(upstream.shape == shape, "upstream shape \(upstream.shape) must be \(shape)")
    let g = state.geometry
    var input = needsInput ? Tensor(shape: shape) { _ in } : nil
    var dscale = Tensor(shape: [g.batch, g.channels]) { _ in }
    var dshift = Tensor(shape: [g.batch, g.channels]) { _ in }
    if count == 0 { return (input, .zeros(dscale.shape), .zeros(dshift.shape)) }
    let target = input?.withUnsafeMutableElements { $0.baseAddress! }
    dscale.withUnsafeMutableElements { dscale in
      dshift.withUnsafeMutableElements { dshift in
        Scalar.groupNormGradient(
          g, pointer, scale: scale.pointer, shift: shift.pointer, moments: state.moments.pointer,
          upstream.pointer, inputGradient: target, scaleGradient: dscale.baseAddress!,
          shiftGradient: dshift.baseAddress!)
      }
    }
    return (input, dscale, dshift)
  }
}
