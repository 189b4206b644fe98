import Kernels
import Networks
import Privacy
import Tensors
import Training

/// Images of noise with random labels: times depend on shapes alone.
func syntheticData(count: Int, side: Int, classes: Int) -> TrainingData<Float> {
  var stream = RandomStream(7).child("data")
  let images = Tensor<Float>(shape: [count, 1, side, side]) { stream.fillNormal($0) }
  let targets = Tensor<Float>(shape: [count, classes]) { y in
    for i in y.indices { y[i] = stream.bernoulli(0.3) ? 1 : 0 }
  }
  return TrainingData(images: images, targets: targets)
}

/// One step of training, the same way that a study takes it: the whole data is the batch.
final class TrainingStep {
  private let network: any Network<Float>
  private let data: TrainingData<Float>
  private let plan: TrainingPlan
  private let estimator: any GradientEstimator<Float>
  private var optimizer: Optimizer<Float>
  private var step = 0

  init(
    _ network: any Network<Float>, _ data: TrainingData<Float>, isPrivate: Bool,
    optimizer rule: OptimizerRule = .sgd(momentum: 0.9)
  ) {
    self.network = network
    self.data = data
    plan = TrainingPlan(
      epochs: 1000, batchSize: data.count, optimizer: rule, learningRate: 1e-3,
      classWeighting: .none)
    let stream = RandomStream(3).child("bench")
    if isPrivate {
      estimator = DPSGD(
        cases: data.count, plan: plan,
        parameters: DPSGDParameters(clippingNorm: 1, noiseMultiplier: 1), source: .seeded(stream))
    } else {
      estimator = ShuffledBatches(cases: data.count, plan: plan, stream: stream)
    }
    optimizer = Optimizer(rule, shapes: network.parameters.map(\.shape))
  }

  func run() throws -> Double? {
    let estimate = try estimator.estimate(
      step: step, network: network, data: data, loss: MultiLabelLoss())
    optimizer.update(network.parameters, gradients: estimate.gradients, learningRate: 1e-3)
    step += 1
    return nil
  }
}
