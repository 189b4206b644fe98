import Kernels
import Statistics
import Tensors

/// The kernel distance: the squared maximum mean discrepancy with k(x, y) = (x·y/d + 1)³, unbiased.
///
///     1/(n(n−1)) Σ_{i≠j} k(x_i, x_j) + 1/(m(m−1)) Σ_{i≠j} k(y_i, y_j) − 2/(nm) Σ_ij k(x_i, y_j)
///
/// On Inception features it is the KID. Unlike the Fréchet distance its expectation is 0 for equal
/// distributions at any n; single values may be negative. All sums are Double.
/// Reference: Bińkowski et al. 2018, doi:10.48550/arXiv.1801.01401.
public struct KernelDistance: Sendable, Codable {
  /// Mean over blocks with its standard error SD/√B and B − 1 degrees of freedom; n = blocks.
  public var estimate: Estimate
  /// Vectors of either set in a block.
  public var blockSize: Int
  /// The distance in each block.
  public var blocks: [Double]

  /// The distance in disjoint blocks of `blockSize` vectors of either set, in an order shuffled by
  /// the stream.
  ///
  /// Blocks share no vectors, so their scatter gives an honest standard error (the block test of
  /// Zaremba, Gretton and Blaschko 2013, doi:10.48550/arXiv.1307.1954). The usual FID programs
  /// average 100 overlapping random subsets of 1000 instead and print the SD over subsets.
  /// The block size is lowered where a set holds fewer than two blocks. O(B b² d).
  ///
  /// - Throws: `Undefined` with fewer than four vectors in a set, features that are not finite, or
  ///   unequal numbers of features.
  public init(
    _ first: Tensor<Float>, _ second: Tensor<Float>, blockSize: Int = 1000, stream: RandomStream
  ) throws(Undefined) {
    precondition(blockSize >= 2, "blockSize (\(blockSize)) must be 2 or more")
    let (n, m, _) = try Features.checkedPair(first, second, atLeast: 4)
    let size = min(blockSize, min(n, m) / 2)
    let count = min(n, m) / size
    var firstStream = stream.child("first")
    var secondStream = stream.child("second")
    let firstOrder = firstStream.permutation(n)
    let secondOrder = secondStream.permutation(m)
    var blocks: [Double] = []
    for k in 0..<count {
      let part = k * size..<(k + 1) * size
      blocks.append(
        KernelSums(Features.rows(first, firstOrder[part]), Features.rows(second, secondOrder[part]))
          .distance)
    }
    self.blockSize = size
    self.blocks = blocks
    estimate = try meanEstimate(blocks, of: "blocks")
  }

  /// The distance over all pairs of vectors, with the standard error of its delete-one jackknife
  /// over the vectors of both sets; n = the smaller number of vectors.
  ///
  /// O((n + m)² d) in Double: for a few thousand vectors. Memory stays at the size of the features.
  public static func ofAllPairs(
    _ first: Tensor<Float>, _ second: Tensor<Float>
  ) throws(Undefined) -> Estimate {
    let (n, m, _) = try Features.checkedPair(first, second, atLeast: 3)
    let sums = KernelSums(first, second)
    return Estimate(
      value: sums.distance, standardError: sums.jackknifeVariance.squareRoot(), n: min(n, m))
  }
}

/// Row sums of the three kernel matrices, from which distance and jackknife follow.
private struct KernelSums {
  /// Σ_{j≠i} k(x_i, x_j), Σ_j k(x_i, y_j); likewise for y.
  var firstOwn: [Double]
  var firstOther: [Double]
  var secondOwn: [Double]
  var secondOther: [Double]

  init(_ first: Tensor<Float>, _ second: Tensor<Float>) {
    let x = first.withUnsafeElements { $0.map { Double($0) } }
    let y = second.withUnsafeElements { $0.map { Double($0) } }
    let d = first.shape[1]
    (firstOwn, _) = Self.rowSums(x, x, d, isSame: true)
    (secondOwn, _) = Self.rowSums(y, y, d, isSame: true)
    (firstOther, secondOther) = Self.rowSums(x, y, d, isSame: false)
  }

  var distance: Double {
    Self.distance(
      firstOwn.count, secondOwn.count, firstOwn.reduce(0, +), secondOwn.reduce(0, +),
      firstOther.reduce(0, +))
  }

