import Foundation

/// Blocks of memory from the system, aligned to 64 bytes and not initialised.
///
/// Large ones are mapped by themselves, in huge pages where the system grants them: fewer page
/// faults, fewer misses of the address cache, and a block given back leaves no hole in a heap.
enum SystemMemory {
  /// The size of a huge page of x86-64, and the least size of a mapping of its own.
  private static let hugePage = 2 << 20

  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    #if os(Linux)
      if bytes >= hugePage { return map(bytes) }
    #endif
    return .allocate(byteCount: bytes, alignment: 64)
  }

  /// Gives back a block; `bytes` is the size that it was allocated with.
  static func free(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      if bytes >= hugePage {
        munmap(block, wholePages(bytes))
        return
      }
    #endif
    block.deallocate()
  }

  #if os(Linux)
    private static func wholePages(_ bytes: Int) -> Int { (bytes + 4095) & ~4095 }

    /// A mapping that starts at a huge page: one page too many is asked for, and the ends that
    /// stick out are returned.
    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
      let wanted = wholePages(bytes)
      let asked = wanted + hugePage
      guard
        let made = mmap(nil, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        made != MAP_FAILED
      else {
        fatalError(
          "no memory: \(bytes >> 20) MiB were refused; use smaller batches or close other programs")
      }
      let start = UnsafeMutableRawPointer(
        bitPattern: (UInt(bitPattern: made) + UInt(hugePage) - 1) & ~(UInt(hugePage) - 1))!
      let before = start - made
      if before > 0 { munmap(made, before) }
      let after = asked - before - wanted
      if after > 0 { munmap(start + wanted, after) }
      madvise(start, wanted, 14)  // MADV_HUGEPAGE; a refusal costs time alone
      return start
    }
  #endif
}
