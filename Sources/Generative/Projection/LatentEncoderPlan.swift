import Training

/// How a `LatentEncoder` is trained on the pictures of its generator.
///
/// A step draws latents, makes their pictures x = G(w) with noise, and takes Adam down
///
///     s · mean over pictures ‖e(x) − w‖² / σ_w²  +  r(generated)  +  r(real)
///     r = q · mean squared difference of pixels + p · perceptual distance, of G(e(x)) from x
///
/// with the generator fixed. The first term is 1 for the mean style and 0 for the true one. Real
/// pictures have no known style: only r can count for them, and it teaches the encoder what the
/// generator's own pictures lack. G(e(x)) is made without noise.
public struct LatentEncoderPlan: Codable, Hashable, Sendable {
  public var steps: Int
  /// Generated pictures of a step.
  public var batch: Int
  /// Real pictures of a step, where there are any.
  public var realBatch: Int
  public var learningRate: Double
  public var schedule: LearningRateSchedule
  /// s.
  public var styleWeight: Double
  /// q.
  public var pixelWeight: Double
  /// p; needs features.
  public var perceptualWeight: Double

  public init(
    steps: Int, batch: Int = 16, realBatch: Int = 8, learningRate: Double = 1e-3,
    schedule: LearningRateSchedule = .cosine, styleWeight: Double = 1, pixelWeight: Double = 0,
    perceptualWeight: Double = 0
  ) {
    precondition(
      steps > 0 && batch > 0 && realBatch > 0,
      "steps (\(steps)), batch (\(batch)) and realBatch (\(realBatch)) must be positive")
    precondition(learningRate > 0, "learningRate (\(learningRate)) must be positive")
    precondition(
      min(styleWeight, pixelWeight, perceptualWeight) >= 0
        && styleWeight + pixelWeight + perceptualWeight > 0,
      "weights (\(styleWeight), \(pixelWeight), \(perceptualWeight)) must not be negative, "
        + "one positive")
    self.steps = steps
    self.batch = batch
    self.realBatch = realBatch
    self.learningRate = learningRate
    self.schedule = schedule
    self.styleWeight = styleWeight
    self.pixelWeight = pixelWeight
    self.perceptualWeight = perceptualWeight
  }

  /// Whether pictures are made again from the guessed styles.
  var reconstructs: Bool { pixelWeight > 0 || perceptualWeight > 0 }
}