  private static func distance(
    _ n: Int, _ m: Int, _ firstOwn: Double, _ secondOwn: Double, _ other: Double
  ) -> Double {
    let (n, m) = (Double(n), Double(m))
    return firstOwn / (n * (n - 1)) + secondOwn / (m * (m - 1)) - 2 * other / (n * m)
  }

  /// (n − 1)/n Σ (θ_(i) − mean)², the same for the other set, added.
  var jackknifeVariance: Double {
    let (n, m) = (firstOwn.count, secondOwn.count)
    let totals = (firstOwn.reduce(0, +), secondOwn.reduce(0, +), firstOther.reduce(0, +))
    let withoutFirst = (0..<n).map { i in
      Self.distance(n - 1, m, totals.0 - 2 * firstOwn[i], totals.1, totals.2 - firstOther[i])
    }
    let withoutSecond = (0..<m).map { j in
      Self.distance(n, m - 1, totals.0, totals.1 - 2 * secondOwn[j], totals.2 - secondOther[j])
    }
    return [withoutFirst, withoutSecond].reduce(0) { sum, left in
      let count = Double(left.count)
      let mean = left.reduce(0, +) / count
      return sum + (count - 1) / count * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
  }

  /// Sums over rows and over columns of the kernel matrix, the diagonal left out where the sets are
  /// the same; tiles of it are formed one at a time on every thread.
  private static func rowSums(
    _ x: [Double], _ y: [Double], _ d: Int, isSame: Bool
  ) -> (rows: [Double], columns: [Double]) {
    let tile = 256
    let (n, m) = (x.count / d, y.count / d)
    let (down, across) = ((n + tile - 1) / tile, (m + tile - 1) / tile)
    // A place for the sums of each tile, added up in the order of tiles.
    var rowParts = [Double](repeating: 0, count: down * across * tile)
    var columnParts = rowParts
    rowParts.withUnsafeMutableBufferPointer { rowParts in
      columnParts.withUnsafeMutableBufferPointer { columnParts in
        x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in
            func run(_ i: Int, _ j: Int) {
              let block = KernelTile(
                rows: min(tile, n - i * tile), columns: min(tile, m - j * tile), d: d,
                isDiagonal: isSame && i == j)
              block.add(
                x.baseAddress! + i * tile * d, y.baseAddress! + j * tile * d,
                rowParts.baseAddress! + (i * across + j) * tile,
                columnParts.baseAddress! + (i * across + j) * tile)
            }
            if isSame {
              Parallel.triangle(down) { run($0, $1) }
            } else {
              Parallel.each(down * across) { run($0 / across, $0 % across) }
            }
          }
        }
      }
    }
    var rows = [Double](repeating: 0, count: n)
    var columns = [Double](repeating: 0, count: m)
    for i in 0..<down {
      for j in 0..<across {
        let part = (i * across + j) * tile
        for r in 0..<min(tile, n - i * tile) { rows[i * tile + r] += rowParts[part + r] }
        for c in 0..<min(tile, m - j * tile) { columns[j * tile + c] += columnParts[part + c] }
      }
    }
    // Of equal sets only tiles on and below the diagonal were formed; a column stands for a row.
    if isSame {
      for i in 0..<down {
        for j in 0..<i {
          let part = (i * across + j) * tile
          for c in 0..<min(tile, m - j * tile) { rows[j * tile + c] += columnParts[part + c] }
        }
      }
    }
    return (rows, columns)
  }
}

/// One tile of a kernel matrix.
private struct KernelTile {
  let rows: Int
  let columns: Int
  let d: Int
  let isDiagonal: Bool

  func add(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    _ rowSums: UnsafeMutablePointer<Double>, _ columnSums: UnsafeMutablePointer<Double>
  ) {
    let values = UnsafeMutablePointer<Double>.allocate(capacity: rows * columns)
    defer { values.deallocate() }
    LinearAlgebra.multiply(
      transposeB: true, rows: rows, columns: columns, depth: d, alpha: 1 / Double(d), x, d, y, d,
      values, columns)
    for r in 0..<rows {
      let line = values + r * columns
      for c in 0..<columns {
        let root = line[c] + 1
        line[c] = root * root * root
      }
      if isDiagonal { line[r] = 0 }
      var sum = 0.0
      for c in 0..<columns {
        sum += line[c]
        columnSums[c] += line[c]
      }
      rowSums[r] += sum
    }
  }
}
