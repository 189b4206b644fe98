import Foundation
import Kernels
import Testing

/// Loops run every part once, whoever calls them and however long parts last.
@Suite struct ParallelTests {
  /// Times that each of `count` indices was visited.
  private func visits(_ count: Int, grain: Int, pause: UInt32 = 0) -> [Int] {
    var seen = [Int](repeating: 0, count: count)
    seen.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      Parallel.chunks(of: count, grain: grain) { range in
        if pause > 0 { usleep(pause) }
        for i in range { buffer[i] += 1 }
      }
    }
    return seen
  }

  @Test func everyIndexOnce() {
    for count in [0, 1, 2, 3, 17, 1000] {
      for grain in [1, 3, 64, 2000] {
        #expect(visits(count, grain: grain).allSatisfy { $0 == 1 }, "\(count) by \(grain)")
      }
    }
  }

  /// One after the other without a pause: workers that come late meet the next loop.
  @Test func loopsInQuickSuccession() {
    var wrong = 0
    for count in 0..<20_000 where !visits(2 + count % 5, grain: 1).allSatisfy({ $0 == 1 }) {
      wrong += 1
    }
    #expect(wrong == 0)
  }

  /// Parts and gaps longer than a worker or a caller looks before it sleeps.
  @Test func loopsThatOutlastPatience() {
    for _ in 0..<20 {
      #expect(visits(5, grain: 1, pause: 500).allSatisfy { $0 == 1 })
      usleep(500)
    }
  }

  @Test func callersAtOnce() {
    let group = DispatchGroup()
    nonisolated(unsafe) var wrong = 0
    let lock = NSLock()
    for _ in 0..<6 {
      group.enter()
      Thread.detachNewThread {
        for count in 0..<500 where !visits(2 + count % 7, grain: 1).allSatisfy({ $0 == 1 }) {
          lock.withLock { wrong += 1 }
        }
        group.leave()
      }
    }
    group.wait()
    #expect(wrong == 0)
  }

  /// Loops inside loops stay on their thread, and errors come back by the lowest index.
  @Test func nestedLoopsAndErrors() throws {
    let sums = try Parallel.map(6) { i in
      #expect(Parallel.isSerial || Parallel.threads == 1)
      return visits(10 + i, grain: 2).reduce(0, +)
    }
    #expect(sums == (0..<6).map { 10 + $0 })
    struct Failure: Error, Equatable { let index: Int }
    #expect(throws: Failure(index: 3)) {
      _ = try Parallel.map(9) { i in if i == 3 || i == 7 { throw Failure(index: i) } }
    }
    #expect(!Parallel.isSerial)
  }
}
