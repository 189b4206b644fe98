import Foundation
import Kernels
import Networks
import Privacy
import Tensors
import Testing
import Training

@Suite struct PrivacyUnitTests {
  static let patients = [7, 7, 3, 7, 3, 5, 9, 9, 9, 9]

  @Test("Every patient joins with the rate, with one image, each as often as the others")
  func patientBatches() {
    let units = PoissonUnits(cases: 10, unit: .patient(Self.patients))
    #expect(units.count == 4)
    let steps = 4000
    var joined = [Int](repeating: 0, count: 10)
    for step in 0..<steps {
      let batch = units.subsample(step: step, rate: 0.3, source: .seeded(RandomStream(3)))
      let own = batch.map { Self.patients[$0] }
      #expect(Set(own).count == own.count)
      for index in batch { joined[index] += 1 }
    }
    for index in joined.indices {
      let images = Double(Self.patients.filter { $0 == Self.patients[index] }.count)
      let p = 0.3 / images
      // Ten counts at four and a half standard errors.
      let error = (p * (1 - p) * Double(steps)).squareRoot()
      #expect(abs(Double(joined[index]) - p * Double(steps)) < 4.5 * error)
    }
  }

  @Test("Secure choices stay below their bounds and reach all of them")
  func secure() {
    let found = NoiseSource.secure.choices(step: 0, below: [Int](repeating: 3, count: 600))
    #expect(Set(found) == [0, 1, 2])
    #expect(NoiseSource.secure.choices(step: 0, below: [1, 1]) == [0, 0])
  }

  @Test("Patients of one image each are images")
  func singletons() throws {
    let data: TrainingData<Double> = DPSGDTests.data(12)
    let network: ResNet<Double> = DPSGDTests.network()
    func step(_ unit: PrivacyUnit) throws -> GradientEstimate<Double> {
      let estimator = DPSGD<Double>(
        cases: 12, plan: DPSGDTests.plan(batchSize: 6),
        parameters: DPSGDParameters(clippingNorm: 0.7, noiseMultiplier: 1),
        source: .seeded(RandomStream(6)), unit: unit)
      return try estimator.estimate(
        step: 2, network: network, data: data, loss: DPSGDTests.loss())
    }
    let images = try step(.image)
    let patients = try step(.patient(Array(20..<32)))
    #expect(images.statistics.batch == patients.statistics.batch)
    for (a, b) in zip(images.gradients, patients.gradients) { #expect(a.elements == b.elements) }
  }

  @Test("A patient's sampling rate is batch over patients")
  func rate() {
    let estimator = DPSGD<Float>(
      cases: 10, plan: TrainingPlan(epochs: 4, batchSize: 2),
      parameters: DPSGDParameters(noiseMultiplier: 1), source: .seeded(RandomStream(1)),
      unit: .patient(Self.patients))
    #expect(estimator.samplingRate == 0.5)
    #expect(estimator.steps == 20)
  }
}

@Suite struct GradientSignalTests {
  @Test("Signal, noise and share by parameter are those of a step without its noise")
  func byParameter() throws {
    let network: ResNet<Double> = DPSGDTests.network()
    let data: TrainingData<Double> = DPSGDTests.data(40)
    let loss: MultiLabelLoss<Double> = DPSGDTests.loss()
    let parameters = DPSGDParameters(clippingNorm: 0.76, noiseMultiplier: 1.2)
    let signals = try GradientSignal.measure(network, on: data, loss: loss, parameters: parameters)
    let step = try DPSGD<Double>(
      cases: 40, plan: DPSGDTests.plan(batchSize: 40),
      parameters: DPSGDParameters(clippingNorm: 0.76, noiseMultiplier: 0),
      source: .seeded(RandomStream(1))
    ).estimate(step: 0, network: network, data: data, loss: loss)
    #expect(signals.map(\.name) == network.parameters.map(\.name))
    for (signal, gradient) in zip(signals, step.gradients) {
      let norm = 40 * gradient.squaredNorm.squareRoot()
      #expect(abs(signal.signal - norm) <= DPSGDTests.roundings * 0x1p-53 * 40)
      #expect(signal.noise == 1.2 * 0.76 * Double(gradient.count).squareRoot())
      #expect(signal.ratio == signal.signal / signal.noise)
    }
    #expect(abs(signals.reduce(0) { $0 + $1.share } - 1) < 1e-12)
    let quiet = try GradientSignal.measure(
      network, on: data, loss: loss,
      parameters: DPSGDParameters(clippingNorm: 0.76, noiseMultiplier: 1, mode: .clipOnly))
    #expect(quiet.allSatisfy { $0.ratio == .infinity })
  }
}
