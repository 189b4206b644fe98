import Autodiff
import Tensors

/// Something that training changes: parameters, and numbers that it keeps beside them.
public protocol Parameterized<Scalar>: AnyObject {
  associatedtype Scalar: TensorScalar
  /// All parameters, in the order of PyTorch's `state_dict`.
  var parameters: [Parameter<Scalar>] { get }
  /// Running statistics of batch normalisations, in the same order; none by default.
  var buffers: [Buffer<Scalar>] { get }
}

/// A function of images with parameters: images [batch, channel, height, width] to logits
/// [batch, class].
///
/// Classifiers of this room treat the cases of a batch independently (no batch normalisation), so
/// that per-example gradients and differential privacy are defined.
public protocol Network<Scalar>: Parameterized {
  func callAsFunction(_ images: Variable<Scalar>) -> Variable<Scalar>
}

extension Parameterized {
  public var buffers: [Buffer<Scalar>] { [] }

  /// Number of trainable numbers.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// The leaves that gradients are taken at, in the order of `parameters`.
  public var variables: [Variable<Scalar>] { parameters.map(\.variable) }

  /// Runs `body` while no graph is recorded over the parameters: forward passes free their
  /// intermediate results as they go.
  public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = parameters.map(\.requiresGradient)
    for parameter in parameters { parameter.requiresGradient = false }
    defer { for (parameter, flag) in zip(parameters, before) { parameter.requiresGradient = flag } }
    return try body()
  }

  /// Runs `body`, which calls the network many times, without gradients and with the weights of
  /// convolutions in the layout of their kernels, made once. Parameters must not change meanwhile.
  /// Last bits may differ from those of `withoutGradients`.
  public func withFrozenWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withoutGradients {
      let kernels = parameters.filter { $0.shape.count == 4 }
      let before = kernels.map(\.value)
      return try Tensor.freezing(before) { copies in
        for (parameter, copy) in zip(kernels, copies) { parameter.value = copy }
        defer { for (parameter, value) in zip(kernels, before) { parameter.value = value } }
        return try body()
      }
    }
  }
}
