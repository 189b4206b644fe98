import Kernels

extension Tensor {
  /// x where x > 0, `slope` x elsewhere.
  public func leakyReLU(slope: Scalar) -> Tensor {
    Tensor(shape: shape) { Scalar.leakyReLU(count, pointer, slope: slope, $0.baseAddress!) }
  }

  /// `upstream` where this tensor is positive, `slope` times it elsewhere.
  public func leakyReLUGradient(slope: Scalar, upstream g: Tensor) -> Tensor {
    precondition(g.shape == shape, "upstream shape \(g.shape) must be \(shape)")
    return Tensor(shape: shape) {
      Scalar.leakyReLUGradient(count, pointer, slope: slope, g.pointer, $0.baseAddress!)
    }
  }

  /// e^(x_i) / Σ_j e^(x_j) along the last axis, which must not be empty.
  public func softmaxRows() -> Tensor {
    let width = shape.last ?? 0
    precondition(width > 0, "softmax needs a last axis with elements, shape is \(shape)")
    return Tensor(shape: shape) {
      if $0.isEmpty { return }
      Scalar.softmax(rows: count / width, width: width, pointer, $0.baseAddress!)
    }
  }

  /// The gradient of `softmaxRows` at its input, where this tensor is its result y:
  /// y_i (g_i - Σ_j g_j y_j).
  public func softmaxRowsGradient(upstream g: Tensor) -> Tensor {
    precondition(g.shape == shape, "upstream shape \(g.shape) must be \(shape)")
    let width = shape.last ?? 0
    return Tensor(shape: shape) {
      if $0.isEmpty { return }
      Scalar.softmaxGradient(
        rows: count / width, width: width, pointer, g.pointer, $0.baseAddress!)
    }
  }
}
