import Autodiff
import Kernels
import Tensors

/// A residual block that is told a time:
/// y = k₂(silu(n₂(k₁(silu(n₁(x))) + t(time)))) + s(x), with s the identity, or a 1x1 convolution
/// where the channels change. `time` [batch, width] has its SiLU behind it already.
public struct TimedResidualBlock<Scalar: TensorScalar> {
  private let firstNorm: GroupNorm<Scalar>
  private let first: Conv2d<Scalar>
  private let time: Linear<Scalar>
  private let secondNorm: GroupNorm<Scalar>
  private let second: Conv2d<Scalar>
  private let projection: Conv2d<Scalar>?

  public init(
    _ name: String, from input: Int, to output: Int, time width: Int,
    builder make: inout NetworkBuilder<Scalar>
  ) {
    firstNorm = make.normalization(name + ".n1", channels: input)
    first = make.convolution(
      name + ".k1", from: input, to: output, kernel: 3, padding: 1, bias: true)
    time = make.linear(name + ".t", from: width, to: output)
    secondNorm = make.normalization(name + ".n2", channels: output)
    second = make.convolution(
      name + ".k2", from: output, to: output, kernel: 3, padding: 1, bias: true)
    projection =
      input == output
      ? nil : make.convolution(name + ".s", from: input, to: output, kernel: 1, bias: true)
  }

  public func callAsFunction(_ x: Variable<Scalar>, time vector: Variable<Scalar>) -> Variable<
    Scalar
  > {
    let told = reshape(time(vector), [x.shape[0], -1, 1, 1])
    let h = first(firstNorm(x, then: .silu)) + told
    return second(secondNorm(h, then: .silu)) + (projection?(x) ?? x)
  }
}
