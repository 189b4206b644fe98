import Kernels
import Networks
import Tensors
import Training

/// Two networks that train against each other, step by step.
protocol AdversarialTraining: AnyObject {
  /// The network that snapshots are of.
  var made: any Parameterized<Float> { get }
  /// The average of its parameters now, where one is kept.
  var average: ExponentialAverage? { get }
  /// Takes the step of this number, counted from 0, and returns its losses by name.
  func advance(_ step: Int) -> [String: Double]
  /// Puts everything that later steps depend on into a state.
  func save(to state: inout GenerativeState)
  /// Goes back to a state; throws where it belongs to other networks.
  func restore(_ state: GenerativeState) throws
}

extension AdversarialTraining {
  /// Takes all steps from where `continuing` left off.
  func run(
    steps: Int, logEvery: Int, keeping: [Int], continuing: GenerativeContinuation
  ) throws -> GenerativeRecord {
    if let state = continuing.state {
      guard state.step <= steps else {
        throw LightboxError.input(
          file: "state at step \(state.step)", found: "a longer training",
          expected: "at most \(steps) steps", hint: "remove the state to start again")
      }
      try restore(state)
    }
    let loop = GenerativeLoop(
      steps: steps, keeping: Set(keeping), continuing: continuing, main: made,
      capture: { self.save(to: &$0) },
      averaged: { self.average?.weights }, logEvery: logEvery)
    return try loop.run { advance($0) }
  }
}

extension GenerativeState {
  /// The optimiser that the state holds for a role.
  func optimizer(_ role: String) throws -> Optimizer<Float> {
    guard let kept = optimizers[role] else {
      throw LightboxError.input(
        file: "state at step \(step)", found: "no optimiser of \(role)",
        expected: "those of \(optimizers.keys.sorted().joined(separator: ", "))")
    }
    return kept
  }
}

/// Standard normal numbers [count, width] from a stream.
func normalLatents(_ count: Int, _ width: Int, _ stream: RandomStream) -> Tensor<Float> {
  var stream = stream
  return Tensor(shape: [count, width]) { stream.fillNormal($0) }
}
