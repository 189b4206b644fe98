import Foundation
import Tensors

/// One step of a rule: its scalars for this step, worked out once, and the loop over elements.
struct Move {
  private enum Kind {
    case sgd(momentum: Double, nesterov: Bool, isFirst: Bool, rate: Double)
    /// x ← x − a·g/d − b·m/d with d = √v/root + ε.
    case adaptive(
      beta1: Double, beta2: Double, epsilon: Double, root: Double, gradientRate: Double,
      momentRate: Double)
  }
  private let kind: Kind
  /// The learning rate where weight decay shrinks the values by themselves, else nil.
  private let decoupledRate: Double?

  init(rule: OptimizerRule, step: Int, momentumProduct: inout Double, rate: Double) {
    decoupledRate = rule.decouplesDecay ? rate : nil
    switch rule {
    case .sgd(let momentum, let nesterov):
      kind = .sgd(momentum: momentum, nesterov: nesterov, isFirst: step == 1, rate: rate)
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      kind = .adaptive(
        beta1: beta1, beta2: beta2, epsilon: epsilon,
        root: (1 - pow(beta2, Double(step))).squareRoot(), gradientRate: 0,
        momentRate: rate / (1 - pow(beta1, Double(step))))
    case .nadam(let beta1, let beta2, let epsilon, let decay):
      let momentum = beta1 * (1 - 0.5 * pow(0.96, Double(step) * decay))
      let next = beta1 * (1 - 0.5 * pow(0.96, Double(step + 1) * decay))
      momentumProduct *= momentum
      kind = .adaptive(
        beta1: beta1, beta2: beta2, epsilon: epsilon,
        root: (1 - pow(beta2, Double(step))).squareRoot(),
        gradientRate: rate * (1 - momentum) / (1 - momentumProduct),
        momentRate: rate * next / (1 - momentumProduct * next))
    }
  }

  /// Writes to `moved` where `value` is after a step along `gradient`, with the state that the rule
  /// keeps; all of `count` numbers.
  @inline(never)
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func apply<Scalar: TensorScalar>(
    _ count: Int, _ value: UnsafePointer<Scalar>, _ gradient: UnsafePointer<Scalar>,
    _ first: UnsafeMutablePointer<Scalar>?, _ second: UnsafeMutablePointer<Scalar>?,
    _ weightDecay: Double, to moved: UnsafeMutablePointer<Scalar>
  ) {
    // Either joins the gradient or shrinks the value; the other of both does nothing.
    let decay = Scalar(decoupledRate == nil ? weightDecay : 0)
    let shrink = Scalar(1 - (decoupledRate ?? 0) * weightDecay)
    switch kind {
    case .sgd(let momentum, let nesterov, let isFirst, let rate):
      let rate = Scalar(rate)
      guard let buffer = first else {
        for i in 0..<count { moved[i] = value[i] - rate * (gradient[i] + decay * value[i]) }
        return
      }
      let momentum = Scalar(momentum)
      let kept = isFirst ? 0 : momentum
      for i in 0..<count {
        let g = gradient[i] + decay * value[i]
        let m = kept * buffer[i] + g
        buffer[i] = m
        moved[i] = value[i] - rate * (nesterov ? g + momentum * m : m)
      }
    case .adaptive(let beta1, let beta2, let epsilon, let root, let gradientRate, let momentRate):
      guard let first, let second else { preconditionFailure("adaptive rules keep two moments") }
      let keep1 = Scalar(1 - beta1)
      let beta2 = Scalar(beta2)
      let keep2 = 1 - beta2
      let epsilon = Scalar(epsilon)
      let scale = Scalar(1 / root)
      let a = Scalar(gradientRate)
      let b = Scalar(momentRate)
      for i in 0..<count {
        let g = gradient[i] + decay * value[i]
        let m = first[i] + keep1 * (g - first[i])
        let v = beta2 * second[i] + keep2 * g * g
        first[i] = m
        second[i] = v
        moved[i] = shrink * value[i] - (a * g + b * m) / (v.squareRoot() * scale + epsilon)
      }
    }
  }
}
