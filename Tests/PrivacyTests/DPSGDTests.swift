import Autodiff
import Foundation
import Networks
import Privacy
import Tensors
import Testing
import Training

struct DPSGDTests {
  /// A small network on formula weights, images and targets (the same in PyTorch).
  static func network<Scalar: TensorScalar>() -> ResNet<Scalar> {
    var stream = RandomStream(1)
    let network = ResNet<Scalar>(
      ResNetConfiguration(classes: 3, width: 8, inputChannels: 2, blocks: [1, 1], stem: .unpooled),
      stream: &stream)
    for (j, parameter) in network.parameters.enumerated() {
      let isScale = parameter.shape.count == 1 && parameter.name.hasSuffix("weight")
      parameter.value = Tensor(
        shape: parameter.shape,
        (0..<parameter.value.count).map { i in
          Scalar((isScale ? 1 : 0) + 0.25 * sin(0.7 * Double(i) + Double(j) + 1))
        })
    }
    return network
  }

  static func data<Scalar: TensorScalar>(_ cases: Int) -> TrainingData<Scalar> {
    TrainingData(
      images: Tensor(
        shape: [cases, 2, 12, 12],
        (0..<cases * 288).map { i in
          Scalar(0.5 + 0.5 * sin(0.37 * Double(i)) * cos(0.011 * Double(i)))
        }),
      targets: Tensor(shape: [cases, 3], (0..<cases * 3).map { ($0 * 7) % 3 == 0 ? 1 : 0 }))
  }

  static func loss<Scalar: TensorScalar>() -> MultiLabelLoss<Scalar> {
    MultiLabelLoss(positiveWeight: Tensor(shape: [3], [1, 2, 0.5]))
  }

  static func plan(batchSize: Int, microBatch: Int = 2) -> TrainingPlan {
    TrainingPlan(epochs: 2, batchSize: batchSize, learningRate: 1e-2, microBatch: microBatch)
  }

  // Ten layers of sums of at most 16 · 9 products, forward and backward.
  static let roundings = 20.0 * 144

  @Test("One step without noise is Opacus' (1.6.0, torch 2.13.0, float64), NAdam included")
  func opacus() throws {
    let network: ResNet<Double> = Self.network()
    let data: TrainingData<Double> = Self.data(5)
    let estimator = DPSGD<Double>(
      cases: 5, plan: Self.plan(batchSize: 5),
      parameters: DPSGDParameters(clippingNorm: 0.76, noiseMultiplier: 0),
      source: .seeded(RandomStream(1)))
    let estimate = try estimator.estimate(
      step: 0, network: network, data: data, loss: Self.loss())
    let bound = Self.roundings * 0x1p-53
    for (gradient, (name, norm, probe)) in zip(estimate.gradients, Self.opacusGradients) {
      let scale = bound * Double(gradient.count).squareRoot()
      #expect(abs(gradient.squaredNorm.squareRoot() - norm) <= scale, "\(name)")
      let ours = gradient.elements.enumerated().reduce(0) {
        $0 + $1.element * cos(Double($1.offset))
      }
      #expect(abs(ours - probe) <= scale, "\(name)")
    }
    // Norms .7116, .7857, .7625, .7568, .9343: three of five are above .76.
    #expect(estimate.statistics.clippedFraction == 0.6)
    let norms = [
      0.711608263325204, 0.7857346240532064, 0.7624782099114273, 0.7568097207390404,
      0.9342934799366914,
    ]
    #expect(abs(estimate.statistics.meanNorm! - norms.reduce(0, +) / 5) <= bound)
    var optimizer = Optimizer<Double>(.nadam(), shapes: network.parameters.map(\.shape))
    optimizer.update(network.parameters, gradients: estimate.gradients, learningRate: 1e-2)
    let logits = predict(network, images: data.images).elements
    // The first step of NAdam divides by |g| + 1e-8: relative errors of g become errors of the
    // step, largest where g is smallest (about 1e-5 here).
    for (ours, theirs) in zip(logits, Self.opacusLogits) {
      #expect(abs(ours - theirs) <= bound * 1e5, "\(ours) against \(theirs)")
    }
  }

