import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Generators and discriminators against torch 2.13.0 in float64, on formula weights (`Formula`).
struct AdversarialTests {
  /// cos(1.3 i).
  func latents<S: TensorScalar>(_ shape: [Int]) -> Variable<S> {
    Variable(Tensor(shape: shape, (0..<shape.reduce(1, *)).map { S(cos(1.3 * Double($0))) }))
  }

  @Test("Parameters are as many as those of the PyTorch definitions")
  func sizes() {
    var stream = RandomStream(1)
    for (size, generator, discriminator) in [(32, 1_066_880, 661_248), (64, 3_574_656, 2_763_520)] {
      let configuration = DCGANConfiguration(size: size)
      #expect(
        DCGANGenerator<Float>(configuration, stream: &stream).parameterCount == generator)
      #expect(
        DCGANDiscriminator<Float>(configuration, stream: &stream).parameterCount == discriminator)
    }
    for (features, generator, discriminator) in [
      ([256, 256, 128, 64], 3_117_903, 3_481_793), ([256, 256, 128, 64, 32], 3_178_547, 3_511_521),
    ] {
      let configuration = StyleConfiguration(features: features)
      #expect(StyleGenerator<Float>(configuration, stream: &stream).parameterCount == generator)
      #expect(
        StyleDiscriminator<Float>(configuration, stream: &stream).parameterCount == discriminator)
    }
  }

  /// Ten layers, sums of up to 16 · 16 products, moments over 192 numbers.
  func dcgan<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let comparison = TorchComparison(roundings: 10 * 256)
    let configuration = DCGANConfiguration(size: 16, latent: 5, features: 4, channels: 2)
    let generator = DCGANGenerator<S>(configuration, stream: &stream)
    Formula.fill(generator, weightAmplitude: 0.3)
    let y = generator(latents([3, 5]))
    comparison.expect(y.value, norm: 13.711103708964073, probe: -14.56194628190596, "pictures")
    comparison.expect(
      gradients(of: y, at: generator.variables, upstream: TorchComparison.upstream(y)),
      of: generator, TorchGradients.dcganGenerator)
    let statistics = [
      ("1.running_mean", 0.01658306654122595, 0.01953482932716825),
      ("1.running_var", 2.6314017269842727, 1.3767400651558588),
      ("4.running_mean", 0.012410248309142441, -0.017759112843463744),
      ("4.running_var", 1.8436405337766744, 0.13206213592471572),
    ]
    #expect(generator.buffers.map(\.name) == statistics.map(\.0))
    for (buffer, (name, norm, probe)) in zip(generator.buffers, statistics) {
      comparison.expect(buffer.value, norm: norm, probe: probe, name)
    }
    comparison.expect(
      generator(latents([3, 5]), training: false).value, norm: 5.607438649951135,
      probe: -2.767841951210449, "evaluation")
    let discriminator = DCGANDiscriminator<S>(configuration, stream: &stream)
    Formula.fill(discriminator, weightAmplitude: 0.3)
    let scores = discriminator(Variable(Formula.images(cases: 3, channels: 2, size: 16)))
    comparison.expect(
      scores.value, norm: 5.617775202930095, probe: -4.452644619703266, "scores")
    comparison.expect(
      gradients(
        of: scores, at: discriminator.variables, upstream: TorchComparison.upstream(scores)),
      of: discriminator, TorchGradients.dcganDiscriminator)
  }

  @Test func dcgan() {
    dcgan(Double.self)
    dcgan(Float.self)
  }

  static let styles = StyleConfiguration(styles: 8, features: [6, 5, 4], channels: 2)

  /// Fifteen layers, sums of up to 6 · 9 products.
  func styleGenerator<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let comparison = TorchComparison(roundings: 15 * 54)
    let generator = StyleGenerator<S>(Self.styles, stream: &stream)
    Formula.fill(generator, weightAmplitude: 0.3)
    var place = 0.0
    let y = generator.pictures(generator.styles(latents([3, 8]))) { shape in
      defer { place += 1 }
      return Tensor(
        shape: shape, (0..<shape.reduce(1, *)).map { S(sin(0.9 * Double($0) + place)) })
    }
    comparison.expect(y.value, norm: 8.580062171264277, probe: -0.45034710200429945, "pictures")
    comparison.expect(
      gradients(of: y, at: generator.variables, upstream: TorchComparison.upstream(y)),
      of: generator, TorchGradients.styleGenerator)
  }

  /// Through the gradient of the scores at the pictures: three times as long a chain.
  func styleDiscriminator<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let comparison = TorchComparison(roundings: 30 * 96)
    let discriminator = StyleDiscriminator<S>(Self.styles, stream: &stream)
    Formula.fill(discriminator, weightAmplitude: 0.3)
    let images = Variable<S>(
      Formula.images(cases: 3, channels: 2, size: 16), requiresGradient: true)
    let real = discriminator(images)
    let penalty = r1Penalty(scores: real, images: images, weight: 10)
    let loss =
      discriminatorLoss(real: real, fake: discriminator(latents([3, 2, 16, 16]))) + penalty
    comparison.expect(
      real.value, norm: 0.11263142409690864, probe: 0.08177135827637688, "scores")
    comparison.expect(
      penalty.value, norm: 0.054437451815446965, probe: 0.054437451815446965, "R1")
    comparison.expect(loss.value, norm: 1.422889939115524, probe: 1.422889939115524, "loss")
    comparison.expect(
      gradients(of: loss, at: discriminator.variables), of: discriminator,
      TorchGradients.styleDiscriminator)
  }

  @Test func style() {
    styleGenerator(Double.self)
    styleGenerator(Float.self)
    styleDiscriminator(Double.self)
    styleDiscriminator(Float.self)
  }

  @Test("Scaling before and after is the convolution by weights of its own for every picture")
  func modulation() {
    var stream = RandomStream(9)
    var make = NetworkBuilder<Double>(
      initialization: .uniformFanIn, groupRule: .fixed(1), stream: &stream)
    let layer = ModulatedConvolution<Double>(
      "m", from: 3, to: 4, kernel: 3, style: 5, builder: &make)
    let parameters = Dictionary(uniqueKeysWithValues: make.parameters.map { ($0.name, $0.value) })
    let x: Tensor<Double> = Formula.images(cases: 2, channels: 3, size: 6)
    let w: Variable<Double> = latents([2, 5])
    let y = layer(Variable(x), styles: w).value
    let a = linear(
      w, weight: Variable(parameters["m.a.weight"]!), bias: Variable(parameters["m.a.bias"]!)
    ).value
    for n in 0..<2 {
      var own = parameters["m.w"]! * (1 / 27.0.squareRoot())
      own = own * a.slice(axis: 0, range: n..<(n + 1)).reshaped([1, 3, 1, 1])
      let power = (own * own).sum(axes: [1, 2, 3], keepingAxes: true) + 1e-8
      let expected = Tensor.conv2d(
        x.slice(axis: 0, range: n..<(n + 1)), weight: own / power.mapped(.sqrt), padding: 1)
      for (ours, value) in zip(y.slice(axis: 0, range: n..<(n + 1)).elements, expected.elements) {
        #expect(abs(ours - value) <= 100 * 0x1p-53 * 3)
      }
    }
  }

  @Test("Weights with running statistics travel; counters of batches are passed over")
  func weights() throws {
    var stream = RandomStream(4)
    let configuration = DCGANConfiguration(size: 16, latent: 5, features: 4)
    let one = DCGANGenerator<Float>(configuration, stream: &stream)
    _ = one(latents([3, 5]))
    let saved = one.weights
    let two = DCGANGenerator<Float>(configuration, stream: &stream)
    #expect(two.weights != saved)
    let counted = Weights(
      names: saved.names + ["1.num_batches_tracked"], values: saved.values + [Tensor(1)])
    try two.load(counted)
    #expect(two.weights == saved)
    #expect(throws: LightboxError.self) {
      try two.load(Weights(names: saved.names + ["0.other"], values: saved.values + [Tensor(1)]))
    }
    #expect(throws: LightboxError.self) {
      try two.load(
        Weights(names: Array(saved.names.dropLast()), values: Array(saved.values.dropLast())))
    }
  }

  @Test("Equal streams give equal noise, and the stream moves on")
  func noise() {
    var stream = RandomStream(2)
    let generator = StyleGenerator<Float>(Self.styles, stream: &stream)
    for parameter in generator.parameters where parameter.name.hasSuffix(".nz") {
      parameter.value = Tensor(1)
    }
    var a = RandomStream(7)
    var b = RandomStream(7)
    let first = generator(latents([2, 8]), noise: &a).value
    #expect(first == generator(latents([2, 8]), noise: &b).value)
    #expect(first != generator(latents([2, 8]), noise: &b).value)
  }
}
