import Tensors

extension Array {
  /// Adds another list of tensors of the same shapes, element by element.
  package mutating func add<Scalar>(_ other: [Tensor<Scalar>]) where Element == Tensor<Scalar> {
    precondition(count == other.count, "lists of \(count) and \(other.count) tensors must match")
    for index in indices { self[index].add(other[index]) }
  }

  /// √Σx² over all tensors, summed in Double in order.
  package func norm<Scalar>() -> Double where Element == Tensor<Scalar> {
    reduce(0.0) { $0 + $1.squaredNorm }.squareRoot()
  }
}
