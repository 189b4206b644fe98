import Dispatch
import Foundation
import Synchronization

/// The threads behind parallel loops.
///
/// Kernels of a small network last tens of microseconds, as long as the system takes to wake a
/// sleeping thread. A worker therefore looks for the next loop for `patience` before it sleeps, and
/// the caller looks as long for the end of its own; past that both give the processor away, so a
/// busy neighbour finds it free.
final class WorkerPool: @unchecked Sendable {
  static let shared = WorkerPool(workers: Parallel.threads - 1)

  /// Nanoseconds of looking before sleeping: some loops' worth, a small part of a time slice.
  private static let patience: UInt64 = 100_000

  /// A loop in progress. Parts are handed out in order; who finds none left is done with it.
  private final class Job: Sendable {
    let parts: Int
    // The caller's closure outlives the last part, and is called for no other.
    nonisolated(unsafe) private let body: UnsafePointer<(Int) -> Void>
    private let next = Atomic(0)
    private let unfinished: Atomic<Int>
    let callerSleeps = Atomic(false)

    init(parts: Int, body: UnsafePointer<(Int) -> Void>) {
      self.parts = parts
      self.body = body
      unfinished = Atomic(parts)
    }

    var isDone: Bool { unfinished.load(ordering: .sequentiallyConsistent) == 0 }

    /// Runs parts until none is left; true for who finished the last.
    func work() -> Bool {
      Parallel.serially {
        var wasLast = false
        while case let part = next.wrappingAdd(1, ordering: .relaxed).oldValue, part < parts {
          call(part)
          let left = unfinished.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
          wasLast = left == 0
        }
        return wasLast
      }
    }

    // Not inlined: what it retains of the closure is released before the part counts as finished.
    @inline(never)
    private func call(_ part: Int) { body.pointee(part) }
  }

  private let workers: Int
  // An NSLock, which ThreadSanitizer sees; it does not see the locks of Synchronization.
  private let lock = NSLock()
  private var current: Job?
  private let generation = Atomic(0)
  private let sleepers = Atomic(0)
  private let wake = NSCondition()
  private let done = NSCondition()

  private init(workers: Int) {
    self.workers = workers
    for number in 0..<workers {
      let thread = Thread { [unowned self] in attend() }
      thread.name = "loop \(number + 1)"
      thread.start()
    }
  }

  /// Calls `body` once for each of 0..<parts, on the calling thread and on idle workers.
  ///
  /// While another thread's loop holds the workers, the system's threads serve this one.
  func run(_ parts: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        let job = Job(parts: parts, body: pointer)
        let isOurs = lock.withLock {
          if current != nil { return false }
          current = job
          return true
        }
        guard isOurs else {
          DispatchQueue.concurrentPerform(iterations: min(parts, workers + 1)) { _ in
            _ = job.work()
          }
          return
        }
        generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
          wake.lock()
          for _ in 0..<min(parts - 1, workers) { wake.signal() }
          wake.unlock()
        }
        if !job.work() { waitForOthers(job) }
        lock.withLock { current = nil }
      }
    }
  }

  private func waitForOthers(_ job: Job) {
    if Self.look(until: { job.isDone }) { return }
    done.lock()
    job.callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while !job.isDone { done.wait() }
    done.unlock()
  }

  /// A worker's life.
  private func attend() {
    var seen = 0
    while true {
      let latest = { self.generation.load(ordering: .sequentiallyConsistent) }
      if !Self.look(until: { latest() != seen }) {
        wake.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while latest() == seen { wake.wait() }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        wake.unlock()
      }
      seen = latest()
      guard let job = lock.withLock({ current }), job.work() else { continue }
      if job.callerSleeps.load(ordering: .sequentiallyConsistent) {
        done.lock()
        done.broadcast()
        done.unlock()
      }
    }
  }

  /// Looks until something holds or patience ends; whether it holds.
  private static func look(until holds: () -> Bool) -> Bool {
    let start = DispatchTime.now().uptimeNanoseconds
    repeat {
      if holds() { return true }
    } while DispatchTime.now().uptimeNanoseconds - start < patience
    return holds()
  }
}
