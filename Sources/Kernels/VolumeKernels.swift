/// The array kernels of volumes, [batch, channel, depth, height, width].
public protocol VolumeKernels {
  /// y[n, k] = b[k] + Σ_c w[k, c] ⋆ x[n, c] (cross-correlation).
  static func convolve(
    _ geometry: VolumeConvolutionGeometry, input: UnsafePointer<Self>,
    weight: UnsafePointer<Self>, bias: UnsafePointer<Self>?, output: UnsafeMutablePointer<Self>)

  /// The transposed convolution: the gradient of `convolve` at its input.
  static func convolveInputGradient(
    _ geometry: VolumeConvolutionGeometry, outputGradient: UnsafePointer<Self>,
    weight: UnsafePointer<Self>, inputGradient: UnsafeMutablePointer<Self>)

  /// The gradient of `convolve` at its weight, summed over the batch.
  static func convolveWeightGradient(
    _ geometry: VolumeConvolutionGeometry, input: UnsafePointer<Self>,
    outputGradient: UnsafePointer<Self>, weightGradient: UnsafeMutablePointer<Self>)

  /// Maximum over cubes and its flat position in the volume (the first one where equal).
  static func maxPool(
    _ geometry: VolumePoolingGeometry, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>,
    _ positions: UnsafeMutablePointer<Int32>)
}

/// Sizes of a three-dimensional convolution; stride and padding are those of every axis.
public struct VolumeConvolutionGeometry: Hashable, Sendable {
  public var batch, inputChannels, inputDepth, inputHeight, inputWidth: Int
  public var outputChannels, kernelDepth, kernelHeight, kernelWidth: Int
  public var stride, padding: Int

  public init(
    batch: Int, inputChannels: Int, inputDepth: Int, inputHeight: Int, inputWidth: Int,
    outputChannels: Int, kernelDepth: Int, kernelHeight: Int, kernelWidth: Int, stride: Int,
    padding: Int
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.inputDepth = inputDepth
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.outputChannels = outputChannels
    self.kernelDepth = kernelDepth
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.stride = stride
    self.padding = padding
  }

  public var outputDepth: Int { (inputDepth + 2 * padding - kernelDepth) / stride + 1 }
  public var outputHeight: Int { (inputHeight + 2 * padding - kernelHeight) / stride + 1 }
  public var outputWidth: Int { (inputWidth + 2 * padding - kernelWidth) / stride + 1 }
  /// Elements of a plane of the input, of a plane of the output.
  public var inputPlane: Int { inputHeight * inputWidth }
  public var outputPlane: Int { outputHeight * outputWidth }
  /// Elements of one example's input, of one example's output, of the weight.
  public var inputCount: Int { inputChannels * inputDepth * inputPlane }
  public var outputCount: Int { outputChannels * outputDepth * outputPlane }
  public var kernelCount: Int { kernelDepth * kernelHeight * kernelWidth }
  public var weightCount: Int { outputChannels * inputChannels * kernelCount }
}

/// Sizes of a pooling over cubes of volumes, without padding; what does not fill a cube is left
/// out.
public struct VolumePoolingGeometry: Hashable, Sendable {
  public var volumes, depth, height, width, size, stride: Int

  public init(volumes: Int, depth: Int, height: Int, width: Int, size: Int, stride: Int) {
    self.volumes = volumes
    self.depth = depth
    self.height = height
    self.width = width
    self.size = size
    self.stride = stride
  }

  public var outputDepth: Int { (depth - size) / stride + 1 }
  public var outputHeight: Int { (height - size) / stride + 1 }
  public var outputWidth: Int { (width - size) / stride + 1 }
  public var count: Int { depth * height * width }
  public var outputCount: Int { outputDepth * outputHeight * outputWidth }
}
