import Kernels

/// Shapes that meet in arithmetic: aligned at the last axis, extents of 1 repeat.
public enum Broadcasting {
  /// The common shape of two operands, or nil where they do not fit.
  public static func shape(_ a: [Int], _ b: [Int]) -> [Int]? {
    if a == b { return a }
    let rank = max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let x = axis < rank - a.count ? 1 : a[axis - rank + a.count]
      let y = axis < rank - b.count ? 1 : b[axis - rank + b.count]
      guard x == y || x == 1 || y == 1 else { return nil }
      result[axis] = x == 1 ? y : x
    }
    return result
  }

  /// Strides of an operand inside the common shape: 0 along repeated axes.
  static func strides(of shape: [Int], in target: [Int]) -> [Int] {
    var result = [Int](repeating: 0, count: target.count)
    var step = 1
    for (offset, extent) in shape.reversed().enumerated() {
      let axis = target.count - 1 - offset
      result[axis] = extent == 1 && target[axis] != 1 ? 0 : step
      step *= extent
    }
    return result
  }

  /// Joins neighbouring axes that both operands walk through as one.
  static func collapsed(
    _ shape: [Int], _ a: [Int], _ b: [Int]
  ) -> (shape: [Int], a: [Int], b: [Int]) {
    var (s, p, q) = ([Int](), [Int](), [Int]())
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if let last = s.indices.last, a[axis] == p[last] * s[last], b[axis] == q[last] * s[last] {
        s[last] *= shape[axis]
      } else {
        s.append(shape[axis])
        p.append(a[axis])
        q.append(b[axis])
      }
    }
    if s.isEmpty { return ([1], [1], [1]) }
    return (s.reversed(), p.reversed(), q.reversed())
  }
}

extension Tensor {
  /// f(a, b) element by element, with broadcasting.
  public static func combine(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard let shape = Broadcasting.shape(a.shape, b.shape) else {
      preconditionFailure("shapes \(a.shape) and \(b.shape) must be equal or broadcast")
    }
    let plan: (shape: [Int], a: [Int], b: [Int])
    if a.shape == b.shape {
      plan = ([a.count], [1], [1])
    } else {
      plan = Broadcasting.collapsed(
        shape, Broadcasting.strides(of: a.shape, in: shape),
        Broadcasting.strides(of: b.shape, in: shape))
    }
    return Tensor(shape: shape) { y in
      if y.isEmpty { return }
      Scalar.combine(
        function, shape: plan.shape, a.pointer, plan.a, b.pointer, plan.b, y.baseAddress!)
    }
  }

  public static func + (a: Tensor, b: Tensor) -> Tensor { combine(.add, a, b) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { combine(.subtract, a, b) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { combine(.multiply, a, b) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { combine(.divide, a, b) }
  public static func + (a: Tensor, b: Scalar) -> Tensor { a.affine(scale: 1, offset: b) }
  public static func - (a: Tensor, b: Scalar) -> Tensor { a.affine(scale: 1, offset: -b) }
  public static func * (a: Tensor, b: Scalar) -> Tensor { a.affine(scale: b, offset: 0) }
  public static func * (a: Scalar, b: Tensor) -> Tensor { b.affine(scale: a, offset: 0) }
  public static func / (a: Tensor, b: Scalar) -> Tensor { combine(.divide, a, Tensor(b)) }
  public static prefix func - (a: Tensor) -> Tensor { a.mapped(.negate) }

  /// scale x + offset.
  public func affine(scale: Scalar, offset: Scalar) -> Tensor {
    Tensor(shape: shape) {
      Scalar.affine(count, pointer, scale: scale, offset: offset, $0.baseAddress!)
    }
  }

  /// f of every element.
  public func mapped(_ function: UnaryFunction) -> Tensor {
    Tensor(shape: shape) { Scalar.map(function, count, pointer, $0.baseAddress!) }
  }

  /// g f'(x) for every element x of this tensor, for functions with a fused derivative.
  public func mappedGradient(_ function: UnaryFunction, upstream g: Tensor) -> Tensor {
    precondition(g.shape == shape, "upstream shape \(g.shape) must be \(shape)")
    return Tensor(shape: shape) {
      Scalar.mapGradient(function, count, pointer, g.pointer, $0.baseAddress!)
    }
  }

  /// Adds `scale` times another tensor of the same shape, in place.
  public mutating func add(_ other: Tensor, scale: Scalar = 1) {
    precondition(other.shape == shape, "shape \(other.shape) must be \(shape)")
    let count = count
    withUnsafeMutableElements { target in
      Scalar.accumulate(count, other.pointer, scale: scale, target.baseAddress!)
    }
  }

  public static func += (a: inout Tensor, b: Tensor) { a.add(b) }

  /// This tensor repeated along axes of extent 1 (and new leading axes) to a larger shape.
  public func broadcast(to target: [Int]) -> Tensor {
    if target == shape { return self }
    precondition(
      Broadcasting.shape(shape, target) == target, "shape \(shape) must broadcast to \(target)")
    let plan = Broadcasting.collapsed(
      target, Broadcasting.strides(of: shape, in: target),
      Broadcasting.strides(of: target, in: target))
    return Tensor(shape: target) { y in
      if y.isEmpty { return }
      Scalar.copy(shape: plan.shape, pointer, plan.a, y.baseAddress!, plan.b)
    }
  }

  /// The sum over the axes that `broadcast` repeated: its adjoint.
  public func reduced(to target: [Int]) -> Tensor {
    if target == shape { return self }
    let lead = rank - target.count
    let axes = shape.indices.filter { $0 < lead || (target[$0 - lead] == 1 && shape[$0] != 1) }
    return sum(axes: axes).reshaped(target)
  }
}
