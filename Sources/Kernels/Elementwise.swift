/// Loops over whole arrays. Written once for both number types: the public entry points of Float
/// and Double are concrete, and the compiler specialises these generic bodies into them.
enum Elementwise {
  /// Elements that one task of a parallel loop handles.
  static let grain = 1 << 15

  // Each task of a parallel loop is one call of a function of its own: loops inside the closure
  // that the parallel loop takes are not reliably turned into vector code.

  @inline(__always)
  private static func each<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>, _ f: (S) -> S
  ) {
    for i in 0..<count { y[i] = f(x[i]) }
  }

  @inline(__always)
  private static func each<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ g: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ f: (S, S) -> S
  ) {
    for i in 0..<count { y[i] = f(x[i], g[i]) }
  }

  @inline(__always)
  static func map<S: ElementaryFunctions>(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    switch function {
    case .negate: each(count, x, y) { -$0 }
    case .reciprocal: each(count, x, y) { 1 / $0 }
    case .exp: each(count, x, y) { S.exponential($0) }
    case .log: each(count, x, y) { S.logarithm($0) }
    case .sqrt: each(count, x, y) { $0.squareRoot() }
    case .square: each(count, x, y) { $0 * $0 }
    case .sigmoid: each(count, x, y) { Kernels.sigmoid($0) }
    case .tanh: each(count, x, y) { S.hyperbolicTangent($0) }
    case .softplus: each(count, x, y) { Kernels.softplus($0) }
    case .relu: each(count, x, y) { $0 > 0 ? $0 : 0 }
    case .mish: each(count, x, y) { Kernels.mish($0) }
    case .silu: each(count, x, y) { Kernels.silu($0) }
    case .absolute: each(count, x, y) { $0 < 0 ? -$0 : $0 }
    case .sign: each(count, x, y) { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) }
    case .step: each(count, x, y) { $0 > 0 ? 1 : 0 }
    case .sine: each(count, x, y) { S.sine($0) }
    case .cosine: each(count, x, y) { S.cosine($0) }
    }
  }

  @inline(__always)
  static func mapGradient<S: ElementaryFunctions>(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<S>, _ g: UnsafePointer<S>,
    _ y: UnsafeMutablePointer<S>
  ) {
    switch function {
    case .mish: each(count, x, g, y) { $1 * Kernels.mishDerivative($0) }
    case .silu: each(count, x, g, y) { $1 * Kernels.siluDerivative($0) }
    case .relu: each(count, x, g, y) { $0 > 0 ? $1 : 0 }
    case .sigmoid:
      each(count, x, g, y) { x, g in
        let s = Kernels.sigmoid(x)
        return g * (s * (1 - s))
      }
    case .tanh:
      each(count, x, g, y) { x, g in
        let t = S.hyperbolicTangent(x)
        return g * (1 - t * t)
      }
    case .softplus: each(count, x, g, y) { $1 * Kernels.sigmoid($0) }
    default: preconditionFailure("function (\(function)) has no fused gradient")
    }
  }

  @inline(__always)
  static func affine<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ scale: S, _ offset: S, _ y: UnsafeMutablePointer<S>
  ) {
    for i in 0..<count { y[i] = x[i] * scale + offset }
  }

  @inline(__always)
  static func accumulate<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ scale: S, _ y: UnsafeMutablePointer<S>
  ) {
    for i in 0..<count { y[i] += scale * x[i] }
  }
}

extension Float {
  @inline(never)
  private static func mapPart(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.map(function, count, x, y) }

  public static func map(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      mapPart(function, range.count, x + range.lowerBound, y + range.lowerBound)
    }
  }

  @inline(never)
  private static func mapGradientPart(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.mapGradient(function, count, x, g, y) }

  public static func mapGradient(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      let low = range.lowerBound
      mapGradientPart(function, range.count, x + low, g + low, y + low)
    }
  }

  @inline(never)
  private static func affinePart(
    _ count: Int, _ x: UnsafePointer<Float>, _ scale: Float, _ offset: Float,
    _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.affine(count, x, scale, offset, y) }

  public static func affine(
    _ count: Int, _ x: UnsafePointer<Float>, scale: Float, offset: Float,
    _ y: UnsafeMutablePointer<Float>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      affinePart(range.count, x + range.lowerBound, scale, offset, y + range.lowerBound)
    }
  }

  @inline(never)
  private static func accumulatePart(
    _ count: Int, _ x: UnsafePointer<Float>, _ scale: Float, _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.accumulate(count, x, scale, y) }

  public static func accumulate(
    _ count: Int, _ x: UnsafePointer<Float>, scale: Float, _ y: UnsafeMutablePointer<Float>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      accumulatePart(range.count, x + range.lowerBound, scale, y + range.lowerBound)
    }
  }
}

extension Double {
  @inline(never)
  private static func mapPart(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.map(function, count, x, y) }

  public static func map(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      mapPart(function, range.count, x + range.lowerBound, y + range.lowerBound)
    }
  }

  @inline(never)
  private static func mapGradientPart(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Double>, _ g: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.mapGradient(function, count, x, g, y) }

  public static func mapGradient(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Double>, _ g: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      let low = range.lowerBound
      mapGradientPart(function, range.count, x + low, g + low, y + low)
    }
  }

  @inline(never)
  private static func affinePart(
    _ count: Int, _ x: UnsafePointer<Double>, _ scale: Double, _ offset: Double,
    _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.affine(count, x, scale, offset, y) }

  public static func affine(
    _ count: Int, _ x: UnsafePointer<Double>, scale: Double, offset: Double,
    _ y: UnsafeMutablePointer<Double>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      affinePart(range.count, x + range.lowerBound, scale, offset, y + range.lowerBound)
    }
  }

  @inline(never)
  private static func accumulatePart(
    _ count: Int, _ x: UnsafePointer<Double>, _ scale: Double, _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.accumulate(count, x, scale, y) }

  public static func accumulate(
    _ count: Int, _ x: UnsafePointer<Double>, scale: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      accumulatePart(range.count, x + range.lowerBound, scale, y + range.lowerBound)
    }
  }
}
