import Foundation
import Kernels

/// What the body of a stage is given: everything it may depend on besides its configuration and
/// the values of its upstream stages.
public struct StageContext: Sendable {
  /// The stage's own stream: `study.stream.child(name)`, and below it, for a member of a group,
  /// the member's label.
  public let stream: RandomStream
  /// The study's root stream, for draws that several stages share (common random numbers):
  /// `context.root.child("cohort").child(seed)`.
  public let root: RandomStream
  public let scale: Scale
  /// Where noise that protects patients has to come from.
  public let noise: NoiseChoice
  public let progress: StageProgress
  public let checkpoint: CheckpointStore

  /// The choice for the current scale.
  public func scaled<Value>(smoke: Value, default: Value, full: Value) -> Value {
    scale.choose(smoke: smoke, default: `default`, full: full)
  }

  /// A context outside any run: no checkpoints, no progress. For tests of stage bodies.
  public static func alone(
    seed: UInt64 = 1, scale: Scale = .smoke, noise: NoiseChoice = .seeded
  ) -> StageContext {
    StageContext(
      stream: RandomStream(seed).child("alone"), root: RandomStream(seed), scale: scale,
      noise: noise, progress: StageProgress { _, _ in }, checkpoint: CheckpointStore(folder: nil))
  }
}

extension Scale {
  /// The choice for this scale.
  public func choose<Value>(smoke: Value, default: Value, full: Value) -> Value {
    switch self {
    case .smoke: smoke
    case .default: `default`
    case .full: full
    }
  }
}

/// Where a stage says how far it is.
public struct StageProgress: Sendable {
  private let receive: @Sendable (Double, String) -> Void

  init(_ receive: @escaping @Sendable (Double, String) -> Void) { self.receive = receive }

  /// Reports the share done, 0...1, and what is going on ("epoch 3, loss 0.41"); cheap, callable
  /// from any thread and as often as wanted.
  public func report(_ fraction: Double, _ note: String = "") {
    receive(min(1, max(0, fraction)), note)
  }

  /// Reports the step that was finished last, of `count`.
  public func report(step: Int, of count: Int, _ note: String = "") {
    report(count > 0 ? Double(step) / Double(count) : 1, note)
  }
}
