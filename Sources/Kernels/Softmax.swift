/// Softmax of rows, as attention needs it.
public protocol SoftmaxKernels {
  /// y[r, i] = e^(x[r, i]) / Σ_j e^(x[r, j]), the largest number of a row taken out first.
  static func softmax(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)

  /// d[r, i] = y[r, i] (g[r, i] - Σ_j g[r, j] y[r, j]): the gradient at x, from the result y.
  static func softmaxGradient(
    rows: Int, width: Int, _ y: UnsafePointer<Self>, _ g: UnsafePointer<Self>,
    _ d: UnsafeMutablePointer<Self>)
}

enum Softmax {
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func row<S: ElementaryFunctions>(
    _ width: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    var largest = -S.infinity
    for i in 0..<width { largest = x[i] > largest ? x[i] : largest }
    for i in 0..<width { y[i] = S.exponential(x[i] - largest) }
    let share = 1 / Reductions.sum(width, y)
    for i in 0..<width { y[i] *= share }
  }

  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func rowGradient<S: KernelScalar>(
    _ width: Int, _ y: UnsafePointer<S>, _ g: UnsafePointer<S>, _ d: UnsafeMutablePointer<S>
  ) {
    let mean = Reductions.dot(width, g, y)
    for i in 0..<width { d[i] = y[i] * (g[i] - mean) }
  }

  @inline(__always)
  static func each(_ rows: Int, _ width: Int, _ body: (Int) -> Void) {
    Parallel.chunks(of: rows, grain: max(1, Elementwise.grain / max(1, width))) { range in
      for row in range { body(row * width) }
    }
  }
}

extension Float {
  public static func softmax(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) { Softmax.each(rows, width) { Softmax.row(width, x + $0, y + $0) } }

  public static func softmaxGradient(
    rows: Int, width: Int, _ y: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    _ d: UnsafeMutablePointer<Float>
  ) { Softmax.each(rows, width) { Softmax.rowGradient(width, y + $0, g + $0, d + $0) } }
}

extension Double {
  public static func softmax(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) { Softmax.each(rows, width) { Softmax.row(width, x + $0, y + $0) } }

  public static func softmaxGradient(
    rows: Int, width: Int, _ y: UnsafePointer<Double>, _ g: UnsafePointer<Double>,
    _ d: UnsafeMutablePointer<Double>
  ) { Softmax.each(rows, width) { Softmax.rowGradient(width, y + $0, g + $0, d + $0) } }
}