  @Test("A step is the explicit loop: each gradient alone, clipped, summed, noise, over qN")
  func explicitLoop() throws {
    let network: ResNet<Double> = Self.network()
    let data: TrainingData<Double> = Self.data(40)
    let source = NoiseSource.seeded(RandomStream(8))
    let parameters = DPSGDParameters(clippingNorm: 0.76, noiseMultiplier: 0.3)
    let estimator = DPSGD<Double>(
      cases: 40, plan: Self.plan(batchSize: 10, microBatch: 4), parameters: parameters,
      source: source)
    for step in [0, 5] {
      let estimate = try estimator.estimate(
        step: step, network: network, data: data, loss: Self.loss())
      // The loop.
      var sum = network.parameters.map { Tensor<Double>.zeros($0.shape) }
      let chosen = source.subsample(step: step, count: 40, rate: 0.25)
      for number in chosen {
        let one = data.batch([number])
        let loss = Self.loss()(network(Variable(one.images)), targets: one.targets)
        let g = gradients(of: loss, at: network.variables)
        let norm = g.reduce(0.0) { $0 + $1.elements.reduce(0) { $0 + $1 * $1 } }.squareRoot()
        let factor = min(1, 0.76 / (norm + 1e-6))
        sum = zip(sum, g).map { $0 + $1 * factor }
      }
      source.addNoise(step: step, deviation: 0.3 * 0.76, to: &sum)
      let expected = sum.map { $0 * 0.1 }
      #expect(estimate.statistics.batch == chosen.count)
      for (ours, slow) in zip(estimate.gradients, expected) {
        let worst = (ours - slow).elements.map { abs($0) }.max()!
        #expect(worst <= Self.roundings * 0x1p-53)
      }
    }
  }

  @Test("Micro-batches and Float change a step by rounding alone")
  func microBatches() throws {
    func step<Scalar: TensorScalar>(_ size: Int, _: Scalar.Type) throws -> [Tensor<Scalar>] {
      try DPSGD<Scalar>(
        cases: 24, plan: Self.plan(batchSize: 12, microBatch: size),
        parameters: DPSGDParameters(clippingNorm: 0.76, noiseMultiplier: 0.5),
        source: .seeded(RandomStream(3))
      ).estimate(step: 0, network: Self.network(), data: Self.data(24), loss: Self.loss())
        .gradients
    }
    let whole = try step(32, Double.self)
    for size in [1, 5] {
      for (a, b) in zip(whole, try step(size, Double.self)) {
        #expect((a - b).elements.allSatisfy { abs($0) <= Self.roundings * 0x1p-53 })
      }
    }
    for (a, b) in zip(whole, try step(5, Float.self)) {
      let worst = zip(a.elements, b.elements).map { abs($0 - Double($1)) }.max()!
      #expect(worst <= Self.roundings * 0x1p-24)
    }
  }

  @Test("An empty batch still releases noise, divided by the expected batch")
  func emptyBatch() throws {
    let source = NoiseSource.seeded(RandomStream(5))
    let estimator = DPSGD<Double>(
      cases: 40, plan: Self.plan(batchSize: 1),
      parameters: DPSGDParameters(clippingNorm: 2, noiseMultiplier: 1.5), source: source)
    let step = (0..<200).first { source.subsample(step: $0, count: 40, rate: 1 / 40).isEmpty }!
    let network: ResNet<Double> = Self.network()
    let estimate = try estimator.estimate(
      step: step, network: network, data: Self.data(40), loss: Self.loss())
    #expect(estimate.statistics.batch == 0)
    #expect(estimate.statistics.loss == nil)
    #expect(estimate.statistics.signalToNoise == 0)
    let count = Double(network.parameterCount)
    let squares = estimate.gradients.reduce(0) { $0 + $1.squaredNorm }
    // σ²C²/(qN)² = 9, to five SDs of χ² with as many degrees of freedom as parameters.
    #expect(abs(squares / count / 9 - 1) <= 5 * (2 / count).squareRoot())
  }

