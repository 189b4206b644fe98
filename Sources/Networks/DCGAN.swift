import Autodiff
import Kernels
import Tensors

/// What the two networks of a DCGAN look like.
public struct DCGANConfiguration: Codable, Hashable, Sendable {
  /// Side of the pictures: a power of two, 16 or more.
  public var size: Int
  /// Numbers of a latent vector.
  public var latent: Int
  /// Channels of the finest level, doubled level by level up to 512.
  public var features: Int
  /// Channels of the pictures.
  public var channels: Int

  public init(size: Int, latent: Int = 100, features: Int = 64, channels: Int = 1) {
    precondition(
      size >= 16 && size.nonzeroBitCount == 1, "size (\(size)) must be a power of two from 16 up")
    self.size = size
    self.latent = latent
    self.features = features
    self.channels = channels
  }

  /// Channels of the levels, from the finest to the coarsest (4x4).
  var levels: [Int] {
    (0..<(size.trailingZeroBitCount - 2)).map { min(features << $0, 512) }
  }
}

/// The generator of a DCGAN: latent vectors [batch, latent] to pictures in (-1, 1),
/// [batch, channel, size, size].
///
/// Transposed 4x4 convolutions without bias, batch normalisation, ReLU; tanh at the end. 3,574,656
/// parameters at 64x64, 1,066,880 at 32x32.
///
/// Source: Radford et al. 2016, arXiv 1511.06434.
public final class DCGANGenerator<Scalar: TensorScalar>: Parameterized {
  public let configuration: DCGANConfiguration
  public let parameters: [Parameter<Scalar>]
  public let buffers: [Buffer<Scalar>]
  private let stages: [(TransposedConvolution<Scalar>, BatchNorm<Scalar>)]
  private let output: TransposedConvolution<Scalar>

  /// A generator at its random start, all weights N(0, 0.02²); `stream` moves on.
  public init(_ configuration: DCGANConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .normalSmall, groupRule: .fixed(1), stream: &stream)
    var channels = configuration.latent
    stages = configuration.levels.reversed().enumerated().map { place, target in
      defer { channels = target }
      let convolution = make.transposedConvolution(
        "\(3 * place)", from: channels, to: target, kernel: 4, stride: place == 0 ? 1 : 2,
        padding: place == 0 ? 0 : 1, bias: false)
      return (convolution, make.batchNormalization("\(3 * place + 1)", channels: target))
    }
    output = make.transposedConvolution(
      "\(3 * stages.count)", from: channels, to: configuration.channels, kernel: 4, stride: 2,
      padding: 1, bias: false)
    parameters = make.parameters
    buffers = make.buffers
    self.configuration = configuration
  }

  /// Pictures of latent vectors; in training the moments of the batch normalise, and the running
  /// statistics follow them.
  public func callAsFunction(
    _ latents: Variable<Scalar>, training: Bool = true
  ) -> Variable<Scalar> {
    precondition(
      latents.shape.count == 2 && latents.shape[1] == configuration.latent,
      "latents \(latents.shape) must be [batch, \(configuration.latent)]")
    var x = reshape(latents, latents.shape + [1, 1])
    for (convolution, norm) in stages { x = relu(norm(convolution(x), training: training)) }
    return tanh(output(x))
  }
}

/// The discriminator of a DCGAN: pictures [batch, channel, size, size] to scores [batch], high for
/// real ones.
///
/// 4x4 convolutions of stride 2 without bias, batch normalisation from the second on, leaky ReLU of
/// slope 0.2. 2,763,520 parameters at 64x64, 661,248 at 32x32.
///
/// Source: Radford et al. 2016, arXiv 1511.06434.
public final class DCGANDiscriminator<Scalar: TensorScalar>: Parameterized {
  public let configuration: DCGANConfiguration
  public let parameters: [Parameter<Scalar>]
  public let buffers: [Buffer<Scalar>]
  private let stages: [(Conv2d<Scalar>, BatchNorm<Scalar>?)]
  private let output: Conv2d<Scalar>

  /// A discriminator at its random start, all weights N(0, 0.02²); `stream` moves on.
  public init(_ configuration: DCGANConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .normalSmall, groupRule: .fixed(1), stream: &stream)
    var channels = configuration.channels
    var place = 0
    stages = configuration.levels.enumerated().map { level, target in
      defer {
        channels = target
        place += level == 0 ? 2 : 3
      }
      let convolution = make.convolution(
        "\(place)", from: channels, to: target, kernel: 4, stride: 2, padding: 1)
      return (
        convolution, level == 0 ? nil : make.batchNormalization("\(place + 1)", channels: target)
      )
    }
    output = make.convolution("\(place)", from: channels, to: 1, kernel: 4)
    parameters = make.parameters
    buffers = make.buffers
    self.configuration = configuration
  }

  /// Scores of pictures; `training` as in the generator.
  public func callAsFunction(
    _ images: Variable<Scalar>, training: Bool = true
  ) -> Variable<Scalar> {
    let side = configuration.size
    precondition(
      images.shape.count == 4 && Array(images.shape[1...]) == [configuration.channels, side, side],
      "images \(images.shape) must be [batch, \(configuration.channels), \(side), \(side)]")
    var x = images
    for (convolution, norm) in stages {
      x = convolution(x)
      if let norm { x = norm(x, training: training) }
      x = leakyReLU(x, slope: 0.2)
    }
    return reshape(output(x), [-1])
  }
}
