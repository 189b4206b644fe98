import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Class-conditional generators, discriminators and critics, their stages of growth and their
/// penalties, against torch 2.13.0 in float64 on formula weights (`Formula`). The PyTorch side
/// convolves every picture with modulated weights of its own, in one grouped convolution.
struct ConditionalAdversarialTests {
  static let styles = StyleConfiguration(
    styles: 8, features: [6, 5, 4], channels: 2, classes: 3, grows: true)
  static let labels = [0, 2, 1]

  /// cos(1.3 i).
  func latents<S: TensorScalar>(_ shape: [Int]) -> Variable<S> {
    Variable(Tensor(shape: shape, (0..<shape.reduce(1, *)).map { S(cos(1.3 * Double($0))) }))
  }

  /// sin(0.9 i + place).
  func noise<S: TensorScalar>() -> (_ shape: [Int]) -> Tensor<S> {
    var place = 0.0
    return { shape in
      defer { place += 1 }
      return Tensor(
        shape: shape, (0..<shape.reduce(1, *)).map { S(sin(0.9 * Double($0) + place)) })
    }
  }

  func styleGenerator<S: TensorScalar>() -> StyleGenerator<S> {
    var stream = RandomStream(1)
    let generator = StyleGenerator<S>(Self.styles, stream: &stream)
    Formula.fill(generator, weightAmplitude: 0.3)
    return generator
  }

  /// Fifteen layers, sums of up to 6 · 9 products.
  func generator<S: TensorScalar>(_ type: S.Type) {
    let comparison = TorchComparison(roundings: 15 * 54)
    let generator: StyleGenerator<S> = styleGenerator()
    let styles = generator.styles(latents([3, 8]), labels: Self.labels)
    let y = generator.pictures(styles, noise: noise())
    comparison.expect(y.value, norm: 20.423642569752705, probe: -0.691286999761825, "pictures")
    comparison.expect(
      gradients(of: y, at: generator.variables, upstream: TorchComparison.upstream(y)),
      of: generator, TorchGradients.conditionalGenerator)
    let growing = generator.pictures(
      styles, growth: StyleGrowth(level: 2, blend: 0.3), noise: noise())
    comparison.expect(growing.value, norm: 18.92484485644361, probe: -0.5268298739538066, "growing")
  }

  @Test func conditionalStyleGenerator() {
    generator(Double.self)
    generator(Float.self)
  }

  /// Through the gradient of the pictures at the styles: three times as long a chain.
  @Test func pathLengths() {
    let generator: StyleGenerator<Double> = styleGenerator()
    let comparison = TorchComparison(roundings: 45 * 54)
    let styles = generator.styles(latents([3, 8]), labels: Self.labels)
    let y = generator.pictures(styles)
    let directions = Tensor<Double>(
      shape: y.shape, (0..<y.value.count).map { cos(0.7 * Double($0)) })
    let lengths = Networks.pathLengths(pictures: y, styles: styles, noise: directions)
    comparison.expect(
      lengths.value, norm: 0.10501737454663317, probe: 0.027692503282045852, "lengths")
    let penalty = pathLengthPenalty(lengths: lengths, target: 0.5, weight: 2)
    comparison.expect(
      penalty.value, norm: 0.39357425955202996, probe: 0.39357425955202996, "penalty")
    comparison.expect(
      gradients(of: penalty, at: generator.variables), of: generator, TorchGradients.pathLength)
  }

  static let stages:
    [(growth: StyleGrowth, norm: Double, probe: Double, r1: Double, loss: Double)] =
      [
        (
          StyleGrowth(level: 2, blend: 1.0), 0.17728138834438614, 0.2126501367931859,
          0.06775568537719821, 1.4367080695676675
        ),
        (
          StyleGrowth(level: 2, blend: 0.3), 0.0961255927514282, 0.06996203177808911,
          0.014170040261656927, 1.401776623720413
        ),
        (
          StyleGrowth(level: 1, blend: 0.6), 0.12851530229253003, 0.053720601920584324,
          0.027934224204245375, 1.414021369053624
        ),
        (
          StyleGrowth(level: 0, blend: 1.0), 0.22225081754772463, -0.12054096147738394,
          0.07084628968390361, 1.493083743813716
        ),
      ]

