import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// Trains a picture autoencoder from its random start, and fine-tunes it if the plan says so.
///
/// Snapshots hold the autoencoder's weights after the numbers of steps asked for, fine-tuning
/// counted on, and after the last. History: `loss`, `pixel` (mean over numbers), `perceptual`,
/// `dissimilarity` (means over pictures, full resolution) and `divergence`; while fine-tuning also
/// `adversarial`, `weight` (λ) and `discriminator`. The result is a function of set, configuration,
/// plan and stream; a training that goes on from a saved state ends in the same bytes.
///
/// `perceptual` gives the maps of a fixed network, whose parameters should not ask for gradients.
///
/// - Throws: what `continuing` throws, and an error where its state belongs to other networks.
public func trainAutoencoder(
  _ configuration: AutoencoderConfiguration, _ plan: AutoencoderPlan, on set: PictureSet,
  perceptual: PerceptualFeatures?, keeping steps: [Int], stream: RandomStream,
  continuing: GenerativeContinuation
) throws -> GenerativeRecord {
  let training = try AutoencoderTraining(
    configuration, plan, set, perceptual, stream: stream, from: continuing.state)
  let loop = GenerativeLoop(
    steps: plan.allSteps, keeping: Set(steps), continuing: continuing, main: training.network,
    capture: training.capture, averaged: { nil })
  return try loop.run(training.step)
}

/// The networks of a training and their optimisers.
private final class AutoencoderTraining {
  let network: PictureAutoencoder<Float>
  private let discriminators: [PatchDiscriminator<Float>]
  private let plan: AutoencoderPlan
  private let set: PictureSet
  private let perceptual: PerceptualFeatures?
  private let batches: PictureBatches
  private let draws: RandomStream
  private var optimizer, fineOptimizer, judgeOptimizer: Optimizer<Float>

  private var judged: [Parameter<Float>] { discriminators.flatMap(\.parameters) }

  init(
    _ configuration: AutoencoderConfiguration, _ plan: AutoencoderPlan, _ set: PictureSet,
    _ perceptual: PerceptualFeatures?, stream: RandomStream, from state: GenerativeState?
  ) throws {
    var start = stream.child("autoencoder")
    network = PictureAutoencoder(configuration, stream: &start)
    var other = stream.child("discriminators")
    discriminators = (0..<(plan.adversarial == nil ? 0 : network.lastLayers.count)).map { _ in
      PatchDiscriminator(configuration, stream: &other)
    }
    self.plan = plan
    self.set = set
    self.perceptual = perceptual
    batches = PictureBatches(count: set.count, size: plan.batch, stream: stream)
    draws = stream.child("step")
    let shapes = network.parameters.map(\.shape)
    optimizer = Optimizer(.adam(), shapes: shapes)
    fineOptimizer = Optimizer(.adam(), shapes: plan.adversarial == nil ? [] : shapes)
    judgeOptimizer = Optimizer(
      .adam(), shapes: discriminators.flatMap { $0.parameters.map(\.shape) })
    if let state {
      try state.restore("autoencoder", to: network)
      for (place, discriminator) in discriminators.enumerated() {
        try state.restore("discriminator \(place)", to: discriminator)
      }
      optimizer = state.optimizers["autoencoder"] ?? optimizer
      fineOptimizer = state.optimizers["fine-tuning"] ?? fineOptimizer
      judgeOptimizer = state.optimizers["discriminator"] ?? judgeOptimizer
    }
  }

  func capture(_ state: inout GenerativeState) {
    state.weights["autoencoder"] = network.weights
    for (place, discriminator) in discriminators.enumerated() {
      state.weights["discriminator \(place)"] = discriminator.weights
    }
    state.optimizers["autoencoder"] = optimizer
    guard plan.adversarial != nil else { return }
    state.optimizers["fine-tuning"] = fineOptimizer
    state.optimizers["discriminator"] = judgeOptimizer
  }