  @Test("Ablations: what does not act is not there", arguments: DPSGDParameters.Mode.allCases)
  func ablations(_ mode: DPSGDParameters.Mode) throws {
    let data: TrainingData<Double> = Self.data(5)
    func step(_ mode: DPSGDParameters.Mode, _ sigma: Double, _ c: Double) throws
      -> GradientEstimate<Double>
    {
      try DPSGD<Double>(
        cases: 5, plan: Self.plan(batchSize: 5),
        parameters: DPSGDParameters(clippingNorm: c, noiseMultiplier: sigma, mode: mode),
        source: .seeded(RandomStream(1))
      ).estimate(step: 0, network: Self.network(), data: data, loss: Self.loss())
    }
    let estimate = try step(mode, 0.7, 0.76)
    let signal = try step(.full, 0, mode == .full || mode == .clipOnly ? 0.76 : 1e6)
    let noise = zip(estimate.gradients, signal.gradients).map { $0 - $1 }
    let size = noise.reduce(0) { $0 + $1.squaredNorm }
    if mode == .full || mode == .noiseOnly {
      let count = Double(noise.reduce(0) { $0 + $1.count })
      let expected = (0.7 * 0.76 / 5) * (0.7 * 0.76 / 5)
      #expect(abs(size / count / expected - 1) <= 5 * (2 / count).squareRoot())
      #expect(estimate.statistics.signalToNoise! > 0)
    } else {
      #expect(size.squareRoot() <= Self.roundings * 0x1p-53)
      #expect(estimate.statistics.signalToNoise == nil)
    }
  }

  @Test("Steps are ⌊epochs/q⌋ in exact arithmetic", arguments: [(8, 4000, 64, 500), (3, 10, 7, 4)])
  func steps(_ epochs: Int, _ cases: Int, _ batch: Int, _ expected: Int) {
    #expect(DPSGD<Float>.steps(epochs: epochs, cases: cases, batchSize: batch) == expected)
  }

  static let opacusGradients: [(String, Double, Double)] = [
    ("conv1.weight", 0.21707284017863548, -0.002501649868086063),
    ("bn1.weight", 0.03407982664698747, -0.031061259009873624),
    ("bn1.bias", 0.04103958547821385, -0.036686140817839816),
    ("layer1.0.conv1.weight", 0.02073965398547859, 0.001532456588356561),
    ("layer1.0.bn1.weight", 0.0009228889872115581, -0.00017709619683017527),
    ("layer1.0.bn1.bias", 0.0020459593060783723, -0.0006342459273745193),
    ("layer1.0.conv2.weight", 0.03704486772502766, 0.003233553400529768),
    ("layer1.0.bn2.weight", 0.009592220219063257, 0.005154670296635017),
    ("layer1.0.bn2.bias", 0.04879565207362371, -0.07588599117395367),
    ("layer2.0.conv1.weight", 0.011479264510055641, -0.0007659545076301247),
    ("layer2.0.bn1.weight", 0.004853545442423165, -0.0022684914843133517),
    ("layer2.0.bn1.bias", 0.003125704914972196, -0.0003011854017550893),
    ("layer2.0.conv2.weight", 0.05462287648897426, -0.003981334665661698),
    ("layer2.0.bn2.weight", 0.0775295386082046, 0.0439674335371372),
    ("layer2.0.bn2.bias", 0.1315756785377736, 0.08301931070988942),
    ("layer2.0.downsample.0.weight", 0.21058271970576128, 0.10732161498284534),
    ("layer2.0.downsample.1.weight", 0.06785045531709462, 0.02280855186603024),
    ("layer2.0.downsample.1.bias", 0.1315756785377736, 0.08301931070988942),
    ("fc.weight", 0.49422603185055997, -0.21527926829916125),
    ("fc.bias", 0.2730816000956778, -0.0699782119920646),
  ]
  static let opacusLogits = [
    0.8523195117526119, 0.15671730402773892, -0.4856993510953476, 0.816566974320374,
    0.2380306116665442, -0.41760553959855945, 0.9392111826198092, -0.0005423493182087902,
    -0.6354062509309373, 0.7752886428975563, 0.24102472440779193, -0.375204133431773,
    0.9299151279135401, -0.1284768039712033, -0.6771191324943957,
  ]
}
