import Foundation

/// Free lists of memory blocks by size class, so that the intermediates of a training step are
/// not handed back to the system and faulted in again at every step.
///
/// A size class is a power of two divided in four (at most a quarter is lost). What lies free in
/// one class may be missing in another: before the pool grows, blocks that were idle longest go
/// back to the system, so that free and used blocks together stay within an eighth of the largest
/// use so far, or within 64 MiB where that is more (but not twice the use): passes over layers of
/// many sizes would else hand the same blocks back and fault them in again every time. At most
/// `capacity` bytes lie free. Blocks are aligned to 64 bytes. Safe from any
/// thread.
public final class MemoryPool: @unchecked Sendable {
  public static let shared = MemoryPool()

  /// A free block and when it was given back, in calls of `give`.
  private struct Idle {
    let block: UnsafeMutableRawPointer
    let since: Int
  }

  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// By class, the longest idle first.
  private var free = [[Idle]](repeating: [], count: 256)
  private var clock = 0
  private var kept = 0
  private var used = 0
  private var mostUsed = 0
  private let capacity = 1 << 30
  private static let slack = 64 << 20
  /// The class of 64 KiB; smaller blocks are not worth the search.
  private static let firstLarge = 64

  private init() { pthread_mutex_init(lock, nil) }

  /// The class of a size and the bytes of its blocks.
  private static func sizeClass(_ bytes: Int) -> (index: Int, bytes: Int) {
    let size = max(64, bytes)
    let power = Int.bitWidth - 1 - size.leadingZeroBitCount  // 2^power ≤ size
    let quarter = 1 << (power - 2)
    let steps = (size - (1 << power) + quarter - 1) / quarter
    let index = power * 4 + steps
    return (index, classBytes(index))
  }

  /// The bytes of the blocks of a class.
  private static func classBytes(_ index: Int) -> Int {
    (1 << (index / 4)) + index % 4 * (1 << (index / 4 - 2))
  }

  /// A block of at least the given size, not initialised.
  public func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let (index, size) = Self.sizeClass(bytes)
    pthread_mutex_lock(lock)
    used += size
    mostUsed = max(mostUsed, used)
    let found = free[index].popLast()?.block
    if found != nil { kept -= size }
    let surplus =
      found == nil && index >= Self.firstLarge
      ? release(used + kept - (mostUsed + max(mostUsed / 8, min(mostUsed, Self.slack)))) : []
    pthread_mutex_unlock(lock)
    for (block, bytes) in surplus { SystemMemory.free(block, bytes) }
    return found ?? SystemMemory.allocate(size)
  }

  /// Returns a block; `bytes` is the size that it was taken with.
  public func give(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    let (index, size) = Self.sizeClass(bytes)
    pthread_mutex_lock(lock)
    used -= size
    let room = kept + size <= capacity
    if room {
      free[index].append(Idle(block: block, since: clock))
      clock += 1
      kept += size
    }
    pthread_mutex_unlock(lock)
    if !room { SystemMemory.free(block, size) }
  }

  /// Takes large blocks of at least `excess` bytes together, the longest idle first, off the lists.
  private func release(_ excess: Int) -> [(UnsafeMutableRawPointer, Int)] {
    var released: [(UnsafeMutableRawPointer, Int)] = []
    var rest = excess
    while rest > 0 {
      let longest = (Self.firstLarge..<256).filter { !free[$0].isEmpty }.min {
        free[$0][0].since < free[$1][0].since
      }
      guard let longest else { break }
      let size = Self.classBytes(longest)
      released.append((free[longest].removeFirst().block, size))
      kept -= size
      rest -= size
    }
    return released
  }

  /// Hands all kept blocks, and the kernels' workspaces, back to the system.
  public func drain() {
    pthread_mutex_lock(lock)
    let blocks = free.enumerated().flatMap { index, idle in
      idle.map { ($0.block, Self.classBytes(index)) }
    }
    for index in free.indices { free[index] = [] }
    kept = 0
    mostUsed = used
    pthread_mutex_unlock(lock)
    for (block, bytes) in blocks { SystemMemory.free(block, bytes) }
    Workspaces.shared.drain()
  }
}
