import Autodiff
import Kernels
import Networks
import Tensors

/// What a `LatentEncoder` looks like.
public struct LatentEncoderConfiguration: Codable, Hashable, Sendable {
  /// Channels and side of the pictures.
  public var channels, size: Int
  /// Numbers of a style.
  public var styles: Int
  /// Channels of the levels, from the full side to 4x4.
  public var widths: [Int]
  public var activation: Activation
  public var groups: GroupRule

  /// An encoder for the pictures and styles of a generator; by default with the generator's own
  /// channels, from the finest level.
  public init(
    for generator: StyleConfiguration, widths: [Int]? = nil, activation: Activation = .silu,
    groups: GroupRule = .quarter
  ) {
    let widths = widths ?? generator.features.reversed()
    precondition(
      widths.count == generator.features.count,
      "widths \(widths) must be one for each of \(generator.features.count) levels")
    channels = generator.channels
    size = generator.size
    styles = generator.styles
    self.widths = widths
    self.activation = activation
    self.groups = groups
  }
}

/// A network that guesses the style of a picture: the inverse of a style-based generator.
///
/// A 3x3 convolution at full side, then one residual block of stride 2 a level down to 4x4, whose
/// numbers a linear layer reads with their places: where a bone ends counts, so there is no mean
/// over the picture. With h(x) what the linear layer gives,
///
///     e(x) = w̄ + d · h(x)
///
/// with the mean w̄ and the deviations d of the generator's styles, which are kept beside the weights.
/// Pictures [batch, channel, size, size] to styles [batch, styles]. Cases do not mix.
///
/// A network's guess before the descent: Zhu et al. 2016, doi:10.48550/arXiv.1609.03552.
public final class LatentEncoder: Parameterized {
  public let configuration: LatentEncoderConfiguration
  public let parameters: [Parameter<Float>]
  public let buffers: [Buffer<Float>]
  private let stem: Conv2d<Float>
  private let stemNorm: GroupNorm<Float>
  private let blocks: [BasicBlock<Float>]
  private let head: Linear<Float>

  /// An encoder at its random start, which guesses near the mean style; `stream` moves on.
  public init(
    _ configuration: LatentEncoderConfiguration, statistics: StyleStatistics,
    stream: inout RandomStream
  ) {
    precondition(
      statistics.mean.shape == [configuration.styles],
      "statistics of \(statistics.mean.count) numbers must have \(configuration.styles)")
    var make = NetworkBuilder<Float>(
      initialization: .normalFanOut, groupRule: configuration.groups, stream: &stream)
    let widths = configuration.widths
    stem = make.convolution(
      "stem", from: configuration.channels, to: widths[0], kernel: 3, padding: 1)
    stemNorm = make.normalization("stemNorm", channels: widths[0])
    var made: [BasicBlock<Float>] = []
    for level in widths.indices.dropFirst() {
      made.append(
        BasicBlock(
          "block.\(level - 1)", from: widths[level - 1], to: widths[level], stride: 2,
          activation: configuration.activation, builder: &make))
    }
    blocks = made
    head = make.linear("head", from: 16 * widths[widths.count - 1], to: configuration.styles)
    parameters = make.parameters
    buffers = [
      Buffer("style.mean", statistics.mean), Buffer("style.deviations", statistics.deviations),
    ]
    self.configuration = configuration
  }

  /// The encoder that a training left.
  ///
  /// - Throws: `LightboxError` where names or shapes differ; `source` names the weights' origin.
  public convenience init(
    _ configuration: LatentEncoderConfiguration, weights: Weights<Float>,
    source: String = "weights"
  ) throws {
    var stream = RandomStream(0)
    let zeros = Tensor<Float>.zeros([configuration.styles])
    self.init(
      configuration, statistics: StyleStatistics(mean: zeros, deviations: zeros), stream: &stream)
    try load(weights, source: source)
  }

  /// Styles [batch, styles] of pictures [batch, channel, size, size].
  public func callAsFunction(_ pictures: Variable<Float>) -> Variable<Float> {
    let side = configuration.size
    precondition(
      pictures.shape.count == 4
        && Array(pictures.shape[1...]) == [configuration.channels, side, side],
      "pictures \(pictures.shape) must be [batch, \(configuration.channels), \(side), \(side)]")
    var x = stemNorm(stem(pictures), then: configuration.activation)
    for block in blocks { x = block(x) }
    let read = head(reshape(x, [pictures.shape[0], -1]))
    return read * Variable(buffers[1].value) + Variable(buffers[0].value)
  }

  /// Guesses for many pictures, [picture, styles], each worked out by itself: a start for
  /// `LatentProjector.project`.
  public func styles(of pictures: Tensor<Float>) -> Tensor<Float> {
    withoutGradients {
      inBatches(of: 1, count: pictures.shape[0]) { range in
        self(Variable(pictures.slice(axis: 0, range: range))).value
      }
    }
  }
}
