import Foundation

/// How pictures are projected into the styles of a generator.
///
/// With τ = step / steps, counted from 0, the rate of a step is
///
///     λ(τ) = λ₀ · ½ (1 − cos(π min(1, (1 − τ) / rampDown))) · min(1, τ / rampUp)
///
/// and the style is shaken before every step by normal numbers of deviation
/// σ_w · exploration · max(0, 1 − τ / explorationRamp)². The first step moves nothing: λ(0) = 0.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, appendix D; defaults of
/// `projector.py` in the code of doi:10.48550/arXiv.2006.06676, which the source of the method
/// (Han et al. 2022, doi:10.1038/s42256-022-00560-x) uses unchanged.
public struct ProjectionPlan: Codable, Hashable, Sendable {
  /// What is searched.
  public enum Space: String, Codable, Hashable, Sendable {
    /// One style for the whole picture, as published.
    case single
    /// A style of its own at every place of the generator (W+): nearer to any picture, further from
    /// the pictures that the generator makes.
    case everyPlace
  }

  /// What a rate of 1 means.
  public enum RateUnit: String, Codable, Hashable, Sendable {
    /// The numbers of a style as they are: the published projection.
    case absolute
    /// The root mean square deviation of a coordinate of a style. Adam's moves have the size of
    /// the rate whatever the gradient: a rate fits a generator only in units of its styles, and the
    /// mapping of `StyleGenerator` starts smaller than the published one with its equalised rates.
    case spread
  }

  /// What the noise inputs of the generator get.
  public enum Noise: Codable, Hashable, Sendable {
    /// None.
    case absent
    /// Maps of the stream, the same for every picture and at every step.
    case constant
    /// Maps of each picture's own that move with the style, brought back to mean 0 and mean square
    /// 1 after every step, with `weight` times `noiseAutocorrelation` in the loss; published: 1e5.
    case optimized(weight: Double)
  }

  public var steps: Int
  /// λ₀, for the style in units of `rateUnit`, for noise maps as it is.
  public var learningRate: Double
  public var rateUnit: RateUnit
  /// Shares of the steps.
  public var rampUp, rampDown: Double
  /// Share of σ_w; 0 for none.
  public var exploration: Double
  /// Share of the steps.
  public var explorationRamp: Double
  public var space: Space
  public var noise: Noise
  /// Weight of the perceptual distance.
  public var perceptualWeight: Double
  /// Weight of the mean squared difference of pixels; the published loss has none.
  public var pixelWeight: Double

  public init(
    steps: Int = 1000, learningRate: Double = 0.1, rateUnit: RateUnit = .spread,
    rampUp: Double = 0.05, rampDown: Double = 0.25, exploration: Double = 0.05,
    explorationRamp: Double = 0.75, space: Space = .single, noise: Noise = .absent,
    perceptualWeight: Double = 1, pixelWeight: Double = 0
  ) {
    precondition(steps >= 0, "steps (\(steps)) must not be negative")
    precondition(learningRate > 0, "learningRate (\(learningRate)) must be positive")
    for (name, share) in [
      ("rampUp", rampUp), ("rampDown", rampDown), ("explorationRamp", explorationRamp),
    ] {
      precondition(share > 0 && share <= 1, "\(name) (\(share)) must lie in 0...1 above 0")
    }
    precondition(exploration >= 0, "exploration (\(exploration)) must not be negative")
    precondition(
      perceptualWeight >= 0 && pixelWeight >= 0 && perceptualWeight + pixelWeight > 0,
      "perceptualWeight (\(perceptualWeight)) and pixelWeight (\(pixelWeight)) must not be negative, "
        + "one positive")
    if case .optimized(let weight) = noise {
      precondition(weight >= 0, "the noise's weight (\(weight)) must not be negative")
    }
    self.steps = steps
    self.learningRate = learningRate
    self.rateUnit = rateUnit
    self.rampUp = rampUp
    self.rampDown = rampDown
    self.exploration = exploration
    self.explorationRamp = explorationRamp
    self.space = space
    self.noise = noise
    self.perceptualWeight = perceptualWeight
    self.pixelWeight = pixelWeight
  }

  /// The published projection: 1,000 steps at an absolute rate of .1, noise maps optimised.
  public static let published = ProjectionPlan(rateUnit: .absolute, noise: .optimized(weight: 1e5))

  /// Refinement of an encoder's guess: few steps of the same ramp, nothing shaken.
  public static func refinement(steps: Int = 60, pixelWeight: Double = 0) -> ProjectionPlan {
    ProjectionPlan(steps: steps, exploration: 0, pixelWeight: pixelWeight)
  }

  /// λ of a step, counted from 0.
  public func learningRate(step: Int) -> Double {
    let time = Double(step) / Double(steps)
    let falling = 0.5 - 0.5 * cos(.pi * min(1, (1 - time) / rampDown))
    return learningRate * falling * min(1, time / rampUp)
  }

  /// The deviation of the numbers that shake the style before a step, in units of σ_w.
  public func exploration(step: Int) -> Double {
    let left = max(0, 1 - Double(step) / Double(steps) / explorationRamp)
    return exploration * left * left
  }
}
