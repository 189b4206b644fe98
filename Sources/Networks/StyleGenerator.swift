import Autodiff
import Kernels
import Tensors

/// What the two networks of a style-based GAN look like.
public struct StyleConfiguration: Codable, Hashable, Sendable {
  /// Numbers of a latent vector and of a style.
  public var styles: Int
  /// Channels of the levels 4x4, 8x8, ... up to the size of the pictures.
  public var features: [Int]
  /// Layers of the mapping from latents to styles.
  public var mappingLayers: Int
  /// Channels of the pictures.
  public var channels: Int

  public init(
    styles: Int = 256, features: [Int] = [256, 256, 128, 64], mappingLayers: Int = 4,
    channels: Int = 1
  ) {
    precondition(!features.isEmpty, "features must not be empty")
    self.styles = styles
    self.features = features
    self.mappingLayers = mappingLayers
    self.channels = channels
  }

  /// Side of the pictures.
  public var size: Int { 4 << (features.count - 1) }
}

/// The style-based generator: latent vectors to styles, styles to pictures.
///
/// A learnt 4x4 picture is convolved, enlarged (bilinearly) and convolved twice at every further
/// level, all by convolutions that the style modulates; at every level another one adds to the
/// picture that has grown so far. The defaults are the 32x32 network: 3,117,903 parameters.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, with output skips, without path
/// length regularisation and equalised learning rates outside the modulated convolutions.
public final class StyleGenerator<Scalar: TensorScalar>: Parameterized {
  public let configuration: StyleConfiguration
  public let parameters: [Parameter<Scalar>]
  private let mapping: [Linear<Scalar>]
  private let constant: Parameter<Scalar>
  private let first: ModulatedConvolution<Scalar>
  private let firstPicture: ModulatedConvolution<Scalar>
  private let growing, steady, pictures: [ModulatedConvolution<Scalar>]

  /// A generator at its random start; `stream` moves on.
  public init(_ configuration: StyleConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(1), stream: &stream)
    let features = configuration.features
    let width = configuration.styles
    constant = make.parameter(
      "const",
      Initialization.normal(
        shape: [1, features[0], 4, 4], deviation: 1, stream: make.stream(of: "const")))
    mapping = (0..<configuration.mappingLayers).map {
      make.linear("map.\(2 * $0)", from: width, to: width)
    }
    first = ModulatedConvolution(
      "first", from: features[0], to: features[0], kernel: 3, style: width, builder: &make)
    firstPicture = ModulatedConvolution(
      "rgb0", from: features[0], to: configuration.channels, kernel: 1, style: width,
      demodulates: false, builder: &make)
    let levels = features.indices.dropFirst()
    growing = levels.map {
      ModulatedConvolution(
        "a.\($0 - 1)", from: features[$0 - 1], to: features[$0], kernel: 3, style: width,
        builder: &make)
    }
    steady = levels.map {
      ModulatedConvolution(
        "b.\($0 - 1)", from: features[$0], to: features[$0], kernel: 3, style: width,
        builder: &make)
    }
    pictures = levels.map {
      ModulatedConvolution(
        "r.\($0 - 1)", from: features[$0], to: configuration.channels, kernel: 1, style: width,
        demodulates: false, builder: &make)
    }
    parameters = make.parameters
    self.configuration = configuration
  }

  /// The styles of latent vectors, [batch, styles] each: the latents at unit power, then linear
  /// layers with leaky ReLU.
  public func styles(_ latents: Variable<Scalar>) -> Variable<Scalar> {
    let width = configuration.styles
    precondition(
      latents.shape.count == 2 && latents.shape[1] == width,
      "latents \(latents.shape) must be [batch, \(width)]")
    let power = mean(square(latents), axes: [1], keepingAxes: true)
    var w = latents / sqrt(power + 1e-8)
    for layer in mapping { w = leakyReLU(layer(w), slope: 0.2) }
    return w
  }

  /// Pictures [batch, channel, size, size] of styles [batch, styles].
  ///
  /// `noise` gives the standard normal numbers of one place, for its shape
  /// [batch, 1, height, width]; places are asked for from the coarsest to the finest. Without it
  /// there is no noise.
  public func pictures(
    _ styles: Variable<Scalar>, noise: ((_ shape: [Int]) -> Tensor<Scalar>)? = nil
  ) -> Variable<Scalar> {
    let batch = styles.shape[0]
    func convolve(
      _ convolution: ModulatedConvolution<Scalar>, _ x: Variable<Scalar>
    ) -> Variable<Scalar> {
      let own = noise.map { $0([batch, 1, x.shape[2], x.shape[3]]) }
      return leakyReLU(convolution(x, styles: styles, noise: own), slope: 0.2)
    }
    var x = convolve(first, broadcast(constant.variable, to: [batch] + constant.shape.dropFirst()))
    var picture = firstPicture(x, styles: styles)
    for level in growing.indices {
      x = convolve(growing[level], upsample2d(x, .bilinear))
      x = convolve(steady[level], x)
      picture = upsample2d(picture, .bilinear) + pictures[level](x, styles: styles)
    }
    return picture
  }

  /// Pictures of latent vectors, with noise from a stream, which moves on.
  public func callAsFunction(
    _ latents: Variable<Scalar>, noise stream: inout RandomStream
  ) -> Variable<Scalar> {
    var own = stream.child("noise \(stream.next())")
    return pictures(styles(latents)) { shape in
      let noise = Tensor<Float>(shape: shape) { own.fillNormal($0) }
      return noise as? Tensor<Scalar> ?? Tensor(shape: shape, noise.elements.map { Scalar($0) })
    }
  }
}
