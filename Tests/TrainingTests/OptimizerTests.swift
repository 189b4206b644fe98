import Foundation
import Networks
import Tensors
import Testing
import Training

/// Six steps on gradients g_i(t) = (i + 1) sin(1.3 i + t/2) from (0.5, −1, 2) at rate 0.1.
/// Expected: torch 2.13.0 (torch.optim, float64).
struct OptimizerTests {
  struct Reference: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rule: OptimizerRule
    var weightDecay = 0.0
    var expected: [Double]
  }

  static let references = [
    Reference(
      testDescription: "SGD", rule: .sgd(),
      expected: [0.10327189109943405, -1.0737542942750797, 3.130996764727848]),
    Reference(
      testDescription: "SGD, decay", rule: .sgd(), weightDecay: 0.05,
      expected: [0.09401017968143935, -1.0362721033828266, 3.061389051075789]),
    Reference(
      testDescription: "SGD, momentum, decay", rule: .sgd(momentum: 0.9), weightDecay: 0.05,
      expected: [-0.8098436577767308, -2.122693910929858, 4.651384253791506]),
    Reference(
      testDescription: "SGD, Nesterov", rule: .sgd(momentum: 0.8, nesterov: true),
      expected: [-0.775054885136467, -1.8235198325157085, 5.164292883768196]),
    Reference(
      testDescription: "Adam", rule: .adam(),
      expected: [-0.08107386796900778, -1.372975608520554, 2.3217170857308154]),
    Reference(
      testDescription: "Adam, own constants, decay",
      rule: .adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-3), weightDecay: 0.05,
      expected: [-0.07993158148752486, -1.3157146928703272, 2.3319439035100538]),
    Reference(
      testDescription: "AdamW", rule: .adamW(), weightDecay: 0.01,
      expected: [-0.08258539528571969, -1.3656686534016154, 2.3094642325203343]),
    Reference(
      testDescription: "AdamW, own constants",
      rule: .adamW(beta1: 0.8, beta2: 0.95, epsilon: 1e-3), weightDecay: 0.05,
      expected: [-0.08715527269295957, -1.2929516706361117, 2.2825470606221017]),
    Reference(
      testDescription: "NAdam", rule: .nadam(),
      expected: [0.044292714854419137, -1.0851686360141781, 2.3533879393284582]),
    Reference(
      testDescription: "NAdam, own constants, decay",
      rule: .nadam(beta1: 0.8, beta2: 0.95, epsilon: 1e-3, momentumDecay: 0.1),
      weightDecay: 0.05,
      expected: [-0.007881310466610121, -1.0744152386757237, 2.400012411602889]),
  ]

  static func final<Scalar: TensorScalar>(_ reference: Reference) -> [Scalar] {
    let parameter = Parameter<Scalar>("p", Tensor(shape: [3], [0.5, -1, 2]))
    var optimizer = Optimizer<Scalar>(
      reference.rule, weightDecay: reference.weightDecay, shapes: [[3]])
    for t in 1...6 {
      let gradient = (0..<3).map { i in
        Scalar(Double(i + 1) * sin(1.3 * Double(i) + 0.5 * Double(t)))
      }
      optimizer.update(
        [parameter], gradients: [Tensor(shape: [3], gradient)], learningRate: 0.1)
    }
    #expect(optimizer.step == 6)
    return parameter.value.elements
  }

  @Test("Double agrees with PyTorch to rounding", arguments: references)
  func double(_ reference: Reference) {
    for (ours, torch) in zip(Self.final(reference) as [Double], reference.expected) {
      // Six steps of about ten roundings of numbers below 8.
      #expect(abs(ours - torch) <= 60 * 8 * 0x1p-53, "\(ours) against \(torch)")
    }
  }

  @Test("Float agrees with PyTorch's float64 to Float rounding", arguments: references)
  func float(_ reference: Reference) {
    for (ours, torch) in zip(Self.final(reference) as [Float], reference.expected) {
      #expect(abs(Double(ours) - torch) <= 60 * 8 * 0x1p-24, "\(ours) against \(torch)")
    }
  }

  @Test(
    "A number moves alike whatever stands beside it", arguments: [OptimizerRule.adamW(), .sgd()])
  func elementwise(_ rule: OptimizerRule) {
    // Longer than several parts of the parallel loop, and not a multiple of one.
    let count = 100_003
    let numbers = (0..<count).map { Float($0 % 97) / 50 - 1 }
    let long = Parameter<Float>("p", Tensor(shape: [count], numbers))
    let short = Parameter<Float>("p", Tensor(shape: [97], Array(numbers[..<97])))
    for parameter in [long, short] {
      var optimizer = Optimizer<Float>(rule, weightDecay: 0.1, shapes: [parameter.shape])
      for _ in 0..<2 {
        optimizer.update([parameter], gradients: [parameter.value], learningRate: 0.01)
      }
    }
    let expected = short.value.elements
    #expect(long.value.elements.enumerated().allSatisfy { $0.element == expected[$0.offset % 97] })
  }

  @Test("An optimiser rebuilt from its state goes on with the same bits")
  func restored() {
    let shapes = [[2]]
    let gradient = Tensor<Float>(shape: [2], [0.3, -0.7])
    let one = Parameter<Float>("p", Tensor(shape: [2], [1, 2]))
    let two = Parameter<Float>("p", Tensor(shape: [2], [1, 2]))
    var a = Optimizer<Float>(.nadam(), shapes: shapes)
    a.update([one], gradients: [gradient], learningRate: 0.01)
    two.value = one.value
    var b = Optimizer<Float>(
      a.rule, weightDecay: a.weightDecay, step: a.step, momentumProduct: a.momentumProduct,
      first: a.first, second: a.second)
    a.update([one], gradients: [gradient], learningRate: 0.01)
    b.update([two], gradients: [gradient], learningRate: 0.01)
    #expect(one.value == two.value)
  }
}
