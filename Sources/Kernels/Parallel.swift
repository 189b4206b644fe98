import Foundation

/// Data-parallel loops over a fixed decomposition.
///
/// The work is cut into chunks by `grain` alone, never by the number of threads, and chunks write
/// to places of their own: results do not depend on the thread count. Inside `serially`, and
/// inside a loop that is already parallel, loops run on the calling thread.
public enum Parallel {
  /// Threads that loops use: LIGHTBOX_THREADS, or the active processors.
  public static let threads: Int = {
    let asked = ProcessInfo.processInfo.environment["LIGHTBOX_THREADS"].flatMap { Int($0) }
    return max(1, asked ?? ProcessInfo.processInfo.activeProcessorCount)
  }()

  /// Whether loops on the calling thread run serially.
  public static var isSerial: Bool { depth.value > 0 }

  /// Runs `body` with all loops and kernels below it confined to the calling thread.
  public static func serially<Result>(_ body: () throws -> Result) rethrows -> Result {
    depth.value += 1
    defer { depth.value -= 1 }
    return try body()
  }

  /// Calls `body` once for each chunk of `grain` consecutive indices of 0..<count.
  public static func chunks(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    precondition(grain > 0, "grain (\(grain)) must be positive")
    guard count > 0 else { return }
    let parts = (count + grain - 1) / grain
    func run(_ part: Int) {
      let low = part * grain
      body(low..<Swift.min(count, low + grain))
    }
    if parts == 1 || threads == 1 || isSerial {
      for part in 0..<parts { run(part) }
      return
    }
    WorkerPool.shared.run(parts, run)
  }

  /// Calls `body` once for each index of 0..<count.
  public static func each(_ count: Int, _ body: (Int) -> Void) {
    chunks(of: count, grain: 1) { range in body(range.lowerBound) }
  }

  /// The results of `body` for each index, in order; the first error by index is thrown.
  public static func map<Result>(_ count: Int, _ body: (Int) throws -> Result) throws -> [Result] {
    var slots = [Swift.Result<Result, any Error>?](repeating: nil, count: count)
    slots.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let slots = buffer
      each(count) { index in slots[index] = Swift.Result { try body(index) } }
    }
    return try slots.map { try $0!.get() }
  }

  private final class Depth: @unchecked Sendable {
    // A value per thread, kept in thread-specific storage.
    private let slot: pthread_key_t = {
      var made = pthread_key_t()
      pthread_key_create(&made, nil)
      return made
    }()
    var value: Int {
      get { Int(bitPattern: pthread_getspecific(slot)) }
      set { pthread_setspecific(slot, UnsafeRawPointer(bitPattern: newValue)) }
    }
  }

  private static let depth = Depth()
}
