import Kernels
import Networks
import Tensors

/// What a finished training leaves besides the network.
public struct TrainingRecord: Codable, Hashable, Sendable {
  /// One entry per step.
  public var history: [StepStatistics]
  /// Noisy gradients that were, or may have been, released: the steps of the training and those
  /// of killed runs that had to be taken again with other noise. The number of compositions for
  /// a privacy accountant.
  public var releases: Int
}

/// How a training is stopped and goes on.
public struct Continuation<Scalar: TensorScalar> {
  /// Where to go on; nil starts at the beginning.
  public var checkpoint: TrainingCheckpoint<Scalar>?
  /// Steps between two checkpoints that are offered to `save`.
  public var interval: Int
  /// Keeps a checkpoint. Without a journal every one must be kept; with one it may pass some.
  public var save: ((TrainingCheckpoint<Scalar>) throws -> Void)?
  /// Counts the steps that cannot be repeated.
  public var journal: ReleaseJournal?

  public init(
    from checkpoint: TrainingCheckpoint<Scalar>? = nil, interval: Int = 10,
    journal: ReleaseJournal? = nil, save: ((TrainingCheckpoint<Scalar>) throws -> Void)? = nil
  ) {
    precondition(interval > 0, "interval (\(interval)) must be positive")
    self.checkpoint = checkpoint
    self.interval = interval
    self.save = save
    self.journal = journal
  }

  /// Never stopped, nothing kept.
  public static var none: Continuation { Continuation() }
}

/// Trains a network in place.
///
/// The result is a function of the network's start, data, plan and the estimator's stream: a
/// run that goes on from a checkpoint ends in the same bytes as one never stopped. Every step
/// is one estimate and one move of the optimiser. `progress` is called after every step with its
/// statistics and the number of steps.
///
/// Where steps cannot be repeated (secure noise), steps taken by a killed run after its last
/// checkpoint have been released and are counted: by the journal exactly, or without one as all
/// the steps up to the next checkpoint.
///
/// - Throws: what `save`, the journal and `progress` throw (the way to stop a training), and an
///   error when the checkpoint belongs to another plan or network.
@discardableResult
public func train<Scalar, Estimator: GradientEstimator<Scalar>>(
  _ network: any Network<Scalar>, on data: TrainingData<Scalar>, plan: TrainingPlan,
  estimator: Estimator, continuing: Continuation<Scalar> = .none,
  progress: ((StepStatistics, _ steps: Int) throws -> Void)? = nil
) throws -> TrainingRecord {
  let parameters = network.parameters
  let steps = estimator.steps
  let loss = MultiLabelLoss(positiveWeight: positiveWeight(plan: plan, data: data))
  var optimizer = Optimizer<Scalar>(
    plan.optimizer, weightDecay: plan.weightDecay, shapes: parameters.map(\.shape))
  var history: [StepStatistics] = []
  var first = 0
  var lost = 0
  if let checkpoint = continuing.checkpoint {
    guard checkpoint.plan == plan else {
      throw LightboxError(
        .input,
        "checkpoint at step \(checkpoint.step): found another training plan, expected the "
          + "present one; remove the checkpoint to start again")
    }
    try network.load(checkpoint.weights, source: "checkpoint at step \(checkpoint.step)")
    optimizer = checkpoint.optimizer
    history = checkpoint.history
    first = checkpoint.step
    lost = checkpoint.lost
    if !estimator.isRepeatable { lost += max(0, checkpoint.reserved - first) }
  }
  if !estimator.isRepeatable, let journal = continuing.journal {
    lost = max(0, journal.noted - first)
  }

  func keep(before step: Int) throws {
    guard let save = continuing.save else { return }
    try save(
      TrainingCheckpoint(
        step: step, reserved: min(steps, step + continuing.interval), lost: lost, plan: plan,
        weights: network.weights, optimizer: optimizer, history: history))
  }

  // Kept before anything is released, or a second kill would forget what the first one lost.
  if !estimator.isRepeatable { try keep(before: first) }
  for step in first..<max(first, steps) {
    if !estimator.isRepeatable { try continuing.journal?.note(step) }
    let estimate = try estimator.estimate(step: step, network: network, data: data, loss: loss)
    let rate = plan.learningRate * plan.schedule.factor(step: step, of: steps)
    optimizer.update(parameters, gradients: estimate.gradients, learningRate: rate)
    history.append(estimate.statistics)
    try progress?(estimate.statistics, steps)
    if (step + 1) % continuing.interval == 0 || step + 1 == steps { try keep(before: step + 1) }
  }
  return TrainingRecord(history: history, releases: max(first, steps) + lost)
}

/// Trains a network in place on shuffled batches, without privacy.
@discardableResult
public func train<Scalar>(
  _ network: any Network<Scalar>, on data: TrainingData<Scalar>, plan: TrainingPlan,
  stream: RandomStream, continuing: Continuation<Scalar> = .none,
  progress: ((StepStatistics, _ steps: Int) throws -> Void)? = nil
) throws -> TrainingRecord {
  try train(
    network, on: data, plan: plan,
    estimator: ShuffledBatches(cases: data.count, plan: plan, stream: stream),
    continuing: continuing, progress: progress)
}

/// The class weights that a plan asks for, [class], or nil for none.
private func positiveWeight<Scalar>(
  plan: TrainingPlan, data: TrainingData<Scalar>
) -> Tensor<Scalar>? {
  switch plan.classWeighting {
  case .none: return nil
  case .balanced: return balancingWeights(targets: data.targets, known: data.known)
  case .fixed(let weights):
    precondition(
      weights.count == data.classes,
      "class weights (\(weights.count)) must match classes (\(data.classes))")
    return Tensor(shape: [weights.count], weights.map { Scalar($0) })
  }
}
