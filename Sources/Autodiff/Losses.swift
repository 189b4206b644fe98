// Losses.

/// -w y log σ(z) - (1 - y) log(1 - σ(z)) for each logit z, target y and positive weight w.
///
/// Written as (1 - y) z + (1 + (w - 1) y) softplus(-z), which does not overflow; PyTorch's
/// BCEWithLogitsLoss with pos_weight and reduction none. `logits` and `targets` are
/// [batch, class], `positiveWeight` [class].
public func binaryCrossEntropyWithLogits<S>(
  _ logits: Variable<S>, _ targets: Tensor<S>, positiveWeight: Tensor<S>? = nil
) -> Variable<S> {
  precondition(
    targets.shape == logits.shape, "targets \(targets.shape) must have the shape \(logits.shape)")
  let absent = Variable(targets.affine(scale: -1, offset: 1))
  var factor = Tensor<S>.ones(targets.shape)
  if let positiveWeight { factor = (positiveWeight - 1) * targets + 1 }
  let weight = Variable(factor)
  return absent * logits + weight * softplus(-logits)
}

/// -log softmax(z)_y for each row of logits [batch, class] and class index y; [batch].
public func crossEntropy<S>(_ logits: Variable<S>, classes: [Int]) -> Variable<S> {
  precondition(
    logits.shape.count == 2 && classes.count == logits.shape[0],
    "classes (count \(classes.count)) must match logits \(logits.shape)")
  precondition(
    classes.allSatisfy { (0..<logits.shape[1]).contains($0) },
    "classes must lie in 0..<\(logits.shape[1])")
  var chosen = Tensor<S>.zeros(logits.shape)
  chosen.withUnsafeMutableElements { elements in
    for (row, index) in classes.enumerated() { elements[row * logits.shape[1] + index] = -1 }
  }
  return sum(logSoftmax(logits, axis: 1) * Variable(chosen), axes: [1])
}
