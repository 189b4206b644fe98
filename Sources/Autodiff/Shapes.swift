// Sums over axes and changes of layout.

/// Σ over the given axes (all by default).
public func sum<S>(
  _ x: Variable<S>, axes: [Int]? = nil, keepingAxes: Bool = false
) -> Variable<S> {
  let axes = axes ?? Array(x.shape.indices)
  return Variable(x.value.sum(axes: axes, keepingAxes: keepingAxes), "sum", [x], saving: .shapes) {
    call in
    let shape = call.inputs[0].shape
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    return [broadcast(reshape(call.upstream, kept), to: shape)]
  }
}

/// The arithmetic mean over the given axes (all by default).
public func mean<S>(
  _ x: Variable<S>, axes: [Int]? = nil, keepingAxes: Bool = false
) -> Variable<S> {
  let count = (axes ?? Array(x.shape.indices)).reduce(1) { $0 * x.shape[$1] }
  return affine(sum(x, axes: axes, keepingAxes: keepingAxes), scale: 1 / S(max(1, count)))
}

/// The same elements under another shape; one extent may be -1.
public func reshape<S>(_ x: Variable<S>, _ shape: [Int]) -> Variable<S> {
  if x.shape == shape { return x }
  return Variable(x.value.reshaped(shape), "reshape", [x], saving: .shapes) { call in
    [reshape(call.upstream, call.inputs[0].shape)]
  }
}

/// Axes in another order: result axis i is axis `axes[i]` of x.
public func transpose<S>(_ x: Variable<S>, axes: [Int]) -> Variable<S> {
  Variable(x.value.transposed(axes: axes), "transpose", [x], saving: .shapes) { call in
    var inverse = axes
    for (place, axis) in axes.enumerated() { inverse[axis] = place }
    return [transpose(call.upstream, axes: inverse)]
  }
}

/// Variables joined along an axis.
public func concatenate<S>(_ parts: [Variable<S>], axis: Int) -> Variable<S> {
  Variable(.concatenate(parts.map(\.value), axis: axis), "concatenate", parts, saving: .shapes) {
    call in
    var place = 0
    return call.inputs.indices.map { index in
      let extent = call.inputs[index].shape[axis]
      defer { place += extent }
      return call.needs[index]
        ? slice(call.upstream, axis: axis, range: place..<(place + extent)) : nil
    }
  }
}

/// The part with `range` along one axis.
public func slice<S>(_ x: Variable<S>, axis: Int, range: Range<Int>) -> Variable<S> {
  Variable(x.value.slice(axis: axis, range: range), "slice", [x], saving: .shapes) { call in
    let extent = call.inputs[0].shape[axis]
    return [
      pad(call.upstream, axis: axis, before: range.lowerBound, after: extent - range.upperBound)
    ]
  }
}

/// Zeros added before and after along one axis.
public func pad<S>(_ x: Variable<S>, axis: Int, before: Int, after: Int) -> Variable<S> {
  Variable(x.value.padded(axis: axis, before: before, after: after), "pad", [x], saving: .shapes) {
    call in
    let extent = call.inputs[0].shape[axis]
    return [slice(call.upstream, axis: axis, range: before..<(before + extent))]
  }
}

/// Rows of the first axis in the given order; rows may repeat (an embedding table).
public func gather<S>(_ x: Variable<S>, rows: [Int]) -> Variable<S> {
  Variable(x.value.gathered(rows: rows), "gather", [x], saving: .shapes) { call in
    [scatter(call.upstream, rows: rows, count: call.inputs[0].shape[0])]
  }
}

/// Zeros of `count` rows, with row i of x added to row `rows[i]`.
public func scatter<S>(_ x: Variable<S>, rows: [Int], count: Int) -> Variable<S> {
  Variable(x.value.scattered(rows: rows, count: count), "scatter", [x], saving: .shapes) { call in
    [gather(call.upstream, rows: rows)]
  }
}

extension Variable {
  /// The only element of a variable that has one.
  public var item: Scalar { value.item }
}
