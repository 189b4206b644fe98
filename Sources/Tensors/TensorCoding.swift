import Foundation

/// Tensors set aside while a value that contains them is encoded, or handed back while it is
/// decoded: the JSON then holds names, and the numbers travel in a safetensors file.
///
/// The name of a tensor is its coding path (`layers.0.weight`), so the same value always gives
/// the same names. Pass the box as `encoder.userInfo[.tensorBox]`; without a box a tensor is
/// encoded in place, as its shape and elements.
public final class TensorBox: @unchecked Sendable {
  public private(set) var floats: [String: Tensor<Float>] = [:]
  public private(set) var doubles: [String: Tensor<Double>] = [:]

  public init(floats: [String: Tensor<Float>] = [:], doubles: [String: Tensor<Double>] = [:]) {
    self.floats = floats
    self.doubles = doubles
  }

  public var isEmpty: Bool { floats.isEmpty && doubles.isEmpty }

  fileprivate func insert<Scalar>(_ tensor: Tensor<Scalar>, _ path: [any CodingKey]) -> String {
    let base = path.isEmpty ? "tensor" : path.map(\.stringValue).joined(separator: ".")
    var name = base
    var copies = 1
    while floats[name] != nil || doubles[name] != nil {
      copies += 1
      name = "\(base)#\(copies)"
    }
    if let tensor = tensor as? Tensor<Float> { floats[name] = tensor }
    if let tensor = tensor as? Tensor<Double> { doubles[name] = tensor }
    return name
  }

  fileprivate func tensor<Scalar>(_ name: String, _: Scalar.Type) -> Tensor<Scalar>? {
    (floats[name] as? Tensor<Scalar>) ?? (doubles[name] as? Tensor<Scalar>)
  }
}

extension CodingUserInfoKey {
  /// The `TensorBox` that tensors go to, or come from.
  public static let tensorBox = CodingUserInfoKey(rawValue: "lightbox.tensorBox")!
}

extension Tensor: Codable {
  private enum Keys: String, CodingKey { case shape, elements }

  public func encode(to encoder: any Encoder) throws {
    if let box = encoder.userInfo[.tensorBox] as? TensorBox {
      var container = encoder.singleValueContainer()
      try container.encode(box.insert(self, encoder.codingPath))
      return
    }
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(shape, forKey: .shape)
    try container.encode(elements, forKey: .elements)
  }

  public init(from decoder: any Decoder) throws {
    if let box = decoder.userInfo[.tensorBox] as? TensorBox {
      let name = try decoder.singleValueContainer().decode(String.self)
      guard let tensor = box.tensor(name, Scalar.self) else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "the tensor \(name) of \(Scalar.self) is missing"))
      }
      self = tensor
      return
    }
    let container = try decoder.container(keyedBy: Keys.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    let elements = try container.decode([Scalar].self, forKey: .elements)
    guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == elements.count else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "shape \(shape) does not hold \(elements.count) elements"))
    }
    self.init(shape: shape, elements)
  }
}
