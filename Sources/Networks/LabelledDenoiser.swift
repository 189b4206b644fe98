import Autodiff
import Kernels
import Tensors

/// What a `LabelledDenoiser` looks like.
public struct LabelledDenoiserConfiguration: Codable, Hashable, Sendable {
  /// Channels of the (latent) pictures, in and out.
  public var channels: Int
  /// Labels that it can be told.
  public var classes: Int
  /// Channels of the first convolution; level i has `base` times `multipliers[i]`.
  public var base: Int
  public var multipliers: [Int]
  /// Residual pairs of a level on the way down; one more on the way up.
  public var blocks: Int
  /// Whether there is self-attention between the two pairs at the bottom; the released network has
  /// none.
  public var attention: Bool
  /// Groups of every normalisation.
  public var groups: Int

  /// The released network: base 256, groups 32; its three levels are 32, 16 and 8 pixels wide. On
  /// latent pictures of 8 pixels two levels, [1, 2], end at 4; a third of 2 pixels doubles the time
  /// of a step for weights that see four places each.
  public init(
    channels: Int, classes: Int = 2, base: Int = 32, multipliers: [Int] = [1, 2, 4],
    blocks: Int = 2, attention: Bool = false, groups: Int = 8
  ) {
    precondition(
      !multipliers.isEmpty && blocks > 0, "multipliers and blocks (\(blocks)) must not be empty")
    precondition(classes > 0, "classes (\(classes)) must be positive")
    self.channels = channels
    self.classes = classes
    self.base = base
    self.multipliers = multipliers
    self.blocks = blocks
    self.attention = attention
    self.groups = groups
  }
}

/// The noise estimator of Medfusion: noisy (latent) pictures [batch, channel, height, width], a time
/// and perhaps a label for each, to predictions of the same shape.
///
/// Time (sinusoidal features of `base` numbers, linear, swish, linear to 4 base) and label (a row of
/// a table) are added and told to every residual pair. Between levels the side halves by a strided
/// convolution and doubles by repeated pixels and a convolution; there are as many levels as
/// multipliers, so sides must be multiples of 2^(levels - 1). On the way up every pair sees the
/// result of its counterpart joined to its own; the last pair of a level already has the channels
/// of the next finer one. The last 1x1 convolution starts at zero, without normalisation before it.
///
/// Source: class UNet of unet2.py of the released code (Müller-Franzes et al. 2023,
/// doi:10.1038/s41598-023-39278-0) with its names of parameters; its first hidden width is the
/// `base`, its further ones base · multipliers. The optional attention is ours (four heads), not
/// the code's.
public final class LabelledDenoiser<Scalar: TensorScalar>: Parameterized {
  public let configuration: LabelledDenoiserConfiguration
  public let parameters: [Parameter<Scalar>]
  private let time: TimeEmbedding<Scalar>
  private let table: Parameter<Scalar>
  private let input: Conv2d<Scalar>
  private let down: [Step]
  private let middle: (ResidualPair<Scalar>, SelfAttention<Scalar>?, ResidualPair<Scalar>)
  /// From the finest.
  private let up: [(pair: ResidualPair<Scalar>, grow: Conv2d<Scalar>?)]
  private let output: Conv2d<Scalar>

  private enum Step {
    case pair(ResidualPair<Scalar>)
    case shrink(Conv2d<Scalar>)
  }

