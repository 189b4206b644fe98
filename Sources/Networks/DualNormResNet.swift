import Autodiff
import Kernels
import Tensors

/// The same layer twice over one input: a batch normalisation for clean pictures, one for attacked
/// ones, each with scales, shifts and running statistics of its own.
struct DualBatchNorm<Scalar: TensorScalar> {
  let clean: BatchNorm<Scalar>
  let attacked: BatchNorm<Scalar>

  /// Named as `name` for clean pictures and `<name>.attacked` for attacked ones.
  init(_ name: String, channels: Int, builder make: inout NetworkBuilder<Scalar>) {
    clean = make.batchNormalization(name, channels: channels)
    attacked = make.batchNormalization(name + ".attacked", channels: channels)
  }

  func callAsFunction(
    _ x: Variable<Scalar>, _ route: NormalizationRoute, training: Bool
  ) -> Variable<Scalar> {
    switch route {
    case .clean: clean(x, training: training)
    case .attacked: attacked(x, training: training)
    }
  }
}

/// Which of the two normalisations a batch takes.
public enum NormalizationRoute: String, Codable, Hashable, Sendable {
  case clean, attacked
}

/// A residual network of basic blocks with two batch normalisations in every place: clean and
/// attacked pictures have different statistics, and a network that learns from both keeps them
/// apart while it shares every convolution.
///
/// Layers, names and starts are those of `ResNet`, whose group normalisations make room for
/// `DualBatchNorm`; `configuration.groups` is not used. A batch goes through the normalisations of
/// `route`. While `isTraining`, it is normalised by its own moments and moves the running statistics
/// of its route; else the running statistics stand in, and cases do not mix. `predict` and every
/// other use of a trained network needs `isTraining` to be false, and `route` to be `.clean` for
/// pictures as they come.
///
/// Per-example gradients do not exist in training. Source: Xie et al. 2020 (an auxiliary batch
/// normalisation for adversarial examples), doi:10.1109/CVPR42600.2020.00090; used for radiographs
/// by Han et al. 2021, doi:10.1038/s41467-021-24464-3.
public final class DualNormResNet<Scalar: TensorScalar>: Network {
  public let configuration: ResNetConfiguration
  public let parameters: [Parameter<Scalar>]
  public let buffers: [Buffer<Scalar>]
  /// The normalisations that a batch takes.
  public var route = NormalizationRoute.clean
  /// Whether a batch is normalised by its own moments.
  public var isTraining = false
  private let stem: Conv2d<Scalar>
  private let stemNorm: DualBatchNorm<Scalar>
  private let blocks: [Block]
  private let head: Linear<Scalar>

  /// y = a(n₂(c₂(a(n₁(c₁(x))))) + s(x)), as `BasicBlock`.
  private struct Block {
    let first, second: Conv2d<Scalar>
    let firstNorm, secondNorm: DualBatchNorm<Scalar>
    let projection: (Conv2d<Scalar>, DualBatchNorm<Scalar>)?

    init(
      _ name: String, from input: Int, to output: Int, stride: Int,
      builder make: inout NetworkBuilder<Scalar>
    ) {
      first = make.convolution(
        name + ".conv1", from: input, to: output, kernel: 3, stride: stride, padding: 1)
      firstNorm = DualBatchNorm(name + ".bn1", channels: output, builder: &make)
      second = make.convolution(name + ".conv2", from: output, to: output, kernel: 3, padding: 1)
      secondNorm = DualBatchNorm(name + ".bn2", channels: output, builder: &make)
      if stride == 1 && input == output {
        projection = nil
      } else {
        let convolution = make.convolution(
          name + ".downsample.0", from: input, to: output, kernel: 1, stride: stride)
        projection = (
          convolution, DualBatchNorm(name + ".downsample.1", channels: output, builder: &make)
        )
      }
    }
  }

  /// A network at its random start; `stream` moves on.
  ///
  /// The stem with max-pooling is not built: a configuration with `stem: .large` is refused.
  public init(_ configuration: ResNetConfiguration, stream: inout RandomStream) {
    precondition(
      configuration.stem != .large, "stem (\(configuration.stem)) must be unpooled or small")
    var make = NetworkBuilder<Scalar>(
      initialization: configuration.initialization, groupRule: configuration.groups,
      stream: &stream)
    let width = configuration.width
    let isSmall = configuration.stem == .small
    stem = make.convolution(
      "conv1", from: configuration.inputChannels, to: width, kernel: isSmall ? 3 : 7,
      stride: isSmall ? 1 : 2, padding: isSmall ? 1 : 3)
    stemNorm = DualBatchNorm("bn1", channels: width, builder: &make)
    var made: [Block] = []
    var channels = width
    for (stage, count) in configuration.blocks.enumerated() {
      let target = width << stage
      for block in 0..<count {
        made.append(
          Block(
            "layer\(stage + 1).\(block)", from: channels, to: target,
            stride: stage > 0 && block == 0 ? 2 : 1, builder: &make))
        channels = target
      }
    }
    blocks = made
    head = make.linear("fc", from: channels, to: configuration.classes)
    parameters = make.parameters
    buffers = make.buffers
    self.configuration = configuration
  }

  /// Logits [batch, class] of images [batch, channel, height, width].
  public func callAsFunction(_ images: Variable<Scalar>) -> Variable<Scalar> {
    let activation = configuration.activation
    func normalized(_ x: Variable<Scalar>, _ norm: DualBatchNorm<Scalar>) -> Variable<Scalar> {
      norm(x, route, training: isTraining)
    }
    var x = activation(normalized(stem(images), stemNorm))
    for block in blocks {
      let inner = activation(normalized(block.first(x), block.firstNorm))
      let path = normalized(block.second(inner), block.secondNorm)
      let shortcut = block.projection.map { normalized($0.0(x), $0.1) } ?? x
      x = activation(path + shortcut)
    }
    return head(globalAveragePool(x))
  }
}
