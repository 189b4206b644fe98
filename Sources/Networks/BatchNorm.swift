import Autodiff
import Kernels
import Tensors

/// Batch normalisation with running statistics, PyTorch's meaning and defaults (epsilon 1e-5,
/// momentum 0.1).
///
/// In training, x [batch, channel, ...] is normalised by its own moments, and the running mean and
/// variance (the unbiased one) move a tenth of the way towards them; in evaluation the running
/// statistics stand in. Cases of a batch mix, so per-example gradients do not exist.
/// Ioffe and Szegedy 2015, doi:10.48550/arXiv.1502.03167.
public struct BatchNorm<Scalar: TensorScalar> {
  public let scale: Parameter<Scalar>
  public let shift: Parameter<Scalar>
  public let runningMean: Buffer<Scalar>
  public let runningVariance: Buffer<Scalar>
  public static var momentum: Double { 0.1 }
  public static var epsilon: Double { 1e-5 }

  public func callAsFunction(_ x: Variable<Scalar>, training: Bool) -> Variable<Scalar> {
    guard training else {
      return batchNorm(
        x, scale: scale.variable, shift: shift.variable, mean: runningMean.value,
        variance: runningVariance.value, epsilon: Self.epsilon)
    }
    let (y, moments) = batchNorm(
      x, scale: scale.variable, shift: shift.variable, epsilon: Self.epsilon)
    let members = Double(x.value.count / x.shape[1])
    precondition(
      members > 1, "batch normalisation in training needs two numbers a channel, shape \(x.shape)")
    let mean = moments.slice(axis: 1, range: 0..<1).reshaped([-1])
    let variance = moments.slice(axis: 1, range: 1..<2).reshaped([-1])
    let share = Scalar(Self.momentum)
    runningMean.value = runningMean.value * (1 - share) + mean * share
    runningVariance.value =
      runningVariance.value * (1 - share) + variance * (share * Scalar(members / (members - 1)))
    return y
  }
}

extension NetworkBuilder {
  /// A batch normalisation: scale 1, shift 0, running mean 0 and variance 1, named `<name>.weight`,
  /// `.bias`, `.running_mean` and `.running_var`.
  public mutating func batchNormalization(_ name: String, channels: Int) -> BatchNorm<Scalar> {
    BatchNorm(
      scale: parameter(name + ".weight", .ones([channels])),
      shift: parameter(name + ".bias", .zeros([channels])),
      runningMean: buffer(name + ".running_mean", .zeros([channels])),
      runningVariance: buffer(name + ".running_var", .ones([channels])))
  }
}
