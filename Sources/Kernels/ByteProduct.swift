import COneDNN

/// Inner products of vectors of signed bytes, and vectors rounded to bytes at random.
///
/// Bytes are multiplied about 1.6 times as fast as Floats on AVX-512 without its byte extension and
/// more with it. The products are exact integers.
public enum ByteProduct {
  /// Bytes run from −limit to limit.
  ///
  /// Processors without dot products of bytes add two products of a byte raised by 128 and a byte
  /// in 16 bits, which saturate: 2 (128 + 79) 79 = 32,706 is below 2^15.
  public static let limit = 79
  /// Longest vectors: 32 bits hold depth · limit².
  public static let longest = Int(Int32.max) / (limit * limit)

  /// Whether the library multiplies bytes with vector instructions here, and exactly.
  public static let isAvailable: Bool = {
    let isa = String(cString: lightbox_onednn_isa())
    guard isa == "avx512" || isa == "avx2" else { return false }
    let (rows, depth) = (48, 200)
    for (x, y) in [(limit, limit), (limit, -limit), (-limit, -limit)] {
      let a = [Int8](repeating: Int8(x), count: rows * depth)
      let b = [Int8](repeating: Int8(y), count: rows * depth)
      var c = [Int32](repeating: 0, count: rows * rows)
      let isDone = multiply(rows: rows, columns: rows, depth: depth, a, depth, b, depth, &c, rows)
      guard isDone, c.allSatisfy({ $0 == Int32(x * y * depth) }) else { return false }
    }
    return true
  }()

  /// C = A Bᵀ of A [rows, depth] and B [columns, depth], row-major, on the calling thread.
  ///
  /// - Returns: false where the library refused.
  @discardableResult
  public static func multiply(
    rows: Int, columns: Int, depth: Int, _ a: UnsafePointer<Int8>, _ aStride: Int,
    _ b: UnsafePointer<Int8>, _ bStride: Int, _ c: UnsafeMutablePointer<Int32>, _ cStride: Int
  ) -> Bool {
    precondition(depth <= longest, "depth (\(depth)) must be at most \(longest)")
    return lightbox_byte_product(
      Int64(rows), Int64(columns), Int64(depth), a, Int64(aStride), b, Int64(bStride), c,
      Int64(cStride)) == 0
  }

  /// Rounds numbers from −`limit` to `limit` up or down to bytes, with expectations equal to the
  /// numbers within 2^-16.
  ///
  /// With q = ⌊count / 4⌋, number w q + i takes word w of block i of the stream.
  public static func round(
    _ values: UnsafePointer<Float>, count: Int, stream: RandomStream,
    into target: UnsafeMutablePointer<Int8>
  ) {
    let key = (
      UInt32(truncatingIfNeeded: stream.key), UInt32(truncatingIfNeeded: stream.key &>> 32)
    )
    let whole = count / 4
    let (second, third, fourth) = (whole, 2 &* whole, 3 &* whole)
    for i in 0..<whole {
      let words = Philox.words((UInt32(truncatingIfNeeded: i), 0, 0, 0), key: key)
      target[i] = rounded(values[i], words.0)
      target[second &+ i] = rounded(values[second &+ i], words.1)
      target[third &+ i] = rounded(values[third &+ i], words.2)
      target[fourth &+ i] = rounded(values[fourth &+ i], words.3)
    }
    let last = Philox.words((UInt32(truncatingIfNeeded: whole), 0, 0, 0), key: key)
    for (i, word) in zip(4 * whole..<count, [last.0, last.1, last.2]) {
      target[i] = rounded(values[i], word)
    }
  }

  @inline(__always)
  private static func rounded(_ value: Float, _ word: UInt32) -> Int8 {
    // A uniform number of [−½, ½), and the nearest whole number as the low bits of 3 · 2^22 + it.
    let shift = Float(bitPattern: 0x3F80_0000 | word &>> 9) - 1.5
    return Int8(truncatingIfNeeded: ((value + shift) + 12_582_912).bitPattern)
  }
}
