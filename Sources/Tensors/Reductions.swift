import Kernels

extension Tensor {
  /// Σ over the given axes (all of them by default), in an order fixed by the shape.
  ///
  /// Float sums run in sixteen lanes along contiguous axes and in sequence otherwise; the error
  /// grows with the number of summands, so long sums of statistics belong in Double.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduce(axes, keepingAxes) { Scalar.sum(outer: $0, reduced: $1, inner: $2, $3, $4) }
  }

  /// The arithmetic mean over the given axes (all of them by default).
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let total = sum(axes: axes, keepingAxes: keepingAxes)
    return total * (Scalar(Swift.max(1, total.count)) / Scalar(Swift.max(1, count)))
  }

  /// The maximum over the given axes (all of them by default); -∞ over no elements.
  public func maximum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduce(axes, keepingAxes) { Scalar.maximum(outer: $0, reduced: $1, inner: $2, $3, $4) }
  }

  /// Σ x², products and sums of short blocks in Scalar, blocks in Double.
  public var squaredNorm: Double { Scalar.dot(count, pointer, pointer) }

  /// Σ a b over all elements, accurate as `squaredNorm`.
  public func dot(_ other: Tensor) -> Double {
    precondition(other.count == count, "other (count \(other.count)) must have \(count) elements")
    return Scalar.dot(count, pointer, other.pointer)
  }

  /// Σ_i weights_i row_i over the first axis, rows added in order.
  public func weightedRowSum(_ weights: Tensor) -> Tensor {
    precondition(
      rank >= 1 && weights.shape == [shape[0]],
      "weights \(weights.shape) must have one number for each row of \(shape)")
    let width = shape.dropFirst().reduce(1, *)
    let factors = weights.elements
    return Tensor(shape: Array(shape.dropFirst())) { y in
      guard let target = y.baseAddress, width > 0 else { return }
      Parallel.chunks(of: width, grain: 8192) { range in
        let part = target + range.lowerBound
        part.initialize(repeating: 0, count: range.count)
        for (row, factor) in factors.enumerated() {
          Scalar.accumulate(
            range.count, pointer + row * width + range.lowerBound, scale: factor, part)
        }
      }
    }
  }

  /// Whether every element is finite.
  public var isFinite: Bool {
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    get { withUnsafeElements { $0.allSatisfy { $0.isFinite } } }
  }

  typealias Kernel = (Int, Int, Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void

  /// Reduces neighbouring axes in one kernel call, from the last group to the first.
  private func reduce(_ axes: [Int]?, _ keepingAxes: Bool, _ kernel: Kernel) -> Tensor {
    let chosen = Set(axes ?? Array(shape.indices))
    precondition(
      chosen.allSatisfy(shape.indices.contains),
      "axes \(axes ?? []) must be axes of shape \(shape)")
    var result = self
    var end = rank
    while end > 0 {
      guard chosen.contains(end - 1) else {
        end -= 1
        continue
      }
      var start = end - 1
      while start > 0 && chosen.contains(start - 1) { start -= 1 }
      let extents = result.shape
      let outer = extents[..<start].reduce(1, *)
      let reduced = extents[start..<end].reduce(1, *)
      let inner = extents[end...].reduce(1, *)
      let ones = [Int](repeating: 1, count: end - start)
      let source = result
      result = Tensor(shape: Array(extents[..<start]) + ones + Array(extents[end...])) { y in
        if y.isEmpty { return }
        if reduced == 1 {
          _ = y.update(from: source.storage.buffer)
        } else {
          kernel(outer, reduced, inner, source.pointer, y.baseAddress!)
        }
      }
      end = start
    }
    if keepingAxes { return result }
    return result.reshaped(shape.indices.filter { !chosen.contains($0) }.map { shape[$0] })
  }
}
