import Autodiff
import Kernels
import Networks
import Tensors
import Testing

/// U-Nets against torch 2.13.0 in float64, on formula weights and pictures (`Formula`).
struct UNetTests {
  @Test("Parameters are as many as those of the PyTorch definitions")
  func sizes() {
    var stream = RandomStream(1)
    for (channels, expected) in [(1, 3_607_873), (8, 3_611_912)] {
      let network = DenoisingUNet<Float>(
        DenoisingUNetConfiguration(channels: channels), stream: &stream)
      #expect(network.parameterCount == expected)
    }
    for (dimensions, channels, expected) in [
      (3, [16, 32, 64], 339_906), (2, [16, 32, 64, 128], 483_170),
      (2, [32, 64, 128, 256], 1_927_874),
    ] {
      let network = SegmentationUNet<Float>(
        SegmentationUNetConfiguration(dimensions: dimensions, channels: channels), stream: &stream)
      #expect(network.parameterCount == expected)
    }
  }

  /// Some 40 layers one after another, sums of up to 24 · 9 products and norms over 128 numbers.
  func denoising<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let network = DenoisingUNet<S>(
      DenoisingUNetConfiguration(channels: 2, base: 8, multipliers: [1, 2], blocks: 1),
      stream: &stream)
    Formula.fill(network, weightAmplitude: 0.1)
    let y = network(Variable(Formula.images(cases: 2, channels: 2, size: 8)), times: [3, 250])
    let comparison = TorchComparison(roundings: 40 * 216)
    comparison.expect(y.value, norm: 27.163662177909842, probe: -6.150483766318853, "prediction")
    comparison.expect(
      gradients(of: y, at: network.variables, upstream: TorchComparison.upstream(y)), of: network,
      TorchGradients.denoisingUNet)
  }

  @Test func denoising() {
    denoising(Double.self)
    denoising(Float.self)
  }

  /// Some 20 layers, sums of up to 16 · 9 and 12 · 27 products.
  func segmentation<S: TensorScalar>(_ type: S.Type) {
    var stream = RandomStream(1)
    let pictures = SegmentationUNet<S>(
      SegmentationUNetConfiguration(
        dimensions: 2, channels: [4, 8, 6], inputChannels: 2, classes: 3), stream: &stream)
    Formula.fill(pictures, weightAmplitude: 0.1)
    let y = pictures(Variable(Formula.images(shape: [2, 2, 8, 12])))
    let comparison = TorchComparison(roundings: 20 * 324)
    comparison.expect(y.value, norm: 6.293486133571478, probe: 1.0812329205247933, "logits")
    comparison.expect(
      gradients(of: y, at: pictures.variables, upstream: TorchComparison.upstream(y)),
      of: pictures, TorchGradients.pictures)
    let volumes = SegmentationUNet<S>(
      SegmentationUNetConfiguration(dimensions: 3, channels: [4, 6]), stream: &stream)
    Formula.fill(volumes, weightAmplitude: 0.1)
    let z = volumes(Variable(Formula.images(shape: [2, 1, 4, 6, 8])))
    comparison.expect(z.value, norm: 4.61171040943709, probe: -0.0030864857038114812, "logits")
    comparison.expect(
      gradients(of: z, at: volumes.variables, upstream: TorchComparison.upstream(z)), of: volumes,
      TorchGradients.volumes)
  }

  @Test func segmentation() {
    segmentation(Double.self)
    segmentation(Float.self)
  }

  @Test("Cases do not mix: a case alone gives what it gives in a batch")
  func casesStayApart() {
    var stream = RandomStream(3)
    let network = SegmentationUNet<Double>(
      SegmentationUNetConfiguration(dimensions: 2, channels: [4, 6]), stream: &stream)
    let images: Tensor<Double> = Formula.images(cases: 2, channels: 1, size: 8)
    let both = network(Variable(images)).value
    let one = network(Variable(images.slice(axis: 0, range: 1..<2))).value
    #expect(both.slice(axis: 0, range: 1..<2) == one)
  }

  @Test("sin and cos of t · 10000^(-j/h), sines first")
  func times() {
    // f = 1 and 1/100.
    let features: Tensor<Double> = sinusoidalFeatures([0, 50], width: 4)
    let expected = [
      0, 0, 1, 1, -0.26237485370392877, 0.479425538604203, 0.9649660284921133, 0.8775825618903728,
    ]
    for (ours, value) in zip(features.elements, expected) { #expect(abs(ours - value) < 1e-14) }
  }

  @Test("A loss of Dice and cross-entropy falls when a U-Net is trained on one picture")
  func learns() {
    var stream = RandomStream(5)
    let network = SegmentationUNet<Float>(
      SegmentationUNetConfiguration(dimensions: 2, channels: [8, 16]), stream: &stream)
    let image: Tensor<Float> = Formula.images(cases: 1, channels: 1, size: 16)
    let targets: Tensor<Float> = oneHot(
      image.elements.map { $0 > 0.5 ? 1 : 0 }, classes: 2, batch: 1, extents: [16, 16])
    var losses: [Float] = []
    for _ in 0..<30 {
      let loss = diceAndCrossEntropy(network(Variable(image)), targets: targets)
      losses.append(loss.item)
      let found = gradients(of: loss, at: network.variables)
      for (parameter, gradient) in zip(network.parameters, found) {
        var value = parameter.value
        value.add(gradient, scale: -0.1)
        parameter.value = value
      }
    }
    #expect(losses.last! < losses.first! / 2, "from \(losses.first!) to \(losses.last!)")
  }
}
