/// A number type that the array kernels are written for: Float or Double.
///
/// The requirements are pointer-level loops over whole arrays. Float has the fast ones
/// (vectorised polynomials, OpenBLAS, oneDNN); Double has plain slow references that check them.
/// Counts and shapes are trusted here: `Tensors` checks them. Results never depend on the number
/// of threads.
public protocol KernelScalar: BinaryFloatingPoint, Codable, SIMDScalar, Sendable, VolumeKernels,
  UpsamplingKernels, BatchNormalizationKernels, SoftmaxKernels, LeakyReLUKernels
{
  /// y[i] = f(x[i]); y may be x.
  static func map(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// y[i] = g[i] f'(x[i]), for the functions that have a fused derivative.
  static func mapGradient(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Self>, _ g: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// y[i] = scale x[i] + offset; y may be x.
  static func affine(
    _ count: Int, _ x: UnsafePointer<Self>, scale: Self, offset: Self,
    _ y: UnsafeMutablePointer<Self>)

  /// y[i] += scale x[i].
  static func accumulate(
    _ count: Int, _ x: UnsafePointer<Self>, scale: Self, _ y: UnsafeMutablePointer<Self>)

  /// y = f(a, b) over a shape, operands addressed by strides (0 repeats); y is dense.
  static func combine(
    _ function: BinaryFunction, shape: [Int], _ a: UnsafePointer<Self>, _ aStrides: [Int],
    _ b: UnsafePointer<Self>, _ bStrides: [Int], _ y: UnsafeMutablePointer<Self>)

  /// destination = source over a shape, both addressed by strides.
  static func copy(
    shape: [Int], _ source: UnsafePointer<Self>, _ sourceStrides: [Int],
    _ destination: UnsafeMutablePointer<Self>, _ destinationStrides: [Int])

  /// y[o, i] = Σ_r x[o, r, i], in a fixed order.
  static func sum(
    outer: Int, reduced: Int, inner: Int, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// y[o, i] = max_r x[o, r, i].
  static func maximum(
    outer: Int, reduced: Int, inner: Int, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// Σ a[i] b[i] in a fixed order, carried in Double.
  static func dot(_ count: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>) -> Double

  /// C = α op(A) op(B) + β C, row-major, on the calling thread.
  static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Self,
    _ a: UnsafePointer<Self>, _ aStride: Int, _ b: UnsafePointer<Self>, _ bStride: Int,
    beta: Self, _ c: UnsafeMutablePointer<Self>, _ cStride: Int)

  /// y[n, k] = b[k] + Σ_c w[k, c] ⋆ x[n, c] (cross-correlation).
  static func convolve(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Self>, weight: UnsafePointer<Self>,
    bias: UnsafePointer<Self>?, output: UnsafeMutablePointer<Self>)

  /// The transposed convolution: the gradient of `convolve` at its input.
  static func convolveInputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Self>,
    weight: UnsafePointer<Self>, inputGradient: UnsafeMutablePointer<Self>)

  /// The gradient of `convolve` at its weight, summed over the batch.
  static func convolveWeightGradient(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Self>,
    outputGradient: UnsafePointer<Self>, weightGradient: UnsafeMutablePointer<Self>)

  /// ‖∂L_n/∂w‖² per example of the batch, without keeping the gradients.
  static func convolveWeightSquaredNorms(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Self>,
    outputGradient: UnsafePointer<Self>, squaredNorms: UnsafeMutablePointer<Double>)

  /// ∂L_n/∂w for each example of the batch, [batch, weight].
  static func convolveWeightGradients(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Self>,
    outputGradient: UnsafePointer<Self>, weightGradients: UnsafeMutablePointer<Self>)

  /// Maximum over windows and its flat position in the plane (the first one where equal).
  static func maxPool(
    _ geometry: PoolingGeometry, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>,
    _ positions: UnsafeMutablePointer<Int32>)

  /// y[p, i] = x[p, positions[p, i]] for each plane p.
  static func gatherPlanes(
    planes: Int, source: Int, target: Int, _ x: UnsafePointer<Self>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<Self>)

  /// y = 0, then y[p, positions[p, i]] += x[p, i] for each plane p: the adjoint of `gatherPlanes`.
  static func scatterPlanes(
    planes: Int, source: Int, target: Int, _ x: UnsafePointer<Self>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<Self>)

  /// Mean over windows; padding counts as zeros inside the divisor.
  static func averagePool(
    _ geometry: PoolingGeometry, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)

  /// The adjoint of `averagePool`.
  static func averagePoolGradient(
    _ geometry: PoolingGeometry, _ g: UnsafePointer<Self>, _ x: UnsafeMutablePointer<Self>)

  /// Group normalisation with scale and shift, then the activation.
  static func groupNorm(
    _ geometry: GroupNormGeometry, _ x: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    shift: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>,
    moments: UnsafeMutablePointer<Self>)

  /// Gradients of `groupNorm`: at x, and per example at scale and shift ([batch, channel] each).
  static func groupNormGradient(
    _ geometry: GroupNormGeometry, _ x: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    shift: UnsafePointer<Self>, moments: UnsafePointer<Self>, _ g: UnsafePointer<Self>,
    inputGradient: UnsafeMutablePointer<Self>?, scaleGradient: UnsafeMutablePointer<Self>,
    shiftGradient: UnsafeMutablePointer<Self>)

  /// `maxPool` of `groupNorm`, without the planes between.
  static func pooledGroupNorm(
    _ geometry: GroupNormGeometry, _ pooling: PoolingGeometry, _ x: UnsafePointer<Self>,
    scale: UnsafePointer<Self>, shift: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>,
    positions: UnsafeMutablePointer<Int32>, moments: UnsafeMutablePointer<Self>)

  /// Gradients of `pooledGroupNorm`; g has `outputs` numbers a plane, as the pooled result.
  static func pooledGroupNormGradient(
    _ geometry: GroupNormGeometry, outputs: Int, _ x: UnsafePointer<Self>,
    scale: UnsafePointer<Self>, shift: UnsafePointer<Self>, moments: UnsafePointer<Self>,
    positions: UnsafePointer<Int32>, _ g: UnsafePointer<Self>,
    inputGradient: UnsafeMutablePointer<Self>?, scaleGradient: UnsafeMutablePointer<Self>,
    shiftGradient: UnsafeMutablePointer<Self>)
}

/// Functions of one number that arrays are mapped by.
public enum UnaryFunction: String, CaseIterable, Sendable {
  case negate, reciprocal, exp, log, sqrt, square, sigmoid, tanh, softplus, relu, mish, silu
  case absolute, sign, step, sine, cosine

  /// Whether `mapGradient` has a fused loop for it.
  public var hasFusedGradient: Bool {
    switch self {
    case .mish, .silu, .relu, .sigmoid, .tanh, .softplus: true
    default: false
    }
  }
}

/// Functions of two numbers that arrays are combined by; `greater` and `equal` give 1 or 0.
public enum BinaryFunction: String, CaseIterable, Sendable {
  case add, subtract, multiply, divide, maximum, minimum, greater, equal
}

/// Sizes of a two-dimensional convolution.
public struct ConvolutionGeometry: Hashable, Sendable {
  public var batch, inputChannels, inputHeight, inputWidth: Int
  public var outputChannels, kernelHeight, kernelWidth: Int
  public var stride, padding: Int

  public init(
    batch: Int, inputChannels: Int, inputHeight: Int, inputWidth: Int, outputChannels: Int,
    kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Int
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.stride = stride
    self.padding = padding
  }

  public var outputHeight: Int { (inputHeight + 2 * padding - kernelHeight) / stride + 1 }
  public var outputWidth: Int { (inputWidth + 2 * padding - kernelWidth) / stride + 1 }
  /// Whether per-example gradient norms are cheaper by Gram matrices than by forming gradients.
  public var prefersGramNorms: Bool { PerExampleNorms.prefersGram(self) }
  /// Elements of one example's input, of one example's output, of the weight.
  public var inputCount: Int { inputChannels * inputHeight * inputWidth }
  public var outputCount: Int { outputChannels * outputHeight * outputWidth }
  public var weightCount: Int { outputChannels * inputChannels * kernelHeight * kernelWidth }
}

/// Sizes of a pooling over windows of planes.
public struct PoolingGeometry: Hashable, Sendable {
  public var planes, height, width, size, stride, padding: Int

  public init(planes: Int, height: Int, width: Int, size: Int, stride: Int, padding: Int) {
    self.planes = planes
    self.height = height
    self.width = width
    self.size = size
    self.stride = stride
    self.padding = padding
  }

  public var outputHeight: Int { (height + 2 * padding - size) / stride + 1 }
  public var outputWidth: Int { (width + 2 * padding - size) / stride + 1 }
}

/// Sizes of a group normalisation over [batch, channels, space].
public struct GroupNormGeometry: Hashable, Sendable {
  public enum Activation: Hashable, Sendable {
    case none, mish, silu
    case leakyReLU(slope: Double)
  }

  public var batch, channels, space, groups: Int
  public var epsilon: Double
  public var activation: Activation

  public init(
    batch: Int, channels: Int, space: Int, groups: Int, epsilon: Double,
    activation: Activation = .none
  ) {
    self.batch = batch
    self.channels = channels
    self.space = space
    self.groups = groups
    self.epsilon = epsilon
    self.activation = activation
  }
}
