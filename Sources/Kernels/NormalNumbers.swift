/// Standard normal numbers of Float from random words, by the Box-Muller transform.
///
/// Two words a, b give the pair
///
///     r cos φ, r sin φ   with  r = √(-2 ln u),  u = a · 2^-32 + 2^-33,  φ = 2π b / 2^32
///
/// where u is rounded to Float, so 0 < u ≤ 1 and |r| ≤ 6.77. The quadrant of φ is taken out in
/// integers; logarithm, sine and cosine are branch-free polynomials, so the loops below become
/// vector code. Each number is within 6 ulp of the formula, and has the same bits wherever the
/// polynomials have: on every x86-64 CPU.
///
/// Source: Box and Muller 1958, doi:10.1214/aoms/1177706645; polynomials of Cephes (S. Moshier).
package enum NormalNumbers {
  /// The pair of two words.
  @inline(__always)
  static func pair(_ a: UInt32, _ b: UInt32) -> (Float, Float) {
    // Two exact halves, rounded once when added: Float(a), which is no vector instruction.
    let halves = (Int32(bitPattern: a &>> 16), Int32(bitPattern: a & 0xFFFF))
    let u = (Float(halves.0) * 65536 + Float(halves.1)) * 0x1p-32 + 0x1p-33
    let radius = (-2 * Float.logarithm(u)).squareRoot()
    // φ = (quadrant + rest) of a right angle each, rest in [-½, ½).
    let quadrant = (b &+ 0x2000_0000) &>> 30
    let rest = Int32(bitPattern: b &- (quadrant &<< 30))
    let x = Float(rest) * 1.462_918_079_267_159_6e-9  // 2π / 2^32
    let z = x * x
    var s: Float = -1.951_529_589_1e-4
    s = s * z + 8.332_160_873_6e-3
    s = s * z - 1.666_665_461_1e-1
    s = s * z * x + x
    var c: Float = 2.443_315_711_809_948e-5
    c = c * z - 1.388_731_625_493_765e-3
    c = c * z + 4.166_664_568_298_827e-2
    c = c * z * z - 0.5 * z + 1
    let odd = quadrant & 1 != 0
    let cosine = (odd ? s : c).bitPattern ^ (((quadrant &+ 1) & 2) &<< 30)
    let sine = (odd ? c : s).bitPattern ^ ((quadrant & 2) &<< 30)
    return (radius * Float(bitPattern: cosine), radius * Float(bitPattern: sine))
  }

  /// Normal numbers from as many words, in pairs; `count` must be even.
  package static func fill(
    _ target: UnsafeMutablePointer<Float>, from words: UnsafePointer<UInt32>, count: Int
  ) {
    precondition(count % 2 == 0, "count (\(count)) must be even")
    for i in 0..<(count / 2) {
      let (first, second) = pair(words[2 &* i], words[2 &* i &+ 1])
      target[2 &* i] = first
      target[2 &* i &+ 1] = second
    }
  }

  /// Four numbers from each of `blocks` successive Philox blocks, times `scale`.
  @inline(never)
  static func fill(
    _ target: UnsafeMutablePointer<Float>, blocks: Int, from first: UInt64, key: UInt64,
    scale: Float
  ) {
    precondition(blocks < 1 << 32, "blocks (\(blocks)) must be fewer than 2^32")
    let key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    let start = (UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first >> 32))
    for i in 0..<blocks {
      let low = start.0 &+ UInt32(truncatingIfNeeded: i)
      let words = Philox.words((low, start.1 &+ (low < start.0 ? 1 : 0), 0, 0), key: key)
      let (a, b) = pair(words.0, words.1)
      let (c, d) = pair(words.2, words.3)
      target[4 &* i] = scale * a
      target[4 &* i &+ 1] = scale * b
      target[4 &* i &+ 2] = scale * c
      target[4 &* i &+ 3] = scale * d
    }
  }
}
