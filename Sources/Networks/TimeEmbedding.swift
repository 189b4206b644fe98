import Autodiff
import Foundation
import Kernels
import Tensors

/// The sine and cosine features of times: [count, width] with
/// sin(t f_0) ... sin(t f_{h-1}), cos(t f_0) ... cos(t f_{h-1}), f_j = 10000^(-j/h), h = width / 2.
///
/// Vaswani et al. 2017, doi:10.48550/arXiv.1706.03762, section 3.5, in the order that Ho et al. 2020
/// (doi:10.48550/arXiv.2006.11239) use. Angles are worked out in Double.
public func sinusoidalFeatures<Scalar: TensorScalar>(
  _ times: [Double], width: Int
) -> Tensor<Scalar> {
  precondition(width > 0 && width % 2 == 0, "width (\(width)) must be even and positive")
  let half = width / 2
  let rates = (0..<half).map { exp(-log(10_000) * Double($0) / Double(half)) }
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
  private let width: Int

  public init(
    _ name: String, width: Int, output: Int, builder make: inout NetworkBuilder<Scalar>
  ) {
    self.width = width
    first = make.linear(name + ".0", from: width, to: output)
    second = make.linear(name + ".2", from: output, to: output)
  }

  public func callAsFunction(_ times: [Double]) -> Variable<Scalar> {
    second(silu(first(Variable(sinusoidalFeatures(times, width: width)))))
  }
}
