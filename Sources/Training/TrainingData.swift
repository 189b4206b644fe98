import Tensors

/// Images with their labels, as training sees them.
public struct TrainingData<Scalar: TensorScalar>: Sendable {
  /// [case, channel, height, width].
  public let images: Tensor<Scalar>
  /// [case, class], 0 or 1; 0 where unknown.
  public let targets: Tensor<Scalar>
  /// [case, class], 1 where the target is known, else 0; nil where all are.
  public let known: Tensor<Scalar>?

  public init(images: Tensor<Scalar>, targets: Tensor<Scalar>, known: Tensor<Scalar>? = nil) {
    precondition(
      targets.rank == 2 && images.rank > 1 && images.shape[0] == targets.shape[0],
      "targets \(targets.shape) must be [case, class] for images \(images.shape)")
    precondition(
      known == nil || known!.shape == targets.shape,
      "known \(known?.shape ?? []) must have the shape of targets \(targets.shape)")
    self.images = images
    self.targets = targets
    self.known = known
  }

  /// Images with one row of labels each: 0, 1, or nil where not recorded.
  public init(images: Tensor<Scalar>, labels: [[Int?]]) {
    precondition(
      images.shape[0] == labels.count,
      "labels (\(labels.count) rows) must match images \(images.shape)")
    let classes = labels.first?.count ?? 0
    precondition(labels.allSatisfy { $0.count == classes }, "labels must be of equal length")
    let flat = labels.joined()
    self.init(
      images: images,
      targets: Tensor(shape: [labels.count, classes], flat.map { $0 == 1 ? 1 : 0 }),
      known: flat.contains(nil)
        ? Tensor(shape: [labels.count, classes], flat.map { $0 == nil ? 0 : 1 }) : nil)
  }

  /// Number of cases.
  public var count: Int { images.shape[0] }

  /// Number of labels.
  public var classes: Int { targets.shape[1] }

  /// The cases with the given numbers, in that order.
  public func batch(_ cases: some Collection<Int>) -> TrainingData {
    let rows = Array(cases)
    precondition(
      rows.allSatisfy { (0..<count).contains($0) }, "cases \(rows) must lie in 0..<\(count)")
    return TrainingData(
      images: images.gathered(rows: rows), targets: targets.gathered(rows: rows),
      known: known?.gathered(rows: rows))
  }
}
