import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// Trains a labelled denoiser on encoded pictures from its random start.
///
/// Snapshots hold the weights, and their average where the plan has one, after the numbers of steps
/// asked for and after the last. History: `loss`. The result is a function of pictures,
/// configuration, plan and stream; a training that goes on from a saved state ends in the same
/// bytes.
///
/// - Throws: what `continuing` throws, and an error where its state belongs to another network.
public func trainDenoiser(
  _ configuration: LabelledDenoiserConfiguration, _ plan: DiffusionPlan,
  on pictures: EncodedPictures, keeping steps: [Int], stream: RandomStream,
  continuing: GenerativeContinuation
) throws -> GenerativeRecord {
  let training = try DenoiserTraining(
    configuration, plan, pictures, stream: stream, from: continuing.state)
  let loop = GenerativeLoop(
    steps: plan.steps, keeping: Set(steps), continuing: continuing, main: training.network,
    capture: training.capture, averaged: { training.average?.weights })
  return try loop.run(training.step)
}

/// A denoiser, its optimiser and the average of its parameters.
private final class DenoiserTraining {
  let network: LabelledDenoiser<Float>
  private(set) var average: ExponentialAverage?
  private let plan: DiffusionPlan
  private let pictures: EncodedPictures
  private let batches: PictureBatches
  private let draws: RandomStream
  private var optimizer: Optimizer<Float>

  init(
    _ configuration: LabelledDenoiserConfiguration, _ plan: DiffusionPlan,
    _ pictures: EncodedPictures, stream: RandomStream, from state: GenerativeState?
  ) throws {
    var start = stream.child("denoiser")
    network = LabelledDenoiser(configuration, stream: &start)
    self.plan = plan
    self.pictures = pictures
    batches = PictureBatches(count: pictures.count, size: plan.batch, stream: stream)
    draws = stream.child("step")
    optimizer = Optimizer(
      .adamW(), weightDecay: plan.weightDecay, shapes: network.parameters.map(\.shape))
    if let state {
      try state.restore("denoiser", to: network)
      optimizer = state.optimizers["denoiser"] ?? optimizer
      average = state.averages["denoiser"]
    } else {
      average = plan.average.map { ExponentialAverage($0, of: network) }
    }
  }

  func capture(_ state: inout GenerativeState) {
    state.weights["denoiser"] = network.weights
    state.optimizers["denoiser"] = optimizer
    state.averages["denoiser"] = average
  }

  func step(_ number: Int) -> [String: Double] {
    let chosen = batches.batch(step: number)
    let draw = draws.child(number)
    let latents = drawn(chosen, draw.child("latents"))
    let noise = normal(latents.shape, draw.child("noise"))
    var clock = draw.child("times")
    let times = chosen.map { _ in clock.integer(below: plan.noise.times) }
    let noisy = Variable(plan.noise.noised(latents, noise: noise, times: times))
    let found = predicted(
      noisy, times: times.map { Double($0) }, labels: chosen.map { pictures.labels[$0] },
      coins: draw.child("labels"))
    let difference = found - Variable(noise)
    let loss = mean(plan.loss == .absolute ? absolute(difference) : square(difference))
    optimizer.update(
      network.parameters,
      gradients: gradients(of: loss, at: network.variables, freeingGraph: true),
      learningRate: plan.learningRate * plan.schedule.factor(step: number, of: plan.steps))
    average?.update(network)
    return ["loss": Double(loss.item)]
  }

  private func predicted(
    _ noisy: Variable<Float>, times: [Double], labels: [Int], coins: RandomStream
  ) -> Variable<Float> {
    var coins = coins
    switch plan.dropping {
    case .batch:
      let isDropped = coins.bernoulli(plan.labelDropout)
      return network(noisy, times: times, labels: isDropped ? nil : labels)
    case .example:
      return network(
        noisy, times: times,
        knownLabels: labels.map { coins.bernoulli(plan.labelDropout) ? nil : $0 })
    }
  }

  /// μ + σ ε of the chosen pictures.
  private func drawn(_ chosen: [Int], _ stream: RandomStream) -> Tensor<Float> {
    let mean = pictures.mean.gathered(rows: chosen)
    let deviation = pictures.logVariance.gathered(rows: chosen).affine(scale: 0.5, offset: 0)
      .mapped(.exp)
    return mean + deviation * normal(mean.shape, stream)
  }

  private func normal(_ shape: [Int], _ stream: RandomStream) -> Tensor<Float> {
    var stream = stream
    return Tensor(shape: shape) { stream.fillNormal($0) }
  }
}
