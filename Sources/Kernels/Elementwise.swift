/// Loops over whole arrays. Written once for both number types: the public entry points of Float
/// and Double are concrete, and the compiler specialises these generic bodies into them.
enum Elementwise {
  /// Elements that one task of a parallel loop handles.
  static let grain = 1 << 15

  @inline(__always)
  static func loop<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>, _ f: (S) -> S
  ) {
    Parallel.chunks(of: count, grain: grain) { range in
      for i in range { y[i] = f(x[i]) }
    }
  }

  @inline(__always)
  static func loop<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ g: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ f: (S, S) -> S
  ) {
    Parallel.chunks(of: count, grain: grain) { range in
      for i in range { y[i] = f(x[i], g[i]) }
    }
  }

  @inline(__always)
  static func map<S: ElementaryFunctions>(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    switch function {
    case .negate: loop(count, x, y) { -$0 }
    case .reciprocal: loop(count, x, y) { 1 / $0 }
    case .exp: loop(count, x, y) { S.exponential($0) }
    case .log: loop(count, x, y) { S.logarithm($0) }
    case .sqrt: loop(count, x, y) { $0.squareRoot() }
    case .square: loop(count, x, y) { $0 * $0 }
    case .sigmoid: loop(count, x, y) { Kernels.sigmoid($0) }
    case .tanh: loop(count, x, y) { S.hyperbolicTangent($0) }
    case .softplus: loop(count, x, y) { Kernels.softplus($0) }
    case .relu: loop(count, x, y) { $0 > 0 ? $0 : 0 }
    case .mish: loop(count, x, y) { Kernels.mish($0) }
    case .silu: loop(count, x, y) { $0 * Kernels.sigmoid($0) }
    case .absolute: loop(count, x, y) { $0 < 0 ? -$0 : $0 }
    case .sign: loop(count, x, y) { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) }
    case .step: loop(count, x, y) { $0 > 0 ? 1 : 0 }
    case .sine: loop(count, x, y) { S.sine($0) }
    case .cosine: loop(count, x, y) { S.cosine($0) }
    }
  }

  @inline(__always)
  static func mapGradient<S: ElementaryFunctions>(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<S>, _ g: UnsafePointer<S>,
    _ y: UnsafeMutablePointer<S>
  ) {
    switch function {
    case .mish: loop(count, x, g, y) { $1 * Kernels.mishDerivative($0) }
    case .silu:
      loop(count, x, g, y) { x, g in
        let s = Kernels.sigmoid(x)
        return g * (s * (1 + x * (1 - s)))
      }
    case .relu: loop(count, x, g, y) { $0 > 0 ? $1 : 0 }
    case .sigmoid:
      loop(count, x, g, y) { x, g in
        let s = Kernels.sigmoid(x)
        return g * (s * (1 - s))
      }
    case .tanh:
      loop(count, x, g, y) { x, g in
        let t = S.hyperbolicTangent(x)
        return g * (1 - t * t)
      }
    case .softplus: loop(count, x, g, y) { $1 * Kernels.sigmoid($0) }
    default: preconditionFailure("function (\(function)) has no fused gradient")
    }
  }

  @inline(__always)
  static func affine<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ scale: S, _ offset: S, _ y: UnsafeMutablePointer<S>
  ) {
    loop(count, x, y) { $0 * scale + offset }
  }

  @inline(__always)
  static func accumulate<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ scale: S, _ y: UnsafeMutablePointer<S>
  ) {
    Parallel.chunks(of: count, grain: grain) { range in
      if scale == 1 {
        for i in range { y[i] += x[i] }
      } else {
        for i in range { y[i] += scale * x[i] }
      }
    }
  }
}

extension Float {
  public static func map(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.map(function, count, x, y) }

  public static func mapGradient(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.mapGradient(function, count, x, g, y) }

  public static func affine(
    _ count: Int, _ x: UnsafePointer<Float>, scale: Float, offset: Float,
    _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.affine(count, x, scale, offset, y) }

  public static func accumulate(
    _ count: Int, _ x: UnsafePointer<Float>, scale: Float, _ y: UnsafeMutablePointer<Float>
  ) { Elementwise.accumulate(count, x, scale, y) }
}

extension Double {
  public static func map(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.map(function, count, x, y) }

  public static func mapGradient(
    _ function: UnaryFunction, _ count: Int, _ x: UnsafePointer<Double>,
    _ g: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.mapGradient(function, count, x, g, y) }

  public static func affine(
    _ count: Int, _ x: UnsafePointer<Double>, scale: Double, offset: Double,
    _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.affine(count, x, scale, offset, y) }

  public static func accumulate(
    _ count: Int, _ x: UnsafePointer<Double>, scale: Double, _ y: UnsafeMutablePointer<Double>
  ) { Elementwise.accumulate(count, x, scale, y) }
}
