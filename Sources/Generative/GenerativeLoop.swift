import Kernels
import Networks
import Tensors
import Training

/// The steps of a generative training: where it goes on, what it logs and keeps, when it stops.
///
/// A step is a closure that moves the networks in `state` order and returns its losses; the loop
/// counts, logs some of the steps, keeps snapshots of one network, offers its state
/// for saving after every step, and stops at the first loss that is not finite.
struct GenerativeLoop {
  let steps: Int
  /// Numbers of steps after which a snapshot is kept; the last is kept always.
  let keeping: Set<Int>
  let continuing: GenerativeContinuation
  /// The network that snapshots are of.
  let main: any Parameterized<Float>
  /// Everything that a saved state holds apart from step, history and snapshots.
  let capture: (inout GenerativeState) -> Void
  /// The average of the main network's parameters now.
  let averaged: () -> Weights<Float>?
  /// Steps between two logged ones; about 400 of a training are logged where it is nil.
  var logEvery: Int?

  func run(_ step: (Int) throws -> [String: Double]) throws -> GenerativeRecord {
    let start = continuing.state
    var history = start?.history ?? []
    var snapshots = start?.snapshots ?? []
    let first = start?.step ?? 0
    func keep(_ taken: Int) {
      snapshots.append(Snapshot(step: taken, weights: main.weights, averaged: averaged()))
    }
    if first == 0, keeping.contains(0) { keep(0) }
    let interval = logEvery ?? max(1, steps / 400)
    for number in first..<max(first, steps) {
      let losses = try step(number)
      let taken = number + 1
      let isLast = taken == steps
      let isFinite = losses.values.allSatisfy(\.isFinite)
      if isLast || taken % interval == 0 || !isFinite {
        history.append(LossRow(step: taken, losses: losses))
      }
      guard isFinite else {
        return GenerativeRecord(snapshots: snapshots, history: history, failedAtStep: taken)
      }
      if isLast || keeping.contains(taken) {
        // The last move may have left the finite numbers without a loss that says so.
        guard main.parameters.allSatisfy(\.value.isFinite) else {
          return GenerativeRecord(snapshots: snapshots, history: history, failedAtStep: taken)
        }
        keep(taken)
      }
      try continuing.save? {
        var state = GenerativeState()
        capture(&state)
        state.step = taken
        state.history = history
        state.snapshots = snapshots
        return state
      }
      try continuing.progress?(taken, steps)
    }
    return GenerativeRecord(snapshots: snapshots, history: history)
  }
}

extension GenerativeState {
  /// Gives a network the weights that the state holds for its role.
  func restore(_ role: String, to network: any Parameterized<Float>) throws {
    guard let kept = weights[role] else {
      throw LightboxError.input(
        file: "state at step \(step)", found: "no weights of \(role)",
        expected: "those of \(weights.keys.sorted().joined(separator: ", "))")
    }
    try network.load(kept, source: "state at step \(step)")
  }
}
