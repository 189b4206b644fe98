import Networks
import Tensors

/// A training between two steps: everything that the steps after it depend on.
///
/// Random streams need no place of their own: every step draws from streams named by its number.
public struct TrainingCheckpoint<Scalar: TensorScalar>: Codable, Sendable {
  /// The next step to take, counted from 0.
  public var step: Int
  /// Steps before this number may have been taken and released by the run that wrote the
  /// checkpoint before it was killed.
  public var reserved: Int
  /// Steps that were, or may have been, taken and released by killed runs and taken again.
  public var lost: Int
  public var plan: TrainingPlan
  public var weights: Weights<Scalar>
  public var optimizer: Optimizer<Scalar>
  public var history: [StepStatistics]
}
