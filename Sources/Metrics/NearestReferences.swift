import Kernels
import Statistics
import Tensors

/// For every vector of one set the nearest vector of another.
///
/// Decisions are those of Euclidean distances in Double; of equally near references the one with
/// the smallest number counts. Bounds from products in Float rule nearly all references out
/// (`DistanceScreen`). O(n m d) time, O((n + m) d) memory.
public struct NearestReferences: Sendable, Codable {
  /// Per query: the number of its nearest reference.
  public let indices: [Int]
  /// Per query: the distance to it.
  public let distances: [Double]

  private static let rows = 64
  private static let columns = 512

  /// - Parameters:
  ///   - queries: [n, d]
  ///   - references: [m, d]
  /// - Throws: `Undefined` with an empty set, features that are not finite, or unequal d.
  public init(
    of queries: Tensor<Float>, among references: Tensor<Float>
  ) throws(Undefined) {
    try self.init(of: queries, among: references, skippingSame: false)
  }

  /// For every vector of a set the nearest *other* vector of it.
  ///
  /// - Throws: `Undefined` with fewer than two vectors, or features that are not finite.
  public init(within features: Tensor<Float>) throws(Undefined) {
    _ = try Features.checked(features, atLeast: 2)
    try self.init(of: features, among: features, skippingSame: true)
  }

  private init(
    of queries: Tensor<Float>, among references: Tensor<Float>, skippingSame: Bool
  ) throws(Undefined) {
    let (n, m, _) = try Features.checkedPair(queries, references, atLeast: 1)
    let center = Features.mean(references)
    let x = DistanceScreen(queries, center: center)
    let y = DistanceScreen(references, center: center)
    var found = [(index: Int, square: Double)](repeating: (0, .infinity), count: n)
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let found = found
      Parallel.chunks(of: n, grain: Self.rows) { range in
        var search = Search(range, x, y, skippingSame: skippingSame)
        let products = UnsafeMutablePointer<Float>.allocate(capacity: Self.rows * Self.columns)
        defer { products.deallocate() }
        for start in stride(from: 0, to: m, by: Self.columns) {
          search.visit(start..<min(m, start + Self.columns), products)
        }
        for row in range { found[row] = search.settled(row) }
      }
    }
    indices = found.map(\.index)
    distances = found.map { $0.square.squareRoot() }
  }

  /// The references that may still be the nearest, for a few queries.
  private struct Search {
    let range: Range<Int>
    let x, y: DistanceScreen
    let skippingSame: Bool
    /// Per query of the range: the least upper bound, and references whose lower bound is below.
    var limits: [Float]
    var candidates: [[(lower: Float, index: Int)]]

    init(_ range: Range<Int>, _ x: DistanceScreen, _ y: DistanceScreen, skippingSame: Bool) {
      self.range = range
      self.x = x
      self.y = y
      self.skippingSame = skippingSame
      limits = [Float](repeating: .infinity, count: range.count)
      candidates = [[(lower: Float, index: Int)]](repeating: [], count: range.count)
    }

    /// Takes in a range of references; `products` has room for a tile.
    mutating func visit(_ columns: Range<Int>, _ products: UnsafeMutablePointer<Float>) {
      DistanceScreen.products(x, range, y, columns, into: products)
      let none = [Float](repeating: -.infinity, count: columns.count)
      for (place, row) in range.enumerated() {
        var limit = limits[place]
        var found: [(lower: Float, index: Int)] = []
        y.lower.withUnsafeBufferPointer { lowers in
          // The limit of the scan is that of its start; what the falling one leaves out is dropped.
          DistanceScreen.scan(
            products + place * columns.count, count: columns.count, lower: x.lower[row],
            lowers.baseAddress! + columns.lowerBound, own: limit, none
          ) { column, lower in
            let index = columns.lowerBound + column
            guard lower <= limit, !(skippingSame && index == row) else { return }
            found.append((lower, index))
            let slack = (x.slack[row] + y.slack[index]).nextUp
            limit = min(limit, (lower + slack).nextUp)
          }
        }
        limits[place] = limit
        candidates[place].append(contentsOf: found)
        if candidates[place].count > 256 { candidates[place].removeAll { $0.lower > limit } }
      }
    }

    func settled(_ row: Int) -> (index: Int, square: Double) {
      let place = row - range.lowerBound
      let d = x.dimension
      var best = (index: 0, square: Double.infinity)
      x.original.withUnsafeElements { queries in
        y.original.withUnsafeElements { references in
          for candidate in candidates[place] where candidate.lower <= limits[place] {
            let square = Features.squaredDistance(
              queries.baseAddress! + row * d, references.baseAddress! + candidate.index * d, d)
            // Candidates come in the order of their numbers.
            if square < best.square { best = (candidate.index, square) }
          }
        }
      }
      return best
    }
  }
}
