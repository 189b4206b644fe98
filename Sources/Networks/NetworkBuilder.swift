import Kernels
import Tensors

/// Makes the layers of a network and keeps their parameters in the order of creation.
///
/// Every parameter starts from the child stream of its own name: adding a layer leaves the
/// start of all others as it was.
public struct NetworkBuilder<Scalar: TensorScalar> {
  public private(set) var parameters: [Parameter<Scalar>] = []
  public private(set) var buffers: [Buffer<Scalar>] = []
  private let stream: RandomStream
  let initialization: Initialization
  private let groupRule: GroupRule

  /// A builder on a stream of its own, split off `stream`, which moves on: two networks made
  /// from one stream differ.
  public init(
    initialization: Initialization, groupRule: GroupRule, stream: inout RandomStream
  ) {
    self.initialization = initialization
    self.groupRule = groupRule
    self.stream = stream.child("network \(stream.next())")
  }

  /// A parameter of a given name and start.
  public mutating func parameter(_ name: String, _ value: Tensor<Scalar>) -> Parameter<Scalar> {
    precondition(!parameters.contains { $0.name == name }, "parameter name \(name) is taken")
    let made = Parameter(name, value)
    parameters.append(made)
    return made
  }

  /// A buffer of a given name and start.
  public mutating func buffer(_ name: String, _ value: Tensor<Scalar>) -> Buffer<Scalar> {
    precondition(!buffers.contains { $0.name == name }, "buffer name \(name) is taken")
    let made = Buffer(name, value)
    buffers.append(made)
    return made
  }

  /// The random stream of a parameter.
  func stream(of name: String) -> RandomStream { stream.child(name) }

  /// A convolution named `<name>.weight` and, with a bias, `<name>.bias`.
  public mutating func convolution(
    _ name: String, from input: Int, to output: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, bias: Bool = false
  ) -> Conv2d<Scalar> {
    let weight = parameter(
      name + ".weight",
      initialization.weight(
        shape: [output, input, kernel, kernel], stream: stream.child(name + ".weight")))
    let offset =
      bias
      ? parameter(
        name + ".bias",
        Initialization.uniform(
          shape: [output], fanIn: input * kernel * kernel, stream: stream.child(name + ".bias")))
      : nil
    return Conv2d(weight: weight, bias: offset, stride: stride, padding: padding)
  }

  /// A group normalisation, scale 1 and shift 0, named `<name>.weight` and `<name>.bias`.
  public mutating func normalization(_ name: String, channels: Int) -> GroupNorm<Scalar> {
    GroupNorm(
      scale: parameter(name + ".weight", .ones([channels])),
      shift: parameter(name + ".bias", .zeros([channels])),
      groups: groupRule.groups(channels: channels))
  }

  /// A linear layer with PyTorch's default start, named `<name>.weight` and `<name>.bias`.
  public mutating func linear(
    _ name: String, from input: Int, to output: Int
  ) -> Linear<Scalar> {
    Linear(
      weight: parameter(
        name + ".weight",
        Initialization.uniform(
          shape: [output, input], fanIn: input, stream: stream.child(name + ".weight"))),
      bias: parameter(
        name + ".bias",
        Initialization.uniform(
          shape: [output], fanIn: input, stream: stream.child(name + ".bias"))))
  }
}
