import Autodiff
import Kernels
import Tensors

/// What a `PictureAutoencoder` looks like.
public struct AutoencoderConfiguration: Codable, Hashable, Sendable {
  /// Channels of the pictures.
  public var channels: Int
  /// Channels of the latent pictures.
  public var latentChannels: Int
  /// Channels of the levels, from the finest.
  public var widths: [Int]
  /// Steps of the convolutions into the levels: 1 for the first, 1 or 2 for the others. The side of
  /// a latent picture is that of the picture divided by their product.
  public var strides: [Int]
  /// Whether there is a second, coarser output at the second level: half the resolution.
  public var deepSupervision: Bool
  /// Groups of every normalisation.
  public var groups: Int

  /// The defaults are the released ones: 8 latent channels, an eighth of the side.
  public init(
    channels: Int = 3, latentChannels: Int = 8, widths: [Int] = [64, 128, 256, 512],
    strides: [Int] = [1, 2, 2, 2], deepSupervision: Bool = true, groups: Int = 8
  ) {
    precondition(
      widths.count >= 2 && widths.count == strides.count,
      "widths \(widths) and strides \(strides) must be two or more, and equally many")
    precondition(
      strides[0] == 1 && strides.allSatisfy { $0 == 1 || $0 == 2 },
      "strides \(strides) must be 1 or 2, the first 1")
    precondition(
      !deepSupervision || strides[1] == 2,
      "deep supervision is at half the resolution: strides[1] (\(strides[1])) must be 2")
    self.channels = channels
    self.latentChannels = latentChannels
    self.widths = widths
    self.strides = strides
    self.deepSupervision = deepSupervision
    self.groups = groups
  }

  /// Pixels of a side for each one of a latent picture.
  public var factor: Int { strides.reduce(1, *) }

  /// [latentChannels, height / factor, width / factor].
  public func latentShape(height: Int, width: Int) -> [Int] {
    [latentChannels, height / factor, width / factor]
  }
}

/// The variational autoencoder of Medfusion: pictures to the means and variances of latent pictures,
/// latent pictures to pictures.
///
/// A level is two residual convolutions; strided convolutions lead down, doubled pixels and a
/// convolution lead up. Two plain convolutions give mean and log variance. The 1x1 convolutions to
/// the pictures start at zero. No attention.
///
/// Pictures [batch, channel, height, width] in -1...1, latent pictures [batch, latentChannels,
/// height / factor, width / factor]. Source: class VAE of the released code (Müller-Franzes et al.
/// 2023, doi:10.1038/s41598-023-39278-0), with its names of parameters.
public final class PictureAutoencoder<Scalar: TensorScalar>: Parameterized {
  public let configuration: AutoencoderConfiguration
  public let parameters: [Parameter<Scalar>]
  private let input: ResidualPair<Scalar>
  private let down: [Level]
  private let moments: (Conv2d<Scalar>, Conv2d<Scalar>)
  private let latent: ResidualPair<Scalar>
  /// By the level that they lead to, from the finest.
  private let up: [Level]
  /// The 1x1 convolutions to the pictures: full resolution, then half.
  let outputs: [Conv2d<Scalar>]

  /// A change of resolution, if there is one, and two residual convolutions.
  private struct Level {
    let resampling: Conv2d<Scalar>?
    let block: ResidualPair<Scalar>
  }

