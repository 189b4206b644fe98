/// Group normalisation, activation and max-pooling in the same passes.
///
/// The normalised plane is never written to memory: each one is pooled from a scratch line of
/// the cache, and only the maxima and their places are kept. On the way back all elements but the
/// maxima have gradient 0 behind the normalisation, so the activation's derivative is taken at these alone.
/// Formulas as in `GroupNormalization`.
enum PooledNormalization {
  @inline(__always)
  static func forward<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ pool: PoolingGeometry, _ x: UnsafePointer<S>,
    _ scale: UnsafePointer<S>, _ shift: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ positions: UnsafeMutablePointer<Int32>, _ moments: UnsafeMutablePointer<S>
  ) {
    let members = g.channels / g.groups * g.space
    let grain = max(1, Elementwise.grain / max(1, members))
    let padded = Pooling.paddedWidth(pool)
    Parallel.chunks(of: g.batch * g.groups, grain: grain) { range in
      Pooling.withRows(of: S.self, pool, padded) { best, place in
        let plane = UnsafeMutablePointer<S>.allocate(capacity: g.space)
        defer { plane.deallocate() }
        for item in range {
          forwardGroup(
            g, pool, padded, item, x, scale, shift, y, positions, moments, plane, best, place)
        }
      }
    }
  }

  /// One group of one example; `plane` holds one normalised channel.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func forwardGroup<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ pool: PoolingGeometry, _ padded: Int, _ item: Int,
    _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>, _ shift: UnsafePointer<S>,
    _ y: UnsafeMutablePointer<S>, _ positions: UnsafeMutablePointer<Int32>,
    _ moments: UnsafeMutablePointer<S>, _ plane: UnsafeMutablePointer<S>,
    _ best: UnsafeMutablePointer<S>, _ place: UnsafeMutablePointer<Int32>
  ) {
    let width = g.channels / g.groups
    let space = g.space
    let outputs = pool.outputHeight * pool.outputWidth
    let source = x + item * width * space
    let (mean, inverse) = GroupNormalization.moments(g, source)
    moments[2 * item] = mean
    moments[2 * item + 1] = inverse
    let first = (item % g.groups) * width
    for member in 0..<width {
      let a = inverse * scale[first + member]
      let b = shift[first + member] - mean * a
      let from = source + member * space
      GroupNormalization.activate(g.activation, space, from, a, b, plane)
      let target = (item * width + member) * outputs
      Pooling.maximumOfPlane(pool, padded, plane, y + target, positions + target, best, place)
    }
  }

  @inline(__always)
  static func backward<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ outputs: Int, _ x: UnsafePointer<S>,
    _ scale: UnsafePointer<S>, _ shift: UnsafePointer<S>, _ moments: UnsafePointer<S>,
    _ positions: UnsafePointer<Int32>, _ upstream: UnsafePointer<S>,
    _ inputGradient: UnsafeMutablePointer<S>?, _ scaleGradient: UnsafeMutablePointer<S>,
    _ shiftGradient: UnsafeMutablePointer<S>
  ) {
    let width = g.channels / g.groups
    let grain = max(1, Elementwise.grain / max(1, width * g.space))
    Parallel.chunks(of: g.batch * g.groups, grain: grain) { range in
      let scratch = UnsafeMutablePointer<S>.allocate(capacity: (width + 1) * outputs)
      defer { scratch.deallocate() }
      for item in range {
        backwardGroup(
          g, outputs, item, x, scale, shift, moments, positions, upstream, inputGradient,
          scaleGradient, shiftGradient, scratch)
      }
    }
  }

  /// One group of one example; `scratch` holds the picked x of one channel and u of all.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func backwardGroup<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ outputs: Int, _ item: Int, _ x: UnsafePointer<S>,
    _ scale: UnsafePointer<S>, _ shift: UnsafePointer<S>, _ moments: UnsafePointer<S>,
    _ positions: UnsafePointer<Int32>, _ upstream: UnsafePointer<S>,
    _ inputGradient: UnsafeMutablePointer<S>?, _ scaleGradient: UnsafeMutablePointer<S>,
    _ shiftGradient: UnsafeMutablePointer<S>, _ scratch: UnsafeMutablePointer<S>
  ) {
    let width = g.channels / g.groups
    let space = g.space
    let members = width * space
    let source = x + item * members
    let mean = moments[2 * item]
    let inverse = moments[2 * item + 1]
    let first = (item % g.groups) * width
    let row = item * width
    let picked = scratch
    var meanOfU: S = 0
    var meanOfUX: S = 0
    for member in 0..<width {
      let a = inverse * scale[first + member]
      let b = shift[first + member] - mean * a
      let from = source + member * space
      let at = positions + (row + member) * outputs
      let up = upstream + (row + member) * outputs
      let u = scratch + (member + 1) * outputs
      for i in 0..<outputs { picked[i] = from[Int(at[i])] }
      GroupNormalization.throughActivation(g.activation, outputs, picked, a, b, up, u)
      for i in 0..<outputs { picked[i] -= mean }
      let sum = Reductions.sum(outputs, u)
      let product = Reductions.dot(outputs, picked, u) * inverse
      shiftGradient[row + member] = sum
      scaleGradient[row + member] = product
      meanOfU += sum * scale[first + member]
      meanOfUX += product * scale[first + member]
    }
    guard let inputGradient else { return }
    meanOfU /= S(members)
    meanOfUX /= S(members)
    let slope = -inverse * inverse * meanOfUX
    let offset = -inverse * meanOfU
    for member in 0..<width {
      let a = inverse * scale[first + member]
      let from = source + member * space
      let to = inputGradient + item * members + member * space
      let at = positions + (row + member) * outputs
      let u = scratch + (member + 1) * outputs
      for i in 0..<space { to[i] = (from[i] - mean) * slope + offset }
      for i in 0..<outputs { to[Int(at[i])] += u[i] * a }
    }
  }
}

