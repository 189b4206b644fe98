import Foundation

/// Working memory of kernels: a few blocks that grow to the largest need and serve all.
///
/// The workspaces of different shapes differ in size and are never in use together, so keeping
/// one free list a size, as `MemoryPool` does, would keep the sum of them. There are as many
/// blocks as were ever in use at once: one or two a thread. Safe from any thread.
final class Workspaces: @unchecked Sendable {
  static let shared = Workspaces()

  /// A block aligned to 64 bytes, not initialised.
  struct Block {
    let pointer: UnsafeMutableRawPointer
    let bytes: Int
  }

  private let lock = NSLock()
  /// By falling size.
  private var free: [Block] = []

  /// The smallest free block that is large enough; else the largest grows.
  func take(_ bytes: Int) -> Block {
    lock.lock()
    let outgrown: Block?
    if let fit = free.lastIndex(where: { $0.bytes >= bytes }) {
      defer { lock.unlock() }
      return free.remove(at: fit)
    }
    outgrown = free.isEmpty ? nil : free.removeFirst()
    lock.unlock()
    if let outgrown { SystemMemory.free(outgrown.pointer, outgrown.bytes) }
    let size = max(4096, bytes)
    return Block(pointer: SystemMemory.allocate(size), bytes: size)
  }

  func give(_ block: Block) {
    lock.lock()
    let place = free.firstIndex { $0.bytes < block.bytes } ?? free.count
    free.insert(block, at: place)
    lock.unlock()
  }

  /// Hands the free blocks back to the system.
  func drain() {
    lock.lock()
    let blocks = free
    free = []
    lock.unlock()
    for block in blocks { SystemMemory.free(block.pointer, block.bytes) }
  }
}
