import Autodiff
import Foundation
import Networks
import Tensors
import Testing

struct LossesTests {
  static let logits = Tensor<Double>(shape: [2, 3], [0.5, -1, 2, 0, 3, -0.25])
  static let targets = Tensor<Double>(shape: [2, 3], [1, 0, 1, 0, 1, 1])

  /// torch 2.13.0: binary_cross_entropy_with_logits(reduction: "none", pos_weight: [1, 2, 0.5]).
  static let elements = [
    0.4740769841801067, 0.3132616875182228, 0.06346400552148625, 0.6931471805599453,
    0.09717470314748412, 0.4129697099394218,
  ]
  static let weight = Tensor<Double>(shape: [3], [1, 2, 0.5])

  @Test("Per-case losses are the mean or the sum of PyTorch's elements")
  func reductions() {
    for (reduction, divisor) in [(MultiLabelLoss<Double>.Reduction.sum, 1.0), (.mean, 3)] {
      let loss = MultiLabelLoss(positiveWeight: Self.weight, reduction: reduction)
      let found = loss(Variable(Self.logits), targets: Self.targets).value
      #expect(found.shape == [2])
      for row in 0..<2 {
        let expected = Self.elements[3 * row..<3 * row + 3].reduce(0, +) / divisor
        // A dozen roundings of numbers up to 3.
        #expect(abs(found[row] - expected) <= 12 * 3 * 0x1p-53)
      }
    }
  }

  @Test("Unknown labels count nothing, in the loss and in its gradient")
  func masked() {
    let known = Tensor<Double>(shape: [2, 3], [1, 0, 1, 0, 0, 0])
    let logits = Variable(Self.logits, requiresGradient: true)
    let losses = MultiLabelLoss(positiveWeight: Self.weight)(
      logits, targets: Self.targets, known: known)
    let expected = (Self.elements[0] + Self.elements[2]) / 3
    #expect(abs(losses.value[0] - expected) <= 12 * 3 * 0x1p-53)
    #expect(losses.value[1] == 0)
    let gradient = gradients(of: losses, at: [logits])[0].elements
    #expect(zip(gradient, known.elements).allSatisfy { ($0 == 0) == ($1 == 0) })
  }

  @Test("Balancing weights are N⁻/N⁺ over known labels, 1 where there is nothing to balance")
  func balancing() {
    let targets = Tensor<Float>(shape: [4, 3], [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0])
    #expect(balancingWeights(targets: targets).elements == [3, 1, 1])
    let known = Tensor<Float>(shape: [4, 3], [1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1])
    #expect(balancingWeights(targets: targets, known: known).elements == [2, 2, 1])
  }

  @Test("Weights go to a network of the same names and shapes only")
  func loading() throws {
    var stream = RandomStream(3)
    let a = ResNet<Float>(ResNetConfiguration(classes: 2, width: 8), stream: &stream)
    let b = ResNet<Float>(ResNetConfiguration(classes: 2, width: 8), stream: &stream)
    try b.load(a.weights)
    #expect(a.weights == b.weights)
    let wider = ResNet<Float>(ResNetConfiguration(classes: 3, width: 8), stream: &stream)
    let before = wider.weights
    #expect(throws: LightboxError.self) { try wider.load(a.weights) }
    #expect(wider.weights == before)
    let cut = Weights(
      names: Array(a.weights.names.dropLast()), values: Array(a.weights.values.dropLast()))
    #expect(throws: LightboxError.self) { try b.load(cut) }
    let stray = Weights(
      names: a.weights.names + ["other"], values: a.weights.values + [.zeros([1])])
    #expect(throws: LightboxError.self) { try b.load(stray) }
  }

  @Test("Weights come back from a file bit by bit, under the same names")
  func file() throws {
    var stream = RandomStream(3)
    let a = ResNet<Float>(ResNetConfiguration(classes: 2, width: 8), stream: &stream)
    let b = ResNet<Float>(ResNetConfiguration(classes: 2, width: 8), stream: &stream)
    let path =
      NSTemporaryDirectory() + "lightbox-weights-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try a.weights.write(to: path)
    let back = try Weights<Float>(contentsOf: path)
    #expect(back == a.weights)
    try b.load(back, source: path)
    #expect(b.weights == a.weights)
    #expect(throws: LightboxError.self) { try Weights<Float>(contentsOf: path + ".missing") }
  }
}
