import Foundation
import Networks
import Tensors

/// Weights, images and targets that a formula gives, the same here and in PyTorch.
enum Formula {
  /// Element i of parameter j: base + amplitude · sin(0.7 i + j + 1), base 1 for the scales of
  /// normalisations and 0 else; amplitude 0.25, or as given for everything of rank 2 and more.
  static func fill<Scalar: TensorScalar>(
    _ network: any Parameterized<Scalar>, weightAmplitude: Double = 0.25
  ) {
    for (j, parameter) in network.parameters.enumerated() {
      let isScale = parameter.shape.count == 1 && parameter.name.hasSuffix("weight")
      let amplitude = parameter.shape.count <= 1 ? 0.25 : weightAmplitude
      parameter.value = Tensor(
        shape: parameter.shape,
        (0..<parameter.value.count).map { i in
          Scalar((isScale ? 1 : 0) + amplitude * sin(0.7 * Double(i) + Double(j) + 1))
        })
    }
  }

  /// [cases, channels, size, size]: ½ + ½ sin(0.37 i) cos(0.011 i).
  static func images<Scalar: TensorScalar>(cases: Int, channels: Int, size: Int) -> Tensor<Scalar> {
    images(shape: [cases, channels, size, size])
  }

  /// The same numbers in any shape.
  static func images<Scalar: TensorScalar>(shape: [Int]) -> Tensor<Scalar> {
    let count: Int = shape.reduce(1, *)
    let numbers: [Scalar] = (0..<count).map { (i: Int) -> Scalar in
      let place = Double(i)
      return Scalar(0.5 + 0.5 * sin(0.37 * place) * cos(0.011 * place))
    }
    return Tensor(shape: shape, numbers)
  }

  /// [cases, classes]: 1 where 7 i is a multiple of 3.
  static func targets<Scalar: TensorScalar>(cases: Int, classes: Int) -> Tensor<Scalar> {
    Tensor(shape: [cases, classes], (0..<cases * classes).map { ($0 * 7) % 3 == 0 ? 1 : 0 })
  }

  /// Σ g_i cos(i): a number that every element of a gradient moves.
  static func probe<Scalar: TensorScalar>(_ gradient: Tensor<Scalar>) -> Double {
    gradient.elements.enumerated().reduce(0) { $0 + Double($1.element) * cos(Double($1.offset)) }
  }
}
