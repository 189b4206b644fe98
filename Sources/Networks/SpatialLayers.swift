import Autodiff
import Kernels
import Tensors

/// A convolution of pictures or of volumes, by the rank of its weight.
///
/// Pictures: x [batch, in, height, width], weight [out, in, kernel, kernel]; volumes: x
/// [batch, in, depth, height, width], weight [out, in, kernel, kernel, kernel]. Bias [out] or none.
public struct SpatialConvolution<Scalar: TensorScalar> {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  public let stride: Int
  public let padding: Int

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let (w, b) = (weight.variable, bias?.variable)
    return weight.shape.count == 5
      ? conv3d(x, weight: w, bias: b, stride: stride, padding: padding)
      : conv2d(x, weight: w, bias: b, stride: stride, padding: padding)
  }
}

/// A transposed convolution of pictures or of volumes, by the rank of its weight
/// [in, out, kernel...]; extents n become (n - 1) stride - 2 padding + kernel.
public struct TransposedConvolution<Scalar: TensorScalar> {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  public let stride: Int
  public let padding: Int

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let (w, b) = (weight.variable, bias?.variable)
    return weight.shape.count == 5
      ? convTranspose3d(x, weight: w, bias: b, stride: stride, padding: padding)
      : convTranspose2d(x, weight: w, bias: b, stride: stride, padding: padding)
  }
}

extension NetworkBuilder {
  /// A convolution over two or three `dimensions` named `<name>.weight` and, with a bias,
  /// `<name>.bias`.
  public mutating func spatialConvolution(
    _ name: String, dimensions: Int, from input: Int, to output: Int, kernel: Int,
    stride: Int = 1, padding: Int = 0, bias: Bool = true
  ) -> SpatialConvolution<Scalar> {
    let shape = Self.shape([output, input], kernel, dimensions)
    let (weight, offset) = weightAndBias(name, shape, outputs: output, bias: bias)
    return SpatialConvolution(weight: weight, bias: offset, stride: stride, padding: padding)
  }

  /// A transposed convolution over two or three `dimensions`, named as `spatialConvolution`.
  public mutating func transposedConvolution(
    _ name: String, dimensions: Int = 2, from input: Int, to output: Int, kernel: Int,
    stride: Int = 1, padding: Int = 0, bias: Bool = true
  ) -> TransposedConvolution<Scalar> {
    let shape = Self.shape([input, output], kernel, dimensions)
    let (weight, offset) = weightAndBias(name, shape, outputs: output, bias: bias)
    return TransposedConvolution(weight: weight, bias: offset, stride: stride, padding: padding)
  }

  private static func shape(_ channels: [Int], _ kernel: Int, _ dimensions: Int) -> [Int] {
    precondition(dimensions == 2 || dimensions == 3, "dimensions (\(dimensions)) must be 2 or 3")
    return channels + [Int](repeating: kernel, count: dimensions)
  }

  private mutating func weightAndBias(
    _ name: String, _ shape: [Int], outputs: Int, bias: Bool
  ) -> (Parameter<Scalar>, Parameter<Scalar>?) {
    let weight = parameter(
      name + ".weight",
      initialization.weight(shape: shape, stream: stream(of: name + ".weight")))
    guard bias else { return (weight, nil) }
    let start: Tensor<Scalar> = Initialization.uniform(
      shape: [outputs], fanIn: shape.dropFirst().reduce(1, *), stream: stream(of: name + ".bias"))
    return (weight, parameter(name + ".bias", start))
  }

  /// An instance normalisation, one channel to a group, scale 1 and shift 0, named
  /// `<name>.weight` and `<name>.bias`.
  public mutating func instanceNormalization(_ name: String, channels: Int) -> GroupNorm<Scalar> {
    GroupNorm(
      scale: parameter(name + ".weight", .ones([channels])),
      shift: parameter(name + ".bias", .zeros([channels])), groups: channels)
  }
}
