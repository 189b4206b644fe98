/// The two number types of tensors: Float, which studies train in, and Double, which checks it.
///
/// Kernels are concrete static requirements of this protocol (in the files beside this one):
/// Float calls oneDNN, OpenBLAS and fused loops, Double calls plain slow references. Generic code
/// never loops over elements.
public protocol TensorScalar: BinaryFloatingPoint, Codable, Sendable, SIMDScalar {
  /// The dtype name in safetensors files.
  static var safetensorsName: String { get }
}

extension Float: TensorScalar {
  public static var safetensorsName: String { "F32" }
}

extension Double: TensorScalar {
  public static var safetensorsName: String { "F64" }
}
