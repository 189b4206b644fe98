import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// Trains a conditional Wasserstein GAN with gradient penalty from a random start.
///
/// The record has the generator, and its average where the plan keeps one, after the numbers of
/// steps in `keeping` and after the last. Losses: "critic" (mean D(fake) - mean D(real) of the last
/// critic step), "penalty" (of the same) and "generator".
///
/// The result is a function of configuration, plan, pictures and stream: a training that goes on
/// from a saved state ends in the same bytes as one never stopped.
///
/// - Throws: what `continuing` throws (the way to stop), and an error where its state belongs to
///   other networks.
public func trainWGAN(
  _ configuration: WGANConfiguration, _ plan: WGANPlan, on set: PictureSet,
  keeping: [Int] = [], stream: RandomStream, continuing: GenerativeContinuation = .none
) throws -> GenerativeRecord {
  try WGANTraining(configuration, plan, set, stream).run(
    steps: plan.steps, logEvery: plan.logEvery, keeping: keeping, continuing: continuing)
}

/// The two networks, their optimisers, and one step of both.
private final class WGANTraining: AdversarialTraining {
  private let plan: WGANPlan
  private let pictures: TrainingPictures
  private let generator: WGANGenerator<Float>
  private let critic: WGANCritic<Float>
  private var generatorOptimizer, criticOptimizer: Optimizer<Float>
  private(set) var average: ExponentialAverage?
  var made: any Parameterized<Float> { generator }
  private let stream: RandomStream

  init(
    _ configuration: WGANConfiguration, _ plan: WGANPlan, _ set: PictureSet,
    _ stream: RandomStream
  ) {
    precondition(
      Array(set.pictures.shape.dropFirst())
        == [configuration.channels, configuration.size, configuration.size],
      "pictures \(set.pictures.shape) must be those of \(configuration)")
    self.plan = plan
    self.stream = stream
    pictures = TrainingPictures(
      set, batch: plan.batch, balanced: plan.balancedClasses, flips: plan.flips,
      stream: stream.child("pictures"))
    var start = stream.child("start")
    generator = WGANGenerator(configuration, stream: &start)
    critic = WGANCritic(configuration, stream: &start)
    let rule = OptimizerRule.adam(beta1: plan.beta1, beta2: plan.beta2)
    generatorOptimizer = Optimizer(rule, shapes: generator.parameters.map(\.shape))
    criticOptimizer = Optimizer(rule, shapes: critic.parameters.map(\.shape))
    average = plan.average.map { ExponentialAverage($0, of: generator) }
  }

  func advance(_ step: Int) -> [String: Double] {
    let own = stream.child("step").child(step)
    var losses: [String: Double] = [:]
    for number in 0..<plan.criticSteps {
      losses = judge(step * plan.criticSteps + number, own.child("critic").child(number))
    }
    losses["generator"] = make(own.child("generator"))
    average?.update(generator)
    return losses
  }

  private func latents(_ stream: RandomStream) -> Variable<Float> {
    Variable(
      normalLatents(plan.batch, generator.configuration.latent, stream.child("latents")))
  }

  /// One step of the critic.
  private func judge(_ number: Int, _ stream: RandomStream) -> [String: Double] {
    let (real, labels) = pictures.draw(number)
    let fake = generator.withoutGradients { generator(latents(stream), labels: labels) }.value
    // The critic does not mix the pictures of a batch: both halves are scored in one pass.
    let scores = critic(
      Variable(.concatenate([real, fake], axis: 0)), labels: labels + labels)
    let adversarial = criticLoss(
      real: slice(scores, axis: 0, range: 0..<plan.batch),
      fake: slice(scores, axis: 0, range: plan.batch..<(2 * plan.batch)))
    var places = stream.child("between")
    let shares = Tensor<Float>(
      shape: [plan.batch, 1, 1, 1], (0..<plan.batch).map { _ in Float(places.uniform()) })
    let between = Variable(fake + (real - fake) * shares, requiresGradient: true)
    let penalty = gradientPenalty(
      scores: critic(between, labels: labels), images: between, weight: Float(plan.penaltyWeight))
    criticOptimizer.update(
      critic.parameters,
      gradients: gradients(of: adversarial + penalty, at: critic.variables, freeingGraph: true),
      learningRate: plan.learningRate)
    return ["critic": Double(adversarial.item), "penalty": Double(penalty.item)]
  }

  /// The step of the generator; returns its loss.
  private func make(_ stream: RandomStream) -> Double {
    let labels = pictures.labels(plan.batch, from: stream.child("labels"))
    let loss = -mean(critic(generator(latents(stream), labels: labels), labels: labels))
    generatorOptimizer.update(
      generator.parameters,
      gradients: gradients(of: loss, at: generator.variables, freeingGraph: true),
      learningRate: plan.learningRate)
    return Double(loss.item)
  }

  func save(to state: inout GenerativeState) {
    state.weights = ["generator": generator.weights, "critic": critic.weights]
    state.optimizers = ["generator": generatorOptimizer, "critic": criticOptimizer]
    state.averages = average.map { ["generator": $0] } ?? [:]
  }

  func restore(_ state: GenerativeState) throws {
    try state.restore("generator", to: generator)
    try state.restore("critic", to: critic)
    generatorOptimizer = try state.optimizer("generator")
    criticOptimizer = try state.optimizer("critic")
    average = state.averages["generator"]
  }
}
