import Autodiff
import Kernels
import Tensors

/// What a `ResNet` looks like.
///
/// `ResNetConfiguration(classes: 8, width: 64, inputChannels: 3, groups: .fixed(32))` is the
/// radiograph network of doi:10.1038/s43856-024-00462-6: 4,909,896 parameters.
public struct ResNetConfiguration: Codable, Hashable, Sendable {
  /// The layers before the first block.
  public enum Stem: String, Codable, Hashable, Sendable {
    /// 7x7 convolution of stride 2, then 3x3 max-pooling of stride 2: a quarter of the size.
    case large
    /// The 7x7 convolution of stride 2 without the pooling: half the size.
    case unpooled
    /// A 3x3 convolution of stride 1: the full size, for images of 28 or 32 pixels.
    case small
  }

  public var classes: Int
  /// Channels of the first stage, w; the stages have w, 2w, 4w, 8w.
  public var width: Int
  public var inputChannels: Int
  /// Basic blocks per stage.
  public var blocks: [Int]
  public var activation: Activation
  public var groups: GroupRule
  public var stem: Stem
  public var initialization: Initialization

  public init(
    classes: Int, width: Int = 64, inputChannels: Int = 1, blocks: [Int] = [1, 1, 1, 1],
    activation: Activation = .mish, groups: GroupRule = .quarter, stem: Stem = .large,
    initialization: Initialization = .normalFanOut
  ) {
    self.classes = classes
    self.width = width
    self.inputChannels = inputChannels
    self.blocks = blocks
    self.activation = activation
    self.groups = groups
    self.stem = stem
    self.initialization = initialization
  }
}

/// A residual network of basic blocks, in torchvision's layout and names, with group
/// normalisation in the place of batch normalisation.
///
/// stem → stages of `BasicBlock` with w, 2w, 4w, 8w channels, each after the first of stride 2 →
/// mean over the picture → linear. Images [batch, channel, height, width], logits
/// [batch, class].
///
/// Source: He et al. 2016, doi:10.1109/CVPR.2016.90; torchvision.models.ResNet, whose
/// `state_dict` names the parameters have ("bn1" stays the name of a normalisation).
public final class ResNet<Scalar: TensorScalar>: Network {
  public let configuration: ResNetConfiguration
  public let parameters: [Parameter<Scalar>]
  private let stem: Conv2d<Scalar>
  private let stemNorm: GroupNorm<Scalar>
  private let blocks: [BasicBlock<Scalar>]
  private let head: Linear<Scalar>

  /// A network at its random start; `stream` moves on.
  public init(_ configuration: ResNetConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: configuration.initialization, groupRule: configuration.groups,
      stream: &stream)
    let width = configuration.width
    let wide = configuration.stem != .small
    stem = make.convolution(
      "conv1", from: configuration.inputChannels, to: width, kernel: wide ? 7 : 3,
      stride: wide ? 2 : 1, padding: wide ? 3 : 1)
    stemNorm = make.normalization("bn1", channels: width)
    var made: [BasicBlock<Scalar>] = []
    var channels = width
    for (stage, count) in configuration.blocks.enumerated() {
      let target = width << stage
      for block in 0..<count {
        made.append(
          BasicBlock(
            "layer\(stage + 1).\(block)", from: channels, to: target,
            stride: stage > 0 && block == 0 ? 2 : 1, activation: configuration.activation,
            builder: &make))
        channels = target
      }
    }
    blocks = made
    head = make.linear("fc", from: channels, to: configuration.classes)
    parameters = make.parameters
    self.configuration = configuration
  }

  /// Logits [batch, class].
  public func callAsFunction(_ images: Variable<Scalar>) -> Variable<Scalar> {
    head(features(images))
  }

  /// What the linear head sees: the last stage's mean over the picture, [batch, 8w].
  public func features(_ images: Variable<Scalar>) -> Variable<Scalar> {
    let activation = configuration.activation
    var x =
      configuration.stem == .large
      ? stemNorm(stem(images), then: activation, maxPool: 3, stride: 2, padding: 1)
      : stemNorm(stem(images), then: activation)
    for block in blocks { x = block(x) }
    return globalAveragePool(x)
  }
}
