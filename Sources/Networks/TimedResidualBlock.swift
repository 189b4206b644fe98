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

  public func callAsFunction(
    _ x: Variable<Scalar>, time vector: Variable<Scalar>
  ) -> Variable<Scalar> {
    // Offsets of a channel that meet in a sum are added up before they are spread over its plane.
    let offset = add(time.bias, first.bias)
    let told = linear(vector, weight: time.weight.variable, bias: offset)
    let h =
      conv2d(firstNorm(x, then: .silu), weight: first.weight.variable, padding: first.padding)
      + reshape(told, [x.shape[0], -1, 1, 1])
    let path = conv2d(
      secondNorm(h, then: .silu), weight: second.weight.variable,
      bias: add(second.bias, projection?.bias), padding: second.padding)
    guard let projection else { return path + x }
    return path + conv2d(x, weight: projection.weight.variable)
  }

  private func add(_ a: Parameter<Scalar>?, _ b: Parameter<Scalar>?) -> Variable<Scalar>? {
    guard let a, let b else { return (a ?? b)?.variable }
    return a.variable + b.variable
  }
}
