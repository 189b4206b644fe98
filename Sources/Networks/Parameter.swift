import Autodiff
import Tensors

/// A named tensor that training changes.
///
/// Names are those of PyTorch's `state_dict` ("layer1.0.conv1.weight"), so that weights travel
/// both ways. The leaf that graphs are built on is renewed with every new value: a graph recorded
/// before an update keeps the values it was computed from.
public final class Parameter<Scalar: TensorScalar> {
  public let name: String
  /// The leaf variable of the present value.
  public private(set) var variable: Variable<Scalar>

  public init(_ name: String, _ value: Tensor<Scalar>) {
    self.name = name
    variable = Variable(value, requiresGradient: true)
  }

  public var shape: [Int] { variable.value.shape }

  /// The present value; a new one must have the same shape.
  public var value: Tensor<Scalar> {
    get { variable.value }
    set {
      precondition(
        newValue.shape == shape, "\(name): new shape \(newValue.shape) must equal \(shape)")
      variable = Variable(newValue, requiresGradient: requiresGradient)
    }
  }

  /// Whether graphs over this parameter are recorded; off while predicting.
  public var requiresGradient: Bool {
    get { variable.requiresGradient }
    set { variable = Variable(value, requiresGradient: newValue) }
  }
}

/// A named tensor that a network keeps and no gradient moves, such as a running mean.
public final class Buffer<Scalar: TensorScalar> {
  public let name: String
  /// The present value; its shape stays.
  public var value: Tensor<Scalar> {
    didSet {
      precondition(
        value.shape == oldValue.shape,
        "\(name): new shape \(value.shape) must equal \(oldValue.shape)")
    }
  }

  public init(_ name: String, _ value: Tensor<Scalar>) {
    self.name = name
    self.value = value
  }
}
