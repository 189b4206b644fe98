import Autodiff
import Tensors

/// A two-dimensional convolution (cross-correlation, as everywhere in deep learning).
///
/// x [batch, in, height, width], weight [out, in, kernel, kernel], bias [out] or none.
public struct Conv2d<Scalar: TensorScalar> {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  public let stride: Int
  public let padding: Int

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    conv2d(x, weight: weight.variable, bias: bias?.variable, stride: stride, padding: padding)
  }
}

/// Group normalisation: each group of channels of each case to mean 0 and (biased) variance 1,
/// then a scale and a shift per channel; Wu and He 2018, doi:10.1007/978-3-030-01261-8_1.
///
/// Epsilon is PyTorch's 1e-5. Cases do not mix, which differential privacy needs.
public struct GroupNorm<Scalar: TensorScalar> {
  public let scale: Parameter<Scalar>
  public let shift: Parameter<Scalar>
  public let groups: Int

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    groupNorm(x, groups: groups, scale: scale.variable, shift: shift.variable, epsilon: 1e-5)
  }

  /// The normalisation with an activation behind it; Mish and SiLU are computed in the same passes.
  public func callAsFunction(
    _ x: Variable<Scalar>, then activation: Activation
  ) -> Variable<Scalar> {
    switch activation {
    case .relu: relu(self(x))
    case .mish:
      groupNormMish(
        x, groups: groups, scale: scale.variable, shift: shift.variable, epsilon: 1e-5)
    case .silu:
      groupNormSiLU(
        x, groups: groups, scale: scale.variable, shift: shift.variable, epsilon: 1e-5)
    }
  }

  /// The normalisation with a leaky rectifier behind it, in the same passes.
  public func callAsFunction(
    _ x: Variable<Scalar>, thenLeakyReLU slope: Scalar
  ) -> Variable<Scalar> {
    groupNormLeakyReLU(
      x, groups: groups, scale: scale.variable, shift: shift.variable, epsilon: 1e-5, slope: slope)
  }
}

extension GroupNorm {
  /// The normalisation with an activation and then a maximum over windows behind it, all in the
  /// same passes.
  public func callAsFunction(
    _ x: Variable<Scalar>, then activation: Activation, maxPool size: Int, stride: Int,
    padding: Int = 0
  ) -> Variable<Scalar> {
    let fused: GroupNormGeometry.Activation =
      switch activation {
      case .relu: .leakyReLU(slope: 0)
      case .mish: .mish
      case .silu: .silu
      }
    return groupNormMaxPool(
      x, groups: groups, scale: scale.variable, shift: shift.variable, epsilon: 1e-5,
      activation: fused, size: size, stride: stride, padding: padding)
  }
}

/// y = x Wᵀ + b: x [batch, in], weight [out, in], bias [out].
public struct Linear<Scalar: TensorScalar> {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    linear(x, weight: weight.variable, bias: bias.variable)
  }
}

/// How many groups a group normalisation makes of its channels.
public enum GroupRule: Codable, Hashable, Sendable {
  /// min(32, channels / 4): never fewer than four channels to a group, 32 from 128 channels up.
  case quarter
  /// The same number at every layer; it must divide every channel count. The published networks
  /// use 32, which is allowed from 32 channels up.
  case fixed(Int)
  /// min(n, channels): the published 32 with one channel to a group below.
  case atMost(Int)

  public func groups(channels: Int) -> Int {
    let groups =
      switch self {
      case .quarter: min(32, max(1, channels / 4))
      case .fixed(let number): number
      case .atMost(let number): min(number, channels)
      }
    precondition(
      groups > 0 && channels % groups == 0,
      "\(self) makes \(groups) groups, which must divide \(channels) channels")
    return groups
  }
}
