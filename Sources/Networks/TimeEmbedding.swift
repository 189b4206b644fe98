import Autodiff
import Foundation
import Kernels
import Tensors

/// The sine and cosine features of times: [count, width] with
/// sin(t f_0) ... sin(t f_{h-1}), cos(t f_0) ... cos(t f_{h-1}), h = width / 2,
/// f_j = 10000^(-j / (h - shift)).
///
/// With shift 0 the last rate lies above 1/10000, with shift 1 it is 1/10000: both are in use.
/// Vaswani et al. 2017, doi:10.48550/arXiv.1706.03762, section 3.5, in the order that Ho et al. 2020
/// (doi:10.48550/arXiv.2006.11239) use. Angles are worked out in Double.
public func sinusoidalFeatures<Scalar: TensorScalar>(
  _ times: [Double], width: Int, shift: Int = 0
) -> Tensor<Scalar> {
  let half = width / 2
  precondition(
    width % 2 == 0 && half > shift && shift >= 0,
    "width (\(width)) must be even and its half above the shift (\(shift))")
  let rates = (0..<half).map { exp(-log(10_000) * Double($0) / Double(half - shift)) }
  return Tensor(
    shape: [times.count, width],
    times.flatMap { time in
      rates.map { Scalar(sin(time * $0)) } + rates.map { Scalar(cos(time * $0)) }
    })
}

/// Times to the vectors that the blocks of a denoiser are told: sinusoidal features, linear, SiLU,
/// linear; [batch] to [batch, output].
public struct TimeEmbedding<Scalar: TensorScalar> {
  private let first: Linear<Scalar>
  private let second: Linear<Scalar>
  private let width, shift: Int

  /// The layers are named `<name>.<layers.0>` and `<name>.<layers.1>`; `shift` is that of
  /// `sinusoidalFeatures`.
  public init(
    _ name: String, width: Int, output: Int, shift: Int = 0, layers: (Int, Int) = (0, 2),
    builder make: inout NetworkBuilder<Scalar>
  ) {
    self.width = width
    self.shift = shift
    first = make.linear("\(name).\(layers.0)", from: width, to: output)
    second = make.linear("\(name).\(layers.1)", from: output, to: output)
  }

  public func callAsFunction(_ times: [Double]) -> Variable<Scalar> {
    second(silu(first(Variable(sinusoidalFeatures(times, width: width, shift: shift)))))
  }
}
