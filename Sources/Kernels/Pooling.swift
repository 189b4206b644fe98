/// Pooling over windows of planes, and its adjoints.
enum Pooling {
  /// Columns first, then rows of the columns' maxima: both loops are branch-free. Among equal
  /// numbers the smallest position wins, which is the first one in reading order; a NaN wins over
  /// every number.
  @inline(__always)
  static func maximum<S: KernelScalar>(
    _ g: PoolingGeometry, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ positions: UnsafeMutablePointer<Int32>
  ) {
    let (height, width) = (g.outputHeight, g.outputWidth)
    let grain = max(1, Elementwise.grain / max(1, g.height * g.width))
    // Columns outside the image hold -∞ and lose.
    let padded = max(g.width + 2 * g.padding, (width - 1) * g.stride + g.size)
    Parallel.chunks(of: g.planes, grain: grain) { range in
      let best = UnsafeMutablePointer<S>.allocate(capacity: padded)
      let place = UnsafeMutablePointer<Int32>.allocate(capacity: padded)
      defer {
        best.deallocate()
        place.deallocate()
      }
      best.update(repeating: -S.infinity, count: padded)
      place.update(repeating: Int32.max, count: padded)
      for plane in range {
        let source = x + plane * g.height * g.width
        for row in 0..<height {
          let top = max(0, row * g.stride - g.padding)
          let bottom = min(g.height, row * g.stride - g.padding + g.size)
          let columnBest = best + g.padding
          let columnPlace = place + g.padding
          columnBest.update(from: source + top * g.width, count: g.width)
          let first = Int32(truncatingIfNeeded: top &* g.width)
          for j in 0..<g.width { columnPlace[j] = first &+ Int32(truncatingIfNeeded: j) }
          for i in (top + 1)..<max(top + 1, bottom) {
            let line = source + i * g.width
            let start = Int32(truncatingIfNeeded: i &* g.width)
            for j in 0..<g.width {
              let value = line[j]
              let held = columnBest[j]
              let larger = value > held || value != value
              columnBest[j] = larger ? value : held
              columnPlace[j] = larger ? start &+ Int32(truncatingIfNeeded: j) : columnPlace[j]
            }
          }
          let target = y + (plane &* height &+ row) &* width
          let targetPlace = positions + (plane &* height &+ row) &* width
          for column in 0..<width {
            target[column] = best[column &* g.stride]
            targetPlace[column] = place[column &* g.stride]
          }
          for j in 1..<max(1, g.size) {
            let candidates = best + j
            let candidatePlaces = place + j
            for column in 0..<width {
              let value = candidates[column &* g.stride]
              let at = candidatePlaces[column &* g.stride]
              let held = target[column]
              let heldAt = targetPlace[column]
              let larger = value > held || value != value || (value == held && at < heldAt)
              target[column] = larger ? value : held
              targetPlace[column] = larger ? at : heldAt
            }
          }
        }
      }
    }
  }

  @inline(__always)
  static func gather<S: KernelScalar>(
    _ planes: Int, _ source: Int, _ target: Int, _ x: UnsafePointer<S>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<S>
  ) {
    for plane in 0..<planes {
      let from = x + plane * source
      let to = y + plane * target
      let at = positions + plane * target
      for i in 0..<target { to[i] = from[Int(at[i])] }
    }
  }

  @inline(__always)
  static func scatter<S: KernelScalar>(
    _ planes: Int, _ source: Int, _ target: Int, _ x: UnsafePointer<S>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<S>
  ) {
    let grain = max(1, Elementwise.grain / max(1, target))
    Parallel.chunks(of: planes, grain: grain) { range in
      for plane in range {
        let from = x + plane * source
        let to = y + plane * target
        let at = positions + plane * source
        to.update(repeating: 0, count: target)
        for i in 0..<source { to[Int(at[i])] += from[i] }
      }
    }
  }

  @inline(__always)
  static func windows(
    _ g: PoolingGeometry, _ body: (_ output: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    for row in 0..<g.outputHeight {
      let top = row * g.stride - g.padding
      for column in 0..<g.outputWidth {
        let left = column * g.stride - g.padding
        body(
          row * g.outputWidth + column, max(0, top)..<min(g.height, top + g.size),
          max(0, left)..<min(g.width, left + g.size))
      }
    }
  }

  @inline(__always)
  static func average<S: KernelScalar>(
    _ g: PoolingGeometry, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    let share = 1 / S(g.size * g.size)
    Parallel.chunks(of: g.planes, grain: 16) { range in
      for plane in range {
        let source = x + plane * g.height * g.width
        let target = y + plane * g.outputHeight * g.outputWidth
        windows(g) { output, rows, columns in
          var total: S = 0
          for i in rows { for j in columns { total += source[i * g.width + j] } }
          target[output] = total * share
        }
      }
    }
  }

  @inline(__always)
  static func averageGradient<S: KernelScalar>(
    _ g: PoolingGeometry, _ upstream: UnsafePointer<S>, _ x: UnsafeMutablePointer<S>
  ) {
    let share = 1 / S(g.size * g.size)
    Parallel.chunks(of: g.planes, grain: 16) { range in
      for plane in range {
        let source = upstream + plane * g.outputHeight * g.outputWidth
        let target = x + plane * g.height * g.width
        target.update(repeating: 0, count: g.height * g.width)
        windows(g) { output, rows, columns in
          let value = source[output] * share
          for i in rows { for j in columns { target[i * g.width + j] += value } }
        }
      }
    }
  }
}

extension Float {
  public static func maxPool(
    _ geometry: PoolingGeometry, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ positions: UnsafeMutablePointer<Int32>
  ) { Pooling.maximum(geometry, x, y, positions) }

  public static func gatherPlanes(
    planes: Int, source: Int, target: Int, _ x: UnsafePointer<Float>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<Float>
  ) { Pooling.gather(planes, source, target, x, positions, y) }

  public static func scatterPlanes(
    planes: Int, source: Int, target: Int, _ x: UnsafePointer<Float>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<Float>
  ) { Pooling.scatter(planes, source, target, x, positions, y) }

  public static func averagePool(
    _ geometry: PoolingGeometry, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) { Pooling.average(geometry, x, y) }

  public static func averagePoolGradient(
    _ geometry: PoolingGeometry, _ g: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>
  ) { Pooling.averageGradient(geometry, g, x) }
}

extension Double {
  public static func maxPool(
    _ geometry: PoolingGeometry, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    _ positions: UnsafeMutablePointer<Int32>
  ) { Pooling.maximum(geometry, x, y, positions) }

  public static func gatherPlanes(
    planes: Int, source: Int, target: Int, _ x: UnsafePointer<Double>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<Double>
  ) { Pooling.gather(planes, source, target, x, positions, y) }

  public static func scatterPlanes(
    planes: Int, source: Int, target: Int, _ x: UnsafePointer<Double>,
    _ positions: UnsafePointer<Int32>, _ y: UnsafeMutablePointer<Double>
  ) { Pooling.scatter(planes, source, target, x, positions, y) }

  public static func averagePool(
    _ geometry: PoolingGeometry, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) { Pooling.average(geometry, x, y) }

  public static func averagePoolGradient(
    _ geometry: PoolingGeometry, _ g: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>
  ) { Pooling.averageGradient(geometry, g, x) }
}
