import Kernels
import Networks
import Tensors

/// Two networks that train against each other, step by step.
protocol AdversarialTraining: AnyObject {
  /// Takes the step of this number, counted from 0, and returns its losses by name.
  func advance(_ step: Int) -> [String: Double]
  /// The generator as it is, after so many steps.
  func snapshot(after steps: Int) -> Snapshot
  /// Puts everything that later steps depend on into a state.
  func save(to state: inout GenerativeState)
  /// Goes back to a state; throws where it belongs to other networks.
  func restore(_ state: GenerativeState) throws
}

extension AdversarialTraining {
  /// Takes all steps from where `continuing` left off.
  ///
  /// Snapshots are kept after the numbers of steps in `keeping` and after the last; losses of every
  /// `logEvery`-th step, the first of them, and of the last. The first loss that is not finite ends
  /// the training: the record then says at which step, and has no snapshot of it.
  func run(
    steps: Int, logEvery: Int, keeping: [Int], continuing: GenerativeContinuation
  ) throws -> GenerativeRecord {
    var state = GenerativeState()
    if let earlier = continuing.state {
      guard earlier.step <= steps else {
        throw LightboxError(
          .input,
          "state of a training: found \(earlier.step) steps taken, expected at most \(steps); "
            + "remove the state to start again")
      }
      try restore(earlier)
      state = earlier
      // The networks hold these now.
      (state.weights, state.optimizers, state.averages) = ([:], [:], [:])
    }
    let kept = Set(keeping + [steps])
    while state.step < steps {
      let losses = advance(state.step)
      guard losses.values.allSatisfy(\.isFinite) else {
        return GenerativeRecord(
          snapshots: state.snapshots, history: state.history, failedAtStep: state.step + 1)
      }
      let isLogged = state.step % logEvery == 0 || state.step + 1 == steps
      state.step += 1
      if isLogged { state.history.append(LossRow(step: state.step, losses: losses)) }
      if kept.contains(state.step) { state.snapshots.append(snapshot(after: state.step)) }
      let reached = state
      try continuing.save? {
        var full = reached
        save(to: &full)
        return full
      }
      try continuing.progress?(state.step, steps)
    }
    return GenerativeRecord(snapshots: state.snapshots, history: state.history)
  }
}

extension GenerativeState {
  /// Something that a state must hold, or an error that names it.
  static func part<Part>(_ part: Part?, _ name: String) throws -> Part {
    guard let part else {
      throw LightboxError.input(
        file: "state of a training", found: "no \(name)",
        expected: "a state saved by a training with the same plan")
    }
    return part
  }
}

/// Standard normal numbers [count, width] from a stream.
func normalLatents(_ count: Int, _ width: Int, _ stream: RandomStream) -> Tensor<Float> {
  var stream = stream
  return Tensor(shape: [count, width]) { stream.fillNormal($0) }
}