  /// A network at its random start (PyTorch's defaults; labels N(0, 1)); `stream` moves on.
  public init(_ configuration: LabelledDenoiserConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(configuration.groups), stream: &stream)
    let (base, blocks) = (configuration.base, configuration.blocks)
    let told = 4 * base
    // Widths of the levels, behind that of the first convolution.
    let widths = [base] + configuration.multipliers.map { base * $0 }
    let levels = widths.count - 1
    time = TimeEmbedding(
      "time_embedder.time_emb", width: base, output: told, shift: 1, layers: (1, 3),
      builder: &make)
    let name = "cond_embedder.embedding.weight"
    table = make.parameter(
      name,
      Initialization.normal(
        shape: [configuration.classes, told], deviation: 1, stream: make.stream(of: name)))
    input = make.convolution(
      "in_conv.conv", from: configuration.channels, to: base, kernel: 3, padding: 1, bias: true)
    var down: [Step] = []
    for level in 1...levels {
      for block in 0..<blocks {
        down.append(
          .pair(
            ResidualPair(
              "in_blocks.\(down.count).0", from: widths[block == 0 ? level - 1 : level],
              to: widths[level], told: told, builder: &make)))
      }
      if level < levels {
        down.append(
          .shrink(
            make.convolution(
              "in_blocks.\(down.count).down_op", from: widths[level], to: widths[level],
              kernel: 3, stride: 2, padding: 1, bias: true)))
      }
    }
    self.down = down
    let deepest = widths[levels]
    let first = ResidualPair(
      "middle_block.0", from: deepest, to: deepest, told: told, builder: &make)
    let attention =
      configuration.attention
      ? SelfAttention("middle_block.1", channels: deepest, heads: 4, builder: &make) : nil
    let last = ResidualPair(
      "middle_block.2", from: deepest, to: deepest, told: told, builder: &make)
    middle = (first, attention, last)
    var up: [(pair: ResidualPair<Scalar>, grow: Conv2d<Scalar>?)] = []
    for level in 1...levels {
      for block in 0...blocks {
        let name = "out_blocks.\(up.count)"
        // The counterpart of the last one to run is what came down from the finer level.
        let joined = widths[block == 0 ? level - 1 : level]
        let pair = ResidualPair(
          name + ".0", from: widths[level] + joined, to: joined, told: told, builder: &make)
        let grow =
          level > 1 && block == 0
          ? make.convolution(
            name + ".2.up_op", from: joined, to: joined, kernel: 3, padding: 1, bias: true) : nil
        up.append((pair: pair, grow: grow))
      }
    }
    self.up = up
    output = make.zeroConvolution(
      "outc.conv.conv", from: base, to: configuration.channels, kernel: 1)
    parameters = make.parameters
    self.configuration = configuration
  }

  /// The predicted noise for noisy pictures, their times, and one label for each picture; nil
  /// labels are dropped: no picture is told any.
  public func callAsFunction(
    _ x: Variable<Scalar>, times: [Double], labels: [Int]?
  ) -> Variable<Scalar> {
    predicted(x, times: times, label: labels.map { embedded($0) })
  }

  /// The same with labels of which some are dropped.
  public func callAsFunction(
    _ x: Variable<Scalar>, times: [Double], knownLabels labels: [Int?]
  ) -> Variable<Scalar> {
    let known = Tensor<Scalar>(shape: [labels.count, 1], labels.map { $0 == nil ? 0 : 1 })
    return predicted(
      x, times: times, label: embedded(labels.map { $0 ?? 0 }) * Variable(known))
  }

  private func embedded(_ labels: [Int]) -> Variable<Scalar> {
    precondition(
      labels.allSatisfy { (0..<configuration.classes).contains($0) },
      "labels must lie in 0..<\(configuration.classes)")
    return gather(table.variable, rows: labels)
  }

  private func predicted(
    _ x: Variable<Scalar>, times: [Double], label: Variable<Scalar>?
  ) -> Variable<Scalar> {
    let unit = 1 << (configuration.multipliers.count - 1)
    precondition(
      x.shape.count == 4 && x.shape[1] == configuration.channels && x.shape[2] % unit == 0
        && x.shape[3] % unit == 0,
      "pictures \(x.shape) must be [batch, \(configuration.channels), height, width] with sides "
        + "that are multiples of \(unit)")
    precondition(
      times.count == x.shape[0] && (label?.shape[0] ?? times.count) == times.count,
      "times (count \(times.count)) and labels must match pictures \(x.shape)")
    // Every pair is told the same vector behind the same swish.
    let embedding = time(times)
    let told = silu(label.map { embedding + $0 } ?? embedding)
    var h = input(x)
    var kept = [h]
    for step in down {
      switch step {
      case .pair(let pair): h = pair(h, told: told)
      case .shrink(let convolution): h = convolution(h)
      }
      kept.append(h)
    }
    h = middle.0(h, told: told)
    if let attention = middle.1 { h = attention(h) }
    h = middle.2(h, told: told)
    for (pair, grow) in up.reversed() {
      h = pair(concatenate([h, kept.removeLast()], axis: 1), told: told)
      if let grow { h = grow(upsample2d(h, .nearest)) }
    }
    return output(h)
  }
}

extension LabelledDenoiser {
  /// A network with the weights of a trained one of the same architecture.
  ///
  /// Throws where names or shapes differ; `source` names the origin in the message.
  public convenience init(
    _ configuration: LabelledDenoiserConfiguration, weights: Weights<Scalar>,
    source: String = "weights"
  ) throws {
    var stream = RandomStream(0)
    self.init(configuration, stream: &stream)
    try load(weights, source: source)
  }
}
