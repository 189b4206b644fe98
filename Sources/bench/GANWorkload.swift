import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// One step of both networks of a generative adversarial pair, batch 32, Adam: DCGAN at 64x64, and
/// the style-based pair at 32x32 (256, 256, 128, 64 channels) with the R1 penalty.
///
/// PyTorch's style-based generator convolves every picture with weights of its own, in one grouped
/// convolution, as the published implementations do. Beside it runs the same function
/// with our way of modulating.
enum GANWorkload {
  private static func peer(
    _ mode: String, _ arguments: String..., beside: Bool = false
  ) -> PeerCommand {
    PeerCommand(
      name: "PyTorch", mode: mode, script: "gan.py", arguments: arguments, isBeside: beside)
  }

  static func convolutional(_ session: BenchSession) throws {
    try session.compare(
      "DCGAN, 64x64, batch 32, step of both", mode: "float32", goal: Goal(must: 0.6, aim: 0.4),
      peers: [
        peer("float32", "dcgan", "plain"),
        peer("float32, channels_last", "dcgan", "channels_last"),
        peer("bfloat16 autocast", "dcgan", "bf16", beside: true),
      ], own: convolutional())
  }

  static func styled(_ session: BenchSession) throws {
    try session.compare(
      "style-based GAN, 32x32, batch 32, step of both with R1", mode: "float32",
      goal: Goal(must: 0.5, aim: 0.25),
      peers: [
        peer("float32, weights a picture", "style", "plain"),
        peer("float32, scaled activations", "style", "scaled", beside: true),
      ], own: styled())
  }

  private static func convolutional() -> () -> Double? {
    var stream = RandomStream(12).child("dcgan")
    let shape = DCGANConfiguration(size: 64)
    let generator = DCGANGenerator<Float>(shape, stream: &stream)
    let discriminator = DCGANDiscriminator<Float>(shape, stream: &stream)
    precondition(
      generator.parameterCount == 3_574_656 && discriminator.parameterCount == 2_763_520,
      "the networks must have the peer's parameters")
    let step = AdversarialStep(
      generator, discriminator, real: [32, 1, 64, 64], latents: [32, 100], penalty: nil, stream,
      draw: { z, _ in generator(z) }, judge: { discriminator($0) })
    return {
      step.run()
      return nil
    }
  }

  private static func styled() -> () -> Double? {
    var stream = RandomStream(13).child("style")
    let shape = StyleConfiguration()
    let generator = StyleGenerator<Float>(shape, stream: &stream)
    let discriminator = StyleDiscriminator<Float>(shape, stream: &stream)
    precondition(
      generator.parameterCount == 3_117_903 && discriminator.parameterCount == 3_481_793,
      "the networks must have the peer's parameters")
    let step = AdversarialStep(
      generator, discriminator, real: [32, 1, 32, 32], latents: [32, 256], penalty: 10, stream,
      draw: { z, stream in generator(z, noise: &stream) }, judge: { discriminator($0) })
    return {
      step.run()
      return nil
    }
  }
}

/// One step of the discriminator, with the R1 penalty or without it, and one of the generator.
private final class AdversarialStep {
  private let generator, discriminator: any Parameterized<Float>
  private let real: Tensor<Float>
  private let latentShape: [Int]
  private let penalty: Float?
  private let draw: (Variable<Float>, inout RandomStream) -> Variable<Float>
  private let judge: (Variable<Float>) -> Variable<Float>
  private var generatorOptimizer, discriminatorOptimizer: Optimizer<Float>
  private var stream: RandomStream

  init(
    _ generator: any Parameterized<Float>, _ discriminator: any Parameterized<Float>,
    real: [Int], latents: [Int], penalty: Float?, _ stream: RandomStream,
    draw: @escaping (Variable<Float>, inout RandomStream) -> Variable<Float>,
    judge: @escaping (Variable<Float>) -> Variable<Float>
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.penalty = penalty
    self.draw = draw
    self.judge = judge
    latentShape = latents
    var stream = stream
    self.real = Tensor(shape: real) { pixels in
      for i in pixels.indices { pixels[i] = Float(stream.uniform()) * 2 - 1 }
    }
    self.stream = stream
    let rule = OptimizerRule.adam(beta1: 0.5, beta2: 0.999)
    generatorOptimizer = Optimizer(rule, shapes: generator.parameters.map(\.shape))
    discriminatorOptimizer = Optimizer(rule, shapes: discriminator.parameters.map(\.shape))
  }

  private func latents() -> Variable<Float> {
    Variable(Tensor(shape: latentShape) { stream.fillNormal($0) })
  }

  func run() {
    let fake = generator.withoutGradients { draw(latents(), &stream) }
    let images = Variable(real, requiresGradient: penalty != nil)
    let scores = judge(images)
    var loss = discriminatorLoss(real: scores, fake: judge(fake))
    if let penalty { loss = loss + r1Penalty(scores: scores, images: images, weight: penalty) }
    discriminatorOptimizer.update(
      discriminator.parameters,
      gradients: gradients(of: loss, at: discriminator.variables, freeingGraph: true),
      learningRate: 2e-4)

    let made = generatorLoss(fake: judge(draw(latents(), &stream)))
    generatorOptimizer.update(
      generator.parameters,
      gradients: gradients(of: made, at: generator.variables, freeingGraph: true),
      learningRate: 2e-4)
  }
}
