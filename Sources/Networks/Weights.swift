import Kernels
import Tensors

/// The values of all parameters of a network, by name: what a training leaves behind.
public struct Weights<Scalar: TensorScalar>: Codable, Sendable, Equatable {
  /// Parameter names in the network's order.
  public let names: [String]
  /// One per name.
  public let values: [Tensor<Scalar>]

  public init(names: [String], values: [Tensor<Scalar>]) {
    precondition(
      names.count == values.count, "names (\(names.count)) must match values (\(values.count))")
    self.names = names
    self.values = values
  }

  /// The value of a name, if there is one.
  public subscript(_ name: String) -> Tensor<Scalar>? {
    names.firstIndex(of: name).map { values[$0] }
  }
}

extension Network {
  /// A copy of the present values.
  public var weights: Weights<Scalar> {
    Weights(names: parameters.map(\.name), values: parameters.map(\.value))
  }

  /// Takes the values of another network of the same architecture; the order does not matter.
  ///
  /// Throws without changing anything when a name is missing or unknown or a shape differs.
  /// `source` names the origin in the message, such as a file.
  public func load(_ weights: Weights<Scalar>, source: String = "weights") throws {
    let known = Set(parameters.map(\.name))
    if let stray = weights.names.first(where: { !known.contains($0) }) {
      throw LightboxError.input(
        file: source, found: "a tensor \(stray)",
        expected: "only parameters of the network, such as \(parameters.first?.name ?? "none")")
    }
    let values = try parameters.map { parameter in
      guard let value = weights[parameter.name] else {
        throw LightboxError.input(
          file: source, found: "no tensor \(parameter.name)", expected: "every parameter")
      }
      guard value.shape == parameter.shape else {
        throw LightboxError.input(
          file: source, found: "\(parameter.name) of shape \(value.shape)",
          expected: "shape \(parameter.shape)")
      }
      return value
    }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
  }
}
