/// Holm's step-down adjusted p-values: reject those ≤ α, and the chance of any false rejection is
/// at most α under any dependence.
///
/// In rising order p(1) ≤ … ≤ p(m): p̃(i) = max over j ≤ i of min(1, (m − j + 1) p(j)). The result
/// is in the order given. Adjust all tests of a family at once, also those that came out large.
/// Reference: Holm 1979, Scand. J. Statist. 6:65.
public func holm(_ pValues: [Double]) -> [Double] {
  let order = risingOrder(pValues)
  var adjusted = pValues
  var running = 0.0
  for (position, index) in order.enumerated() {
    running = max(running, min(1, Double(order.count - position) * pValues[index]))
    adjusted[index] = running
  }
  return adjusted
}

/// Benjamini and Hochberg's adjusted p-values: reject those ≤ q, and the expected share of false
/// among all rejections is at most q for independent or positively dependent tests.
///
/// In rising order: p̃(i) = min over j ≥ i of min(1, m p(j)/j). The result is in the order given.
/// Reference: Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
public func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
  let order = risingOrder(pValues)
  var adjusted = pValues
  var running = 1.0
  for position in order.indices.reversed() {
    let index = order[position]
    running = min(running, Double(order.count) * pValues[index] / Double(position + 1))
    adjusted[index] = running
  }
  return adjusted
}

private func risingOrder(_ pValues: [Double]) -> [Int] {
  for (i, p) in pValues.enumerated() {
    precondition((0...1).contains(p), "pValues[\(i)] (\(p)) must lie in 0...1")
  }
  return pValues.indices.sorted {
    pValues[$0] != pValues[$1] ? pValues[$0] < pValues[$1] : $0 < $1
  }
}
