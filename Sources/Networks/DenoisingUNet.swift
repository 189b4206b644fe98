import Autodiff
import Kernels
import Tensors

/// What a `DenoisingUNet` looks like.
public struct DenoisingUNetConfiguration: Codable, Hashable, Sendable {
  /// Channels of the pictures, in and out.
  public var channels: Int
  /// Channels of the first level; level i has `base` times `multipliers[i]`.
  public var base: Int
  public var multipliers: [Int]
  /// Residual blocks of a level on the way down; one more on the way up.
  public var blocks: Int
  /// Heads of the attention at the bottom.
  public var heads: Int
  /// Groups of every normalisation.
  public var groups: Int

  public init(
    channels: Int, base: Int = 32, multipliers: [Int] = [1, 2, 4], blocks: Int = 2, heads: Int = 4,
    groups: Int = 8
  ) {
    precondition(
      !multipliers.isEmpty && blocks > 0, "multipliers and blocks (\(blocks)) must not be empty")
    self.channels = channels
    self.base = base
    self.multipliers = multipliers
    self.blocks = blocks
    self.heads = heads
    self.groups = groups
  }
}

/// The U-Net of denoising diffusion: pictures [batch, channel, height, width] and a time for each to
/// predictions of the same shape.
///
/// Every level has residual blocks that are told the time; a convolution of stride 2 leads down,
/// doubled pixels and a convolution lead up, every block on the way up sees the result of its
/// counterpart; the bottom has self-attention between two blocks. Height and width must be
/// multiples of 2^(levels - 1). With base 32, multipliers 1, 2, 4 and two blocks: 3,607,873
/// parameters for one channel, 3,611,912 for eight.
///
/// Source: Ho et al. 2020, doi:10.48550/arXiv.2006.11239, appendix B, with one attention.
public final class DenoisingUNet<Scalar: TensorScalar>: Parameterized {
  public let configuration: DenoisingUNetConfiguration
  public let parameters: [Parameter<Scalar>]
  private let embedding: TimeEmbedding<Scalar>
  private let input: Conv2d<Scalar>
  private let down: [Step]
  private let middle:
    (TimedResidualBlock<Scalar>, SelfAttention<Scalar>, TimedResidualBlock<Scalar>)
  private let up: [Step]
  private let norm: GroupNorm<Scalar>
  private let output: Conv2d<Scalar>

  private enum Step {
    case block(TimedResidualBlock<Scalar>)
    case shrink(Conv2d<Scalar>)
    case grow(Conv2d<Scalar>)
  }

  /// A network at its random start (PyTorch's defaults); `stream` moves on.
  public init(_ configuration: DenoisingUNetConfiguration, stream: inout RandomStream) {
    let (base, blocks) = (configuration.base, configuration.blocks)
    let levels = configuration.multipliers
    let time = 4 * base
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(configuration.groups), stream: &stream)
    embedding = TimeEmbedding("temb", width: base, output: time, builder: &make)
    input = make.convolution(
      "inp", from: configuration.channels, to: base, kernel: 3, padding: 1, bias: true)
    var channels = base
    var kept = [base]
    var down: [Step] = []
    for (level, multiplier) in levels.enumerated() {
      for _ in 0..<blocks {
        down.append(
          .block(
            TimedResidualBlock(
              "down.\(down.count)", from: channels, to: base * multiplier, time: time,
              builder: &make)))
        channels = base * multiplier
        kept.append(channels)
      }
      if level + 1 < levels.count {
        down.append(
          .shrink(
            make.convolution(
              "down.\(down.count)", from: channels, to: channels, kernel: 3, stride: 2, padding: 1,
              bias: true)))
        kept.append(channels)
      }
    }
    self.down = down
    middle = (
      TimedResidualBlock("m1", from: channels, to: channels, time: time, builder: &make),
      SelfAttention("ma", channels: channels, heads: configuration.heads, builder: &make),
      TimedResidualBlock("m2", from: channels, to: channels, time: time, builder: &make)
    )
    var up: [Step] = []
    for (level, multiplier) in levels.enumerated().reversed() {
      for _ in 0...blocks {
        up.append(
          .block(
            TimedResidualBlock(
              "up.\(up.count)", from: channels + kept.removeLast(), to: base * multiplier,
              time: time, builder: &make)))
        channels = base * multiplier
      }
      if level > 0 {
        up.append(
          .grow(
            make.convolution(
              "up.\(up.count).1", from: channels, to: channels, kernel: 3, padding: 1, bias: true)))
      }
    }
    self.up = up
    norm = make.normalization("on", channels: channels)
    output = make.convolution(
      "ok", from: channels, to: configuration.channels, kernel: 3, padding: 1, bias: true)
    parameters = make.parameters
    self.configuration = configuration
  }

  /// The prediction (noise, picture or velocity, as trained) for noisy pictures and their times.
  public func callAsFunction(_ x: Variable<Scalar>, times: [Double]) -> Variable<Scalar> {
    let unit = 1 << (configuration.multipliers.count - 1)
    precondition(
      x.shape.count == 4 && x.shape[1] == configuration.channels && x.shape[2] % unit == 0
        && x.shape[3] % unit == 0,
      "pictures \(x.shape) must be [batch, \(configuration.channels), height, width] with sides "
        + "that are multiples of \(unit)")
    precondition(
      times.count == x.shape[0], "times (count \(times.count)) must match pictures \(x.shape)")
    // Every block is told the same vector behind the same SiLU.
    let time = silu(embedding(times))
    var h = input(x)
    var kept = [h]
    for step in down {
      h = apply(step, h, time)
      kept.append(h)
    }
    h = middle.2(middle.1(middle.0(h, time: time)), time: time)
    for step in up {
      if case .block = step { h = concatenate([h, kept.removeLast()], axis: 1) }
      h = apply(step, h, time)
    }
    return output(norm(h, then: .silu))
  }

  private func apply(
    _ step: Step, _ x: Variable<Scalar>, _ time: Variable<Scalar>
  ) -> Variable<Scalar> {
    switch step {
    case .block(let block): block(x, time: time)
    case .shrink(let convolution): convolution(x)
    case .grow(let convolution): convolution(upsample2d(x, .nearest))
    }
  }
}
