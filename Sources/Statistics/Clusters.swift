/// Which cases belong together: several images of one patient, for example.
///
/// Clusters are numbered 0..<count in the order in which they first appear.
public struct Clusters: Sendable {
  /// Cluster of each case.
  public let codes: [Int32]
  /// Number of clusters.
  public let count: Int

  /// From any names: equal names are one cluster.
  public init<Name: Hashable>(_ names: [Name]) {
    var seen: [Name: Int32] = [:]
    seen.reserveCapacity(names.count)
    var codes: [Int32] = []
    codes.reserveCapacity(names.count)
    for name in names {
      if let code = seen[name] {
        codes.append(code)
      } else {
        let code = Int32(seen.count)
        seen[name] = code
        codes.append(code)
      }
    }
    self.codes = codes
    count = seen.count
  }

  /// Every case a cluster of its own.
  public init(singletons count: Int) {
    codes = (0..<count).map { Int32($0) }
    self.count = count
  }

  /// Σ of the values of each cluster.
  public func sums(_ values: [Double]) -> [Double] {
    precondition(
      values.count == codes.count,
      "values (count \(values.count)) must match the cases (count \(codes.count))")
    var result = [Double](repeating: 0, count: count)
    for i in values.indices { result[Int(codes[i])] += values[i] }
    return result
  }
}
