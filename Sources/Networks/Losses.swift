import Autodiff
import Tensors

/// Binary cross-entropy with logits over several labels, one number per case.
///
/// ℓ_ik = −[w_k y_ik log σ(x_ik) + (1 − y_ik) log(1 − σ(x_ik))], where w_k weighs the positives
/// of class k. Labels that are not known count zero. The loss of case i is the sum of ℓ_ik over
/// the K classes, or that sum divided by K (known or not): averaged over the batch, the mean is
/// PyTorch's `BCEWithLogitsLoss(weight: known, pos_weight: w)`.
public struct MultiLabelLoss<Scalar: TensorScalar>: Sendable {
  /// How the classes of one case are joined.
  public enum Reduction: String, Codable, Hashable, Sendable {
    case mean, sum
  }

  /// w [class]; nil weighs positives and negatives alike.
  public var positiveWeight: Tensor<Scalar>?
  public var reduction: Reduction

  public init(positiveWeight: Tensor<Scalar>? = nil, reduction: Reduction = .mean) {
    self.positiveWeight = positiveWeight
    self.reduction = reduction
  }

  /// The loss of each case, [batch].
  ///
  /// logits and targets [batch, class], targets 0 or 1; known [batch, class], 1 where the target
  /// is known, else 0; nil where all are.
  public func callAsFunction(
    _ logits: Variable<Scalar>, targets: Tensor<Scalar>, known: Tensor<Scalar>? = nil
  ) -> Variable<Scalar> {
    var losses = binaryCrossEntropyWithLogits(logits, targets, positiveWeight: positiveWeight)
    if let known { losses = losses * Variable(known) }
    return switch reduction {
    case .mean: mean(losses, axes: [1])
    case .sum: sum(losses, axes: [1])
    }
  }
}

/// Weights of the positives that balance each class: N⁻/N⁺ over its known labels, [class].
///
/// A class without positives or without negatives has weight 1: there is nothing to balance.
/// The weights depend on the training labels; a privacy budget does not cover them.
///
/// targets [case, class], 0 or 1; known [case, class] or nil.
public func balancingWeights<Scalar: TensorScalar>(
  targets: Tensor<Scalar>, known: Tensor<Scalar>? = nil
) -> Tensor<Scalar> {
  let classes = targets.shape[1]
  let values = targets.elements
  let mask = known?.elements
  var positives = [Int](repeating: 0, count: classes)
  var negatives = [Int](repeating: 0, count: classes)
  for (index, value) in values.enumerated() where mask == nil || mask![index] != 0 {
    if value != 0 { positives[index % classes] += 1 } else { negatives[index % classes] += 1 }
  }
  return Tensor(
    shape: [classes],
    zip(positives, negatives).map { positive, negative in
      positive == 0 || negative == 0 ? 1 : Scalar(Double(negative) / Double(positive))
    })
}