  /// A network at its random start (PyTorch's defaults); `stream` moves on.
  public init(_ configuration: AutoencoderConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(configuration.groups), stream: &stream)
    let (widths, strides) = (configuration.widths, configuration.strides)
    let (latents, deepest) = (configuration.latentChannels, widths[widths.count - 1])
    input = ResidualPair("inc", from: configuration.channels, to: widths[0], builder: &make)
    func level(
      _ name: String, _ operation: String, from: Int, to: Int, stride: Int, downwards: Bool
    ) -> Level {
      let resampling =
        stride == 1
        ? nil
        : make.convolution(
          "\(name).\(operation).\(operation)", from: from, to: to, kernel: 3,
          stride: downwards ? 2 : 1, padding: 1, bias: true)
      return Level(
        resampling: resampling,
        block: ResidualPair(
          name + ".conv_block", from: resampling == nil ? from : to, to: to, builder: &make))
    }
    down = (1..<widths.count).map {
      level(
        "encoders.\($0 - 1)", "down_op", from: widths[$0 - 1], to: widths[$0], stride: strides[$0],
        downwards: true)
    }
    moments = (
      make.convolution(
        "out_enc.0.conv", from: deepest, to: 2 * latents, kernel: 3, padding: 1, bias: true),
      make.convolution(
        "out_enc.1.conv", from: 2 * latents, to: 2 * latents, kernel: 1, bias: true)
    )
    latent = ResidualPair("inc_dec", from: latents, to: deepest, builder: &make)
    up = (0..<(widths.count - 1)).map {
      level(
        "decoders.\($0)", "up_op", from: widths[$0 + 1], to: widths[$0], stride: strides[$0 + 1],
        downwards: false)
    }
    var outputs = [
      make.zeroConvolution("outc.conv", from: widths[0], to: configuration.channels, kernel: 1)
    ]
    if configuration.deepSupervision {
      outputs.append(
        make.zeroConvolution(
          "outc_ver.0.conv", from: widths[1], to: configuration.channels, kernel: 1))
    }
    self.outputs = outputs
    parameters = make.parameters
    self.configuration = configuration
  }

  /// Means and log variances of the latent pictures; log variances are held in -30...20.
  public func encode(
    _ x: Variable<Scalar>
  ) -> (mean: Variable<Scalar>, logVariance: Variable<Scalar>) {
    let factor = configuration.factor
    precondition(
      x.shape.count == 4 && x.shape[1] == configuration.channels && x.shape[2] % factor == 0
        && x.shape[3] % factor == 0,
      "pictures \(x.shape) must be [batch, \(configuration.channels), height, width] with sides "
        + "that are multiples of \(factor)")
    var h = input(x)
    for level in down { h = level.block(level.resampling?(h) ?? h) }
    let both = moments.1(moments.0(h))
    let latents = configuration.latentChannels
    return (
      slice(both, axis: 1, range: 0..<latents),
      clamped(slice(both, axis: 1, range: latents..<2 * latents), to: -30...20)
    )
  }

  /// Pictures of latent pictures: at full resolution, then, deeply supervised, at half. Nothing
  /// holds them in -1...1.
  public func decode(_ z: Variable<Scalar>) -> [Variable<Scalar>] {
    precondition(
      z.shape.count == 4 && z.shape[1] == configuration.latentChannels,
      "latents \(z.shape) must be [batch, \(configuration.latentChannels), height, width]")
    var h = latent(z)
    var coarse: Variable<Scalar>?
    for (place, level) in up.enumerated().reversed() {
      if place == 0, outputs.count > 1 { coarse = outputs[1](h) }
      h = level.block(level.resampling.map { $0(upsample2d(h, .nearest)) } ?? h)
    }
    let fine = outputs[0](h)
    return coarse.map { [fine, $0] } ?? [fine]
  }

  /// The weights of the last layers, one for each output of `decode`: where the adaptive weight of
  /// an adversarial loss is measured.
  public var lastLayers: [Variable<Scalar>] { outputs.map(\.weight.variable) }
}

extension PictureAutoencoder {
  /// A network with the weights of a trained one of the same architecture.
  ///
  /// Throws where names or shapes differ; `source` names the origin in the message.
  public convenience init(
    _ configuration: AutoencoderConfiguration, weights: Weights<Scalar>, source: String = "weights"
  ) throws {
    var stream = RandomStream(0)
    self.init(configuration, stream: &stream)
    try load(weights, source: source)
  }
}
