import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// Trains a style-based GAN from a random start.
///
/// The record has the generator, and its average where the plan keeps one, after the numbers of
/// steps in `keeping` and after the last. Losses: "discriminator" and "generator" (adversarial parts
/// alone), "r1" and "path length" (penalties, before lazy weights) on the steps that have them.
///
/// The result is a function of configuration, plan, pictures and stream: a training that goes on
/// from a saved state ends in the same bytes as one never stopped.
///
/// - Throws: what `continuing` throws (the way to stop), and an error where its state belongs to
///   other networks.
public func trainStyleGAN(
  _ configuration: StyleConfiguration, _ plan: StyleGANPlan, on set: PictureSet,
  keeping: [Int] = [], stream: RandomStream, continuing: GenerativeContinuation = .none
) throws -> GenerativeRecord {
  try StyleGANTraining(configuration, plan, set, stream).run(
    steps: plan.steps, logEvery: plan.logEvery, keeping: keeping, continuing: continuing)
}

/// The two networks, their optimisers, and one step of both.
private final class StyleGANTraining: AdversarialTraining {
  private let plan: StyleGANPlan
  private let pictures: TrainingPictures
  private let generator: StyleGenerator<Float>
  private let discriminator: StyleDiscriminator<Float>
  private var generatorOptimizer, discriminatorOptimizer: Optimizer<Float>
  private(set) var average: ExponentialAverage?
  var made: any Parameterized<Float> { generator }
  /// The running mean of path lengths.
  private var pathLength: Float = 0
  private let stream: RandomStream

  init(
    _ configuration: StyleConfiguration, _ plan: StyleGANPlan, _ set: PictureSet,
    _ stream: RandomStream
  ) {
    precondition(
      Array(set.pictures.shape.dropFirst())
        == [configuration.channels, configuration.size, configuration.size],
      "pictures \(set.pictures.shape) must be those of \(configuration)")
    if let growing = plan.growing {
      precondition(
        configuration.grows && growing.shares.count == configuration.features.count,
        "growing shares \(growing.shares) need a configuration that grows, one for each level")
    }
    self.plan = plan
    self.stream = stream
    pictures = TrainingPictures(
      set, batch: plan.batch, balanced: plan.balancedClasses, flips: plan.flips,
      stream: stream.child("pictures"))
    var start = stream.child("start")
    generator = StyleGenerator(configuration, stream: &start)
    discriminator = StyleDiscriminator(configuration, stream: &start)
    generatorOptimizer = Self.optimizer(plan, generator)
    discriminatorOptimizer = Self.optimizer(plan, discriminator)
    average = plan.average.map { ExponentialAverage($0, of: generator) }
  }

  private static func optimizer(
    _ plan: StyleGANPlan, _ network: any Parameterized<Float>
  ) -> Optimizer<Float> {
    Optimizer(
      .adam(beta1: plan.beta1, beta2: plan.beta2), shapes: network.parameters.map(\.shape))
  }

  func advance(_ step: Int) -> [String: Double] {
    let own = stream.child("step").child(step)
    let growth = plan.growth(step: step)
    if step > 0, let growth, growth.level != plan.growth(step: step - 1)?.level {
      generatorOptimizer = Self.optimizer(plan, generator)
      discriminatorOptimizer = Self.optimizer(plan, discriminator)
    }
    var losses = judge(step, growth, own.child("discriminator"))
    losses.merge(make(step, growth, own.child("generator"))) { $1 }
    average?.update(generator)
    return losses
  }

  /// Latents and labels for fakes; labels only where the networks know classes.
  private func order(_ count: Int, _ stream: RandomStream) -> (Variable<Float>, [Int]?) {
    let latents = normalLatents(count, generator.configuration.styles, stream.child("latents"))
    let labels =
      generator.configuration.classes == 0
      ? nil : pictures.labels(count, from: stream.child("labels"))
    return (Variable(latents), labels)
  }

