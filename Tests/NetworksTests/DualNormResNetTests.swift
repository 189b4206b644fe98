import Autodiff
import Kernels
import Networks
import Tensors
import Testing

/// Batch normalisation itself is checked against PyTorch and finite differences in the rooms below;
/// here: that two routes share what they should and keep apart what they should, and that gradients
/// of the whole are right.
struct DualNormResNetTests {
  static let configuration = ResNetConfiguration(
    classes: 3, width: 4, blocks: [1, 1], stem: .small)

  func network<S: TensorScalar>(_ type: S.Type) -> DualNormResNet<S> {
    var stream = RandomStream(1)
    let network = DualNormResNet<S>(Self.configuration, stream: &stream)
    Formula.fill(network)
    return network
  }

  /// Σ (logit + logit²) weighted by place: no direction has a zero gradient by symmetry.
  func loss(_ network: DualNormResNet<Double>, _ x: Variable<Double>) -> Variable<Double> {
    let logits = network(x)
    let weights = Tensor<Double>(
      shape: logits.shape, (0..<logits.value.count).map { 0.5 + 0.1 * Double($0) })
    return sum((logits + square(logits)) * Variable(weights))
  }

  /// With step h the quotient is off by h² f‴/6 + ε |f|/h. For h = 2⁻¹⁷ and third derivatives up to
  /// 10⁶ times the largest gradient the first part is 1e-5 of that; the second is far below. A wrong
  /// rule would be off by the size of the gradient.
  @Test("Gradients in Double are central differences", arguments: [true, false])
  func finiteDifferences(isTraining: Bool) {
    let network = network(Double.self)
    let images: Tensor<Double> = Formula.images(cases: 3, channels: 1, size: 6)
    for route in [NormalizationRoute.clean, .attacked] {
      network.route = route
      network.isTraining = isTraining
      let input = Variable(images, requiresGradient: true)
      let found = gradients(of: loss(network, input), at: network.variables + [input])
      let bound = 1e-5 * max(1, found.flatMap { $0.elements.map(abs) }.max()!)
      let h = 0x1p-17
      func value() -> Double { loss(network, Variable(images)).value.item }
      for (parameter, gradient) in zip(network.parameters, found) {
        let start = parameter.value
        for index in Swift.stride(from: 0, to: start.count, by: 1 + start.count / 5) {
          func at(_ step: Double) -> Double {
            var moved = start
            moved.withUnsafeMutableElements { $0[index] += step }
            parameter.value = moved
            return value()
          }
          let expected = (at(h) - at(-h)) / (2 * h)
          parameter.value = start
          #expect(
            abs(expected - gradient.elements[index]) <= bound,
            "\(route), training \(isTraining), \(parameter.name)[\(index)]")
        }
      }
      for index in Swift.stride(from: 0, to: images.count, by: 17) {
        func at(_ step: Double) -> Double {
          var moved = images
          moved.withUnsafeMutableElements { $0[index] += step }
          return loss(network, Variable(moved)).value.item
        }
        let expected = (at(h) - at(-h)) / (2 * h)
        #expect(
          abs(expected - found[network.parameters.count].elements[index]) <= bound,
          "\(route), training \(isTraining), pixel \(index)")
      }
    }
  }

  @Test("A route moves its own running statistics and no other, and only in training")
  func statistics() {
    let network = network(Double.self)
    let images: Tensor<Double> = Formula.images(cases: 3, channels: 1, size: 6)
    func states(_ isAttacked: Bool) -> [Tensor<Double>] {
      network.buffers.filter { $0.name.contains(".attacked.") == isAttacked }.map(\.value)
    }
    let (clean, attacked) = (states(false), states(true))
    #expect(clean.count == attacked.count && !clean.isEmpty)
    network.isTraining = false
    _ = network(Variable(images))
    #expect(states(false) == clean && states(true) == attacked)
    network.isTraining = true
    network.route = .attacked
    _ = network(Variable(images))
    #expect(states(false) == clean)
    #expect(zip(states(true), attacked).allSatisfy { $0 != $1 })
    // The stem's running mean after one batch is a tenth of the channel means of its convolution.
    let stem = network.parameters.first { $0.name == "conv1.weight" }!
    let means = conv2d(Variable(images), weight: stem.variable, bias: nil, stride: 1, padding: 1)
      .value.mean(axes: [0, 2, 3], keepingAxes: false)
    let kept = network.buffers.first { $0.name == "bn1.attacked.running_mean" }!.value
    // Sums of 108 numbers of size one, in another order.
    for (ours, expected) in zip(kept.elements, means.elements) {
      #expect(abs(ours - 0.1 * expected) <= 108 * 0x1p-53)
    }
  }

  @Test("Gradients of one route leave the other's scales and shifts alone")
  func apart() {
    let network = network(Double.self)
    network.isTraining = true
    network.route = .clean
    let images: Tensor<Double> = Formula.images(cases: 3, channels: 1, size: 6)
    let found = gradients(of: loss(network, Variable(images)), at: network.variables)
    for (parameter, gradient) in zip(network.parameters, found) {
      let isOther = parameter.name.contains(".attacked.")
      #expect((gradient.squaredNorm == 0) == isOther, "\(parameter.name)")
    }
  }

  @Test("Both routes with the same numbers are the same function; weights travel")
  func sameNumbers() throws {
    let network = network(Double.self)
    for parameter in network.parameters where parameter.name.contains(".attacked.") {
      let name = parameter.name.replacing(".attacked.", with: ".")
      parameter.value = network.parameters.first { $0.name == name }!.value
    }
    let images: Tensor<Double> = Formula.images(cases: 3, channels: 1, size: 6)
    let clean = network(Variable(images)).value
    network.route = .attacked
    #expect(network(Variable(images)).value == clean)
    network.isTraining = true
    _ = network(Variable(images))
    network.isTraining = false
    let moved = network(Variable(images)).value
    #expect(moved != clean)
    let other = self.network(Double.self)
    try other.load(network.weights)
    other.route = .attacked
    #expect(other(Variable(images)).value == moved)
  }

  @Test("Evaluated cases do not depend on the others of their batch")
  func independent() {
    let network = network(Float.self)
    let images: Tensor<Float> = Formula.images(cases: 3, channels: 1, size: 6)
    let all = network(Variable(images)).value
    let one = network(Variable(images.slice(axis: 0, range: 1..<2))).value
    // Float sums of up to 8 · 9 products through seven layers; the kernels that are chosen for other
    // shapes may lose three bits.
    let largest = all.elements.map(abs).max()!
    for (a, b) in zip(one.elements, all.slice(axis: 0, range: 1..<2).elements) {
      #expect(abs(a - b) <= 8 * 7 * 72 * 0x1p-24 * max(1, largest))
    }
  }
}
