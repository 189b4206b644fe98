import Autodiff
import Tensors

/// The pointwise nonlinearity of a network.
public enum Activation: String, Codable, Hashable, Sendable {
  /// max(0, x).
  case relu
  /// x · tanh(softplus(x)); Misra 2019, arXiv 1908.08681.
  case mish
  /// x · sigmoid(x); Elfwing et al. 2018, arXiv 1702.03118.
  case silu

  public func callAsFunction<Scalar>(_ x: Variable<Scalar>) -> Variable<Scalar> {
    switch self {
    case .relu: Autodiff.relu(x)
    case .mish: Autodiff.mish(x)
    case .silu: Autodiff.silu(x)
    }
  }
}
