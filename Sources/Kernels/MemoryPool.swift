import Foundation

/// Free lists of memory blocks by size class, so that the intermediates of a training step are
/// not handed back to the system and faulted in again at every step.
///
/// A size class is a power of two divided in four (at most a quarter is lost). At most
/// `capacity` bytes are kept; beyond it blocks are freed. Blocks are aligned to 64 bytes.
/// Safe from any thread.
public final class MemoryPool: @unchecked Sendable {
  public static let shared = MemoryPool()

  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var free = [[UnsafeMutableRawPointer]](repeating: [], count: 256)
  private var kept = 0
  private let capacity = 1 << 30

  private init() { pthread_mutex_init(lock, nil) }

  /// The class of a size and the bytes of its blocks.
  private static func sizeClass(_ bytes: Int) -> (index: Int, bytes: Int) {
    let size = max(64, bytes)
    let power = Int.bitWidth - 1 - size.leadingZeroBitCount  // 2^power ≤ size
    let quarter = 1 << (power - 2)
    let steps = (size - (1 << power) + quarter - 1) / quarter
    return (power * 4 + steps, (1 << power) + steps * quarter)
  }

  /// A block of at least the given size, not initialised.
  public func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let (index, size) = Self.sizeClass(bytes)
    pthread_mutex_lock(lock)
    let found = free[index].popLast()
    if found != nil { kept -= size }
    pthread_mutex_unlock(lock)
    return found ?? UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
  }

  /// Returns a block; `bytes` is the size that it was taken with.
  public func give(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    let (index, size) = Self.sizeClass(bytes)
    pthread_mutex_lock(lock)
    let room = kept + size <= capacity
    if room {
      free[index].append(block)
      kept += size
    }
    pthread_mutex_unlock(lock)
    if !room { block.deallocate() }
  }

  /// Hands all kept blocks, and the kernels' workspaces, back to the system.
  public func drain() {
    pthread_mutex_lock(lock)
    let blocks = free.joined().map { $0 }
    for index in free.indices { free[index] = [] }
    kept = 0
    pthread_mutex_unlock(lock)
    for block in blocks { block.deallocate() }
    Workspaces.shared.drain()
  }
}
