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
  /// No more workers than processors beside the caller's: a loop may be asked to use more threads,
  /// but they would take turns.
  static let shared = WorkerPool(
    workers: min(Parallel.threads, ProcessInfo.processInfo.activeProcessorCount) - 1)

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

    /// Runs parts until none is left: how many, and whether the last to finish was among them.
    func work() -> (ran: Int, wasLast: Bool) {
      Parallel.serially {
        var (ran, wasLast) = (0, false)
        while case let part = next.wrappingAdd(1, ordering: .relaxed).oldValue, part < parts {
          call(part)
          let left = unfinished.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
          ran += 1
          wasLast = left == 0
        }
        return (ran, wasLast)
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
        let asleep = sleepers.load(ordering: .sequentiallyConsistent)
        let wanted = min(parts - 1, workers) - (workers - asleep)
        if wanted > 0 {
          wake.lock()
          for _ in 0..<wanted { wake.signal() }
          wake.unlock()
        }
        if !job.work().wasLast { waitForOthers(job) }
        lock.withLock { current = nil }
      }
    }
  }

  private func waitForOthers(_ job: Job) {
    if Self.look(since: Self.now, until: { job.isDone }) { return }
    done.lock()
    job.callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while !job.isDone { done.wait() }
    done.unlock()
  }

  /// A worker's life. Loops that leave it nothing to do do not keep it awake.
  private func attend() {
    var seen = 0
    var idleSince = Self.now
    let latest = { self.generation.load(ordering: .sequentiallyConsistent) }
    while true {
      if !Self.look(since: idleSince, until: { latest() != seen }) {
        wake.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while latest() == seen { wake.wait() }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        wake.unlock()
      }
      seen = latest()
      guard let job = lock.withLock({ current }) else { continue }
      let (ran, wasLast) = job.work()
      if ran > 0 { idleSince = Self.now }
      if wasLast && job.callerSleeps.load(ordering: .sequentiallyConsistent) {
        done.lock()
        done.broadcast()
        done.unlock()
      }
    }
  }

  /// Nanoseconds of a clock.
  private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  /// Looks until something holds or patience ends; whether it holds.
  private static func look(since start: UInt64, until holds: () -> Bool) -> Bool {
    repeat {
      if holds() { return true }
    } while now - start < patience
    return holds()
  }
}