  func step(_ number: Int) -> [String: Double] {
    let pictures = set.pictures.gathered(rows: batches.batch(step: number))
    let (mean, logVariance) = network.encode(Variable(pictures))
    var noise = draws.child(number)
    let drawn = Variable(Tensor<Float>(shape: mean.shape) { noise.fillNormal($0) })
    let outputs = network.decode(mean + exp(affine(logVariance, scale: 0.5)) * drawn)
    let divergence = latentDivergence(mean: mean, logVariance: logVariance)
    if number >= plan.steps, let fine = plan.adversarial {
      return tune(pictures, outputs, divergence, fine)
    }
    let measure = ReconstructionLoss(pixel: plan.pixelLoss, plan: plan, perceptual: perceptual)
    let parts = outputs.enumerated().map { place, output in
      measure(output, place == 0 ? pictures : pictures.oddPixels)
    }
    let total = parts.dropFirst().reduce(parts[0].total) { $0 + $1.total }
    let loss = total + affine(divergence, scale: Float(plan.klWeight))
    optimizer.update(
      network.parameters,
      gradients: gradients(of: loss, at: network.variables, freeingGraph: true),
      learningRate: plan.learningRate)
    return losses(loss, parts[0], divergence)
  }

  /// A step of both sides; pictures were decoded with the weights before it.
  private func tune(
    _ pictures: Tensor<Float>, _ outputs: [Variable<Float>], _ divergence: Variable<Float>,
    _ fine: AdversarialFineTuning
  ) -> [String: Double] {
    let measure = ReconstructionLoss(pixel: fine.pixelLoss, plan: plan, perceptual: perceptual)
    let targets = outputs.indices.map {
      $0 == 0 ? pictures : pictures.averagePooled(size: 2, stride: 2, padding: 0)
    }
    let parts = zip(outputs, targets).map { measure($0, $1) }
    var loss = affine(divergence, scale: Float(plan.klWeight))
    var adversarial = 0.0
    var weights: [Double] = []
    for (place, part) in parts.enumerated() {
      let against = -sum(discriminators[place](outputs[place]))
      let weight = adaptiveWeight(part.total, against, at: network.lastLayers[place])
      loss = loss + part.total + affine(against, scale: Float(weight))
      adversarial += Double(against.item)
      weights.append(weight)
    }
    let moves = gradients(of: loss, at: network.variables, freeingGraph: true)
    let scores = zip(discriminators, zip(outputs, targets)).map { judge, pair in
      hingeDiscriminatorLoss(real: judge(Variable(pair.1)), fake: judge(pair.0.detached()))
    }
    let judgement = scores.dropFirst().reduce(scores[0]) { $0 + $1 }
    let judgeMoves = gradients(
      of: judgement, at: judged.map(\.variable), freeingGraph: true)
    fineOptimizer.update(network.parameters, gradients: moves, learningRate: fine.learningRate)
    judgeOptimizer.update(judged, gradients: judgeMoves, learningRate: fine.learningRate)
    var row = losses(loss, parts[0], divergence)
    row["adversarial"] = adversarial
    row["weight"] = weights[0]
    row["discriminator"] = Double(judgement.item)
    return row
  }

  private func losses(
    _ loss: Variable<Float>, _ part: ReconstructionLoss.Parts, _ divergence: Variable<Float>
  ) -> [String: Double] {
    var row = [
      "loss": Double(loss.item), "pixel": Double(part.pixel.item),
      "dissimilarity": Double(part.dissimilarity.item), "divergence": Double(divergence.item),
    ]
    if let perceptual = part.perceptual { row["perceptual"] = Double(perceptual.item) }
    return row
  }
}

/// λ of `AdversarialFineTuning`: how much an adversarial loss counts beside a reconstruction.
public func adaptiveWeight<Scalar: TensorScalar>(
  _ reconstruction: Variable<Scalar>, _ adversarial: Variable<Scalar>, at weight: Variable<Scalar>
) -> Double {
  func norm(_ loss: Variable<Scalar>) -> Double {
    gradients(of: loss, at: [weight])[0].squaredNorm.squareRoot()
  }
  return min(norm(reconstruction) / (norm(adversarial) + 1e-4), 1e4)
}
