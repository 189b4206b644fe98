/// Group normalisation and its gradient in two passes each over the data, with the activation
/// fused in.
///
/// With x̂ = (x - μ) / √(σ² + ε) per example and group (σ² biased): y = activation(scale x̂ + shift).
/// Wu and He, "Group Normalization", 2018, doi:10.48550/arXiv.1803.08494; Mish: Misra 2019,
/// doi:10.48550/arXiv.1908.08681.
enum GroupNormalization {
  /// `moments` receives μ and 1 / √(σ² + ε), [batch, groups, 2].
  @inline(__always)
  static func forward<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>,
    _ shift: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>, _ moments: UnsafeMutablePointer<S>
  ) {
    let members = g.channels / g.groups * g.space
    let grain = max(1, Elementwise.grain / max(1, members))
    Parallel.chunks(of: g.batch * g.groups, grain: grain) { range in
      for item in range { forwardGroup(g, item, x, scale, shift, y, moments) }
    }
  }

  /// One group of one example.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func forwardGroup<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ item: Int, _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>,
    _ shift: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>, _ moments: UnsafeMutablePointer<S>
  ) {
    let width = g.channels / g.groups
    let members = width * g.space
    let space = g.space
    let source = x + item * members
    let target = y + item * members
    let (mean, inverse) = Self.moments(g, source)
    moments[2 * item] = mean
    moments[2 * item + 1] = inverse
    let first = (item % g.groups) * width
    for member in 0..<width {
      let a = inverse * scale[first + member]
      let b = shift[first + member] - mean * a
      let from = source + member * space
      let to = target + member * space
      activate(g.activation, space, from, a, b, to)
    }
  }

  /// y = activation(a x + b).
  @inline(__always)
  static func activate<S: ElementaryFunctions>(
    _ activation: GroupNormGeometry.Activation, _ count: Int, _ x: UnsafePointer<S>, _ a: S,
    _ b: S, _ y: UnsafeMutablePointer<S>
  ) {
    switch activation {
    case .none: for i in 0..<count { y[i] = x[i] * a + b }
    case .mish: for i in 0..<count { y[i] = mish(x[i] * a + b) }
    case .silu: for i in 0..<count { y[i] = silu(x[i] * a + b) }
    case .leakyReLU(let slope):
      let slope = S(slope)
      for i in 0..<count {
        let z = x[i] * a + b
        y[i] = z > 0 ? z : slope * z
      }
    }
  }

  /// u = g activation'(a x + b).
  @inline(__always)
  static func throughActivation<S: ElementaryFunctions>(
    _ activation: GroupNormGeometry.Activation, _ count: Int, _ x: UnsafePointer<S>, _ a: S,
    _ b: S, _ g: UnsafePointer<S>, _ u: UnsafeMutablePointer<S>
  ) {
    switch activation {
    case .none: u.update(from: g, count: count)
    case .mish: for i in 0..<count { u[i] = g[i] * mishDerivative(x[i] * a + b) }
    case .silu: for i in 0..<count { u[i] = g[i] * siluDerivative(x[i] * a + b) }
    case .leakyReLU(let slope):
      let slope = S(slope)
      for i in 0..<count { u[i] = x[i] * a + b > 0 ? g[i] : slope * g[i] }
    }
  }

  /// μ and 1 / √(σ² + ε) of one group.
  @inline(__always)
  static func moments<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ source: UnsafePointer<S>
  ) -> (mean: S, inverse: S) {
    let members = g.channels / g.groups * g.space
    let mean = Reductions.sum(members, source) / S(members)
    let variance = spread(members, source, mean) / S(members)
    return (mean, 1 / (variance + S(g.epsilon)).squareRoot())
  }

  /// Σ (x - mean)².
  @inline(__always)
  static func spread<S: KernelScalar>(_ count: Int, _ x: UnsafePointer<S>, _ mean: S) -> S {
    let center = SIMD16<S>(repeating: mean)
    return Reductions.fold(count) {
      let d = UnsafeRawPointer(x + $0).loadUnaligned(as: SIMD16<S>.self) - center
      return d * d
    } tail: {
      let d = x[$0] - mean
      return d * d
    }
  }

  /// With u = g · activation'(scale x̂ + shift): shift' = Σ u, scale' = Σ u x̂ per example, and
  /// x' = (scale u - mean(scale u) - x̂ mean(scale u x̂)) / √(σ² + ε).
  @inline(__always)
  static func backward<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>,
    _ shift: UnsafePointer<S>, _ moments: UnsafePointer<S>, _ upstream: UnsafePointer<S>,
    _ inputGradient: UnsafeMutablePointer<S>?, _ scaleGradient: UnsafeMutablePointer<S>,
    _ shiftGradient: UnsafeMutablePointer<S>
  ) {
    let members = g.channels / g.groups * g.space
    let grain = max(1, Elementwise.grain / max(1, members))
    Parallel.chunks(of: g.batch * g.groups, grain: grain) { range in
      let scratch = UnsafeMutablePointer<S>.allocate(capacity: g.space)
      defer { scratch.deallocate() }
      for item in range {
        backwardGroup(
          g, item, x, scale, shift, moments, upstream, inputGradient, scaleGradient, shiftGradient,
          scratch)
      }
    }
  }

  /// One group of one example; `scratch` holds u where there is no input gradient to hold it.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func backwardGroup<S: ElementaryFunctions>(
    _ g: GroupNormGeometry, _ item: Int, _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>,
    _ shift: UnsafePointer<S>, _ moments: UnsafePointer<S>, _ upstream: UnsafePointer<S>,
    _ inputGradient: UnsafeMutablePointer<S>?, _ scaleGradient: UnsafeMutablePointer<S>,
    _ shiftGradient: UnsafeMutablePointer<S>, _ scratch: UnsafeMutablePointer<S>
  ) {
    let width = g.channels / g.groups
    let space = g.space
    let members = width * space
    let source = x + item * members
    let mean = moments[2 * item]
    let inverse = moments[2 * item + 1]
    let center = SIMD16<S>(repeating: mean)
    let first = (item % g.groups) * width
    let row = item * width  // = example · channels + first channel of the group
    var meanOfU: S = 0
    var meanOfUX: S = 0
    for member in 0..<width {
      let a = inverse * scale[first + member]
      let b = shift[first + member] - mean * a
      let from = source + member * space
      let up = upstream + item * members + member * space
      var u = up
      if g.activation != .none {
        let place = inputGradient.map { $0 + item * members + member * space } ?? scratch
        throughActivation(g.activation, space, from, a, b, up, place)
        u = UnsafePointer(place)
      }
      let sum = Reductions.sum(space, u)
      // Σ u x̂ from centred x: no cancellation against the mean.
      let product =
        Reductions.fold(space) {
          let d = UnsafeRawPointer(from + $0).loadUnaligned(as: SIMD16<S>.self) - center
          return d * UnsafeRawPointer(u + $0).loadUnaligned(as: SIMD16<S>.self)
        } tail: {
          (from[$0] - mean) * u[$0]
        } * inverse
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
      let u = g.activation != .none ? UnsafePointer(to) : upstream + item * members + member * space
      pass(space, from, u, a: a, mean: mean, slope: slope, offset: offset, to)
    }
  }

  /// y = u a + ((x - mean) slope + offset). In vectors by hand: y may be u itself, which keeps the
  /// compiler from doing it.
  @inline(__always)
  private static func pass<S: KernelScalar>(
    _ count: Int, _ x: UnsafePointer<S>, _ u: UnsafePointer<S>, a: S, mean: S, slope: S, offset: S,
    _ y: UnsafeMutablePointer<S>
  ) {
    let (a16, center) = (SIMD16<S>(repeating: a), SIMD16<S>(repeating: mean))
    let (slope16, offset16) = (SIMD16<S>(repeating: slope), SIMD16<S>(repeating: offset))
    var i = 0
    while i &+ 16 <= count {
      let d = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD16<S>.self) - center
      let v = UnsafeRawPointer(u + i).loadUnaligned(as: SIMD16<S>.self)
      UnsafeMutableRawPointer(y + i).storeBytes(
        of: v * a16 + (d * slope16 + offset16), as: SIMD16<S>.self)
      i &+= 16
    }
    while i < count {
      y[i] = u[i] * a + ((x[i] - mean) * slope + offset)
      i &+= 1
    }
  }
}

