import Kernels
import Tensors

/// The values of all parameters and buffers of a network, by name: what a training leaves behind.
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

extension Parameterized {
  /// A copy of the present values, buffers after the parameters.
  public var weights: Weights<Scalar> {
    Weights(
      names: parameters.map(\.name) + buffers.map(\.name),
      values: parameters.map(\.value) + buffers.map(\.value))
  }

  /// Takes the values of another network of the same architecture; the order does not matter.
  ///
  /// PyTorch's counters of batches (`num_batches_tracked`) are passed over: nothing here needs them.
  /// Throws without changing anything when a name is missing or unknown or a shape differs.
  /// `source` names the origin in the message, such as a file.
  public func load(_ weights: Weights<Scalar>, source: String = "weights") throws {
    let known = Set(parameters.map(\.name) + buffers.map(\.name))
    let counters = Set(
      buffers.map { $0.name.replacing("running_mean", with: "num_batches_tracked") })
    if let stray = weights.names.first(where: { !known.contains($0) && !counters.contains($0) }) {
      throw LightboxError.input(
        file: source, found: "a tensor \(stray)",
        expected: "only parameters of the network, such as \(parameters.first?.name ?? "none")")
    }
    func value(_ name: String, _ shape: [Int]) throws -> Tensor<Scalar> {
      guard let value = weights[name] else {
        throw LightboxError.input(
          file: source, found: "no tensor \(name)", expected: "every parameter")
      }
      guard value.shape == shape else {
        throw LightboxError.input(
          file: source, found: "\(name) of shape \(value.shape)", expected: "shape \(shape)")
      }
      return value
    }
    let values = try parameters.map { try value($0.name, $0.shape) }
    let kept = try buffers.map { try value($0.name, $0.value.shape) }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
    for (buffer, value) in zip(buffers, kept) { buffer.value = value }
  }
}
