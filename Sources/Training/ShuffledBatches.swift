import Autodiff
import Kernels
import Networks
import Tensors

/// The ordinary estimate: the mean gradient over batches of a shuffled epoch.
///
/// Epoch e visits the cases in the order of the stream's child e; its last batch may be smaller
/// (PyTorch's `DataLoader` with `drop_last=False`).
public struct ShuffledBatches<Scalar: TensorScalar>: GradientEstimator {
  public let cases: Int
  public let plan: TrainingPlan
  private let stream: RandomStream

  public init(cases: Int, plan: TrainingPlan, stream: RandomStream) {
    precondition(cases > 0, "cases (\(cases)) must be positive")
    self.cases = cases
    self.plan = plan
    self.stream = stream.child("batches")
  }

  public var stepsPerEpoch: Int { (cases + plan.batchSize - 1) / plan.batchSize }
  public var steps: Int { plan.epochs * stepsPerEpoch }
  public var isRepeatable: Bool { true }

  /// The numbers of the cases of one step.
  public func batch(step: Int) -> [Int] {
    var epoch = stream.child(step / stepsPerEpoch)
    let first = step % stepsPerEpoch * plan.batchSize
    return Array(epoch.permutation(cases)[first..<min(cases, first + plan.batchSize)])
  }

  public func estimate(
    step: Int, network: any Network<Scalar>, data: TrainingData<Scalar>,
    loss: MultiLabelLoss<Scalar>
  ) throws -> GradientEstimate<Scalar> {
    let batch = batch(step: step)
    var total: [Tensor<Scalar>] = []
    var sum = 0.0
    for start in stride(from: 0, to: batch.count, by: plan.microBatch) {
      let part = data.batch(batch[start..<min(batch.count, start + plan.microBatch)])
      let variables = network.variables
      let losses = loss(network(Variable(part.images)), targets: part.targets, known: part.known)
      let weights = Tensor<Scalar>(repeating: Scalar(1 / Double(batch.count)), shape: losses.shape)
      let found = gradients(
        of: losses, at: variables, upstream: weights, freeingGraph: true)
      if total.isEmpty { total = found } else { total.add(found) }
      sum += losses.value.elements.reduce(0) { $0 + Double($1) }
    }
    return GradientEstimate(
      gradients: total,
      statistics: StepStatistics(step: step, batch: batch.count, loss: sum / Double(batch.count)))
  }
}
