import Autodiff
import Foundation
import Networks
import Tensors
import Testing

/// Compares a result and the gradients at all parameters with PyTorch's.
///
/// A chain of `roundings` products and sums is off by roundings · u at worst, u = 2^-53, relative to
/// the largest numbers that meet; in Float, where errors of random sign are measured against
/// float64, by 8 √roundings · 2^-24.
struct TorchComparison {
  let roundings: Double

  func bound<S: TensorScalar>(_ type: S.Type) -> Double {
    S.self == Double.self ? roundings * 0x1p-53 : 8 * roundings.squareRoot() * 0x1p-24
  }

  /// Σ y_i cos(0.3 i) is the number whose gradients are taken.
  static func upstream<S: TensorScalar>(_ y: Variable<S>) -> Tensor<S> {
    Tensor(shape: y.shape, (0..<y.value.count).map { S(cos(0.3 * Double($0))) })
  }

  /// A result by its norm and its probe.
  func expect<S: TensorScalar>(
    _ y: Tensor<S>, norm: Double, probe: Double, _ label: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = bound(S.self) * max(1, norm) * Double(y.count).squareRoot()
    #expect(
      abs(y.squaredNorm.squareRoot() - norm) <= scale && abs(Formula.probe(y) - probe) <= scale,
      "\(label): \(y.squaredNorm.squareRoot()) and \(Formula.probe(y))",
      sourceLocation: sourceLocation)
  }

  func expect<S: TensorScalar>(
    _ found: [Tensor<S>], of network: any Parameterized<S>, _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let rows = TorchGradients.rows(text)
    #expect(network.parameters.map(\.name) == rows.map(\.name), sourceLocation: sourceLocation)
    let largest = rows.map(\.norm).max() ?? 0
    for (gradient, row) in zip(found, rows) {
      let scale = bound(S.self) * max(1, largest) * Double(gradient.count).squareRoot()
      #expect(
        abs(gradient.squaredNorm.squareRoot() - row.norm) <= scale
          && abs(Formula.probe(gradient) - row.probe) <= scale,
        "\(row.name): \(gradient.squaredNorm.squareRoot()) and \(Formula.probe(gradient)), not \(row)",
        sourceLocation: sourceLocation)
    }
  }
}
