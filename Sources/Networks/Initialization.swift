import Foundation
import Kernels
import Tensors

/// How the weights of convolutions and linear layers start.
///
/// fanIn = inputs per output element (input channels × kernel area), fanOut = output channels ×
/// kernel area.
public enum Initialization: String, Codable, Hashable, Sendable {
  /// U(−1/√fanIn, 1/√fanIn): the default of PyTorch's Conv2d and Linear, biases included.
  case uniformFanIn
  /// N(0, 2/fanOut): what torchvision's ResNet gives its convolutions (He et al. 2015,
  /// doi:10.1109/ICCV.2015.123).
  case normalFanOut
  /// N(0, 0.02²): what DCGAN gives all its weights (Radford et al. 2016, arXiv 1511.06434).
  case normalSmall

  /// A weight tensor [out, in] or [out, in, kernel...]. Of transposed convolutions, whose weight is
  /// [in, out, kernel...], the fans are counted as PyTorch counts them: by the same places.
  func weight<Scalar: TensorScalar>(
    shape: [Int], stream: RandomStream
  ) -> Tensor<Scalar> {
    let area = shape.dropFirst(2).reduce(1, *)
    switch self {
    case .uniformFanIn:
      return Self.uniform(shape: shape, fanIn: shape[1] * area, stream: stream)
    case .normalFanOut:
      return Self.normal(
        shape: shape, deviation: (2 / Double(shape[0] * area)).squareRoot(), stream: stream)
    case .normalSmall:
      return Self.normal(shape: shape, deviation: 0.02, stream: stream)
    }
  }

  /// Normal with mean 0.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  static func normal<Scalar: TensorScalar>(
    shape: [Int], deviation: Double, stream: RandomStream
  ) -> Tensor<Scalar> {
    var stream = stream
    return Tensor(shape: shape) { weights in
      for i in weights.indices { weights[i] = Scalar(deviation * stream.normal()) }
    }
  }

  /// Uniform between ±1/√fanIn.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  static func uniform<Scalar: TensorScalar>(
    shape: [Int], fanIn: Int, stream: RandomStream
  ) -> Tensor<Scalar> {
    var stream = stream
    let bound = 1 / Double(fanIn).squareRoot()
    return Tensor(shape: shape) { weights in
      for i in weights.indices { weights[i] = Scalar(stream.uniform(in: -bound...bound)) }
    }
  }
}
