import Kernels

/// One axis of the distance map: every line f of the grid becomes
///
///     g(p) = min_q f(q) + s² (p − q)²
///
/// Of two candidates q < r, r gains on q as p rises: f(r) + s² (p − r)² − f(q) − s² (p − q)² falls
/// with p. So the place of the minimum never moves back, and the minima of every second p bound
/// those between: halving the distance of the p again and again takes O(count · log count) for a
/// line. Sixteen lines that lie side by side share their bounds and are done at once.
///
/// Rounding: a sum errs by at most 2^-23 of itself, and so may a choice lose at each halving,
/// because what a wrong choice excludes is nowhere better than by what it was better there.
/// Reference: Aggarwal et al. 1987, doi:10.1007/BF01840359, on totally monotone matrices.
struct AxisPass {
  let count: Int
  /// Between neighbours on a line, in numbers.
  let stride: Int
  /// s in mm, or 1.
  let step: Double

  /// What becomes of squares after the last axis: scale · √g, negative on `inside`.
  struct Finish {
    let scale: Float
    let inside: UnsafePointer<Bool>?
  }

  typealias Lanes = SIMD16<Float>
  private static let width = 16

  /// Lines start at `squares` + o · outerStride + x for o in 0..<outer and x in 0..<width.
  func run(
    _ squares: UnsafeMutablePointer<Float>, outer: Int, outerStride: Int, width: Int,
    finish: Finish?
  ) {
    // s² (p − q)² at p − q + count.
    let parabola = (-count...count).map { Float(step * step * Double($0 * $0)) }
    let bundles = (width + Self.width - 1) / Self.width
    parabola.withUnsafeBufferPointer { parabola in
      nonisolated(unsafe) let (data, finish) = (squares, finish)
      nonisolated(unsafe) let parabola = parabola.baseAddress! + count
      let grain = max(1, (1 << 16) / max(1, count * Self.width))
      Parallel.chunks(of: outer * bundles, grain: grain) { range in
        let search = LineSearch(count, parabola)
        defer { search.deallocate() }
        for part in range {
          let first = part / bundles * outerStride + part % bundles * Self.width
          let lanes = min(Self.width, width - part % bundles * Self.width)
          for p in 0..<count { search.values[p] = Self.load(data + first + p * stride, lanes) }
          search.run { p, best in
            let place = first + p * stride
            let target = data + place
            if lanes == Self.width {
              UnsafeMutableRawPointer(target).storeBytes(of: best, as: Lanes.self)
            } else {
              for lane in 0..<lanes { target[lane] = best[lane] }
            }
            guard let finish else { return }
            for lane in 0..<lanes { target[lane] = finish.scale * target[lane].squareRoot() }
            if let inside = finish.inside {
              let flags = inside + place
              for lane in 0..<lanes {
                target[lane] = flags[lane] ? 0 - target[lane] : target[lane]
              }
            }
          }
        }
      }
    }
  }

  /// Lanes that are not there count as empty lines.
  @inline(__always)
  private static func load(_ source: UnsafePointer<Float>, _ lanes: Int) -> Lanes {
    if lanes == width { return UnsafeRawPointer(source).loadUnaligned(as: Lanes.self) }
    var row = Lanes(repeating: .infinity)
    for lane in 0..<lanes { row[lane] = source[lane] }
    return row
  }
}

/// The minima of sixteen lines.
private struct LineSearch {
  let count: Int
  /// s² k² at k.
  let parabola: UnsafePointer<Float>
  /// f at each place.
  let values: UnsafeMutablePointer<AxisPass.Lanes>
  /// The least and largest place of a minimum over the lanes, for p done already.
  private let lows: UnsafeMutablePointer<Int32>
  private let highs: UnsafeMutablePointer<Int32>

  init(_ count: Int, _ parabola: UnsafePointer<Float>) {
    self.count = count
    self.parabola = parabola
    values = .allocate(capacity: count)
    lows = .allocate(capacity: count)
    highs = .allocate(capacity: count)
  }

  func deallocate() {
    values.deallocate()
    lows.deallocate()
    highs.deallocate()
  }

  /// Calls `body` with the minima of every p.
  @inline(__always)
  func run(_ body: (_ p: Int, _ best: AxisPass.Lanes) -> Void) {
    var least = values[0]
    for p in 1..<max(1, count) {
      least.replace(with: values[p], where: values[p] .< least)
    }
    let empty = least .== .infinity
    if all(empty) {
      for p in 0..<count { body(p, least) }
      return
    }
    body(0, minimum(0, 0, count &- 1, empty, keep: true))
    var gap = 1
    while 2 * gap < count { gap *= 2 }
    while gap > 0 {
      var p = gap
      while p < count {
        let low = Int(lows[p &- gap])
        let high = p &+ gap < count ? Int(highs[p &+ gap]) : count &- 1
        body(p, minimum(p, low, high, empty, keep: gap > 1))
        p &+= 2 &* gap
      }
      gap /= 2
    }
  }

  /// The minima over q in low...high, whose places are kept for the p between.
  @inline(__always)
  private func minimum(
    _ p: Int, _ low: Int, _ high: Int, _ empty: SIMDMask<SIMD16<Int32>>, keep: Bool
  ) -> AxisPass.Lanes {
    var best = values[low] + parabola[p &- low]
    if !keep {
      for q in low &+ 1..<max(low &+ 1, high &+ 1) {
        let value = values[q] + parabola[p &- q]
        best.replace(with: value, where: value .< best)
      }
      return best
    }
    var place = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: low))
    for q in low &+ 1..<max(low &+ 1, high &+ 1) {
      let value = values[q] + parabola[p &- q]
      let isLess = value .< best
      best.replace(with: value, where: isLess)
      place.replace(
        with: SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: q)), where: isLess)
    }
    // Empty lines bound nothing.
    let lowest = place.replacing(with: Int32.max, where: empty)
    let highest = place.replacing(with: -1, where: empty)
    var (a, b) = (
      pointwiseMin(lowest.lowHalf, lowest.highHalf), pointwiseMax(highest.lowHalf, highest.highHalf)
    )
    (a.lowHalf, b.lowHalf) = (
      pointwiseMin(a.lowHalf, a.highHalf), pointwiseMax(b.lowHalf, b.highHalf)
    )
    lows[p] = min(min(a[0], a[1]), min(a[2], a[3]))
    highs[p] = max(max(b[0], b[1]), max(b[2], b[3]))
    return best
  }
}
