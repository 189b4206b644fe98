/// Pooling over windows of planes, and its adjoints.
enum Pooling {
  @inline(__always)
  static func maximum<S: KernelScalar>(
    _ g: PoolingGeometry, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ positions: UnsafeMutablePointer<Int32>
  ) {
    let grain = max(1, Elementwise.grain / max(1, g.height * g.width))
    let outputs = g.outputHeight * g.outputWidth
    let padded = paddedWidth(g)
    Parallel.chunks(of: g.planes, grain: grain) { range in
      withRows(of: S.self, g, padded) { best, place in
        for plane in range {
          maximumOfPlane(
            g, padded, x + plane * g.height * g.width, y + plane * outputs,
            positions + plane * outputs, best, place)
        }
      }
    }
  }

  /// Columns of a row with its padding.
  static func paddedWidth(_ g: PoolingGeometry) -> Int {
    max(g.width + 2 * g.padding, (g.outputWidth - 1) * g.stride + g.size)
  }

  /// Memory for `maximumOfPlane`; columns outside the image hold -∞ and lose.
  @inline(__always)
  static func withRows<S: KernelScalar>(
    of: S.Type, _ g: PoolingGeometry, _ padded: Int,
    _ body: (_ best: UnsafeMutablePointer<S>, _ place: UnsafeMutablePointer<Int32>) -> Void
  ) {
    let best = UnsafeMutablePointer<S>.allocate(capacity: 2 * padded + g.stride)
    let place = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * padded + g.stride)
    defer {
      best.deallocate()
      place.deallocate()
    }
    best.update(repeating: -S.infinity, count: padded)
    place.update(repeating: Int32.max, count: padded)
    body(best, place)
  }

  /// Maxima along columns, then along rows of these: all loops are branch-free. Among equal
  /// numbers the smallest position wins, which is the first one in reading order; a NaN wins over
  /// every number. `best` and `place` have room for two padded rows.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func maximumOfPlane<S: KernelScalar>(
    _ g: PoolingGeometry, _ padded: Int, _ source: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ positions: UnsafeMutablePointer<Int32>, _ best: UnsafeMutablePointer<S>,
    _ place: UnsafeMutablePointer<Int32>
  ) {
    let (height, width, extent) = (g.outputHeight, g.outputWidth, g.width)
    let columnBest = best + g.padding
    let columnPlace = place + g.padding
    // Every stride-th column side by side, one run for each remainder.
    let run = (padded + g.stride - 1) / g.stride
    let runBest = best + padded
    let runPlace = place + padded
    for row in 0..<height {
      let top = max(0, row * g.stride - g.padding)
      let bottom = min(g.height, row * g.stride - g.padding + g.size)
      columnBest.update(from: source + top * extent, count: extent)
      let first = Int32(truncatingIfNeeded: top &* extent)
      for j in 0..<extent { columnPlace[j] = first &+ Int32(truncatingIfNeeded: j) }
      for i in (top + 1)..<max(top + 1, bottom) {
        let line = source + i * extent
        let start = Int32(truncatingIfNeeded: i &* extent)
        for j in 0..<extent {
          let value = line[j]
          let held = columnBest[j]
          let larger = value > held || value != value
          columnBest[j] = larger ? value : held
          columnPlace[j] = larger ? start &+ Int32(truncatingIfNeeded: j) : columnPlace[j]
        }
      }
      for phase in 0..<g.stride {
        let count = (padded - phase + g.stride - 1) / g.stride
        let to = runBest + phase * run
        let toPlace = runPlace + phase * run
        for k in 0..<max(0, count) {
          to[k] = best[k &* g.stride &+ phase]
          toPlace[k] = place[k &* g.stride &+ phase]
        }
      }
      let target = y + row * width
      let targetPlace = positions + row * width
      target.update(from: runBest, count: width)
      targetPlace.update(from: runPlace, count: width)
      for j in 1..<max(1, g.size) {
        let candidates = runBest + (j % g.stride) * run + j / g.stride
        let candidatePlaces = runPlace + (j % g.stride) * run + j / g.stride
        for column in 0..<width {
          let value = candidates[column]
          let at = candidatePlaces[column]
          let held = target[column]
          let heldAt = targetPlace[column]
          let larger = value > held || value != value || (value == held && at < heldAt)
          target[column] = larger ? value : held
          targetPlace[column] = larger ? at : heldAt
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

  /// The mean over 2x2 windows side by side, of one plane; sums in the order of `windows`.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func averageOfPairs<S: KernelScalar>(
    _ g: PoolingGeometry, _ share: S, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>
  ) {
    let width = g.outputWidth
    for row in 0..<g.outputHeight {
      let upper = x + 2 * row * g.width
      let lower = upper + g.width
      let to = y + row * width
      for l in 0..<width {
        let first = 0 + upper[2 &* l] + upper[2 &* l &+ 1]
        to[l] = (first + lower[2 &* l] + lower[2 &* l &+ 1]) * share
      }
    }
  }

  /// The adjoint of `averageOfPairs`, added to a plane.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func spreadOverPairs<S: KernelScalar>(
    _ g: PoolingGeometry, _ share: S, _ y: UnsafePointer<S>, _ x: UnsafeMutablePointer<S>
  ) {
    let width = g.outputWidth
    for row in 0..<g.outputHeight {
      let from = y + row * width
      for line in [2 * row, 2 * row + 1] {
        let to = x + line * g.width
        for l in 0..<width {
          let value = from[l] * share
          to[2 &* l] += value
          to[2 &* l &+ 1] += value
        }
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
        if g.size == 2 && g.stride == 2 && g.padding == 0 {
          averageOfPairs(g, share, source, target)
          continue
        }
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
        if g.size == 2 && g.stride == 2 && g.padding == 0 {
          spreadOverPairs(g, share, source, target)
          continue
        }
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
