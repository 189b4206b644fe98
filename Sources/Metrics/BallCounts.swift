import Foundation
import Kernels
import Tensors

/// Which vectors of one set lie in the balls of the other, tile by tile of the distance matrix.
///
/// Bounds decide nearly all pairs. Where those of bytes leave many open in a tile, which happens
/// where one set is wider than the other, the tile is done again in Float; what is open then is
/// settled in Double.
final class BallCounts: @unchecked Sendable {
  private static let tile = 512

  /// Per fake: the real balls it lies in.
  private(set) var realBalls: [Int32]
  /// Per real: whether it lies in a fake ball, and whether a fake lies in its own.
  private(set) var isRecalled: [Bool]
  private(set) var isCovered: [Bool]

  private let first: Limits
  private let second: Limits
  private let lock = NSLock()

  init(
    _ real: DistanceScreen, _ realSquares: [Double], _ fake: DistanceScreen,
    _ fakeSquares: [Double]
  ) {
    let (n, m) = (real.count, fake.count)
    realBalls = [Int32](repeating: 0, count: m)
    isRecalled = [Bool](repeating: false, count: n)
    isCovered = isRecalled
    first = Limits(realSquares)
    second = Limits(fakeSquares)
    let tile = Self.tile
    let across = (m + tile - 1) / tile
    Parallel.each((n + tile - 1) / tile * across) { part in
      let rows = part / across * tile..<min(n, (part / across + 1) * tile)
      let columns = part % across * tile..<min(m, (part % across + 1) * tile)
      let values = UnsafeMutablePointer<Float>.allocate(capacity: tile * tile)
      defer { values.deallocate() }
      let before = lock.withLock { Array(isRecalled[rows]) }
      DistanceScreen.products(real, rows, fake, columns, into: values)
      var tally = Tally(
        Bounds(real, rows.lowerBound), rows, Bounds(fake, columns.lowerBound), columns, values,
        first, second, isRecalled: before)
      if case .bytes = real.digits, 32 * tally.open.count > rows.count * columns.count {
        let x = DistanceScreen(
          Features.rows(real.original, ArraySlice(rows)), center: real.center)
        let y = DistanceScreen(
          Features.rows(fake.original, ArraySlice(columns)), center: real.center)
        DistanceScreen.products(x, 0..<rows.count, y, 0..<columns.count, into: values)
        tally = Tally(
          Bounds(x, 0), rows, Bounds(y, 0), columns, values, first, second, isRecalled: before)
      }
      tally.settle(real.original, rows, fake.original, columns, first, second)
      lock.withLock {
        for c in 0..<columns.count { realBalls[columns.lowerBound + c] += tally.realBalls[c] }
        for r in 0..<rows.count {
          if tally.isRecalled[r] { isRecalled[rows.lowerBound + r] = true }
          if tally.isCovered[r] { isCovered[rows.lowerBound + r] = true }
        }
      }
    }
  }
}

/// Squared radii, and Floats just below and above them.
private struct Limits {
  let squares: [Double]
  let below: [Float]
  let above: [Float]
  init(_ squares: [Double]) {
    self.squares = squares
    below = squares.map { Float($0).nextDown }
    above = squares.map { Float($0).nextUp }
  }
}

/// The bounds of a tile's vectors, which begin somewhere in a screen.
private struct Bounds {
  let screen: DistanceScreen
  let start: Int
  init(_ screen: DistanceScreen, _ start: Int) {
    self.screen = screen
    self.start = start
  }
}

/// What one tile adds: rows are reals, columns fakes, both counted from the tile's corner.
private struct Tally {
  var realBalls: [Int32]
  var isRecalled: [Bool]
  var isCovered: [Bool]
  /// Pairs that bounds do not decide, for the ball of the real or of the fake.
  var open: [(row: Int32, column: Int32, real: Bool, fake: Bool)] = []

