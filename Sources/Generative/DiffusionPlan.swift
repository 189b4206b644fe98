import Training

/// How a `LabelledDenoiser` is trained: at every step latent pictures z = μ + σ ε are drawn anew,
/// drowned in noise at random times, and the noise is asked for.
///
/// The defaults are those of the released script (Müller-Franzes et al. 2023,
/// doi:10.1038/s41598-023-39278-0): batch 32, AdamW 1e-4 with decay 1e-2 at a constant rate, the mean
/// absolute difference (not the square of Ho et al. 2020), labels dropped from half of the batches,
/// no average of the parameters. The script's average, switched off there, is
/// `.inverse(power: 2 / 3, highest: 0.9999)`.
public struct DiffusionPlan: Codable, Hashable, Sendable {
  /// The distance between predicted noise and noise, averaged over all numbers.
  public enum Loss: String, Codable, Hashable, Sendable {
    case absolute, squared
  }

  /// Whose labels are dropped: one coin for the batch, as released, or one for each example, as Ho
  /// and Salimans 2022 (doi:10.48550/arXiv.2207.12598).
  public enum Dropping: String, Codable, Hashable, Sendable {
    case batch, example
  }

  public var steps: Int
  public var batch: Int
  public var learningRate: Double
  public var schedule: LearningRateSchedule
  public var weightDecay: Double
  public var labelDropout: Double
  public var dropping: Dropping
  public var loss: Loss
  public var average: ExponentialAverage.Rule?
  public var noise: NoiseSchedule

  public init(
    steps: Int, batch: Int = 32, learningRate: Double = 1e-4,
    schedule: LearningRateSchedule = .constant, weightDecay: Double = 1e-2,
    labelDropout: Double = 0.5, dropping: Dropping = .batch, loss: Loss = .absolute,
    average: ExponentialAverage.Rule? = nil, noise: NoiseSchedule = NoiseSchedule()
  ) {
    precondition(steps >= 0 && batch > 0, "steps (\(steps)) and batch (\(batch)) must be positive")
    precondition(learningRate > 0, "learningRate (\(learningRate)) must be positive")
    precondition(
      (0...1).contains(labelDropout), "labelDropout (\(labelDropout)) must lie in 0...1")
    self.steps = steps
    self.batch = batch
    self.learningRate = learningRate
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.labelDropout = labelDropout
    self.dropping = dropping
    self.loss = loss
    self.average = average
    self.noise = noise
  }
}
