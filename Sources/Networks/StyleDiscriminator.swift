import Autodiff
import Kernels
import Tensors

/// The residual discriminator of a style-based GAN: pictures [batch, channel, size, size] to scores
/// [batch], high for real ones.
///
/// Every level is two 3x3 convolutions and a halving, with a 1x1 convolution of the halved picture
/// beside them; at 4x4 the spread of the batch joins as one more channel. Where there are classes,
/// the score is o(h) + h · e_label / √width, with h what the last layer sees and e a learnt vector
/// of the class (Miyato and Koyama 2018, doi:10.48550/arXiv.1802.05637, eq. 3). The defaults of
/// `StyleConfiguration` give 3,481,793 parameters.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, figure 7c.
public final class StyleDiscriminator<Scalar: TensorScalar>: Parameterized {
  public let configuration: StyleConfiguration
  public let parameters: [Parameter<Scalar>]
  /// From pictures to features, from the finest level; only the first where nothing grows.
  private let inputs: [Conv2d<Scalar>]
  private typealias Level = (
    first: Conv2d<Scalar>, second: Conv2d<Scalar>, shortcut: Conv2d<Scalar>
  )
  private let levels: [Level]
  private let last: Conv2d<Scalar>
  private let head: (Linear<Scalar>, Linear<Scalar>)
  private let embedding: Parameter<Scalar>?

  /// A discriminator at its random start (PyTorch's defaults); `stream` moves on.
  public init(_ configuration: StyleConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(1), stream: &stream)
    let features = Array(configuration.features.reversed())
    let finest = make.convolution(
      "f", from: configuration.channels, to: features[0], kernel: 1, bias: true)
    levels = features.indices.dropLast().map { level in
      let (fine, coarse) = (features[level], features[level + 1])
      return (
        make.convolution(
          "bl.\(level).0", from: fine, to: fine, kernel: 3, padding: 1, bias: true),
        make.convolution(
          "bl.\(level).1", from: fine, to: coarse, kernel: 3, padding: 1, bias: true),
        make.convolution("bl.\(level).2", from: fine, to: coarse, kernel: 1)
      )
    }
    let coarsest = features[features.count - 1]
    last = make.convolution(
      "c", from: coarsest + 1, to: coarsest, kernel: 3, padding: 1, bias: true)
    head = (
      make.linear("o.0", from: 16 * coarsest, to: coarsest),
      make.linear("o.2", from: coarsest, to: 1)
    )
    let coarser = configuration.grows ? Array(features.indices.dropFirst()) : []
    inputs =
      [finest]
      + coarser.map {
        make.convolution(
          "f.\($0)", from: configuration.channels, to: features[$0], kernel: 1, bias: true)
      }
    let classes = configuration.classes
    embedding =
      classes == 0
      ? nil
      : make.parameter(
        "embed.weight",
        Initialization.normal(
          shape: [classes, coarsest], deviation: 1, stream: make.stream(of: "embed.weight")))
    parameters = make.parameters
    self.configuration = configuration
  }

  /// Scores of pictures of the size that `growth` says (full size by default), taken for pictures of
  /// the classes in `labels`.
  public func callAsFunction(
    _ images: Variable<Scalar>, labels: [Int]? = nil, growth: StyleGrowth? = nil
  ) -> Variable<Scalar> {
    let growth = growth ?? configuration.grown
    precondition(
      configuration.grows || growth == configuration.grown,
      "growth (\(growth)) must be complete: the network takes pictures of full size only")
    let side = growth.size
    precondition(
      images.shape.count == 4 && Array(images.shape[1...]) == [configuration.channels, side, side],
      "images \(images.shape) must be [batch, \(configuration.channels), \(side), \(side)]")
    configuration.check(labels, pictures: images.shape[0])
    let first = levels.count - growth.level
    var x = leakyReLU(inputs[first](images), slope: 0.2)
    for (place, level) in levels.enumerated().dropFirst(first) {
      x = halved(x, by: level)
      if place == first && growth.blend < 1 {
        let halved = averagePool2d(images, size: 2, stride: 2)
        let below = leakyReLU(inputs[first + 1](halved), slope: 0.2)
        x = below + affine(x - below, scale: Scalar(growth.blend))
      }
    }
    let batch = x.shape[0]
    let spread = broadcast(reshape(batchDeviation(x), [1, 1, 1, 1]), to: [batch, 1, 4, 4])
    x = leakyReLU(last(concatenate([x, spread], axis: 1)), slope: 0.2)
    let h = leakyReLU(head.0(reshape(x, [batch, -1])), slope: 0.2)
    let score = reshape(head.1(h), [batch])
    guard let embedding, let labels else { return score }
    let match = sum(h * gather(embedding.variable, rows: labels), axes: [1])
    return score + affine(match, scale: 1 / Scalar(h.shape[1]).squareRoot())
  }

  /// What the network sees of pictures of full size at its levels, from the finest: maps
  /// [batch, features, side, side] of sides size, size / 2, ..., 4.
  ///
  /// The maps of a picture do not depend on the others of the batch, nor on classes.
  public func features(_ images: Variable<Scalar>) -> [Variable<Scalar>] {
    let side = configuration.size
    precondition(
      images.shape.count == 4 && Array(images.shape[1...]) == [configuration.channels, side, side],
      "images \(images.shape) must be [batch, \(configuration.channels), \(side), \(side)]")
    var maps = [leakyReLU(inputs[0](images), slope: 0.2)]
    for level in levels { maps.append(halved(maps[maps.count - 1], by: level)) }
    return maps
  }

  /// One level: two convolutions and a halving, with the halved input beside them.
  private func halved(_ x: Variable<Scalar>, by level: Level) -> Variable<Scalar> {
    let path = leakyReLU(level.second(leakyReLU(level.first(x), slope: 0.2)), slope: 0.2)
    let shortcut = level.shortcut(averagePool2d(x, size: 2, stride: 2))
    let sum = averagePool2d(path, size: 2, stride: 2) + shortcut
    return affine(sum, scale: Scalar(0.5).squareRoot())
  }
}

/// The mean over all places of the standard deviation over the batch, a single number:
/// √(Σ_n (x_n - x̄)² / (batch - 1) + 1e-8) on average.
///
/// A generator that repeats itself gives it away. Karras et al. 2018, doi:10.48550/arXiv.1710.10196,
/// section 3, with one group; a batch of one has deviation 1e-4.
public func batchDeviation<Scalar: TensorScalar>(_ x: Variable<Scalar>) -> Variable<Scalar> {
  let centered = x - mean(x, axes: [0], keepingAxes: true)
  let divisor = Scalar(max(1, x.shape[0] - 1))
  let variance = affine(sum(square(centered), axes: [0]), scale: 1 / divisor, offset: 1e-8)
  return mean(sqrt(variance))
}
