import Networks

/// How a style-based GAN is trained.
///
/// Non-saturating logistic losses, Adam, R1 on the real pictures and, if asked for, path lengths on
/// the generator; both penalties act only on every so manieth step, with their weight multiplied by
/// that number, inside the step that they belong to.
///
/// Tuning so far: one setting, these defaults, with 64, 64, 32, 16 channels and 64 styles on 4,000
/// pictures of a drawn retina in two classes at 32x32, looked at after 500 steps (a round retina
/// with a bright disc on either side, blurred) and after 1,000 (discs sharp and of the size of their
/// class, some doubled, no vessels yet). Nothing else was tried.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, section 3 and appendix B.
public struct StyleGANPlan: Codable, Hashable, Sendable {
  public var steps: Int
  /// Real pictures, and as many fakes, of a step of either network.
  public var batch: Int
  /// The generator's rate.
  public var learningRate: Double
  /// The discriminator's rate: its weights start as PyTorch's do, about 1/√fan-in, while those of the
  /// modulated convolutions are of size 1, so that equal moves need a smaller rate.
  public var discriminatorRate: Double
  public var beta1, beta2: Double
  /// γ of the R1 penalty γ / 2 · mean ‖∂D/∂x‖²; 0 for none.
  public var r1Weight: Double
  /// Steps between two R1 penalties.
  public var r1Every: Int
  public var pathLengthWeight: Double
  /// Steps between two path length penalties; 0 for none.
  public var pathLengthEvery: Int
  /// The average of the generator's parameters that is kept beside them; nil for none.
  public var average: ExponentialAverage.Rule?
  /// Whether pictures are mirrored left to right at random.
  public var flips: Bool
  /// Whether every class is drawn and asked for equally often.
  public var balancedClasses: Bool
  /// Progressive growing; nil trains all levels from the start.
  public var growing: ProgressiveGrowing?

  public init(
    steps: Int, batch: Int = 32, learningRate: Double = 1e-3, discriminatorRate: Double = 5e-4,
    beta1: Double = 0, beta2: Double = 0.99, r1Weight: Double = 1, r1Every: Int = 16,
    pathLengthWeight: Double = 2, pathLengthEvery: Int = 0,
    average: ExponentialAverage.Rule? = .halfLife(pictures: 10_000, batch: 32, rampUp: 0.05),
    flips: Bool = false, balancedClasses: Bool = false, growing: ProgressiveGrowing? = nil
  ) {
    precondition(steps > 0 && batch > 1, "steps (\(steps)) and batch (\(batch)) must be positive")
    precondition(
      r1Every > 0 && pathLengthEvery >= 0,
      "r1Every (\(r1Every)) must be positive, pathLengthEvery (\(pathLengthEvery)) not negative")
    self.steps = steps
    self.batch = batch
    self.learningRate = learningRate
    self.discriminatorRate = discriminatorRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.r1Weight = r1Weight
    self.r1Every = r1Every
    self.pathLengthWeight = pathLengthWeight
    self.pathLengthEvery = pathLengthEvery
    self.average = average
    self.flips = flips
    self.balancedClasses = balancedClasses
    self.growing = growing
  }

  /// How far the networks have grown at a step, counted from 0; nil where they do not grow.
  public func growth(step: Int) -> StyleGrowth? { growing?.stage(step: step, of: steps) }

  /// Steps between two logged ones: a multiple of `r1Every`, so that logged steps have their
  /// penalty; about 500 in a training.
  var logEvery: Int { r1Every * max(1, steps / (500 * r1Every)) }
}