extension Float {
  public static func pooledGroupNorm(
    _ geometry: GroupNormGeometry, _ pooling: PoolingGeometry, _ x: UnsafePointer<Float>,
    scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    positions: UnsafeMutablePointer<Int32>, moments: UnsafeMutablePointer<Float>
  ) { PooledNormalization.forward(geometry, pooling, x, scale, shift, y, positions, moments) }

  public static func pooledGroupNormGradient(
    _ geometry: GroupNormGeometry, outputs: Int, _ x: UnsafePointer<Float>,
    scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, moments: UnsafePointer<Float>,
    positions: UnsafePointer<Int32>, _ g: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?, scaleGradient: UnsafeMutablePointer<Float>,
    shiftGradient: UnsafeMutablePointer<Float>
  ) {
    PooledNormalization.backward(
      geometry, outputs, x, scale, shift, moments, positions, g, inputGradient, scaleGradient,
      shiftGradient)
  }
}

extension Double {
  public static func pooledGroupNorm(
    _ geometry: GroupNormGeometry, _ pooling: PoolingGeometry, _ x: UnsafePointer<Double>,
    scale: UnsafePointer<Double>, shift: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    positions: UnsafeMutablePointer<Int32>, moments: UnsafeMutablePointer<Double>
  ) { PooledNormalization.forward(geometry, pooling, x, scale, shift, y, positions, moments) }

  public static func pooledGroupNormGradient(
    _ geometry: GroupNormGeometry, outputs: Int, _ x: UnsafePointer<Double>,
    scale: UnsafePointer<Double>, shift: UnsafePointer<Double>, moments: UnsafePointer<Double>,
    positions: UnsafePointer<Int32>, _ g: UnsafePointer<Double>,
    inputGradient: UnsafeMutablePointer<Double>?, scaleGradient: UnsafeMutablePointer<Double>,
    shiftGradient: UnsafeMutablePointer<Double>
  ) {
    PooledNormalization.backward(
      geometry, outputs, x, scale, shift, moments, positions, g, inputGradient, scaleGradient,
      shiftGradient)
  }
}
