/// Sums in a fixed order: sixteen lanes of four accumulators folded by a fixed tree, so the
/// result depends on the data alone and not on threads or on the instruction set.
enum Reductions {
  /// Σ x[i] over contiguous numbers.
  @inline(__always)
  static func sum<S: KernelScalar>(_ count: Int, _ x: UnsafePointer<S>) -> S {
    fold(count) {
      UnsafeRawPointer(x + $0).loadUnaligned(as: SIMD16<S>.self)
    } tail: {
      x[$0]
    }
  }

  /// Σ a[i] b[i] over contiguous numbers.
  @inline(__always)
  static func dot<S: KernelScalar>(
    _ count: Int, _ a: UnsafePointer<S>, _ b: UnsafePointer<S>
  ) -> S {
    fold(count) {
      UnsafeRawPointer(a + $0).loadUnaligned(as: SIMD16<S>.self)
        * UnsafeRawPointer(b + $0).loadUnaligned(as: SIMD16<S>.self)
    } tail: {
      a[$0] * b[$0]
    }
  }

  @inline(__always)
  static func fold<S: KernelScalar>(
    _ count: Int, _ load: (Int) -> SIMD16<S>, tail: (Int) -> S
  ) -> S {
    var first = SIMD16<S>(repeating: 0)
    var second = first
    var i = 0
    while i &+ 32 <= count {
      first += load(i)
      second += load(i &+ 16)
      i &+= 32
    }
    if i &+ 16 <= count {
      first += load(i)
      i &+= 16
    }
    let lanes = first + second
    let eight = lanes.lowHalf + lanes.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    var total = two[0] + two[1]
    while i < count {
      total += tail(i)
      i &+= 1
    }
    return total
  }

  /// Σ a[i] b[i], products and sums of blocks in S, blocks added up in Double.
  @inline(__always)
  static func doubleDot<S: KernelScalar>(
    _ count: Int, _ a: UnsafePointer<S>, _ b: UnsafePointer<S>
  ) -> Double {
    var total = 0.0
    var i = 0
    while i < count {
      let block = min(1024, count - i)
      total += Double(dot(block, a + i, b + i))
      i += block
    }
    return total
  }

  @inline(__always)
  static func sum<S: KernelScalar>(
    _ outer: Int, _ reduced: Int, _ inner: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    let grain = max(1, Elementwise.grain / max(1, reduced * inner))
    Parallel.chunks(of: outer, grain: grain) { range in
      for o in range {
        let row = x + o * reduced * inner
        if inner == 1 {
          y[o] = sum(reduced, row)
          continue
        }
        let target = y + o * inner
        target.update(repeating: 0, count: inner)
        for r in 0..<reduced {
          let line = row + r * inner
          for i in 0..<inner { target[i] += line[i] }
        }
      }
    }
  }

  @inline(__always)
  static func maximum<S: KernelScalar>(
    _ outer: Int, _ reduced: Int, _ inner: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    let grain = max(1, Elementwise.grain / max(1, reduced * inner))
    Parallel.chunks(of: outer, grain: grain) { range in
      for o in range {
        let row = x + o * reduced * inner
        let target = y + o * inner
        target.update(repeating: -S.infinity, count: inner)
        for r in 0..<reduced {
          let line = row + r * inner
          for i in 0..<inner { target[i] = line[i] > target[i] ? line[i] : target[i] }
        }
      }
    }
  }
}

extension Float {
  public static func sum(
    outer: Int, reduced: Int, inner: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { Reductions.sum(outer, reduced, inner, x, y) }

  public static func maximum(
    outer: Int, reduced: Int, inner: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) { Reductions.maximum(outer, reduced, inner, x, y) }

  public static func dot(
    _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>
  ) -> Double { Reductions.doubleDot(count, a, b) }
}

extension Double {
  public static func sum(
    outer: Int, reduced: Int, inner: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) { Reductions.sum(outer, reduced, inner, x, y) }

  public static func maximum(
    outer: Int, reduced: Int, inner: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) { Reductions.maximum(outer, reduced, inner, x, y) }

  public static func dot(
    _ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>
  ) -> Double { Reductions.doubleDot(count, a, b) }
}
