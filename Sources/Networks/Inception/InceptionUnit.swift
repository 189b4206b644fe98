import Autodiff
import Tensors

/// Convolution without bias, batch normalisation by running statistics, rectifier: the brick of
/// Inception-v3.
///
///     y = max(0, γ (w ⋆ x − μ) / √(σ² + 0.001) + β)
///
/// Normalisation is folded into the convolution, w γ/√(σ² + 0.001) with the bias
/// β − μ γ/√(σ² + 0.001), so that a picture is passed over once less. Kernels may be oblong (1x7),
/// with a padding of their own along each axis. x [batch, in, height, width].
struct InceptionUnit<Scalar: TensorScalar> {
  private let weight, scale, shift: Parameter<Scalar>
  private let mean, variance: Buffer<Scalar>
  private let stride: Int
  private let padding: (height: Int, width: Int)

  /// TensorFlow's, not the 1e-5 of PyTorch.
  private static var epsilon: Scalar { 0.001 }

  init(
    _ name: String, from input: Int, to output: Int, kernel: (Int, Int), stride: Int = 1,
    padding: (Int, Int) = (0, 0), _ make: inout InceptionBuilder<Scalar>
  ) {
    weight = make.parameter(
      name + ".conv.weight", [output, input, kernel.0, kernel.1], .weight)
    scale = make.parameter(name + ".bn.weight", [output], .one)
    shift = make.parameter(name + ".bn.bias", [output], .zero)
    mean = make.buffer(name + ".bn.running_mean", [output], .zero)
    variance = make.buffer(name + ".bn.running_var", [output], .one)
    self.stride = stride
    self.padding = padding
  }

  /// The unit without its rectifier.
  func linear(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let inverse = (variance.value + Self.epsilon).mapped(.sqrt).mapped(.reciprocal)
    let factor = scale.variable * Variable(inverse)
    let kernel = weight.variable * reshape(factor, [-1, 1, 1, 1])
    let bias = shift.variable - factor * Variable(mean.value)
    if padding.height == padding.width {
      return conv2d(x, weight: kernel, bias: bias, stride: stride, padding: padding.height)
    }
    let tall = pad(x, axis: 2, before: padding.height, after: padding.height)
    let wide = pad(tall, axis: 3, before: padding.width, after: padding.width)
    return conv2d(wide, weight: kernel, bias: bias, stride: stride)
  }

  func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { relu(linear(x)) }
}

/// Makes the parameters and buffers of Inception-v3 and keeps them in PyTorch's order.
struct InceptionBuilder<Scalar: TensorScalar> {
  /// How a tensor starts.
  enum Start { case weight, one, zero }

  private(set) var parameters: [Parameter<Scalar>] = []
  private(set) var buffers: [Buffer<Scalar>] = []
  /// Where weights are drawn; without one they are 0 until they are loaded.
  private let stream: RandomStream?

  init(stream: RandomStream?) { self.stream = stream }

  mutating func parameter(_ name: String, _ shape: [Int], _ start: Start) -> Parameter<Scalar> {
    let made = Parameter(name, value(name, shape, start))
    parameters.append(made)
    return made
  }

  mutating func buffer(_ name: String, _ shape: [Int], _ start: Start) -> Buffer<Scalar> {
    let made = Buffer(name, value(name, shape, start))
    buffers.append(made)
    return made
  }

  private func value(_ name: String, _ shape: [Int], _ start: Start) -> Tensor<Scalar> {
    switch start {
    case .one: return .ones(shape)
    case .zero: return .zeros(shape)
    case .weight:
      guard let stream else { return .zeros(shape) }
      let fanIn = shape.dropFirst().reduce(1, *)
      return Initialization.normal(
        shape: shape, deviation: (2 / Double(fanIn)).squareRoot(), stream: stream.child(name))
    }
  }
}

/// The mean over 3x3 windows one pixel apart, of the pixels inside the picture alone.
///
/// PyTorch's `avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)`: TensorFlow does not
/// count padding, PyTorch does by default.
func averageInside<Scalar: TensorScalar>(_ x: Variable<Scalar>) -> Variable<Scalar> {
  func inside(_ extent: Int) -> [Int] {
    (0..<extent).map { min($0 + 2, extent) - max($0 - 1, 0) }
  }
  let (rows, columns) = (inside(x.shape[2]), inside(x.shape[3]))
  let shares = rows.flatMap { row in columns.map { Scalar(9) / Scalar(row * $0) } }
  return averagePool2d(x, size: 3, stride: 1, padding: 1)
    * Variable(Tensor(shape: [1, 1, rows.count, columns.count], shares))
}
