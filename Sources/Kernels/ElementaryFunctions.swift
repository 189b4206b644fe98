import Foundation

/// The elementary functions that elementwise loops are written with.
///
/// Float has branch-free polynomials, which the compiler turns into vector code (Cephes'
/// minimax coefficients, S. Moshier); Double calls the C library. Every fused multiply-add is
/// written out and the compiler forms no other, so the Float functions give the same bits on every
/// x86-64 CPU; those without such an instruction are slow.
protocol ElementaryFunctions: KernelScalar {
  static func exponential(_ x: Self) -> Self
  /// e^x; of Float for -87 ≤ x ≤ 87, beyond which x is held there.
  static func boundedExponential(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func sine(_ x: Self) -> Self
  static func cosine(_ x: Self) -> Self
  /// log(1 + x) for x ≥ 0, accurate for small x.
  static func logarithmOfOnePlus(_ x: Self) -> Self
  /// Where tanh(softplus(x)) is 1 to the last bit.
  static var mishCeiling: Self { get }
}

extension Float: ElementaryFunctions {
  /// e^x, within 2 ulp; values below 2^-125 are flushed to 0, NaN stays NaN.
  @inline(__always)
  static func exponential(_ x: Float) -> Float {
    let high: Float = 88.72284
    let low: Float = -86.64
    var clamped = x > high ? high : x
    clamped = clamped < low ? low : clamped
    let (fraction, shifted) = split(clamped)
    // 2^(n-1) · 2: n may be 128.
    let half = Float(bitPattern: (shifted.bitPattern &<< 23) &+ 0x3F00_0000)
    var result = fraction * half * 2
    result = x > high ? Float.infinity : result
    result = x < low ? 0 : result
    return result
  }

  /// e^x where the power of two that it holds is a normal number: fewer steps, the same bits.
  @inline(__always)
  static func boundedExponential(_ x: Float) -> Float {
    var clamped = x > 87 ? 87 : x
    clamped = clamped < -87 ? -87 : clamped
    let (fraction, shifted) = split(clamped)
    return fraction * Float(bitPattern: (shifted.bitPattern &<< 23) &+ 0x3F80_0000)
  }

  /// e^x = fraction · 2^n, with the integer n in the low bits of `shifted`.
  @inline(__always)
  private static func split(_ x: Float) -> (fraction: Float, shifted: Float) {
    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
    let magic: Float = 12_582_912
    let shifted = magic.addingProduct(x, 1.442_695_040_888_963_4)
    let n = shifted - magic
    var r = x.addingProduct(n, -0.693_359_375)
    r = r.addingProduct(n, 2.121_944_4e-4)
    var p: Float = 1.987_569_15e-4
    p = step(p, r, 1.398_199_950_7e-3)
    p = step(p, r, 8.333_451_907_3e-3)
    p = step(p, r, 4.166_579_589_4e-2)
    p = step(p, r, 1.666_666_545_9e-1)
    p = step(p, r, 5.000_000_120_1e-1)
    return (r.addingProduct(p, r * r) + 1, shifted)
  }

  /// A step of Horner's scheme: p r + c, rounded once.
  @inline(__always)
  private static func step(_ p: Float, _ r: Float, _ c: Float) -> Float { c.addingProduct(p, r) }

  /// ln x, within 2 ulp for normal x; 0 gives -∞, negative numbers NaN.
  @inline(__always)
  static func logarithm(_ x: Float) -> Float {
    let tiny = x < Float.leastNormalMagnitude
    let scaled = tiny ? x * 0x1p23 : x
    let bits = scaled.bitPattern
    // Mantissa in [√½, √2).
    let shifted = bits &- 0x3F35_04F3
    let exponent = Int32(bitPattern: shifted) &>> 23
    let m = Float(bitPattern: bits &- (UInt32(bitPattern: exponent) &<< 23))
    let e = Float(exponent) - (tiny ? 23 : 0)
    let r = m - 1
    let z = r * r
    var p: Float = 7.037_683_629_2e-2
    p = step(p, r, -1.151_461_031_0e-1)
    p = step(p, r, 1.167_699_874_0e-1)
    p = step(p, r, -1.242_014_084_6e-1)
    p = step(p, r, 1.424_932_278_7e-1)
    p = step(p, r, -1.666_805_766_5e-1)
    p = step(p, r, 2.000_071_476_5e-1)
    p = step(p, r, -2.499_999_399_3e-1)
    p = step(p, r, 3.333_333_117_4e-1)
    var y = p * r * z
    y = y.addingProduct(e, -2.121_944_40e-4)
    y = y.addingProduct(z, -0.5)
    var result = (r + y).addingProduct(e, 0.693_359_375)
    result = x == Float.infinity ? x : result
    result = x == 0 ? -Float.infinity : result
    result = x < 0 ? Float.nan : result
    result = x != x ? x : result
    return result
  }

