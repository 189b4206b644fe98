/// Sums of the leading values of a list whose values grow one at a time, both in O(log n).
///
/// Whole numbers stay exact up to 2^53. Reference: Fenwick 1994, doi:10.1002/spe.4380240306.
struct FenwickTree {
  private var nodes: [Double]
  /// [index]
  private(set) var values: [Double]
  private(set) var total = 0.0

  init(count: Int) {
    nodes = [Double](repeating: 0, count: count + 1)
    values = [Double](repeating: 0, count: count)
  }

  mutating func add(_ value: Double, at index: Int) {
    values[index] += value
    total += value
    var node = index + 1
    while node < nodes.count {
      nodes[node] += value
      node += node & -node
    }
  }

  /// Σ of the values before an index.
  func sum(before index: Int) -> Double {
    var result = 0.0
    var node = index
    while node > 0 {
      result += nodes[node]
      node -= node & -node
    }
    return result
  }
}
