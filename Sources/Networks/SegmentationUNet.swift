import Autodiff
import Kernels
import Tensors

/// What a `SegmentationUNet` looks like.
public struct SegmentationUNetConfiguration: Codable, Hashable, Sendable {
  /// 2 for pictures, 3 for volumes.
  public var dimensions: Int
  /// Channels of each level, from the finest to the coarsest.
  public var channels: [Int]
  public var inputChannels: Int
  /// Classes, the background among them.
  public var classes: Int

  public init(dimensions: Int, channels: [Int], inputChannels: Int = 1, classes: Int = 2) {
    precondition(dimensions == 2 || dimensions == 3, "dimensions (\(dimensions)) must be 2 or 3")
    precondition(!channels.isEmpty, "channels must not be empty")
    self.dimensions = dimensions
    self.channels = channels
    self.inputChannels = inputChannels
    self.classes = classes
  }
}

/// The U-Net of segmentation: pictures [batch, channel, height, width] or volumes
/// [batch, channel, depth, height, width] to logits of every class at every position.
///
/// A level is twice (3x3 convolution, instance normalisation, leaky ReLU of slope 0.01); 2x2
/// max-pooling leads down, 2x2 transposed convolutions of stride 2 lead up, and what a level found
/// on the way down is joined to what comes up. Sides must be multiples of 2^(levels - 1). Cases do
/// not mix. With channels 32, 64, 128, 256 in two dimensions: 1,927,874 parameters; with 16, 32, 64
/// in three: 339,906.
///
/// Source: Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28; Çiçek et al. 2016,
/// doi:10.1007/978-3-319-46723-8_49; normalisation and rectifier as in nnU-Net, Isensee et al. 2021,
/// doi:10.1038/s41592-020-01008-z.
public final class SegmentationUNet<Scalar: TensorScalar>: Network {
  public let configuration: SegmentationUNetConfiguration
  public let parameters: [Parameter<Scalar>]
  private let down, up: [Level]
  private let growing: [TransposedConvolution<Scalar>]
  private let head: SpatialConvolution<Scalar>

  private struct Level {
    let first, second: SpatialConvolution<Scalar>
    let firstNorm, secondNorm: GroupNorm<Scalar>

    init(
      _ name: String, _ dimensions: Int, from input: Int, to output: Int,
      _ make: inout NetworkBuilder<Scalar>
    ) {
      first = make.spatialConvolution(
        name + ".0", dimensions: dimensions, from: input, to: output, kernel: 3, padding: 1)
      firstNorm = make.instanceNormalization(name + ".1", channels: output)
      second = make.spatialConvolution(
        name + ".3", dimensions: dimensions, from: output, to: output, kernel: 3, padding: 1)
      secondNorm = make.instanceNormalization(name + ".4", channels: output)
    }

    func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
      let h = firstNorm(first(x), thenLeakyReLU: 0.01)
      return secondNorm(second(h), thenLeakyReLU: 0.01)
    }
  }

  /// A network at its random start (PyTorch's defaults); `stream` moves on.
  public init(_ configuration: SegmentationUNetConfiguration, stream: inout RandomStream) {
    let channels = configuration.channels
    let dimensions = configuration.dimensions
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(1), stream: &stream)
    down = channels.indices.map { level in
      Level(
        "d.\(level)", dimensions,
        from: level == 0 ? configuration.inputChannels : channels[level - 1],
        to: channels[level], &make)
    }
    let levels = channels.indices.dropLast().reversed()
    growing = levels.enumerated().map { place, level in
      make.transposedConvolution(
        "t.\(place)", dimensions: dimensions, from: channels[level + 1], to: channels[level],
        kernel: 2, stride: 2)
    }
    up = levels.enumerated().map { place, level in
      Level("u.\(place)", dimensions, from: 2 * channels[level], to: channels[level], &make)
    }
    head = make.spatialConvolution(
      "o", dimensions: dimensions, from: channels[0], to: configuration.classes, kernel: 1)
    parameters = make.parameters
    self.configuration = configuration
  }

  /// Logits [batch, class, (depth,) height, width].
  public func callAsFunction(_ images: Variable<Scalar>) -> Variable<Scalar> {
    let dimensions = configuration.dimensions
    let unit = 1 << (configuration.channels.count - 1)
    precondition(
      images.shape.count == dimensions + 2 && images.shape[1] == configuration.inputChannels
        && images.shape[2...].allSatisfy { $0 % unit == 0 },
      "images \(images.shape) must be [batch, \(configuration.inputChannels), ...] with "
        + "\(dimensions) sides that are multiples of \(unit)")
    var x = down[0](images)
    var kept: [Variable<Scalar>] = []
    for level in down.dropFirst() {
      kept.append(x)
      x = level(
        dimensions == 3 ? maxPool3d(x, size: 2, stride: 2) : maxPool2d(x, size: 2, stride: 2))
    }
    for (grow, level) in zip(growing, up) {
      x = level(concatenate([grow(x), kept.removeLast()], axis: 1))
    }
    return head(x)
  }
}

/// The loss that nnU-Net trains with: the mean over all positions of the cross-entropy, plus the mean
/// over cases and foreground classes of the soft Dice loss.
///
/// Logits and one-hot targets are [batch, class, ...]. Isensee et al. 2021,
/// doi:10.1038/s41592-020-01008-z.
public func diceAndCrossEntropy<Scalar: TensorScalar>(
  _ logits: Variable<Scalar>, targets: Tensor<Scalar>
) -> Variable<Scalar> {
  mean(softmaxCrossEntropy(logits, targets: targets))
    + mean(softDiceLoss(logits, targets: targets))
}