  /// With R1, through the gradient of the scores at the pictures.
  func discriminator<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let comparison = TorchComparison(roundings: 30 * 96)
    let discriminator = StyleDiscriminator<S>(Self.styles, stream: &stream)
    Formula.fill(discriminator, weightAmplitude: 0.3)
    for stage in Self.stages {
      let shape = [3, 2, stage.growth.size, stage.growth.size]
      let images = Variable<S>(Formula.images(shape: shape), requiresGradient: true)
      let real = discriminator(images, labels: Self.labels, growth: stage.growth)
      let penalty = r1Penalty(scores: real, images: images, weight: 10)
      let fake = discriminator(latents(shape), labels: Self.labels, growth: stage.growth)
      let loss = discriminatorLoss(real: real, fake: fake) + penalty
      comparison.expect(real.value, norm: stage.norm, probe: stage.probe, "\(stage.growth)")
      comparison.expect(penalty.value, norm: stage.r1, probe: stage.r1, "R1 at \(stage.growth)")
      comparison.expect(
        loss.value, norm: stage.loss, probe: stage.loss, "loss at \(stage.growth)")
      if stage.growth == StyleGrowth(level: 2, blend: 0.3) {
        comparison.expect(
          gradients(of: loss, at: discriminator.variables), of: discriminator,
          TorchGradients.conditionalDiscriminator)
      }
    }
  }

  @Test func conditionalStyleDiscriminator() {
    discriminator(Double.self)
    discriminator(Float.self)
  }

  static let wgan = WGANConfiguration(
    size: 16, latent: 5, embedding: 3, features: 4, channels: 2, classes: 3)

  /// Five layers there, three times that at the penalty, sums of up to 8 · 16 products.
  func wgan<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let comparison = TorchComparison(roundings: 15 * 128)
    let generator = WGANGenerator<S>(Self.wgan, stream: &stream)
    Formula.fill(generator, weightAmplitude: 0.3)
    let y = generator(latents([3, 5]), labels: Self.labels)
    comparison.expect(y.value, norm: 13.713323072363552, probe: 13.26626986390742, "pictures")
    comparison.expect(
      gradients(of: y, at: generator.variables, upstream: TorchComparison.upstream(y)),
      of: generator, TorchGradients.wganGenerator)
    let critic = WGANCritic<S>(Self.wgan, stream: &stream)
    Formula.fill(critic, weightAmplitude: 0.3)
    let real: Tensor<S> = Formula.images(cases: 3, channels: 2, size: 16)
    let fake: Variable<S> = latents([3, 2, 16, 16])
    let scores = critic(Variable(real), labels: Self.labels)
    comparison.expect(scores.value, norm: 0.9422057824962574, probe: -0.7559418684175776, "scores")
    let between = Variable((real + fake.value) * S(0.5), requiresGradient: true)
    let penalty = gradientPenalty(
      scores: critic(between, labels: Self.labels), images: between, weight: 10)
    comparison.expect(penalty.value, norm: 0.7840616408506328, probe: 0.7840616408506328, "penalty")
    let loss = criticLoss(real: scores, fake: critic(fake, labels: Self.labels)) + penalty
    comparison.expect(loss.value, norm: 1.703997666049563, probe: 1.703997666049563, "loss")
    comparison.expect(
      gradients(of: loss, at: critic.variables), of: critic, TorchGradients.wganCritic)
  }

  @Test func conditionalWGAN() {
    wgan(Double.self)
    wgan(Float.self)
  }

  /// Compares the slopes of a loss along three directions of length 1 with central differences.
  ///
  /// With step h = 2^-17 the quotient is off by h² f‴ / 6 + 2^-52 |f| / h: for values and third
  /// derivatives of size up to 100 below 1e-8. These losses are made of slopes, which jump where a
  /// leaky rectifier crosses 0; along one direction of the three that may happen between the points.
  func expectSlopes(
    _ network: any Parameterized<Double>, _ name: String, _ loss: () -> Variable<Double>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = gradients(of: loss(), at: network.parameters.map(\.variable))
    let start = network.parameters.map(\.value)
    let h = 0x1p-17
    let pairs = (0..<3).map { number -> (slope: Double, expected: Double) in
      var stream = RandomStream(11).child(name).child(number)
      let raw = start.map { value in
        Tensor<Double>(shape: value.shape, (0..<value.count).map { _ in stream.normal() })
      }
      let length = raw.reduce(0.0) { $0 + $1.squaredNorm }.squareRoot()
      let direction = raw.map { $0 * (1 / length) }
      func value(at step: Double) -> Double {
        for (place, parameter) in network.parameters.enumerated() {
          parameter.value = start[place] + direction[place] * step
        }
        return loss().item
      }
      return (
        zip(found, direction).reduce(0.0) { $0 + ($1.0 * $1.1).sum().item },
        (value(at: h) - value(at: -h)) / (2 * h)
      )
    }
    let close = pairs.filter { abs($0.slope - $0.expected) <= 1e-8 * max(1, abs($0.slope)) }
    #expect(close.count >= 2, "\(name): \(pairs)", sourceLocation: sourceLocation)
    #expect(
      close.contains { abs($0.slope) > 1e-4 }, "\(name): slopes of nothing, \(pairs)",
      sourceLocation: sourceLocation)
  }

  @Test("Slopes of R1, path length and gradient penalty are those of finite differences")
  func penalties() {
    var stream = RandomStream(3)
    let generator = StyleGenerator<Double>(Self.styles, stream: &stream)
    expectSlopes(generator, "path length") {
      let styles = generator.styles(latents([3, 8]), labels: Self.labels)
      let y = generator.pictures(styles)
      let directions = Tensor<Double>(
        shape: y.shape, (0..<y.value.count).map { cos(0.7 * Double($0)) })
      let lengths = Networks.pathLengths(pictures: y, styles: styles, noise: directions)
      return pathLengthPenalty(lengths: lengths, target: 0.5, weight: 2)
    }
    let discriminator = StyleDiscriminator<Double>(Self.styles, stream: &stream)
    expectSlopes(discriminator, "R1") {
      let images = Variable<Double>(
        Formula.images(cases: 3, channels: 2, size: 16), requiresGradient: true)
      return r1Penalty(
        scores: discriminator(
          images, labels: Self.labels, growth: StyleGrowth(level: 2, blend: 0.5)),
        images: images, weight: 100_000)
    }
    let critic = WGANCritic<Double>(Self.wgan, stream: &stream)
    expectSlopes(critic, "gradient penalty") {
      let images = Variable<Double>(
        Formula.images(cases: 3, channels: 2, size: 16), requiresGradient: true)
      return gradientPenalty(
        scores: critic(images, labels: Self.labels), images: images, weight: 10)
    }
  }

  @Test("Networks without classes are those of before, and classes leave their starts as they are")
  func starts() {
    var one = RandomStream(5)
    var two = RandomStream(5)
    let plain = StyleDiscriminator<Float>(
      StyleConfiguration(styles: 8, features: [6, 5], channels: 2), stream: &one)
    let conditional = StyleDiscriminator<Float>(
      StyleConfiguration(styles: 8, features: [6, 5], channels: 2, classes: 2, grows: true),
      stream: &two)
    for parameter in plain.parameters {
      #expect(conditional.weights[parameter.name] == parameter.value)
    }
    #expect(
      Set(conditional.parameters.map(\.name)).subtracting(plain.parameters.map(\.name)) == [
        "embed.weight", "f.1.weight", "f.1.bias",
      ])
  }
}
