import Kernels
import Networks
import Tensors
import Training

/// A training of one or more networks between two steps: everything that the steps after it depend
/// on. Draws come from streams named by the number of their step and need no place here.
public struct GenerativeState: Codable, Sendable {
  /// The next step, counted from 0.
  public var step = 0
  /// By the network's role: "generator", "discriminator", "denoiser", "autoencoder".
  public var weights: [String: Weights<Float>] = [:]
  public var optimizers: [String: Optimizer<Float>] = [:]
  public var averages: [String: ExponentialAverage] = [:]
  /// Losses by name, one number a logged step.
  public var history: [LossRow] = []
  /// What was asked to be kept on the way.
  public var snapshots: [Snapshot] = []

  public init() {}
}

/// The losses of a step.
public struct LossRow: Codable, Hashable, Sendable {
  /// Counted from 1: the steps taken.
  public var step: Int
  public var losses: [String: Double]

  public init(step: Int, losses: [String: Double]) {
    self.step = step
    self.losses = losses
  }
}

/// A generative network on its way.
public struct Snapshot: Codable, Sendable {
  /// Steps taken.
  public var step: Int
  public var weights: Weights<Float>
  /// The exponential average of the parameters, where one is kept.
  public var averaged: Weights<Float>?

  public init(step: Int, weights: Weights<Float>, averaged: Weights<Float>?) {
    self.step = step
    self.weights = weights
    self.averaged = averaged
  }
}

/// What a finished training leaves.
public struct GenerativeRecord: Codable, Sendable {
  public var snapshots: [Snapshot]
  public var history: [LossRow]
  /// Whether every loss stayed finite; training stops at the first that does not, and says so.
  public var failedAtStep: Int?

  public init(snapshots: [Snapshot], history: [LossRow], failedAtStep: Int? = nil) {
    self.snapshots = snapshots
    self.history = history
    self.failedAtStep = failedAtStep
  }
}

/// How a generative training is stopped and goes on, and who is told.
public struct GenerativeContinuation {
  public var state: GenerativeState?
  public var save: ((() -> GenerativeState) throws -> Void)?
  public var progress: ((_ step: Int, _ steps: Int) throws -> Void)?

  public init(
    from state: GenerativeState? = nil,
    save: ((() -> GenerativeState) throws -> Void)? = nil,
    progress: ((_ step: Int, _ steps: Int) throws -> Void)? = nil
  ) {
    self.state = state
    self.save = save
    self.progress = progress
  }

  public static var none: GenerativeContinuation { GenerativeContinuation() }
}
