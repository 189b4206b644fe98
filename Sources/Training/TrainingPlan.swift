/// Everything that decides a training besides data, network and random stream.
public struct TrainingPlan: Codable, Hashable, Sendable {
  /// How the positives of each class are weighed in the loss.
  public enum ClassWeighting: Codable, Hashable, Sendable {
    /// Positives and negatives alike.
    case none
    /// N⁻/N⁺ of the training labels.
    case balanced
    /// Given weights, one per class.
    case fixed([Double])
  }

  /// Passes over the training cases (in expectation, where batches are drawn at random).
  public var epochs: Int
  /// Cases per step: exact where batches are shuffled, expected where they are Poisson.
  public var batchSize: Int
  public var optimizer: OptimizerRule
  public var learningRate: Double
  public var schedule: LearningRateSchedule
  public var weightDecay: Double
  public var classWeighting: ClassWeighting
  /// Cases computed at a time: bounds memory and moves results by rounding alone. Multiples of 32
  /// keep two threads busy and convolutions in their fastest form.
  public var microBatch: Int

  public init(
    epochs: Int, batchSize: Int, optimizer: OptimizerRule = .nadam(), learningRate: Double = 2e-4,
    schedule: LearningRateSchedule = .constant, weightDecay: Double = 0,
    classWeighting: ClassWeighting = .balanced, microBatch: Int = 32
  ) {
    precondition(epochs >= 0, "epochs (\(epochs)) must not be negative")
    precondition(batchSize > 0, "batchSize (\(batchSize)) must be positive")
    precondition(microBatch > 0, "microBatch (\(microBatch)) must be positive")
    self.epochs = epochs
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.classWeighting = classWeighting
    self.microBatch = microBatch
  }
}
