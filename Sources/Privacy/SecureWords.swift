import CSystemRandom
import Foundation
import Kernels

#if canImport(Glibc)
  import Glibc
#endif

/// Random words of the operating system's generator, read up to 64 KiB at a time and erased as
/// they are used.
struct SecureWords {
  private static let pageWords = 8192

  private var page: [UInt64]
  private var left = 0

  /// A source that will be asked for about `expected` words: it reads no more at once.
  init(expecting expected: Int) {
    page = [UInt64](repeating: 0, count: min(Self.pageWords, max(1, expected)))
  }

  mutating func next() -> UInt64 {
    if left == 0 {
      page.withUnsafeMutableBytes { Self.fill($0) }
      left = page.count
    }
    left -= 1
    defer { page[left] = 0 }
    return page[left]
  }

  /// Uniform in [0, 1), 53 bits.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Fills memory from the operating system's generator (getrandom on Linux).
  static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    #if canImport(Glibc)
      var done = 0
      while done < bytes.count {
        let count = getrandom(bytes.baseAddress! + done, bytes.count - done, 0)
        if count < 0 && errno == EINTR { continue }
        // Without a generator there is no privacy: nothing may be released.
        precondition(count > 0, "getrandom failed (errno \(errno))")
        done += count
      }
    #else
      arc4random_buf(bytes.baseAddress!, bytes.count)
    #endif
  }

  /// Calls `body` with standard normal numbers for 0..<count, a chunk at a time, chunks on any
  /// thread.
  ///
  /// A number is the sum of four Box-Muller normals of different radii divided by 2.
  static func normals(
    count: Int, _ body: (_ range: Range<Int>, _ numbers: UnsafePointer<Float>) -> Void
  ) {
    let grain = pageWords / 2  // numbers of four 32-bit words: one page
    Parallel.chunks(of: count, grain: grain) { range in
      let size = 4 * range.count
      let words = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
      let parts = UnsafeMutablePointer<Float>.allocate(capacity: size)
      fill(UnsafeMutableRawBufferPointer(start: words, count: 4 * size))
      NormalNumbers.fill(parts, from: words, count: size)
      // Four draws from far apart: neighbours share a radius, and would be one draw, not two.
      let n = range.count
      for i in 0..<n {
        let sum = (parts[i] + parts[i &+ n]) + (parts[i &+ 2 &* n] + parts[i &+ 3 &* n])
        parts[i] = 0.5 * sum
      }
      body(range, parts)
      words.update(repeating: 0, count: size)
      parts.update(repeating: 0, count: size)
      words.deallocate()
      parts.deallocate()
    }
  }
}
