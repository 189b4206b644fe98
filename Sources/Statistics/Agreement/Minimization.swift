/// The point where a function is least, by Nelder and Mead's simplex.
///
/// Started again from its own end until a restart gains nothing, because a simplex can collapse
/// early. Reflection 1, expansion 2, contraction and shrinking 1/2; values that are NaN count as
/// infinite. Deterministic.
///
/// - Parameters:
///   - start: first corner
///   - step: offset of the other corners, one along each coordinate
///   - tolerance: stops when corner values differ by less, relative to 1 + |value|
/// - Reference: Nelder and Mead 1965, doi:10.1093/comjnl/7.4.308.
func minimize(
  from start: [Double], step: Double, tolerance: Double = 1e-13,
  _ function: ([Double]) -> Double
) -> (point: [Double], value: Double) {
  func checked(_ point: [Double]) -> Double {
    let value = function(point)
    return value.isNaN ? .infinity : value
  }
  var best = (point: start, value: checked(start))
  if start.isEmpty { return best }
  var size = step
  for _ in 0..<12 {
    let found = simplex(from: best.point, step: size, tolerance: tolerance, checked)
    let gain = best.value - found.value
    if found.value < best.value { best = found }
    if gain <= tolerance * (1 + abs(best.value)) { break }
    size /= 2
  }
  return best
}

private func simplex(
  from start: [Double], step: Double, tolerance: Double, _ function: ([Double]) -> Double
) -> (point: [Double], value: Double) {
  let count = start.count
  var corners = [(point: start, value: function(start))]
  for k in 0..<count {
    var point = start
    point[k] += step
    corners.append((point, function(point)))
  }
  for _ in 0..<(400 * count) {
    // Stable order: equal values keep theirs.
    let order = corners.indices.sorted {
      corners[$0].value != corners[$1].value ? corners[$0].value < corners[$1].value : $0 < $1
    }
    corners = order.map { corners[$0] }
    let (least, most) = (corners[0].value, corners[count].value)
    let extent = (0..<count).map { k in
      corners.map { abs($0.point[k] - corners[0].point[k]) }.max()!
    }.max()!
    if most - least <= tolerance * (1 + abs(least)), extent < 1e-6 { break }
    let centre = (0..<count).map { k in
      corners[..<count].reduce(0) { $0 + $1.point[k] } / Double(count)
    }
    func along(_ factor: Double) -> (point: [Double], value: Double) {
      let point = (0..<count).map { centre[$0] + factor * (corners[count].point[$0] - centre[$0]) }
      return (point, function(point))
    }
    let reflected = along(-1)
    if reflected.value < least {
      let expanded = along(-2)
      corners[count] = expanded.value < reflected.value ? expanded : reflected
    } else if reflected.value < corners[count - 1].value {
      corners[count] = reflected
    } else {
      let contracted = reflected.value < most ? along(-0.5) : along(0.5)
      if contracted.value < Swift.min(reflected.value, most) {
        corners[count] = contracted
      } else {
        for i in 1...count {
          let point = (0..<count).map { (corners[i].point[$0] + corners[0].point[$0]) / 2 }
          corners[i] = (point, function(point))
        }
      }
    }
  }
  return corners.min { $0.value < $1.value }!
}