extension Float {
  public static func groupNorm(
    _ geometry: GroupNormGeometry, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    moments: UnsafeMutablePointer<Float>
  ) { GroupNormalization.forward(geometry, x, scale, shift, y, moments) }

  public static func groupNormGradient(
    _ geometry: GroupNormGeometry, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, moments: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?, scaleGradient: UnsafeMutablePointer<Float>,
    shiftGradient: UnsafeMutablePointer<Float>
  ) {
    GroupNormalization.backward(
      geometry, x, scale, shift, moments, g, inputGradient, scaleGradient, shiftGradient)
  }
}

extension Double {
  public static func groupNorm(
    _ geometry: GroupNormGeometry, _ x: UnsafePointer<Double>, scale: UnsafePointer<Double>,
    shift: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    moments: UnsafeMutablePointer<Double>
  ) { GroupNormalization.forward(geometry, x, scale, shift, y, moments) }

  public static func groupNormGradient(
    _ geometry: GroupNormGeometry, _ x: UnsafePointer<Double>, scale: UnsafePointer<Double>,
    shift: UnsafePointer<Double>, moments: UnsafePointer<Double>, _ g: UnsafePointer<Double>,
    inputGradient: UnsafeMutablePointer<Double>?, scaleGradient: UnsafeMutablePointer<Double>,
    shiftGradient: UnsafeMutablePointer<Double>
  ) {
    GroupNormalization.backward(
      geometry, x, scale, shift, moments, g, inputGradient, scaleGradient, shiftGradient)
  }
}
