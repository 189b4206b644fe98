/// Batch normalisation over [batch, channel, space] with the moments of the batch.
///
/// With x̂ = (x - μ) / √(σ² + ε), μ and the biased σ² per channel over batch and space:
/// y = scale x̂ + shift. Ioffe and Szegedy 2015, doi:10.48550/arXiv.1502.03167.
public protocol BatchNormalizationKernels {
  /// `moments` receives μ and σ², [channel, 2].
  static func batchNorm(
    _ geometry: BatchNormGeometry, _ x: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    shift: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>,
    moments: UnsafeMutablePointer<Self>)

  /// With m = batch · space: shift' = Σ g, scale' = Σ g x̂, and
  /// x' = scale (g - shift' / m - x̂ scale' / m) / √(σ² + ε).
  static func batchNormGradient(
    _ geometry: BatchNormGeometry, _ x: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    moments: UnsafePointer<Self>, _ g: UnsafePointer<Self>,
    inputGradient: UnsafeMutablePointer<Self>, scaleGradient: UnsafeMutablePointer<Self>,
    shiftGradient: UnsafeMutablePointer<Self>)
}

/// Sizes of a batch normalisation.
public struct BatchNormGeometry: Hashable, Sendable {
  public var batch, channels, space: Int
  public var epsilon: Double

  public init(batch: Int, channels: Int, space: Int, epsilon: Double) {
    self.batch = batch
    self.channels = channels
    self.space = space
    self.epsilon = epsilon
  }

  /// Numbers of one channel.
  public var members: Int { batch * space }
}

enum BatchNormalization {
  /// One channel: a run of `space` numbers in every example.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func forwardChannel<S: KernelScalar>(
    _ g: BatchNormGeometry, _ channel: Int, _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>,
    _ shift: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>, _ moments: UnsafeMutablePointer<S>
  ) {
    let step = g.channels * g.space
    let first = x + channel * g.space
    var total: S = 0
    for n in 0..<g.batch { total += Reductions.sum(g.space, first + n * step) }
    let mean = total / S(g.members)
    var spread: S = 0
    for n in 0..<g.batch { spread += GroupNormalization.spread(g.space, first + n * step, mean) }
    let variance = spread / S(g.members)
    moments[2 * channel] = mean
    moments[2 * channel + 1] = variance
    let a = scale[channel] / (variance + S(g.epsilon)).squareRoot()
    let b = shift[channel] - mean * a
    for n in 0..<g.batch {
      let from = first + n * step
      let to = y + channel * g.space + n * step
      for i in 0..<g.space { to[i] = from[i] * a + b }
    }
  }

  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func backwardChannel<S: KernelScalar>(
    _ g: BatchNormGeometry, _ channel: Int, _ x: UnsafePointer<S>, _ scale: UnsafePointer<S>,
    _ moments: UnsafePointer<S>, _ upstream: UnsafePointer<S>, _ dx: UnsafeMutablePointer<S>,
    _ dscale: UnsafeMutablePointer<S>, _ dshift: UnsafeMutablePointer<S>
  ) {
    let step = g.channels * g.space
    let mean = moments[2 * channel]
    let inverse = 1 / (moments[2 * channel + 1] + S(g.epsilon)).squareRoot()
    let center = SIMD16<S>(repeating: mean)
    var total: S = 0
    var product: S = 0
    for n in 0..<g.batch {
      let from = x + channel * g.space + n * step
      let up = upstream + channel * g.space + n * step
      total += Reductions.sum(g.space, up)
      // Σ g (x - μ) from centred x: no cancellation against the mean.
      product += Reductions.fold(g.space) {
        let d = UnsafeRawPointer(from + $0).loadUnaligned(as: SIMD16<S>.self) - center
        return d * UnsafeRawPointer(up + $0).loadUnaligned(as: SIMD16<S>.self)
      } tail: {
        (from[$0] - mean) * up[$0]
      }
    }
    dshift[channel] = total
    dscale[channel] = product * inverse
    let a = inverse * scale[channel]
    let offset = total / S(g.members)
    let slope = product * inverse * inverse / S(g.members)
    for n in 0..<g.batch {
      let from = x + channel * g.space + n * step
      let up = upstream + channel * g.space + n * step
      let to = dx + channel * g.space + n * step
      for i in 0..<g.space { to[i] = a * (up[i] - offset - (from[i] - mean) * slope) }
    }
  }

  @inline(__always)
  static func each(_ g: BatchNormGeometry, _ body: (Int) -> Void) {
    Parallel.chunks(of: g.channels, grain: max(1, Elementwise.grain / max(1, g.members))) { range in
      for channel in range { body(channel) }
    }
  }
}

extension Float {
  public static func batchNorm(
    _ g: BatchNormGeometry, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    moments: UnsafeMutablePointer<Float>
  ) {
    BatchNormalization.each(g) {
      BatchNormalization.forwardChannel(g, $0, x, scale, shift, y, moments)
    }
  }

  public static func batchNormGradient(
    _ geometry: BatchNormGeometry, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    moments: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, scaleGradient: UnsafeMutablePointer<Float>,
    shiftGradient: UnsafeMutablePointer<Float>
  ) {
    BatchNormalization.each(geometry) {
      BatchNormalization.backwardChannel(
        geometry, $0, x, scale, moments, g, inputGradient, scaleGradient, shiftGradient)
    }
  }
}

extension Double {
  public static func batchNorm(
    _ g: BatchNormGeometry, _ x: UnsafePointer<Double>, scale: UnsafePointer<Double>,
    shift: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    moments: UnsafeMutablePointer<Double>
  ) {
    BatchNormalization.each(g) {
      BatchNormalization.forwardChannel(g, $0, x, scale, shift, y, moments)
    }
  }

  public static func batchNormGradient(
    _ geometry: BatchNormGeometry, _ x: UnsafePointer<Double>, scale: UnsafePointer<Double>,
    moments: UnsafePointer<Double>, _ g: UnsafePointer<Double>,
    inputGradient: UnsafeMutablePointer<Double>, scaleGradient: UnsafeMutablePointer<Double>,
    shiftGradient: UnsafeMutablePointer<Double>
  ) {
    BatchNormalization.each(geometry) {
      BatchNormalization.backwardChannel(
        geometry, $0, x, scale, moments, g, inputGradient, scaleGradient, shiftGradient)
    }
  }
}
