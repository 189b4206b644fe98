import Autodiff
import Tensors

/// Two 3x3 convolutions and a shortcut around them:
/// y = a(n₂(c₂(a(n₁(c₁(x))))) + s(x)), with s the identity, or a 1x1 convolution and a
/// normalisation where size or channels change.
public struct BasicBlock<Scalar: TensorScalar> {
  private let first: Conv2d<Scalar>
  private let firstNorm: GroupNorm<Scalar>
  private let second: Conv2d<Scalar>
  private let secondNorm: GroupNorm<Scalar>
  private let projection: (Conv2d<Scalar>, GroupNorm<Scalar>)?
  private let activation: Activation

  public init(
    _ name: String, from input: Int, to output: Int, stride: Int, activation: Activation,
    builder make: inout NetworkBuilder<Scalar>
  ) {
    self.activation = activation
    first = make.convolution(
      name + ".conv1", from: input, to: output, kernel: 3, stride: stride, padding: 1)
    firstNorm = make.normalization(name + ".bn1", channels: output)
    second = make.convolution(name + ".conv2", from: output, to: output, kernel: 3, padding: 1)
    secondNorm = make.normalization(name + ".bn2", channels: output)
    if stride == 1 && input == output {
      projection = nil
    } else {
      let convolution = make.convolution(
        name + ".downsample.0", from: input, to: output, kernel: 1, stride: stride)
      projection = (convolution, make.normalization(name + ".downsample.1", channels: output))
    }
  }

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let path = secondNorm(second(firstNorm(first(x), then: activation)))
    let shortcut = projection.map { convolution, norm in norm(convolution(x)) } ?? x
    return activation(path + shortcut)
  }
}
