import Foundation

/// Memory of tensors, kept between uses, so that the intermediates of a training step are not handed
/// back to the system and faulted in again at every step.
///
/// Large blocks are cut from one growing range of addresses (`MemoryRegion`), where what lies free
/// serves any size: the range grows no further than what is in use at once needs, and passes over
/// layers of many sizes move no pages. Small blocks have a free list for each size class, a power of
/// two divided in four. Blocks are aligned to 64 bytes. Safe from any thread.
public final class MemoryPool: @unchecked Sendable {
  public static let shared = MemoryPool()

  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Free small blocks, by size class.
  private var small = [[UnsafeMutableRawPointer]](repeating: [], count: firstLarge)
  private var region = MemoryRegion()
  /// The class of 64 KiB; larger blocks come from the region.
  private static let firstLarge = 64

  public init() { pthread_mutex_init(lock, nil) }

  deinit {
    drain()
    region.close()
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// The class of a size.
  private static func sizeClass(_ bytes: Int) -> Int {
    let size = max(64, bytes)
    let power = Int.bitWidth - 1 - size.leadingZeroBitCount  // 2^power ≤ size
    let quarter = 1 << (power - 2)
    return power * 4 + (size - (1 << power) + quarter - 1) / quarter
  }

  /// The bytes of the blocks of a class.
  private static func classBytes(_ index: Int) -> Int {
    (1 << (index / 4)) + index % 4 * (1 << (index / 4 - 2))
  }

  /// A block of at least the given size, not initialised.
  public func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let index = Self.sizeClass(bytes)
    pthread_mutex_lock(lock)
    let found = index < Self.firstLarge ? small[index].popLast() : region.take(bytes)
    pthread_mutex_unlock(lock)
    if let found { return found }
    return SystemMemory.allocate(index < Self.firstLarge ? Self.classBytes(index) : bytes)
  }

  /// Returns a block; `bytes` is the size that it was taken with.
  public func give(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    let index = Self.sizeClass(bytes)
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if index < Self.firstLarge {
      small[index].append(block)
    } else if !region.give(block, bytes) {
      SystemMemory.free(block, bytes)
    }
  }

  /// Bytes of the range that large blocks come from, in use or free: the most that was ever needed
  /// at once, and what lay between.
  public var extent: Int {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return region.top
  }

  /// Hands what lies free in the shared pool, and the kernels' workspaces, back to the system.
  public static func drainAll() {
    shared.drain()
    Workspaces.shared.drain()
  }

  /// Hands what lies free back to the system.
  public func drain() {
    pthread_mutex_lock(lock)
    for (index, blocks) in small.enumerated() {
      for block in blocks { SystemMemory.free(block, Self.classBytes(index)) }
      small[index] = []
    }
    region.drain()
    pthread_mutex_unlock(lock)
  }
}
