/// Squared distances in Float, with bounds on the exact ones.
///
/// A sum of d terms that are not negative, each of them rounded three times, is off by at most
/// γ_n = n u / (1 − n u) of itself, where n counts the roundings on the longest way of a term into
/// the sum and u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1). What
/// falls below the normal numbers adds at most 2^-149 a term.
enum CoarseDistance {
  /// ‖a − b‖², ‖a − c‖², ‖a − e‖², ‖a − f‖²: vectors that lie far apart in memory arrive together.
  @inline(never)
  static func four(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
    _ e: UnsafePointer<Float>, _ f: UnsafePointer<Float>, _ d: Int
  ) -> SIMD4<Float> {
    var sums = (SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>())
    var k = 0
    while k &+ 16 <= d {
      let x = load(a + k)
      let (p, q, r, s) = (x - load(b + k), x - load(c + k), x - load(e + k), x - load(f + k))
      sums.0 += p * p
      sums.1 += q * q
      sums.2 += r * r
      sums.3 += s * s
      k &+= 16
    }
    var totals = SIMD4(total(sums.0), total(sums.1), total(sums.2), total(sums.3))
    while k < d {
      let differences = SIMD4(repeating: a[k]) - SIMD4(b[k], c[k], e[k], f[k])
      totals += differences * differences
      k &+= 1
    }
    return totals
  }

  /// Bounds on the exact squared distance of d terms, given the one in Float.
  @inline(__always)
  static func bounds(_ square: Float, _ d: Int) -> (lower: Double, upper: Double) {
    guard square.isFinite else { return (0, .infinity) }
    // Sums along lanes, the tree of 16, the terms beyond, and three roundings of a term.
    let roundings = Double(d / 16 + 4 + d % 16 + 3) * 0x1p-24
    let relative = roundings / (1 - roundings)
    let absolute = Double(d) * 0x1p-149
    let value = Double(square)
    // Twice 2^-52 for the roundings in here.
    return (
      value / (1 + relative) * (1 - 0x1p-51) - absolute,
      value / (1 - relative) * (1 + 0x1p-51) + absolute
    )
  }

  @inline(__always)
  private static func load(_ x: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD16<Float>.self)
  }

  @inline(__always)
  private static func total(_ x: SIMD16<Float>) -> Float {
    let eight = x.lowHalf + x.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
