/// min(max(x, low), high), element by element; the gradient passes where low ≤ x ≤ high, both ends
/// included, as in PyTorch's `clamp`.
public func clamped<S>(_ x: Variable<S>, to range: ClosedRange<S>) -> Variable<S> {
  let (low, high) = (Tensor(range.lowerBound), Tensor(range.upperBound))
  let value = Tensor.combine(.minimum, Tensor.combine(.maximum, x.value, low), high)
  let below = Tensor.combine(.greater, low, x.value)
  let above = Tensor.combine(.greater, x.value, high)
  let inside = (below + above).affine(scale: -1, offset: 1)
  return Variable(value, "clamped", [x], saving: .shapes) { [$0.upstream * Variable(inside)] }
}