  /// tanh x, within 3 ulp.
  @inline(__always)
  static func hyperbolicTangent(_ x: Float) -> Float {
    let a = x < 0 ? -x : x
    let large = 1 - 2 / (exponential(2 * a) + 1)
    let z = x * x
    var p: Float = -5.704_988_727_45e-3
    p = step(p, z, 2.063_908_879_54e-2)
    p = step(p, z, -5.373_971_555_31e-2)
    p = step(p, z, 1.333_144_188_77e-1)
    p = step(p, z, -3.333_328_228_15e-1)
    let small = x.addingProduct(p * z, x)
    let signed = x < 0 ? -large : large
    return a < 0.625 ? small : signed
  }

  @inline(__always)
  static func sine(_ x: Float) -> Float { sinf(x) }
  @inline(__always)
  static func cosine(_ x: Float) -> Float { cosf(x) }

  @inline(__always)
  static func logarithmOfOnePlus(_ x: Float) -> Float {
    let w = 1 + x
    return logarithm(w) + (x - (w - 1)) / w
  }

  static var mishCeiling: Float { 20 }
}

extension Double: ElementaryFunctions {
  @inline(__always)
  static func exponential(_ x: Double) -> Double { Foundation.exp(x) }
  @inline(__always)
  static func boundedExponential(_ x: Double) -> Double { Foundation.exp(x) }
  @inline(__always)
  static func logarithm(_ x: Double) -> Double { Foundation.log(x) }
  @inline(__always)
  static func hyperbolicTangent(_ x: Double) -> Double { Foundation.tanh(x) }
  @inline(__always)
  static func sine(_ x: Double) -> Double { Foundation.sin(x) }
  @inline(__always)
  static func cosine(_ x: Double) -> Double { Foundation.cos(x) }
  @inline(__always)
  static func logarithmOfOnePlus(_ x: Double) -> Double { Foundation.log1p(x) }
  static var mishCeiling: Double { 40 }
}

/// 1 / (1 + e^-x).
@inline(__always)
func sigmoid<S: ElementaryFunctions>(_ x: S) -> S { 1 / (1 + S.boundedExponential(-x)) }

/// x / (1 + e^-x).
@inline(__always)
func silu<S: ElementaryFunctions>(_ x: S) -> S { x / (1 + S.boundedExponential(-x)) }

/// log(1 + e^x) = max(x, 0) + log1p(e^-|x|).
@inline(__always)
func softplus<S: ElementaryFunctions>(_ x: S) -> S {
  let a = x < 0 ? x : -x
  return (x > 0 ? x : 0) + S.logarithmOfOnePlus(S.exponential(a))
}

/// x tanh(softplus(x)). With e = e^x and n = e (e + 2), tanh(softplus(x)) = n / (n + 2).
@inline(__always)
func mish<S: ElementaryFunctions>(_ x: S) -> S {
  let ceiling = S.mishCeiling
  let e = S.exponential(x > ceiling ? ceiling : x)
  let n = e * (e + 2)
  return x * (n / (n + 2))
}

/// d mish / dx = t + x · 4 e (1 + e) / (n + 2)².
@inline(__always)
func mishDerivative<S: ElementaryFunctions>(_ x: S) -> S {
  let ceiling = S.mishCeiling
  let e = S.exponential(x > ceiling ? ceiling : x)
  let n = e * (e + 2)
  let q = 1 / (n + 2)
  let slope = 4 * e * (1 + e) * q * q
  return n * q + (x > ceiling ? 0 : x * slope)
}

/// d silu / dx = σ (1 + x (1 - σ)).
@inline(__always)
func siluDerivative<S: ElementaryFunctions>(_ x: S) -> S {
  let s = sigmoid(x)
  return s * (1 + x * (1 - s))
}
