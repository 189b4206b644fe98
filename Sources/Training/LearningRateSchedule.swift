import Foundation

/// The factor on the learning rate along a training.
///
/// Steps count from 0. With a warm-up of W steps the factor of step t < W is (t + 1)/W; the
/// shape then runs over the remaining steps.
public struct LearningRateSchedule: Codable, Hashable, Sendable {
  public enum Shape: String, Codable, Hashable, Sendable {
    /// 1 throughout.
    case constant
    /// ½(1 + cos(π t/T)): from 1 to nearly 0; Loshchilov and Hutter 2017, arXiv 1608.03983,
    /// PyTorch's `CosineAnnealingLR` with eta_min 0.
    case cosine
  }

  public var shape: Shape
  public var warmupSteps: Int

  public init(_ shape: Shape, warmupSteps: Int = 0) {
    precondition(warmupSteps >= 0, "warmupSteps (\(warmupSteps)) must not be negative")
    self.shape = shape
    self.warmupSteps = warmupSteps
  }

  public static let constant = LearningRateSchedule(.constant)
  public static let cosine = LearningRateSchedule(.cosine)

  /// The factor of the given step of `steps`.
  public func factor(step: Int, of steps: Int) -> Double {
    if step < warmupSteps { return Double(step + 1) / Double(warmupSteps) }
    switch shape {
    case .constant: return 1
    case .cosine:
      let total = max(1, steps - warmupSteps)
      return 0.5 * (1 + cos(.pi * Double(step - warmupSteps) / Double(total)))
    }
  }
}