  init(
    _ real: Bounds, _ rows: Range<Int>, _ fake: Bounds, _ columns: Range<Int>,
    _ products: UnsafePointer<Float>, _ first: Limits, _ second: Limits, isRecalled: [Bool]
  ) {
    realBalls = [Int32](repeating: 0, count: columns.count)
    self.isRecalled = isRecalled
    isCovered = [Bool](repeating: false, count: rows.count)
    // Of a real that lies in a fake ball for sure, only its own ball is of interest.
    let none = [Float](repeating: -.infinity, count: columns.count)
    for r in 0..<rows.count {
      let row = rows.lowerBound + r
      let (below, above) = (first.below[row], first.above[row])
      let (lower, slack) = (real.screen.lower[real.start + r], real.screen.slack[real.start + r])
      fake.screen.lower.withUnsafeBufferPointer { lowers in
        (self.isRecalled[r] ? none[...] : second.above[columns]).withUnsafeBufferPointer { limits in
          DistanceScreen.scan(
            products + r * columns.count, count: columns.count, lower: lower,
            lowers.baseAddress! + fake.start, own: above, limits.baseAddress!
          ) { c, lower in
            let upper = (lower + (slack + fake.screen.slack[fake.start + c]).nextUp).nextUp
            var isOpen = (real: false, fake: false)
            if upper <= below {
              realBalls[c] += 1
              isCovered[r] = true
            } else {
              isOpen.real = lower <= above
            }
            if !self.isRecalled[r] {
              if upper <= second.below[columns.lowerBound + c] {
                self.isRecalled[r] = true
              } else {
                isOpen.fake = lower <= second.above[columns.lowerBound + c]
              }
            }
            if isOpen.real || isOpen.fake {
              open.append(
                (
                  Int32(truncatingIfNeeded: r), Int32(truncatingIfNeeded: c), isOpen.real,
                  isOpen.fake
                ))
            }
          }
        }
      }
    }
    open.removeAll { [isRecalled = self.isRecalled] in !$0.real && isRecalled[Int($0.row)] }
  }

  /// Takes the distance of the pairs that are open: in Float, and where that is too near a radius,
  /// in Double.
  mutating func settle(
    _ real: Tensor<Float>, _ rows: Range<Int>, _ fake: Tensor<Float>, _ columns: Range<Int>,
    _ first: Limits, _ second: Limits
  ) {
    let d = real.shape[1]
    open.removeAll { [isRecalled] in !$0.real && isRecalled[Int($0.row)] }
    real.withUnsafeElements { x in
      fake.withUnsafeElements { y in
        func other(_ place: Int) -> UnsafePointer<Float> {
          y.baseAddress! + (columns.lowerBound + Int(open[place].column)) * d
        }
        var start = 0
        while start < open.count {
          // Up to four of a row at a time.
          let r = Int(open[start].row)
          var end = start + 1
          while end < min(start + 4, open.count), Int(open[end].row) == r { end += 1 }
          let own = x.baseAddress! + (rows.lowerBound + r) * d
          let squares = CoarseDistance.four(
            own, other(start), other(min(start + 1, end - 1)), other(min(start + 2, end - 1)),
            other(end - 1), d)
          for place in start..<end {
            let pair = open[place]
            let c = Int(pair.column)
            let (lower, upper) = CoarseDistance.bounds(squares[min(3, place - start)], d)
            // Whether the pair is no farther apart than the root of a square.
            func isWithin(_ square: Double) -> Bool {
              if upper <= square { return true }
              if lower > square { return false }
              return Features.squaredDistance(own, other(place), d) <= square
            }
            if pair.real && isWithin(first.squares[rows.lowerBound + r]) {
              realBalls[c] += 1
              isCovered[r] = true
            }
            if pair.fake && !isRecalled[r] && isWithin(second.squares[columns.lowerBound + c]) {
              isRecalled[r] = true
            }
          }
          start = end
        }
      }
    }
  }
}
