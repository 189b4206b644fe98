import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// Trains an encoder to guess the styles of a generator's pictures.
///
/// Snapshots hold the encoder's weights after the numbers of steps in `keeping` and after the last.
/// Losses: "loss", "style", and where the plan weighs them "pixel", "perceptual", and the same of
/// real pictures as "real pixel" and "real perceptual". The result is a function of configuration,
/// plan, generator, pictures and stream; a training that goes on from a saved state ends in the same
/// bytes as one never stopped.
///
/// - `generator`: the trained generator; its parameters stay as they are.
/// - `real`: real pictures that are reconstructed beside the generated ones; nil for none.
/// - `features`: maps of a fixed network, whose parameters must not ask for gradients.
/// - Throws: what `continuing` throws (the way to stop), and an error where its state belongs to
///   another encoder or a longer training.
public func trainLatentEncoder(
  _ configuration: LatentEncoderConfiguration, _ plan: LatentEncoderPlan,
  of generator: StyleGenerator<Float>, statistics: StyleStatistics, real: PictureSet? = nil,
  features: PerceptualFeatures? = nil, keeping: [Int] = [], stream: RandomStream,
  continuing: GenerativeContinuation = .none
) throws -> GenerativeRecord {
  if let state = continuing.state, state.step > plan.steps {
    throw LightboxError.input(
      file: "state at step \(state.step)", found: "a longer training",
      expected: "at most \(plan.steps) steps", hint: "remove the state to start again")
  }
  let training = LatentEncoderTraining(
    configuration, plan, generator, statistics, real, features, stream)
  if let state = continuing.state { try training.restore(state) }
  let loop = GenerativeLoop(
    steps: plan.steps, keeping: Set(keeping), continuing: continuing, main: training.encoder,
    capture: training.capture, averaged: { nil })
  return try generator.withoutGradients { try loop.run(training.step) }
}

/// The encoder, its optimiser, and one step.
private final class LatentEncoderTraining {
  let encoder: LatentEncoder
  private let plan: LatentEncoderPlan
  private let generator: StyleGenerator<Float>
  private let statistics: StyleStatistics
  private let real: PictureSet?
  private let features: PerceptualFeatures?
  private let batches: PictureBatches?
  private let stream: RandomStream
  private var optimizer: Optimizer<Float>

  init(
    _ configuration: LatentEncoderConfiguration, _ plan: LatentEncoderPlan,
    _ generator: StyleGenerator<Float>, _ statistics: StyleStatistics, _ real: PictureSet?,
    _ features: PerceptualFeatures?, _ stream: RandomStream
  ) {
    let shape = generator.configuration
    precondition(
      configuration.styles == shape.styles && configuration.channels == shape.channels
        && configuration.size == shape.size, "\(configuration) must be for \(shape)")
    precondition(
      plan.perceptualWeight == 0 || features != nil,
      "perceptualWeight (\(plan.perceptualWeight)) needs features")
    precondition(
      real == nil || plan.reconstructs,
      "real pictures have no style: they need a pixelWeight or perceptualWeight")
    var start = stream.child("start")
    encoder = LatentEncoder(configuration, statistics: statistics, stream: &start)
    self.plan = plan
    self.generator = generator
    self.statistics = statistics
    self.real = real
    self.features = plan.perceptualWeight > 0 ? features : nil
    batches = real.map {
      PictureBatches(count: $0.count, size: plan.realBatch, stream: stream.child("real"))
    }
    self.stream = stream.child("step")
    optimizer = Optimizer(.adam(), shapes: encoder.parameters.map(\.shape))
  }

  func restore(_ state: GenerativeState) throws {
    try state.restore("encoder", to: encoder)
    optimizer = try state.optimizer("encoder")
  }

  func capture(_ state: inout GenerativeState) {
    state.weights["encoder"] = encoder.weights
    state.optimizers["encoder"] = optimizer
  }

  func step(_ number: Int) -> [String: Double] {
    let (styles, pictures) = drawn(stream.child(number))
    let guesses = encoder(Variable(pictures))
    let error = affine(
      sum(square(guesses - Variable(styles))),
      scale: 1 / Float(Double(plan.batch) * statistics.deviation * statistics.deviation))
    var losses = ["style": Double(error.item)]
    var total = affine(error, scale: Float(plan.styleWeight))
    if plan.reconstructs {
      total = total + reconstruction(guesses, of: pictures, "", &losses)
    }
    if let real, let batches {
      let found = real.pictures.gathered(rows: batches.batch(step: number))
      total = total + reconstruction(encoder(Variable(found)), of: found, "real ", &losses)
    }
    losses["loss"] = Double(total.item)
    let rate = plan.learningRate * plan.schedule.factor(step: number, of: plan.steps)
    optimizer.update(
      encoder.parameters,
      gradients: gradients(of: total, at: encoder.variables, freeingGraph: true),
      learningRate: rate)
    return losses
  }

  /// Styles and the pictures that the generator makes of them, as a file would hold those.
  private func drawn(_ stream: RandomStream) -> (styles: Tensor<Float>, pictures: Tensor<Float>) {
    let shape = generator.configuration
    let latents = normalLatents(plan.batch, shape.styles, stream.child("latents"))
    var classes = stream.child("labels")
    let labels =
      shape.classes == 0
      ? nil : (0..<plan.batch).map { _ in classes.integer(below: shape.classes) }
    let styles = generator.styles(Variable(latents), labels: labels)
    var noise = stream.child("noise")
    return (styles.value, generator.pictures(styles, noise: &noise).value.atByteLevels)
  }

  /// r of the plan for some pictures; notes its parts.
  private func reconstruction(
    _ guesses: Variable<Float>, of pictures: Tensor<Float>, _ name: String,
    _ losses: inout [String: Double]
  ) -> Variable<Float> {
    let target = Variable(pictures)
    let made = generator.pictures(guesses)
    let pixels = mean(square(made - target))
    losses[name + "pixel"] = Double(pixels.item)
    var total = affine(pixels, scale: Float(plan.pixelWeight))
    if let features {
      let distance = mean(perceptualDistance(features(made), features(target)))
      losses[name + "perceptual"] = Double(distance.item)
      total = total + affine(distance, scale: Float(plan.perceptualWeight))
    }
    return total
  }
}
