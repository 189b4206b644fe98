import Autodiff
import Testing

typealias V = Variable<Double>
typealias T = Tensor<Double>

/// Normal numbers in a shape, from a stream named by the test.
func normal(_ shape: [Int], _ name: String) -> T {
  var stream = RandomStream(7).child(name)
  return T(shape: shape, (0..<shape.reduce(1, *)).map { _ in stream.normal() })
}

/// Weights that make a scalar out of a result; no symmetry, so that no error cancels.
func weighted(_ y: V) -> V { sum(y * V(normal(y.shape, "weights"))) }

/// Compares gradients of a function with central differences.
///
/// With step h the difference quotient is off by h² f‴ / 6 + ε |f| / h. For h = 2^-17 ≈ 7.6e-6 and
/// values and third derivatives of size up to about M = 10 both terms stay below 1e-9 M; the bound
/// asked for is 1e-8 times the largest magnitude of the gradient or 1.
func expectGradients(
  _ inputs: [T], _ name: String, order: Int = 2, sourceLocation: SourceLocation = #_sourceLocation,
  _ function: @escaping ([V]) -> V
) {
  let h = 0x1p-17
  func check(_ f: ([V]) -> V, _ label: String, graphs: Bool) {
    let variables = inputs.map { V($0, requiresGradient: true) }
    let output = f(variables)
    let found =
      graphs
      ? differentiableGradients(of: output, at: variables).map(\.value)
      : gradients(of: output, at: variables)
    for (place, input) in inputs.enumerated() {
      let size = max(1, found[place].elements.map(abs).max() ?? 0)
      var worst = 0.0
      for index in 0..<input.count {
        func at(_ step: Double) -> Double {
          var moved = inputs
          moved[place].withUnsafeMutableElements { $0[index] += step }
          return f(moved.map { V($0, requiresGradient: true) }).value.item
        }
        let expected = (at(h) - at(-h)) / (2 * h)
        worst = max(worst, abs(expected - found[place].elements[index]) / size)
      }
      #expect(
        worst < 1e-8, "\(name), \(label), input \(place): worst deviation \(worst)",
        sourceLocation: sourceLocation)
    }
  }
  let first: ([V]) -> V = { weighted(function($0)) }
  check(first, "first order", graphs: false)
  check(first, "first order with graph", graphs: true)
  guard order >= 2 else { return }
  // A scalar out of the gradients; its gradients are second derivatives.
  let second: ([V]) -> V = { variables in
    let parts = differentiableGradients(of: first(variables), at: variables)
    return parts.map { weighted(square($0) + $0) }.reduce(V(T(0))) { $0 + $1 }
  }
  check(second, "second order", graphs: false)
}
