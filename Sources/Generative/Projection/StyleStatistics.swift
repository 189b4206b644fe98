import Autodiff
import Kernels
import Networks
import Tensors

/// Where the styles of a generator lie: the start of a projection and the units of its moves.
///
/// Over N latents z, w = f(z): the mean w̄, the deviation of each coordinate (divisor N), and
/// σ_w = √(Σ_n ‖w_n − w̄‖² / N), the root of the sum of the coordinates' variances. Classes are asked
/// for in turn. The published projection takes N = 10,000 (class `projector.py` of the released code
/// of Karras et al. 2020, doi:10.48550/arXiv.2006.06676).
public struct StyleStatistics: Codable, Sendable {
  /// w̄, [styles].
  public let mean: Tensor<Float>
  /// Standard deviation of each coordinate, [styles].
  public let deviations: Tensor<Float>
  /// σ_w.
  public let deviation: Double

  /// The statistics of `count` latents, drawn from the stream's child "latents".
  public init(of generator: StyleGenerator<Float>, count: Int = 10_000, stream: RandomStream) {
    precondition(count > 0, "count (\(count)) must be positive")
    let (width, classes) = (generator.configuration.styles, generator.configuration.classes)
    let latents = normalLatents(count, width, stream.child("latents"))
    let labels = classes == 0 ? nil : (0..<count).map { $0 % classes }
    let styles = generator.withoutGradients {
      generator.styles(Variable(latents), labels: labels).value
    }
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    styles.withUnsafeElements { styles in
      for (place, value) in styles.enumerated() { sums[place % width] += Double(value) }
      let means = sums.map { $0 / Double(count) }
      for (place, value) in styles.enumerated() {
        let difference = Double(value) - means[place % width]
        squares[place % width] += difference * difference
      }
    }
    mean = Tensor(shape: [width], sums.map { Float($0 / Double(count)) })
    deviations = Tensor(shape: [width], squares.map { Float(($0 / Double(count)).squareRoot()) })
    deviation = (squares.reduce(0, +) / Double(count)).squareRoot()
  }

  /// Statistics from their numbers, [styles] each.
  public init(mean: Tensor<Float>, deviations: Tensor<Float>) {
    precondition(
      mean.rank == 1 && mean.shape == deviations.shape,
      "mean \(mean.shape) and deviations \(deviations.shape) must be [styles]")
    self.mean = mean
    self.deviations = deviations
    deviation = deviations.squaredNorm.squareRoot()
  }

  /// The root mean square deviation of a coordinate, σ_w / √styles.
  public var coordinateDeviation: Double { deviation / Double(mean.count).squareRoot() }
}
