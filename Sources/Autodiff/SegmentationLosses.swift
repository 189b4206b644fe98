// Losses of pictures and volumes in which every position has a class.

/// One-hot tensors of class maps: [batch, position...] to [batch, class, position...].
///
/// `labels` holds batch · positions class numbers in row-major order.
public func oneHot<S>(_ labels: [Int], classes: Int, batch: Int, extents: [Int]) -> Tensor<S> {
  let space = extents.reduce(1, *)
  precondition(
    labels.count == batch * space,
    "labels (count \(labels.count)) must match batch \(batch) and extents \(extents)")
  precondition(
    labels.allSatisfy { (0..<classes).contains($0) }, "labels must lie in 0..<\(classes)")
  return Tensor(shape: [batch, classes] + extents) { y in
    y.initialize(repeating: 0)
    for (index, label) in labels.enumerated() {
      y[(index / max(1, space) * classes + label) * space + index % max(1, space)] = 1
    }
  }
}

/// -Σ_c t_c log softmax(z)_c at every position: logits and targets [batch, class, ...] give
/// [batch, ...]. With one-hot targets this is PyTorch's `cross_entropy(reduction="none")`.
public func softmaxCrossEntropy<S>(_ logits: Variable<S>, targets: Tensor<S>) -> Variable<S> {
  precondition(
    logits.shape.count >= 2 && targets.shape == logits.shape,
    "targets \(targets.shape) must have the shape [batch, class, ...] of logits \(logits.shape)")
  return -sum(logSoftmax(logits, axis: 1) * Variable(targets), axes: [1])
}

/// One minus the soft Dice coefficient of each case and foreground class, [batch, class - 1].
///
/// With p the softmax of the logits and t the one-hot targets, both [batch, class, ...]:
/// 1 - (2 Σ p t + ε) / (Σ p + Σ t + ε), sums over the positions of one case; class 0 is the
/// background and is left out. An absent class that is not predicted has loss 0.
/// Milletari et al. 2016, doi:10.1109/3DV.2016.79 (there with squares in the denominator; here the
/// plain sums of nnU-Net, doi:10.1038/s41592-020-01008-z).
public func softDiceLoss<S>(
  _ logits: Variable<S>, targets: Tensor<S>, epsilon: Double = 1e-5
) -> Variable<S> {
  precondition(
    logits.shape.count >= 3 && targets.shape == logits.shape && logits.shape[1] >= 2,
    "targets \(targets.shape) must have the shape [batch, class, ...] of logits \(logits.shape)")
  let foreground = 1..<logits.shape[1]
  let axes = Array(2..<logits.shape.count)
  let p = slice(exp(logSoftmax(logits, axis: 1)), axis: 1, range: foreground)
  let t = targets.slice(axis: 1, range: foreground)
  let overlap = sum(p * Variable(t), axes: axes)
  let sizes = sum(p, axes: axes) + Variable(t.sum(axes: axes))
  return 1 - affine(overlap, scale: 2, offset: S(epsilon)) / (sizes + S(epsilon))
}
