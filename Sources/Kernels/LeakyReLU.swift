/// The rectifier that lets a share of negative numbers through.
public protocol LeakyReLUKernels {
  /// y[i] = x[i] for x[i] > 0, slope x[i] else.
  static func leakyReLU(
    _ count: Int, _ x: UnsafePointer<Self>, slope: Self, _ y: UnsafeMutablePointer<Self>)

  /// y[i] = g[i] for x[i] > 0, slope g[i] else: linear in g, and its own adjoint.
  static func leakyReLUGradient(
    _ count: Int, _ x: UnsafePointer<Self>, slope: Self, _ g: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)
}

enum LeakyReLU {
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func part<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ slope: S, _ g: UnsafePointer<S>,
    _ y: UnsafeMutablePointer<S>
  ) {
    for i in 0..<count { y[i] = x[i] > 0 ? g[i] : slope * g[i] }
  }

  @inline(__always)
  static func run<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ slope: S, _ g: UnsafePointer<S>,
    _ y: UnsafeMutablePointer<S>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      let low = range.lowerBound
      part(range.count, x + low, slope, g + low, y + low)
    }
  }
}

extension Float {
  public static func leakyReLU(
    _ count: Int, _ x: UnsafePointer<Float>, slope: Float, _ y: UnsafeMutablePointer<Float>
  ) { LeakyReLU.run(count, x, slope, x, y) }

  public static func leakyReLUGradient(
    _ count: Int, _ x: UnsafePointer<Float>, slope: Float, _ g: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { LeakyReLU.run(count, x, slope, g, y) }
}

extension Double {
  public static func leakyReLU(
    _ count: Int, _ x: UnsafePointer<Double>, slope: Double, _ y: UnsafeMutablePointer<Double>
  ) { LeakyReLU.run(count, x, slope, x, y) }

  public static func leakyReLUGradient(
    _ count: Int, _ x: UnsafePointer<Double>, slope: Double, _ g: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) { LeakyReLU.run(count, x, slope, g, y) }
}
