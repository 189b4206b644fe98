import Kernels

/// Several bootstrap resamples side by side, so that one pass over sorted cases serves all of them.
///
/// Lane l holds exactly the draws of `drawWithReplacement` under its key: draws are the words of
/// Philox in order, those that Lemire's method rejects left out. Counts are bytes, so that those of
/// 2,000 units fit the nearest cache: a unit cannot be drawn more often than there are units, and of
/// more than 255 units none is drawn 256 times but for a chance below units / 256!, 10^-502.
struct ResampleLanes {
  typealias Lanes = SIMD16<Int32>
  static let lanes = 16

  let units: Int
  /// [unit]: how often each lane drew it.
  let counts: UnsafeMutablePointer<SIMD16<UInt8>>
  /// Products of 32 words with the number of units, [word of a block, block].
  private let products: UnsafeMutablePointer<Eight>

  init(units: Int) {
    self.units = units
    counts = .allocate(capacity: units)
    products = .allocate(capacity: 4)
  }

  func deallocate() {
    counts.deallocate()
    products.deallocate()
  }

  /// Draws a lane for each key; lanes beyond the keys stay empty.
  func draw(keys: [UInt64]) {
    counts.update(repeating: SIMD16(repeating: 0), count: units)
    let bytes = UnsafeMutableRawPointer(counts)
    for (lane, key) in keys.enumerated() { draw(bytes + lane, key) }
  }

  private func draw(_ lane: UnsafeMutableRawPointer, _ key: UInt64) {
    let low32 = Eight(repeating: 0xFFFF_FFFF)
    let bound = Eight(repeating: UInt64(units))
    let threshold = (0 &- UInt32(units)) % UInt32(units)
    let drawn = UnsafeRawPointer(products)
    var block: UInt64 = 0
    var left = units
    while left > 0 {
      let words = Self.words(firstBlock: block, key: key)
      block &+= 8
      // Masked factors are 32 x 32-bit products.
      let p0 = (words.0 & low32) &* (bound & low32)
      let p1 = (words.1 & low32) &* (bound & low32)
      let p2 = (words.2 & low32) &* (bound & low32)
      let p3 = (words.3 & low32) &* (bound & low32)
      (products[0], products[1], products[2], products[3]) = (p0, p1, p2, p3)
      // The high half is the draw; the word is rejected where the low half is below the threshold,
      // that is, where their difference has its highest bit set.
      let limit = Eight(repeating: UInt64(threshold))
      let below =
        ((p0 & low32) &- limit) | ((p1 & low32) &- limit) | ((p2 & low32) &- limit)
        | ((p3 & low32) &- limit)
      let four = below.lowHalf | below.highHalf
      let two = four.lowHalf | four.highHalf
      let isAnyRejected = Int64(bitPattern: two[0] | two[1]) < 0
      if left >= 32 && !isAnyRejected {
        // All 32 draws count, in whatever order.
        for i in 0..<32 {
          Self.count(
            lane, UInt32(littleEndian: drawn.load(fromByteOffset: 8 &* i &+ 4, as: UInt32.self)))
        }
        left &-= 32
        continue
      }
      for i in 0..<32 where left > 0 {
        let product = drawn.load(fromByteOffset: 64 &* (i & 3) &+ 8 &* (i &>> 2), as: UInt64.self)
        if UInt32(truncatingIfNeeded: product) < threshold { continue }
        Self.count(lane, UInt32(truncatingIfNeeded: product &>> 32))
        left &-= 1
      }
    }
  }

  @inline(__always)
  private static func count(_ lane: UnsafeMutableRawPointer, _ unit: UInt32) {
    let place = (lane + Int(unit) &* 16).assumingMemoryBound(to: UInt8.self)
    place.pointee &+= 1
  }

  private typealias Eight = SIMD8<UInt64>

  /// Eight consecutive blocks of Philox4x32-10: word w of block b is lane b of the w-th vector.
  @inline(__always)
  private static func words(firstBlock: UInt64, key: UInt64) -> (Eight, Eight, Eight, Eight) {
    let low32 = Eight(repeating: 0xFFFF_FFFF)
    let counter = Eight(repeating: firstBlock) &+ Eight(0, 1, 2, 3, 4, 5, 6, 7)
    var c = (counter & low32, counter &>> 32, Eight(repeating: 0), Eight(repeating: 0))
    var k0 = key & 0xFFFF_FFFF
    var k1 = key &>> 32
    @inline(__always)
    func round() {
      // Masked factors are 32 x 32-bit products.
      let first = (c.0 & low32) &* (Eight(repeating: 0xD251_1F53) & low32)
      let second = (c.2 & low32) &* (Eight(repeating: 0xCD9E_8D57) & low32)
      // Upper halves are left over: they never reach a lower one.
      c = ((second &>> 32) ^ c.1 ^ k0, second, (first &>> 32) ^ c.3 ^ k1, first)
      k0 = (k0 &+ 0x9E37_79B9) & 0xFFFF_FFFF
      k1 = (k1 &+ 0xBB67_AE85) & 0xFFFF_FFFF
    }
    // Ten rounds in a row: in a loop the compiler forgets that upper halves are empty.
    round()
    round()
    round()
    round()
    round()
    round()
    round()
    round()
    round()
    round()
    return c
  }
}

extension RankedScores {
  /// What the passes over lanes read: the units behind the sorted cases, and who is positive.
  struct LanePlan: Sendable {
    /// Unit of the case at each sorted place.
    let units: [Int32]
    /// All bits set where that case is positive.
    let masks: [Int32]
    let mixedTies: [Range<Int>]

    init(_ ranked: RankedScores, _ clusters: Clusters) {
      units = ranked.order.map { clusters.codes[Int($0)] }
      masks = ranked.positive.map { $0 ? -1 : 0 }
      mixedTies = ranked.mixedTies
    }

    /// `auroc(weights:)` of each lane, the same integers and the same last division.
    func aurocs(_ lanes: ResampleLanes, into result: UnsafeMutablePointer<Double>) {
      typealias Lanes = ResampleLanes.Lanes
      let rows = lanes.counts
      var below = Lanes(repeating: 0)
      var above = below
      var concordant = below
      var tied = below
      units.withUnsafeBufferPointer { units in
        masks.withUnsafeBufferPointer { masks in
          for i in 0..<units.count {
            let weight = Lanes(truncatingIfNeeded: rows[Int(units[i])])
            let plus = weight & Lanes(repeating: masks[i])
            concordant &+= plus &* below
            above &+= plus
            below &+= weight &- plus
          }
          for run in mixedTies {
            var plus = Lanes(repeating: 0)
            var minus = plus
            for i in run {
              let weight = Lanes(truncatingIfNeeded: rows[Int(units[i])])
              let positive = weight & Lanes(repeating: masks[i])
              plus &+= positive
              minus &+= weight &- positive
            }
            tied &+= plus &* minus
          }
        }
      }
      for lane in 0..<ResampleLanes.lanes {
        guard above[lane] > 0, below[lane] > 0 else {
          result[lane] = .nan
          continue
        }
        result[lane] =
          (Double(concordant[lane]) - 0.5 * Double(tied[lane]))
          / (Double(above[lane]) * Double(below[lane]))
      }
    }
  }
}
