/// The zero of a function between two ends of different sign, by bisection with secant steps.
///
/// A secant step is taken where it stays in the bracket and halves it fast enough, so that the
/// bracket shrinks at least by half in every three evaluations. Stops when the bracket is narrower than
/// `tolerance` times the larger of 1 and |x|, in absolute terms for x below 1.
///
/// - Returns: nil where both ends have the same sign or a value is NaN.
func root(
  from low: Double, to high: Double, tolerance: Double = 1e-13,
  of function: (Double) -> Double
) -> Double? {
  var (a, b) = (low, high)
  var (fa, fb) = (function(a), function(b))
  guard !fa.isNaN, !fb.isNaN else { return nil }
  if fa == 0 { return a }
  if fb == 0 { return b }
  guard (fa < 0) != (fb < 0) else { return nil }
  var bisect = false
  for _ in 0..<300 {
    let width = abs(b - a)
    if width <= tolerance * Swift.max(1, abs(a), abs(b)) { break }
    var x = a + (b - a) / 2
    if !bisect, fa.isFinite, fb.isFinite {
      let secant = b - fb * (b - a) / (fb - fa)
      if secant > Swift.min(a, b), secant < Swift.max(a, b) { x = secant }
    }
    let fx = function(x)
    if fx.isNaN { return nil }
    if fx == 0 { return x }
    if (fx < 0) == (fa < 0) {
      (a, fa) = (x, fx)
    } else {
      (b, fb) = (x, fx)
    }
    bisect = abs(b - a) > width / 2
  }
  return abs(fa) < abs(fb) ? a : b
}
