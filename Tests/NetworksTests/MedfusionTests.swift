import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// The networks of Medfusion against torch 2.13.0 in float64, on formula weights and pictures
/// (`Formula`), and their losses against pytorch_msssim 1.0.0 (given a window in float64) and
/// formulas written in PyTorch.
struct MedfusionTests {
  static let denoiser = LabelledDenoiserConfiguration(
    channels: 2, base: 8, multipliers: [1, 2], groups: 4)
  static let autoencoder = AutoencoderConfiguration(
    latentChannels: 2, widths: [8, 12, 16], strides: [1, 2, 2], groups: 4)

  @Test("Parameters are as many as those of the PyTorch definitions")
  func sizes() {
    var stream = RandomStream(1)
    #expect(
      LabelledDenoiser<Float>(LabelledDenoiserConfiguration(channels: 8), stream: &stream)
        .parameterCount == 3_048_168)
    let small = AutoencoderConfiguration(widths: [16, 32, 64], strides: [1, 2, 2])
    #expect(PictureAutoencoder<Float>(small, stream: &stream).parameterCount == 217_270)
    #expect(
      PictureAutoencoder<Float>(AutoencoderConfiguration(), stream: &stream).parameterCount
        == 13_365_094)
  }

  /// Some 60 layers one after another, sums of up to 32 · 9 products.
  func labelled<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let network = LabelledDenoiser<S>(Self.denoiser, stream: &stream)
    Formula.fill(network, weightAmplitude: 0.1)
    let x: Variable<S> = Variable(Formula.images(shape: [2, 2, 8, 8]))
    let comparison = TorchComparison(roundings: 60 * 288)
    let y = network(x, times: [3, 250], labels: [0, 1])
    comparison.expect(y.value, norm: 3.7960833795398576, probe: 1.037099591315469, "prediction")
    comparison.expect(
      gradients(of: y, at: network.variables, upstream: TorchComparison.upstream(y)), of: network,
      TorchGradients.labelledDenoiser)
    comparison.expect(
      network(x, times: [3, 250], labels: nil).value, norm: 3.8023748482891278,
      probe: 1.0251036806881972, "dropped")
    comparison.expect(
      network(x, times: [3, 250], knownLabels: [nil, 1]).value, norm: 3.7908400993857048,
      probe: 1.033817121991586,
      "one of two")
  }

  @Test func labelledDenoiser() {
    labelled(Double.self)
    labelled(Float.self)
  }

  /// Some 30 layers, sums of up to 16 · 9 products.
  func encoding<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let network = PictureAutoencoder<S>(Self.autoencoder, stream: &stream)
    Formula.fill(network, weightAmplitude: 0.1)
    let x: Variable<S> = Variable(Formula.images(shape: [2, 3, 16, 8]))
    let (mean, logVariance) = network.encode(x)
    #expect(mean.shape == [2, 2, 4, 2])
    let noise = Variable(
      Tensor(shape: mean.shape, (0..<mean.value.count).map { S(cos(1.3 * Double($0))) }))
    let outputs = network.decode(mean + exp(affine(logVariance, scale: 0.5)) * noise)
    #expect(outputs.map(\.shape) == [[2, 3, 16, 8], [2, 3, 8, 4]])
    let y = concatenate(([mean, logVariance] + outputs).map { reshape($0, [-1]) }, axis: 0)
    let comparison = TorchComparison(roundings: 30 * 144)
    comparison.expect(
      y.value, norm: 26.222962763332713, probe: 15.869931389973427, "moments and pictures")
    comparison.expect(
      gradients(of: y, at: network.variables, upstream: TorchComparison.upstream(y)), of: network,
      TorchGradients.pictureAutoencoder)
  }

  @Test func pictureAutoencoder() {
    encoding(Double.self)
    encoding(Float.self)
  }

  @Test func patchDiscriminator() {
    var stream = RandomStream(1)
    let network = PatchDiscriminator<Double>(
      AutoencoderConfiguration(widths: [8, 12], strides: [1, 2], groups: 4), stream: &stream)
    Formula.fill(network, weightAmplitude: 0.1)
    let y = network(Variable(Formula.images(shape: [2, 3, 16, 8])))
    let comparison = TorchComparison(roundings: 3 * 108)
    comparison.expect(y.value, norm: 6.307006426725352, probe: 3.06447321634467, "scores")
    comparison.expect(
      gradients(of: y, at: network.variables, upstream: TorchComparison.upstream(y)), of: network,
      TorchGradients.patchDiscriminator)
  }

  // Pictures f of `Formula`, and .6 f + .4 (½ + ½ sin(0.21 i)), [2, 3, 16, 13]; upstream 1 and ½.

  private static let shape = [2, 3, 16, 13]
  private var pictures: Variable<Double> {
    Variable(Formula.images(shape: Self.shape), requiresGradient: true)
  }
  private var targets: Tensor<Double> {
    let wave = Tensor<Double>(
      shape: Self.shape, (0..<1248).map { 0.5 + 0.5 * sin(0.21 * Double($0)) })
    return pictures.value * 0.6 + wave * 0.4
  }
  private let upstream = Tensor<Double>(shape: [2], [1, 0.5])

  /// Sums of 11 · 11 products of numbers up to 1, differences of them divided by C2 = .0009 at
  /// worst, some ten operations: 121 · 2^-53 / .0009 · 10 = 1.5e-10.
  @Test func dissimilarity() {
    let x = pictures
    let y = Networks.dissimilarity(x, targets)
    for (found, value) in zip(y.value.elements, [0.3276205417094582, 0.36354491331176864]) {
      #expect(abs(found - value) < 1.5e-10)
    }
    let slope = gradients(of: y, at: [x], upstream: upstream)[0]
    #expect(abs(slope.squaredNorm.squareRoot() - 0.37496918328861983) < 1.5e-10)
    #expect(abs(Formula.probe(slope) - 0.000765027267694075) < 1.5e-9)
    let same = Networks.dissimilarity(Variable(targets), targets).value.elements
    #expect(same.allSatisfy { abs($0) < 1.5e-10 })
  }

  @Test("A picture smaller than the window gets the largest odd one that fits")
  func smallDissimilarity() {
    let x: Tensor<Double> = Formula.images(shape: [1, 1, 4, 4])
    // One window of 3 x 3 at four places; a constant target has no variance and no covariance.
    let y = Networks.dissimilarity(Variable(x), Tensor(repeating: 0.5, shape: x.shape)).value.item
    let weights = [-1.0, 0, 1].map { exp(-$0 * $0 / 4.5) }
    let total = weights.reduce(0, +)
    var expected = 0.0
    for place in 0..<4 {
      var (mean, square) = (0.0, 0.0)
      for index in 0..<9 {
        let weight = weights[index / 3] * weights[index % 3] / (total * total)
        let pixel = x[0, 0, place / 2 + index / 3, place % 2 + index % 3]
        mean += weight * pixel
        square += weight * pixel * pixel
      }
      let structure = 0.0009 / (square - mean * mean + 0.0009)
      expected += (mean + 0.0001) / (mean * mean + 0.25 + 0.0001) * structure / 4
    }
    #expect(abs(y - (1 - expected)) < 1.5e-10)
  }

  /// Squares and sums of three channels and 208 places: 1e-13 leaves room for 1000 roundings.
  @Test func perceptualDistance() {
    let x = pictures
    func maps(_ x: Variable<Double>) -> [Variable<Double>] {
      [x, averagePool2d(x, size: 2, stride: 2)]
    }
    let y = Networks.perceptualDistance(maps(x), maps(Variable(targets)))
    for (found, value) in zip(y.value.elements, [0.05360770174140954, 0.04952766228821062]) {
      #expect(abs(found - value) < 1e-13)
    }
    let slope = gradients(of: y, at: [x], upstream: upstream)[0]
    #expect(abs(slope.squaredNorm.squareRoot() - 0.057728727183416643) < 1e-12)
    #expect(abs(Formula.probe(slope) - 0.002943162260898781) < 1e-11)
  }

  @Test func divergenceAndHinge() {
    let (x, y) = (pictures.detached(), Variable(targets))
    let divergence = latentDivergence(mean: x - 0.5, logVariance: y - 0.5).item
    #expect(abs(divergence - 26.79211406628748) < 1e-11)
    let none = latentDivergence(
      mean: Variable(.zeros([2, 3])), logVariance: Variable(Tensor<Double>.zeros([2, 3])))
    #expect(none.item == 0)
    let hinge = hingeDiscriminatorLoss(
      real: affine(x, scale: 4, offset: -2), fake: affine(y, scale: 4, offset: -2))
    #expect(abs(hinge.item - 1.0678282625189672) < 1e-13)
  }

  @Test("Gradients along a random direction are difference quotients")
  func finiteDifferences() {
    var stream = RandomStream(3)
    let denoiser = LabelledDenoiser<Double>(
      LabelledDenoiserConfiguration(
        channels: 1, base: 4, multipliers: [1, 2], blocks: 1, attention: true, groups: 2),
      stream: &stream)
    Formula.fill(denoiser, weightAmplitude: 0.1)
    let x: Variable<Double> = Variable(Formula.images(shape: [2, 1, 4, 4]))
    expectSlope(denoiser, &stream) {
      mean(square(denoiser(x, times: [1, 40], knownLabels: [nil, 1])))
    }
    let autoencoder = PictureAutoencoder<Double>(
      AutoencoderConfiguration(
        channels: 1, latentChannels: 1, widths: [4, 4], strides: [1, 2], groups: 2),
      stream: &stream)
    Formula.fill(autoencoder, weightAmplitude: 0.1)
    let judge = PatchDiscriminator<Double>(autoencoder.configuration, stream: &stream)
    Formula.fill(judge, weightAmplitude: 0.1)
    let target: Tensor<Double> = Formula.images(shape: [2, 1, 4, 4])
    expectSlope(autoencoder, &stream) {
      let (mean, logVariance) = autoencoder.encode(x)
      let outputs = autoencoder.decode(mean + exp(logVariance))
      let far = sum(Networks.dissimilarity(outputs[0], target)) + sum(square(outputs[1]))
      return far + latentDivergence(mean: mean, logVariance: logVariance) + sum(judge(outputs[0]))
    }
  }

  /// The central difference with step 2^-17 is off by h² f‴ / 6 + ε |f| / h, below 1e-9 for values
  /// and third derivatives below 10; directions have norm 1.
  private func expectSlope(
    _ network: any Parameterized<Double>, _ stream: inout RandomStream,
    _ function: () -> Variable<Double>
  ) {
    let start = network.weights.values
    let found = gradients(of: function(), at: network.variables)
    var directions = start.map { value in
      Tensor<Double>(shape: value.shape, (0..<value.count).map { _ in stream.normal() })
    }
    let norm = directions.reduce(0) { $0 + $1.squaredNorm }.squareRoot()
    directions = directions.map { $0 * (1 / norm) }
    let slope = zip(found, directions).reduce(0) { $0 + $1.0.dot($1.1) }
    func value(_ step: Double) -> Double {
      for (place, parameter) in network.parameters.enumerated() {
        parameter.value = start[place] + directions[place] * step
      }
      return function().item
    }
    let h = 0x1p-17
    let expected = (value(h) - value(-h)) / (2 * h)
    _ = value(0)
    #expect(abs(slope - expected) < 1e-8 * max(1, abs(slope)), "\(slope), not \(expected)")
  }

  @Test("A fresh network predicts zeros, and weights travel")
  func starts() throws {
    var stream = RandomStream(5)
    let denoiser = LabelledDenoiser<Float>(Self.denoiser, stream: &stream)
    let x: Variable<Float> = Variable(Formula.images(shape: [2, 2, 8, 8]))
    #expect(denoiser(x, times: [3, 250], labels: [0, 1]).value == .zeros(x.shape))
    let autoencoder = PictureAutoencoder<Float>(Self.autoencoder, stream: &stream)
    let pictures: Variable<Float> = Variable(Formula.images(shape: [1, 3, 8, 8]))
    let mean = autoencoder.encode(pictures).mean
    #expect(autoencoder.decode(mean).allSatisfy { $0.value == .zeros($0.shape) })
    let copy = try PictureAutoencoder(Self.autoencoder, weights: autoencoder.weights)
    #expect(copy.encode(pictures).mean.value == mean.value)
    #expect(throws: LightboxError.self) {
      try LabelledDenoiser(
        LabelledDenoiserConfiguration(channels: 2, base: 16, groups: 4), weights: denoiser.weights)
    }
  }
}
