/// Minimises a smooth convex function by L-BFGS with ten pairs and a line search that meets the
/// weak Wolfe conditions by bisection.
///
/// Ends when the largest component of the gradient is at most `tolerance`, when no step lowers
/// the function any more (the limit of rounding), or after `maximumIterations`.
///
/// Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5; line
/// search of Lewis and Overton 2013, doi:10.1007/s10107-012-0514-2, algorithm 2.6.
func minimize(
  from start: [Double], tolerance: Double, maximumIterations: Int,
  _ function: ([Double]) -> (Double, [Double])
) -> (point: [Double], value: Double, iterations: Int) {
  var point = start
  var (value, gradient) = function(point)
  var pairs: [(s: [Double], y: [Double], rho: Double)] = []
  for iteration in 0..<maximumIterations {
    if gradient.lazy.map({ abs($0) }).max() ?? 0 <= tolerance { return (point, value, iteration) }
    var direction = lbfgsDirection(gradient, pairs)
    var slope = dot(direction, gradient)
    if slope >= 0 {
      pairs = []
      direction = gradient.map { -$0 }
      slope = dot(direction, gradient)
    }
    // The first step has the length 1 in all; later ones are Newton-like.
    var step = pairs.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1.0
    var low = 0.0
    var high = Double.infinity
    var accepted: (point: [Double], value: Double, gradient: [Double])?
    for _ in 0..<50 {
      let trial = zip(point, direction).map { $0 + step * $1 }
      let (trialValue, trialGradient) = function(trial)
      if !(trialValue <= value + 1e-4 * step * slope) {
        high = step
      } else {
        accepted = (trial, trialValue, trialGradient)
        if dot(trialGradient, direction) >= 0.9 * slope { break }
        low = step
      }
      step = high.isFinite ? 0.5 * (low + high) : 2 * step
    }
    guard let next = accepted else { return (point, value, iteration) }
    let s = zip(next.point, point).map { $0 - $1 }
    let y = zip(next.gradient, gradient).map { $0 - $1 }
    let curvature = dot(s, y)
    if curvature > 0 {
      pairs.append((s, y, 1 / curvature))
      if pairs.count > 10 { pairs.removeFirst() }
    }
    (point, value, gradient) = next
  }
  return (point, value, maximumIterations)
}

/// −H·gradient by the two-loop recursion.
private func lbfgsDirection(
  _ gradient: [Double], _ pairs: [(s: [Double], y: [Double], rho: Double)]
) -> [Double] {
  var q = gradient
  var alphas = [Double](repeating: 0, count: pairs.count)
  for (index, pair) in pairs.enumerated().reversed() {
    alphas[index] = pair.rho * dot(pair.s, q)
    add(-alphas[index], pair.y, to: &q)
  }
  if let last = pairs.last {
    let scale = 1 / (last.rho * dot(last.y, last.y))
    for i in q.indices { q[i] *= scale }
  }
  for (index, pair) in pairs.enumerated() {
    add(alphas[index] - pair.rho * dot(pair.y, q), pair.s, to: &q)
  }
  return q.map { -$0 }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}

private func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
  for i in a.indices { b[i] += factor * a[i] }
}
