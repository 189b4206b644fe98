/// How a conditional Wasserstein GAN with gradient penalty is trained.
///
/// A step is `criticSteps` steps of the critic, each with pictures and fakes of its own, and one of
/// the generator. Fakes have the labels of the real pictures that they are compared with.
///
/// The defaults are the published ones; nothing else was tried.
///
/// Source: Gulrajani et al. 2017, doi:10.48550/arXiv.1704.00028, algorithm 1 and its defaults.
public struct WGANPlan: Codable, Hashable, Sendable {
  /// Steps of the generator.
  public var steps: Int
  public var batch: Int
  public var criticSteps: Int
  /// λ of the penalty λ mean (‖∂D/∂x̂‖ - 1)².
  public var penaltyWeight: Double
  public var learningRate: Double
  public var beta1, beta2: Double
  /// The average of the generator's parameters that is kept beside them; nil for none.
  public var average: ExponentialAverage.Rule?
  /// Whether pictures are mirrored left to right at random.
  public var flips: Bool
  /// Whether every class is drawn and asked for equally often.
  public var balancedClasses: Bool

  public init(
    steps: Int, batch: Int = 32, criticSteps: Int = 5, penaltyWeight: Double = 10,
    learningRate: Double = 1e-4, beta1: Double = 0, beta2: Double = 0.9,
    average: ExponentialAverage.Rule? = nil, flips: Bool = false, balancedClasses: Bool = false
  ) {
    precondition(
      steps > 0 && batch > 1 && criticSteps > 0,
      "steps (\(steps)), batch (\(batch)) and criticSteps (\(criticSteps)) must be positive")
    self.steps = steps
    self.batch = batch
    self.criticSteps = criticSteps
    self.penaltyWeight = penaltyWeight
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.average = average
    self.flips = flips
    self.balancedClasses = balancedClasses
  }

  /// Steps between two logged ones: about 500 in a training.
  var logEvery: Int { max(1, steps / 500) }
}
