import Kernels

extension Tensor {
  /// Pictures of twice the height and width: [batch, channel, height, width] to
  /// [batch, channel, 2 height, 2 width].
  public func enlarged(_ mode: Upsampling) -> Tensor {
    precondition(rank == 4, "enlarging needs [batch, channel, height, width], shape is \(shape)")
    return Tensor(shape: [shape[0], shape[1], 2 * shape[2], 2 * shape[3]]) { y in
      if y.isEmpty { return }
      Scalar.enlarge(
        mode, planes: shape[0] * shape[1], height: shape[2], width: shape[3], pointer,
        y.baseAddress!)
    }
  }

  /// The adjoint of `enlarged`: ⟨enlarged x, y⟩ = ⟨x, y enlargedAdjoint⟩.
  public func enlargedAdjoint(_ mode: Upsampling) -> Tensor {
    precondition(
      rank == 4 && shape[2] % 2 == 0 && shape[3] % 2 == 0,
      "the adjoint needs [batch, channel, height, width] of even extents, shape is \(shape)")
    return Tensor(shape: [shape[0], shape[1], shape[2] / 2, shape[3] / 2]) { x in
      if x.isEmpty { return }
      Scalar.enlargeAdjoint(
        mode, planes: shape[0] * shape[1], height: shape[2] / 2, width: shape[3] / 2, pointer,
        x.baseAddress!)
    }
  }
}
