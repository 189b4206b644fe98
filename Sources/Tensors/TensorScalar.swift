import Kernels

/// The two number types of tensors: Float, which studies train in, and Double, which checks it.
///
/// The array kernels are concrete static requirements of `KernelScalar`: Float calls oneDNN,
/// OpenBLAS and fused loops, Double calls plain slow references. Generic code never loops over
/// elements.
public protocol TensorScalar: KernelScalar {
  /// The dtype name in safetensors files.
  static var safetensorsName: String { get }
}

extension Float: TensorScalar {
  public static var safetensorsName: String { "F32" }
}

extension Double: TensorScalar {
  public static var safetensorsName: String { "F64" }
}
