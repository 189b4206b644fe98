import Kernels

extension Tensor {
  /// The tensor with its axes in another order: result axis i is axis `axes[i]` of this one.
  public func transposed(axes: [Int]) -> Tensor {
    precondition(
      axes.sorted() == Array(shape.indices), "axes \(axes) must be an order of \(shape.indices)")
    if axes == Array(shape.indices) { return self }
    let own = Broadcasting.strides(of: shape, in: shape)
    let target = axes.map { shape[$0] }
    return copied(axes.map { own[$0] }, 0, to: target)
  }

  /// A matrix, or the last two axes of a stack of them, transposed.
  public func transposed() -> Tensor {
    precondition(rank >= 2, "a transposed tensor needs two axes, shape is \(shape)")
    return transposed(axes: Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The part with `range` along one axis.
  public func slice(axis: Int, range: Range<Int>) -> Tensor {
    precondition(shape.indices.contains(axis), "axis (\(axis)) must be an axis of \(shape)")
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "range (\(range)) must lie inside axis \(axis) of \(shape)")
    if range == 0..<shape[axis] { return self }
    let own = Broadcasting.strides(of: shape, in: shape)
    var target = shape
    target[axis] = range.count
    return copied(own, range.lowerBound * shape[(axis + 1)...].reduce(1, *), to: target)
  }

  private func copied(_ strides: [Int], _ offset: Int, to target: [Int]) -> Tensor {
    let dense = Broadcasting.strides(of: target, in: target)
    let plan = Broadcasting.collapsed(target, strides, dense)
    return Tensor(shape: target) { y in
      if y.isEmpty { return }
      Scalar.copy(shape: plan.shape, pointer + offset, plan.a, y.baseAddress!, plan.b)
    }
  }

  /// The tensor with `before` and `after` elements of `value` added along one axis.
  public func padded(axis: Int, before: Int, after: Int, value: Scalar = 0) -> Tensor {
    precondition(shape.indices.contains(axis), "axis (\(axis)) must be an axis of \(shape)")
    precondition(
      before >= 0 && after >= 0, "padding (\(before), \(after)) must not be negative")
    if before == 0 && after == 0 { return self }
    var target = shape
    target[axis] += before + after
    var result = Tensor(repeating: value, shape: target)
    result.write(self, axis: axis, at: before)
    return result
  }

  /// Tensors joined along an axis; the other extents must agree.
  public static func concatenate(_ parts: [Tensor], axis: Int) -> Tensor {
    precondition(!parts.isEmpty, "parts must not be empty")
    var target = parts[0].shape
    precondition(target.indices.contains(axis), "axis (\(axis)) must be an axis of \(target)")
    for part in parts.dropFirst() {
      var expected = part.shape
      precondition(expected.count == target.count, "ranks of \(expected) and \(target) must agree")
      expected[axis] = parts[0].shape[axis]
      precondition(
        expected == parts[0].shape,
        "shapes \(part.shape) and \(parts[0].shape) must agree away from axis \(axis)")
      target[axis] += part.shape[axis]
    }
    var result = Tensor(shape: target) { _ in }
    var place = 0
    for part in parts {
      result.write(part, axis: axis, at: place)
      place += part.shape[axis]
    }
    return result
  }

  /// Overwrites the slice that starts at `place` along one axis.
  mutating func write(_ part: Tensor, axis: Int, at place: Int) {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let width = part.shape[axis] * inner
    let step = shape[axis] * inner
    if part.count == 0 { return }
    withUnsafeMutableElements { target in
      Scalar.copy(
        shape: [outer, width], part.pointer, [width, 1],
        target.baseAddress! + place * inner, [step, 1])
    }
  }

  /// The given rows of the first axis, in the given order; rows may repeat.
  public func gathered(rows: [Int]) -> Tensor {
    precondition(rank > 0, "rows need an axis, shape is \(shape)")
    precondition(
      rows.allSatisfy { (0..<shape[0]).contains($0) }, "rows must lie in 0..<\(shape[0])")
    let width = shape.dropFirst().reduce(1, *)
    return Tensor(shape: [rows.count] + shape.dropFirst()) { y in
      for (i, row) in rows.enumerated() where width > 0 {
        (y.baseAddress! + i * width).update(from: pointer + row * width, count: width)
      }
    }
  }

  /// Zeros of `count` rows, with row i of this tensor added to row `rows[i]`: the adjoint of
  /// `gathered`.
  public func scattered(rows: [Int], count: Int) -> Tensor {
    precondition(
      rank > 0 && rows.count == shape[0], "rows (count \(rows.count)) must match shape \(shape)")
    let width = shape.dropFirst().reduce(1, *)
    var result = Tensor.zeros([count] + shape.dropFirst())
    result.withUnsafeMutableElements { y in
      for (i, row) in rows.enumerated() where width > 0 {
        Scalar.accumulate(
          width, pointer + i * width, scale: 1, y.baseAddress! + row * width)
      }
    }
    return result
  }
}
