/// Loops over arrays addressed by strides: broadcasting arithmetic and layout changes.
enum Strided {
  /// Calls `body` with the offsets of each innermost row; the last axis of `shape` is left out.
  @inline(__always)
  static func rows(
    _ shape: [Int], _ first: [Int], _ second: [Int], _ third: [Int],
    _ body: (Int, Int, Int) -> Void
  ) {
    let axes = shape.count - 1
    if shape.contains(0) { return }
    if axes <= 0 {
      body(0, 0, 0)
      return
    }
    var index = [Int](repeating: 0, count: axes)
    var a = 0
    var b = 0
    var c = 0
    while true {
      body(a, b, c)
      var axis = axes - 1
      while axis >= 0 {
        index[axis] += 1
        a += first[axis]
        b += second[axis]
        c += third[axis]
        if index[axis] < shape[axis] { break }
        a -= first[axis] * shape[axis]
        b -= second[axis] * shape[axis]
        c -= third[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Calls `body` with parts of the slowest axis that are worth a task each.
  ///
  /// Every element of the result is worked out by itself, so parts change no bits.
  @inline(__always)
  static func parts(_ shape: [Int], _ body: (Range<Int>, [Int]) -> Void) {
    let inner = shape.dropFirst().reduce(1, *)
    guard let slowest = shape.first, slowest > 1 && slowest * inner > Elementwise.grain else {
      body(0..<(shape.first ?? 1), shape)
      return
    }
    Parallel.chunks(of: shape[0], grain: max(1, Elementwise.grain / max(1, inner))) { range in
      body(range, [range.count] + shape.dropFirst())
    }
  }

  /// Strides of a dense row-major array.
  static func dense(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  @inline(__always)
  static func combine<S: KernelScalar>(
    _ shape: [Int], _ a: UnsafePointer<S>, _ aStrides: [Int], _ b: UnsafePointer<S>,
    _ bStrides: [Int], _ y: UnsafeMutablePointer<S>, _ f: (S, S) -> S
  ) {
    guard let width = shape.last else {
      y[0] = f(a[0], b[0])
      return
    }
    let sa = aStrides.last!
    let sb = bStrides.last!
    rows(shape, aStrides, bStrides, dense(shape)) { i, j, k in
      let p = a + i
      let q = b + j
      let r = y + k
      switch (sa, sb) {
      case (1, 1): for l in 0..<width { r[l] = f(p[l], q[l]) }
      case (1, 0):
        let right = q[0]
        for l in 0..<width { r[l] = f(p[l], right) }
      case (0, 1):
        let left = p[0]
        for l in 0..<width { r[l] = f(left, q[l]) }
      default: for l in 0..<width { r[l] = f(p[l &* sa], q[l &* sb]) }
      }
    }
  }

  @inline(__always)
  static func combine<S: KernelScalar>(
    _ function: BinaryFunction, _ shape: [Int], _ a: UnsafePointer<S>, _ aStrides: [Int],
    _ b: UnsafePointer<S>, _ bStrides: [Int], _ y: UnsafeMutablePointer<S>
  ) {
    switch function {
    case .add: combine(shape, a, aStrides, b, bStrides, y) { $0 + $1 }
    case .subtract: combine(shape, a, aStrides, b, bStrides, y) { $0 - $1 }
    case .multiply: combine(shape, a, aStrides, b, bStrides, y) { $0 * $1 }
    case .divide: combine(shape, a, aStrides, b, bStrides, y) { $0 / $1 }
    case .maximum: combine(shape, a, aStrides, b, bStrides, y) { $0 > $1 ? $0 : $1 }
    case .minimum: combine(shape, a, aStrides, b, bStrides, y) { $0 < $1 ? $0 : $1 }
    case .greater: combine(shape, a, aStrides, b, bStrides, y) { $0 > $1 ? 1 : 0 }
    case .equal: combine(shape, a, aStrides, b, bStrides, y) { $0 == $1 ? 1 : 0 }
    }
  }

  @inline(__always)
  static func copy<S: KernelScalar>(
    _ shape: [Int], _ source: UnsafePointer<S>, _ sourceStrides: [Int],
    _ destination: UnsafeMutablePointer<S>, _ destinationStrides: [Int]
  ) {
    guard let width = shape.last else {
      destination[0] = source[0]
      return
    }
    let from = sourceStrides.last!
    let to = destinationStrides.last!
    rows(shape, sourceStrides, destinationStrides, destinationStrides) { i, j, _ in
      let p = source + i
      let q = destination + j
      switch (from, to) {
      case (1, 1): q.update(from: p, count: width)
      case (0, 1): q.update(repeating: p[0], count: width)
      default: for l in 0..<width { q[l &* to] = p[l &* from] }
      }
    }
  }
}

extension Float {
  @inline(never)
  private static func combinePart(
    _ function: BinaryFunction, shape: [Int], _ a: UnsafePointer<Float>, _ aStrides: [Int],
    _ b: UnsafePointer<Float>, _ bStrides: [Int], _ y: UnsafeMutablePointer<Float>
  ) { Strided.combine(function, shape, a, aStrides, b, bStrides, y) }

  public static func combine(
    _ function: BinaryFunction, shape: [Int], _ a: UnsafePointer<Float>, _ aStrides: [Int],
    _ b: UnsafePointer<Float>, _ bStrides: [Int], _ y: UnsafeMutablePointer<Float>
  ) {
    let inner = shape.dropFirst().reduce(1, *)
    Strided.parts(shape) { range, shape in
      let low = range.lowerBound
      combinePart(
        function, shape: shape, a + low * (aStrides.first ?? 0), aStrides,
        b + low * (bStrides.first ?? 0), bStrides, y + low * inner)
    }
  }

  @inline(never)
  private static func copyPart(
    shape: [Int], _ source: UnsafePointer<Float>, _ sourceStrides: [Int],
    _ destination: UnsafeMutablePointer<Float>, _ destinationStrides: [Int]
  ) { Strided.copy(shape, source, sourceStrides, destination, destinationStrides) }

  public static func copy(
    shape: [Int], _ source: UnsafePointer<Float>, _ sourceStrides: [Int],
    _ destination: UnsafeMutablePointer<Float>, _ destinationStrides: [Int]
  ) {
    Strided.parts(shape) { range, shape in
      let low = range.lowerBound
      copyPart(
        shape: shape, source + low * (sourceStrides.first ?? 0), sourceStrides,
        destination + low * (destinationStrides.first ?? 0), destinationStrides)
    }
  }
}

extension Double {
  @inline(never)
  private static func combinePart(
    _ function: BinaryFunction, shape: [Int], _ a: UnsafePointer<Double>, _ aStrides: [Int],
    _ b: UnsafePointer<Double>, _ bStrides: [Int], _ y: UnsafeMutablePointer<Double>
  ) { Strided.combine(function, shape, a, aStrides, b, bStrides, y) }

  public static func combine(
    _ function: BinaryFunction, shape: [Int], _ a: UnsafePointer<Double>, _ aStrides: [Int],
    _ b: UnsafePointer<Double>, _ bStrides: [Int], _ y: UnsafeMutablePointer<Double>
  ) {
    let inner = shape.dropFirst().reduce(1, *)
    Strided.parts(shape) { range, shape in
      let low = range.lowerBound
      combinePart(
        function, shape: shape, a + low * (aStrides.first ?? 0), aStrides,
        b + low * (bStrides.first ?? 0), bStrides, y + low * inner)
    }
  }

  @inline(never)
  private static func copyPart(
    shape: [Int], _ source: UnsafePointer<Double>, _ sourceStrides: [Int],
    _ destination: UnsafeMutablePointer<Double>, _ destinationStrides: [Int]
  ) { Strided.copy(shape, source, sourceStrides, destination, destinationStrides) }

  public static func copy(
    shape: [Int], _ source: UnsafePointer<Double>, _ sourceStrides: [Int],
    _ destination: UnsafeMutablePointer<Double>, _ destinationStrides: [Int]
  ) {
    Strided.parts(shape) { range, shape in
      let low = range.lowerBound
      copyPart(
        shape: shape, source + low * (sourceStrides.first ?? 0), sourceStrides,
        destination + low * (destinationStrides.first ?? 0), destinationStrides)
    }
  }
}
