import Foundation
import Kernels
import Tensors

/// The squared distance of every vector of a set to its k-th nearest other vector.
///
/// Tiles of the lower triangle of the distance matrix are bounded from fast products; a vector
/// keeps those that could still be among its k nearest, and their distances are then taken in
/// Double. The result is that of the full matrix in Double, and does not depend on the order in
/// which tiles are done. O(n² d) time, O(n d) memory.
func nearestSquaredRadii(_ screen: DistanceScreen, k: Int) -> [Double] {
  precondition(
    k >= 1 && k < screen.count,
    "k (\(k)) must be at least 1 and below the \(screen.count) vectors")
  return NeighbourSearch(screen, k: k).run()
}

/// The candidates of each vector while tiles come in.
private final class NeighbourSearch: @unchecked Sendable {
  private struct Candidate {
    var lower: Float
    var index: Int32
  }

  private static let tile = 512
  /// Candidates a vector may hold before they are settled in Double.
  private static let room = 128

  private let screen: DistanceScreen
  private let k: Int
  private let locks: [NSLock]
  /// [vector, k]: the smallest upper bounds in rising order; the last one is the vector's limit.
  private let uppers: UnsafeMutablePointer<Float>
  private let limits: UnsafeMutablePointer<Float>
  private let candidates: UnsafeMutablePointer<[Candidate]>

  init(_ screen: DistanceScreen, k: Int) {
    self.screen = screen
    self.k = k
    let n = screen.count
    locks = (0..<(n + Self.tile - 1) / Self.tile).map { _ in NSLock() }
    uppers = .allocate(capacity: n * k)
    uppers.initialize(repeating: .infinity, count: n * k)
    limits = .allocate(capacity: n)
    limits.initialize(repeating: .infinity, count: n)
    candidates = .allocate(capacity: n)
    candidates.initialize(repeating: [], count: n)
  }

  deinit {
    uppers.deallocate()
    limits.deallocate()
    candidates.deinitialize(count: screen.count)
    candidates.deallocate()
  }

  func run() -> [Double] {
    let n = screen.count
    let tile = Self.tile
    screen.lower.withUnsafeBufferPointer { lower in
      nonisolated(unsafe) let lower = lower.baseAddress!
      Parallel.triangle(locks.count) { i, j in
        let rows = i * tile..<min(n, (i + 1) * tile)
        let columns = j * tile..<min(n, (j + 1) * tile)
        let values = UnsafeMutablePointer<Float>.allocate(capacity: tile * tile)
        defer { values.deallocate() }
        DistanceScreen.products(screen, rows, screen, columns, into: values)
        locks[j].lock()
        if i != j { locks[i].lock() }
        for row in rows {
          let line = values + (row - rows.lowerBound) * columns.count
          // On the diagonal each pair once.
          let count = i == j ? row - rows.lowerBound : columns.count
          DistanceScreen.scan(
            line, count: count, lower: lower[row], lower + columns.lowerBound, own: limits[row],
            limits + columns.lowerBound
          ) { column, bound in
            self.offer(row, columns.lowerBound + column, bound)
            self.offer(columns.lowerBound + column, row, bound)
          }
        }
        if i != j { locks[i].unlock() }
        locks[j].unlock()
      }
    }
    var radii = [Double](repeating: 0, count: n)
    radii.withUnsafeMutableBufferPointer { radii in
      nonisolated(unsafe) let radii = radii
      Parallel.chunks(of: n, grain: 64) { range in
        for row in range { radii[row] = self.settled(row) }
      }
    }
    return radii
  }

  /// Considers `other` as a neighbour of `row`.
  @inline(__always)
  private func offer(_ row: Int, _ other: Int, _ lower: Float) {
    // At or beyond the k-th upper bound it cannot make the k-th distance smaller.
    guard lower < limits[row] else { return }
    candidates[row].append(Candidate(lower: lower, index: Int32(truncatingIfNeeded: other)))
    let slack = (screen.slack[row] + screen.slack[other]).nextUp
    insert((lower + slack).nextUp, row)
    guard candidates[row].count >= Self.room else { return }
    candidates[row].removeAll { $0.lower >= self.limits[row] && self.limits[row] < .infinity }
    if candidates[row].count >= Self.room / 2 { _ = settled(row) }
  }

  private func insert(_ upper: Float, _ row: Int) {
    let own = uppers + row * k
    guard upper < own[k - 1] else { return }
    var place = k - 1
    while place > 0 && own[place - 1] > upper {
      own[place] = own[place - 1]
      place -= 1
    }
    own[place] = upper
    limits[row] = own[k - 1]
  }

  /// The exact k-th squared distance among the candidates, of which the k nearest are kept.
  ///
  /// From the least lower bound on, until none can be nearer than the k found; Float tells nearly
  /// all of them apart, and Double decides among the rest.
  private func settled(_ row: Int) -> Double {
    let d = screen.dimension
    let limit = limits[row]
    var pending = candidates[row].filter { $0.lower < limit }
    pending.sort { $0.lower != $1.lower ? $0.lower < $1.lower : $0.index < $1.index }
    var bounds: [(lower: Double, index: Int32)] = []
    bounds.reserveCapacity(pending.count + 3)
    var least = [Double](repeating: .infinity, count: k)
    var nearest: [(square: Double, index: Int32)] = []
    screen.original.withUnsafeElements { x in
      let base = x.baseAddress!
      let own = base + row * d
      var start = 0
      while start < pending.count, Double(pending[start].lower) <= least[k - 1] {
        // Four at a time, the last one repeated.
        func other(_ lane: Int) -> UnsafePointer<Float> {
          base + Int(pending[min(start + lane, pending.count - 1)].index) * d
        }
        let squares = CoarseDistance.four(own, other(0), other(1), other(2), other(3), d)
        for lane in 0..<min(4, pending.count - start) {
          let (lower, upper) = CoarseDistance.bounds(squares[lane], d)
          bounds.append((lower, pending[start + lane].index))
          Self.insert(upper, &least)
        }
        start += 4
      }
      for (lower, index) in bounds where lower <= least[k - 1] {
        let square = Features.squaredDistance(own, base + Int(index) * d, d)
        let place = nearest.firstIndex { $0.square > square } ?? nearest.count
        nearest.insert((square, index), at: place)
        if nearest.count > k { nearest.removeLast() }
      }
    }
    // A bound below and one above, to the nearest Float.
    candidates[row] = nearest.map { Candidate(lower: Float($0.square).nextDown, index: $0.index) }
    for slot in 0..<k { uppers[row * k + slot] = .infinity }
    for (square, _) in nearest { insert(Float(square).nextUp, row) }
    return nearest.last!.square
  }

  /// Puts a number into its place of a rising list, of which the largest falls out.
  private static func insert(_ value: Double, _ list: inout [Double]) {
    var place = list.count - 1
    guard value < list[place] else { return }
    while place > 0 && list[place - 1] > value {
      list[place] = list[place - 1]
      place -= 1
    }
    list[place] = value
  }
}
