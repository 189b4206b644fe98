import Foundation
import Kernels
import Testing

@Suite struct MemoryPoolTests {
  private let pool = MemoryPool()

  /// A block and a number that fills its first and last words.
  private struct Held {
    var block: UnsafeMutableRawPointer
    var bytes: Int
    var mark: Int

    var isWhole: Bool {
      block.load(as: Int.self) == mark
        && (block + (bytes - 8)).loadUnaligned(as: Int.self) == mark
    }
  }

  private func hold(_ bytes: Int, mark: Int) -> Held {
    let block = pool.take(bytes)
    block.storeBytes(of: mark, as: Int.self)
    (block + (bytes - 8)).storeBytes(of: mark, as: Int.self)
    return Held(block: block, bytes: bytes, mark: mark)
  }

  private func give(_ held: Held) { pool.give(held.block, held.bytes) }

  @Test func blocksNeverOverlapAndKeepTheirContent() {
    var stream = RandomStream(1).child("pool")
    var held: [Held] = []
    for mark in 0..<4000 {
      if held.isEmpty || stream.bernoulli(0.52) {
        // From 64 bytes to 4 MiB, evenly in the exponent.
        let bytes = 64 + Int(pow(2, 6 + 16 * stream.uniform()))
        held.append(hold(bytes, mark: mark))
        #expect(Int(bitPattern: held.last!.block) % 64 == 0)
      } else {
        let gone = held.remove(at: Int(stream.next() % UInt64(held.count)))
        #expect(gone.isWhole)
        give(gone)
      }
    }
    let ordered = held.sorted { $0.block < $1.block }
    for (a, b) in zip(ordered, ordered.dropFirst()) { #expect(a.block + a.bytes <= b.block) }
    for block in held {
      #expect(block.isWhole)
      give(block)
    }
  }

  @Test func freeNeighboursServeLargerBlocks() {
    let pieces = (0..<64).map { hold(1 << 20, mark: $0) }
    #expect(pool.extent == 64 << 20)
    // Given back in an order in which neighbours meet from both sides.
    for (place, piece) in pieces.enumerated() where place % 2 == 1 { give(piece) }
    for (place, piece) in pieces.enumerated() where place % 2 == 0 { give(piece) }
    let first = hold(40 << 20, mark: 1)
    let second = hold(24 << 20, mark: 2)
    #expect(pool.extent == 64 << 20)
    #expect(first.isWhole && second.isWhole)
    // A gap at the end grows by what it lacks.
    give(second)
    let third = hold(30 << 20, mark: 3)
    #expect(pool.extent == 70 << 20)
    #expect(first.isWhole && third.isWhole)
    give(first)
    give(third)
  }

  @Test func aRepeatedPassFindsItsPlaces() {
    // Sizes that rise and fall, each block living over the next ones: a pass over layers.
    func pass() {
      let held = (0..<40).map { hold((1 + $0 * 7 % 13) << 18, mark: $0) }
      for block in held.reversed() {
        let gradient = hold(block.bytes, mark: -1)
        give(block)
        give(gradient)
      }
    }
    pass()
    let extent = pool.extent
    for _ in 0..<5 { pass() }
    #expect(pool.extent == extent)
  }

  @Test func blocksCanBeWrittenAfterADrain() {
    let kept = hold(5 << 20, mark: 2)
    let before = hold(3 << 20, mark: 1)
    let between = hold(1 << 20, mark: 4)
    give(before)
    pool.drain()
    let after = hold(3 << 20, mark: 3)
    #expect(after.block == before.block)
    #expect(kept.isWhole && between.isWhole && after.isWhole)
    for block in [kept, between, after] { give(block) }
    pool.drain()
    #expect(pool.extent == 0)
  }
}
