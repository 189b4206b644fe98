import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Random words of the operating system's generator (getentropy, which Linux answers with
/// getrandom), drawn 256 bytes at a time: the most that one call gives.
struct SecureWords {
  private var page = [UInt64](repeating: 0, count: 32)
  private var left = 0

  mutating func next() -> UInt64 {
    if left == 0 {
      Self.fill(&page)
      left = page.count
    }
    left -= 1
    defer { page[left] = 0 }
    return page[left]
  }

  /// Uniform in [0, 1), 53 bits.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal (Box-Muller, one of the pair).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  private static func fill(_ page: inout [UInt64]) {
    page.withUnsafeMutableBytes { bytes in
      // Without a generator there is no privacy: nothing may be released.
      let status = getentropy(bytes.baseAddress!, bytes.count)
      precondition(status == 0, "getentropy failed (errno \(errno))")
    }
  }
}
