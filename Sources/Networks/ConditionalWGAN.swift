import Autodiff
import Kernels
import Tensors

/// What the two networks of a conditional Wasserstein GAN look like.
public struct WGANConfiguration: Codable, Hashable, Sendable {
  /// Side of the pictures: a power of two, 16 or more.
  public var size: Int
  /// Numbers of a latent vector.
  public var latent: Int
  /// Numbers of the learnt vector of a class, which joins the latent.
  public var embedding: Int
  /// Channels of the finest level, doubled level by level up to 512.
  public var features: Int
  /// Channels of the pictures.
  public var channels: Int
  public var classes: Int

  public init(
    size: Int = 32, latent: Int = 64, embedding: Int = 16, features: Int = 24, channels: Int = 3,
    classes: Int = 2
  ) {
    precondition(classes > 0 && embedding > 0, "classes (\(classes)) must be positive")
    self.size = size
    self.latent = latent
    self.embedding = embedding
    self.features = features
    self.channels = channels
    self.classes = classes
  }

  /// The DCGAN whose generator sees latent and class as one vector.
  var convolutional: DCGANConfiguration {
    DCGANConfiguration(
      size: size, latent: latent + embedding, features: features, channels: channels)
  }

  func check(_ labels: [Int], pictures: Int) {
    precondition(
      labels.count == pictures && labels.allSatisfy { (0..<classes).contains($0) },
      "labels \(labels) must be \(pictures) numbers of \(classes) classes")
  }
}

/// The generator of a conditional Wasserstein GAN: latent vectors [batch, latent] and labels to
/// pictures in (-1, 1), [batch, channel, size, size].
///
/// A DCGAN's generator (transposed convolutions, batch normalisation, ReLU, tanh) that sees the
/// latent and the learnt vector of the class as one.
///
/// Sources: Radford et al. 2016, arXiv 1511.06434; Mirza and Osindero 2014,
/// doi:10.48550/arXiv.1411.1784.
public final class WGANGenerator<Scalar: TensorScalar>: Parameterized {
  public let configuration: WGANConfiguration
  public let parameters: [Parameter<Scalar>]
  public var buffers: [Buffer<Scalar>] { network.buffers }
  private let embedding: Parameter<Scalar>
  private let network: DCGANGenerator<Scalar>

  /// A generator at its random start, weights N(0, 0.02²), classes N(0, 1); `stream` moves on.
  public init(_ configuration: WGANConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .normalSmall, groupRule: .fixed(1), stream: &stream)
    embedding = make.parameter(
      "embed.weight",
      Initialization.normal(
        shape: [configuration.classes, configuration.embedding], deviation: 1,
        stream: make.stream(of: "embed.weight")))
    network = DCGANGenerator(configuration.convolutional, stream: &stream)
    parameters = make.parameters + network.parameters
    self.configuration = configuration
  }

  /// Pictures of latent vectors; in training the moments of the batch normalise, and the running
  /// statistics follow them.
  public func callAsFunction(
    _ latents: Variable<Scalar>, labels: [Int], training: Bool = true
  ) -> Variable<Scalar> {
    precondition(
      latents.shape.count == 2 && latents.shape[1] == configuration.latent,
      "latents \(latents.shape) must be [batch, \(configuration.latent)]")
    configuration.check(labels, pictures: latents.shape[0])
    let told = concatenate([latents, gather(embedding.variable, rows: labels)], axis: 1)
    return network(told, training: training)
  }
}

/// The critic of a conditional Wasserstein GAN: pictures [batch, channel, size, size] and labels to
/// scores [batch], high for real ones.
///
/// The class joins the picture as one more channel, a learnt plane; then 4x4 convolutions of
/// stride 2 with leaky ReLU of slope 0.2 and a 4x4 convolution to one number. No normalisation: the
/// penalty is on the gradient of every picture by itself (Gulrajani et al. 2017,
/// doi:10.48550/arXiv.1704.00028, section 4).
public final class WGANCritic<Scalar: TensorScalar>: Parameterized {
  public let configuration: WGANConfiguration
  public let parameters: [Parameter<Scalar>]
  private let planes: Parameter<Scalar>
  private let stages: [Conv2d<Scalar>]
  private let output: Conv2d<Scalar>

  /// A critic at its random start (PyTorch's defaults), planes N(0, 1); `stream` moves on.
  public init(_ configuration: WGANConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(1), stream: &stream)
    let side = configuration.size
    planes = make.parameter(
      "planes.weight",
      Initialization.normal(
        shape: [configuration.classes, side * side], deviation: 1,
        stream: make.stream(of: "planes.weight")))
    var channels = configuration.channels + 1
    stages = configuration.convolutional.levels.enumerated().map { place, target in
      defer { channels = target }
      return make.convolution(
        "\(place)", from: channels, to: target, kernel: 4, stride: 2, padding: 1, bias: true)
    }
    output = make.convolution("\(stages.count)", from: channels, to: 1, kernel: 4, bias: true)
    parameters = make.parameters
    self.configuration = configuration
  }

  public func callAsFunction(_ images: Variable<Scalar>, labels: [Int]) -> Variable<Scalar> {
    let side = configuration.size
    precondition(
      images.shape.count == 4 && Array(images.shape[1...]) == [configuration.channels, side, side],
      "images \(images.shape) must be [batch, \(configuration.channels), \(side), \(side)]")
    let batch = images.shape[0]
    configuration.check(labels, pictures: batch)
    let plane = reshape(gather(planes.variable, rows: labels), [batch, 1, side, side])
    var x = concatenate([images, plane], axis: 1)
    for convolution in stages { x = leakyReLU(convolution(x), slope: 0.2) }
    return reshape(output(x), [batch])
  }
}
