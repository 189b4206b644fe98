/// The Philox4x32-10 counter-based generator.
///
/// A pure function from a 128-bit counter and a 64-bit key to 128 random bits: ten rounds of
/// two 32 × 32 → 64 bit multiplications, with the key bumped by Weyl constants between rounds.
/// Known answers are in `Tests/KernelsTests`.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
/// doi:10.1145/2063384.2063405.
public enum Philox {
  /// One block of four 32-bit words.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    let (a, b, c, d) = words(
      (counter[0], counter[1], counter[2], counter[3]), key: (key[0], key[1]))
    return SIMD4(a, b, c, d)
  }

  /// The same block as four numbers: a loop over counters becomes vector code.
  @inlinable @inline(__always)
  static func words(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for round in 0..<10 {
      if round > 0 {
        k.0 &+= 0x9E37_79B9
        k.1 &+= 0xBB67_AE85
      }
      let first = UInt64(c.0) &* 0xD251_1F53
      let second = UInt64(c.2) &* 0xCD9E_8D57
      c = (
        UInt32(truncatingIfNeeded: second &>> 32) ^ c.1 ^ k.0,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first &>> 32) ^ c.3 ^ k.1,
        UInt32(truncatingIfNeeded: first)
      )
    }
    return c
  }
}
