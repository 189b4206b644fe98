import Autodiff
import Kernels
import Networks
import Tensors

/// Where the gradient of each training step comes from: which cases, and how they are joined.
///
/// An estimate is a function of the estimator's random stream and the step number alone, so a
/// training that goes on from a checkpoint repeats the steps after it exactly.
public protocol GradientEstimator<Scalar> {
  associatedtype Scalar: TensorScalar
  /// Number of steps of the whole training.
  var steps: Int { get }
  /// Whether a step that is taken again gives the same numbers; false where the operating
  /// system's generator is used, and a step once released must then never be forgotten.
  var isRepeatable: Bool { get }
  /// The estimate for one step, counted from 0.
  func estimate(
    step: Int, network: any Network<Scalar>, data: TrainingData<Scalar>,
    loss: MultiLabelLoss<Scalar>
  ) throws -> GradientEstimate<Scalar>
}

/// A gradient for every parameter, and how it came about.
public struct GradientEstimate<Scalar: TensorScalar> {
  public var gradients: [Tensor<Scalar>]
  public var statistics: StepStatistics

  public init(gradients: [Tensor<Scalar>], statistics: StepStatistics) {
    self.gradients = gradients
    self.statistics = statistics
  }
}

/// What one step looked like. These numbers are computed from the training cases themselves; a
/// privacy budget does not cover them.
public struct StepStatistics: Codable, Hashable, Sendable {
  /// Counted from 0.
  public var step: Int
  /// Cases in the batch; a Poisson batch may be empty.
  public var batch: Int
  /// Mean loss over the batch; nil for an empty one.
  public var loss: Double?
  /// Fraction of per-example gradients that clipping shortened.
  public var clippedFraction: Double?
  /// Mean of the per-example gradient norms before clipping.
  public var meanNorm: Double?
  /// ‖Σ clipped gradients‖ / (σ C √d): the sum against the expected norm of its noise.
  public var signalToNoise: Double?

  public init(
    step: Int, batch: Int, loss: Double?, clippedFraction: Double? = nil, meanNorm: Double? = nil,
    signalToNoise: Double? = nil
  ) {
    self.step = step
    self.batch = batch
    self.loss = loss
    self.clippedFraction = clippedFraction
    self.meanNorm = meanNorm
    self.signalToNoise = signalToNoise
  }
}