  /// The step of the discriminator.
  private func judge(
    _ step: Int, _ growth: StyleGrowth?, _ stream: RandomStream
  ) -> [String: Double] {
    let drawn = pictures.draw(step)
    let (latents, labels) = order(plan.batch, stream)
    var noise = stream.child("noise")
    let fakes = generator.withoutGradients {
      generator(latents, labels: labels, growth: growth, noise: &noise)
    }
    let isPenalised = plan.r1Weight > 0 && (step + 1) % plan.r1Every == 0
    let images = Variable(
      growth.map { seen(drawn.pictures, at: $0) } ?? drawn.pictures, requiresGradient: isPenalised)
    let scores = discriminator(images, labels: labels.map { _ in drawn.labels }, growth: growth)
    let adversarial = discriminatorLoss(
      real: scores, fake: discriminator(fakes, labels: labels, growth: growth))
    var losses = ["discriminator": Double(adversarial.item)]
    var total = adversarial
    if isPenalised {
      let penalty = r1Penalty(scores: scores, images: images, weight: Float(plan.r1Weight))
      losses["r1"] = Double(penalty.item)
      total = total + affine(penalty, scale: Float(plan.r1Every))
    }
    discriminatorOptimizer.update(
      discriminator.parameters,
      gradients: gradients(of: total, at: discriminator.variables, freeingGraph: true),
      learningRate: plan.discriminatorRate)
    return losses
  }

  /// Real pictures as networks of a stage see them: averaged to its size, a new level faded in.
  private func seen(_ pictures: Tensor<Float>, at growth: StyleGrowth) -> Tensor<Float> {
    var pictures = pictures
    let factor = pictures.shape[2] / growth.size
    if factor > 1 { pictures = pictures.averagePooled(size: factor, stride: factor) }
    guard growth.blend < 1 else { return pictures }
    let below = pictures.averagePooled(size: 2, stride: 2).enlarged(.nearest)
    return below + (pictures - below) * Float(growth.blend)
  }

  /// The step of the generator.
  private func make(
    _ step: Int, _ growth: StyleGrowth?, _ stream: RandomStream
  ) -> [String: Double] {
    let (latents, labels) = order(plan.batch, stream)
    var noise = stream.child("noise")
    let fakes = generator(latents, labels: labels, growth: growth, noise: &noise)
    let adversarial = generatorLoss(fake: discriminator(fakes, labels: labels, growth: growth))
    var losses = ["generator": Double(adversarial.item)]
    var total = adversarial
    if plan.pathLengthEvery > 0 && (step + 1) % plan.pathLengthEvery == 0 {
      let penalty = pathPenalty(growth, stream.child("paths"))
      losses["path length"] = Double(penalty.item)
      total = total + affine(penalty, scale: Float(plan.pathLengthEvery))
    }
    generatorOptimizer.update(
      generator.parameters,
      gradients: gradients(of: total, at: generator.variables, freeingGraph: true),
      learningRate: plan.learningRate)
    return losses
  }

  /// The path length penalty of half a batch of its own, as in the authors' code; moves the running
  /// mean by a hundredth of the way before it is used as the target.
  private func pathPenalty(_ growth: StyleGrowth?, _ stream: RandomStream) -> Variable<Float> {
    let (latents, labels) = order(max(1, plan.batch / 2), stream)
    var noise = stream.child("noise")
    let styles = generator.styles(latents, labels: labels)
    let made = generator.pictures(styles, growth: growth, noise: &noise)
    var directions = stream.child("directions")
    let lengths = pathLengths(
      pictures: made, styles: styles,
      noise: Tensor(shape: made.shape) { directions.fillNormal($0) })
    pathLength += 0.01 * (mean(lengths).item - pathLength)
    return pathLengthPenalty(
      lengths: lengths, target: pathLength, weight: Float(plan.pathLengthWeight))
  }

  func save(to state: inout GenerativeState) {
    state.weights = [
      "generator": generator.weights, "discriminator": discriminator.weights,
      "pathLength": Weights(names: ["mean"], values: [Tensor(pathLength)]),
    ]
    state.optimizers = [
      "generator": generatorOptimizer, "discriminator": discriminatorOptimizer,
    ]
    state.averages = average.map { ["generator": $0] } ?? [:]
  }

  func restore(_ state: GenerativeState) throws {
    try state.restore("generator", to: generator)
    try state.restore("discriminator", to: discriminator)
    pathLength = state.weights["pathLength"]?["mean"]?.item ?? 0
    generatorOptimizer = try state.optimizer("generator")
    discriminatorOptimizer = try state.optimizer("discriminator")
    average = state.averages["generator"]
  }
}
