import Foundation

/// Blocks cut from one range of addresses that grows at its end: best fit, and free neighbours are
/// joined.
///
/// Addresses are reserved once and for all, memory is used as far as the range has grown. A gap is
/// never handed back while less than `capacity` lies free, so a pass that repeats the same sizes
/// finds its pages where it left them. Not safe from several threads at once.
struct MemoryRegion {
  /// Free bytes from `start` on, counted from the base.
  private struct Gap {
    var start: Int
    var size: Int
    var end: Int { start + size }
  }

  private var base: UnsafeMutableRawPointer?
  private var reserved = 0
  /// Bytes that may be read and written.
  private var opened = 0
  /// The end of the last block or gap.
  private(set) var top = 0
  /// By rising start; no two touch.
  private var gaps: [Gap] = []
  private var free = 0

  private static let page = 4096
  /// Grown in steps of this size.
  private static let step = 64 << 20
  private static let capacity = 1 << 30

  private static func wholePages(_ bytes: Int) -> Int { (bytes + page - 1) & ~(page - 1) }

  /// A block of at least the given size; nil where the range cannot hold it.
  mutating func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let size = Self.wholePages(bytes)
    var best = -1
    for place in gaps.indices where gaps[place].size >= size {
      if best < 0 || gaps[place].size < gaps[best].size { best = place }
    }
    if best < 0 {
      guard let start = grow(by: size) else { return nil }
      return base! + start
    }
    let start = gaps[best].start
    gaps[best].start += size
    gaps[best].size -= size
    free -= size
    if gaps[best].size == 0 { gaps.remove(at: best) }
    return base! + start
  }

  /// Takes a block back; false where it is none of this range.
  mutating func give(_ block: UnsafeMutableRawPointer, _ bytes: Int) -> Bool {
    guard let base, block >= base, block < base + reserved else { return false }
    let size = Self.wholePages(bytes)
    let start = block - base
    // The first gap behind the block.
    var low = 0
    var high = gaps.count
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].start < start { low = middle + 1 } else { high = middle }
    }
    var joined = low
    if low > 0 && gaps[low - 1].end == start {
      joined = low - 1
      gaps[joined].size += size
    } else {
      gaps.insert(Gap(start: start, size: size), at: low)
    }
    if joined + 1 < gaps.count && gaps[joined].end == gaps[joined + 1].start {
      gaps[joined].size += gaps[joined + 1].size
      gaps.remove(at: joined + 1)
    }
    free += size
    if free > Self.capacity { release(gaps[joined]) }
    return true
  }

  /// Gives all addresses back, those of blocks still in use too.
  mutating func close() {
    if let base, reserved > 0 { munmap(base, reserved) }
    self = MemoryRegion()
  }

  /// Hands the memory of all gaps back to the system.
  mutating func drain() {
    for gap in gaps { release(gap) }
    if let last = gaps.last, last.end == top {
      top = last.start
      free -= last.size
      gaps.removeLast()
    }
  }

  /// The addresses stay; the memory behind them is gone until they are written again.
  private func release(_ gap: Gap) { madvise(base! + gap.start, gap.size, Int32(MADV_DONTNEED)) }

  /// Where a block of `size` begins that ends beyond `top`: in the last gap, if that reaches the top.
  private mutating func grow(by size: Int) -> Int? {
    if base == nil { reserve() }
    let last = gaps.last.flatMap { $0.end == top ? $0 : nil }
    let start = last?.start ?? top
    guard start + size <= reserved else { return nil }
    if start + size > opened {
      let end = min(reserved, (start + size + Self.step - 1) / Self.step * Self.step)
      guard mprotect(base! + opened, end - opened, PROT_READ | PROT_WRITE) == 0 else { return nil }
      opened = end
    }
    if let last {
      free -= last.size
      gaps.removeLast()
    }
    top = start + size
    return start
  }

  /// Reserves addresses, as many as the system grants, in huge pages where it grants them.
  private mutating func reserve() {
    let hugePage = 2 << 20
    var asked = 1 << 38
    while asked >= Self.step {
      let made = mmap(nil, asked, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
      if let made, made != MAP_FAILED {
        let first = UnsafeMutableRawPointer(
          bitPattern: (UInt(bitPattern: made) + UInt(hugePage) - 1) & ~(UInt(hugePage) - 1))!
        base = first
        reserved = (asked - (first - made)) / Self.step * Self.step
        #if os(Linux)
          madvise(first, reserved, 14)  // MADV_HUGEPAGE; a refusal costs time alone
        #endif
        return
      }
      asked /= 2
    }
    base = UnsafeMutableRawPointer(bitPattern: Self.page)
  }
}
