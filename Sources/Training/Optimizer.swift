import Foundation
import Kernels
import Networks
import Tensors

/// A first-order optimiser and its state: one step per gradient, in PyTorch's arithmetic.
///
/// Weight decay is L2 (added to the gradient), as in PyTorch's Adam and NAdam by default, except
/// that AdamW shrinks the parameters by rate · decay instead. The state is what a checkpoint must
/// keep. Every number is worked out by itself, so threads change no bits.
public struct Optimizer<Scalar: TensorScalar>: Codable, Sendable {
  public let rule: OptimizerRule
  public let weightDecay: Double
  /// Steps taken so far.
  public private(set) var step = 0
  /// Π μ_t of NAdam; 1 for the other rules.
  public private(set) var momentumProduct = 1.0
  /// Running means of the gradient (or the momentum buffers of SGD), one per parameter.
  public private(set) var first: [Tensor<Scalar>] = []
  /// Running means of the squared gradient, one per parameter.
  public private(set) var second: [Tensor<Scalar>] = []

  /// A fresh optimiser for parameters of the given shapes.
  public init(_ rule: OptimizerRule, weightDecay: Double = 0, shapes: [[Int]]) {
    precondition(weightDecay >= 0, "weightDecay (\(weightDecay)) must not be negative")
    self.rule = rule
    self.weightDecay = weightDecay
    if rule.moments > 0 { first = shapes.map { .zeros($0) } }
    if rule.moments > 1 { second = shapes.map { .zeros($0) } }
  }

  /// An optimiser that goes on from the state that a checkpoint kept.
  public init(
    _ rule: OptimizerRule, weightDecay: Double, step: Int, momentumProduct: Double,
    first: [Tensor<Scalar>], second: [Tensor<Scalar>]
  ) {
    self.init(rule, weightDecay: weightDecay, shapes: [])
    self.step = step
    self.momentumProduct = momentumProduct
    self.first = first
    self.second = second
  }

  /// Moves the parameters by one step; `gradients` has their order and shapes.
  public mutating func update(
    _ parameters: [Parameter<Scalar>], gradients: [Tensor<Scalar>], learningRate: Double
  ) {
    precondition(
      parameters.count == gradients.count,
      "gradients (\(gradients.count)) must match parameters (\(parameters.count))")
    step += 1
    let move = Move(rule: rule, step: step, momentumProduct: &momentumProduct, rate: learningRate)
    for (index, parameter) in parameters.enumerated() {
      let gradient = gradients[index]
      precondition(
        gradient.shape == parameter.shape,
        "\(parameter.name): gradient \(gradient.shape) must have shape \(parameter.shape)")
      let value = parameter.value
      parameter.value = Tensor(shape: parameter.shape) { moved in
        value.withUnsafeElements { value in
          gradient.withUnsafeElements { gradient in
            apply(move, index, value, gradient, to: moved)
          }
        }
      }
    }
  }

  /// Numbers of a parameter that one task of a parallel loop moves.
  private static var grain: Int { 1 << 15 }

  /// Moves one parameter, and its state in place.
  private mutating func apply(
    _ move: Move, _ index: Int, _ value: UnsafeBufferPointer<Scalar>,
    _ gradient: UnsafeBufferPointer<Scalar>, to moved: UnsafeMutableBufferPointer<Scalar>
  ) {
    let moments = rule.moments
    let m = moments > 0 ? first[index].withUnsafeMutableElements { $0.baseAddress! } : nil
    let v = moments > 1 ? second[index].withUnsafeMutableElements { $0.baseAddress! } : nil
    Parallel.chunks(of: value.count, grain: Self.grain) { range in
      let low = range.lowerBound
      move.apply(
        range.count, value.baseAddress! + low, gradient.baseAddress! + low, m.map { $0 + low },
        v.map { $0 + low }, weightDecay, to: moved.baseAddress! + low)
    }
  }
}
