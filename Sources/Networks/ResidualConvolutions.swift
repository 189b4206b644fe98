import Autodiff
import Kernels
import Tensors

/// The residual blocks of Medfusion: convolution first, normalisation and activation behind it.
///
/// Names of parameters are those of the released classes (github.com/mueller-franzes/medfusion,
/// Müller-Franzes et al. 2023, doi:10.1038/s41598-023-39278-0), so that released weights fit.
extension NetworkBuilder {
  /// A convolution that starts at zero, weight and bias.
  mutating func zeroConvolution(
    _ name: String, from input: Int, to output: Int, kernel: Int, padding: Int = 0
  ) -> Conv2d<Scalar> {
    Conv2d(
      weight: parameter(name + ".weight", .zeros([output, input, kernel, kernel])),
      bias: parameter(name + ".bias", .zeros([output])), stride: 1, padding: padding)
  }
}

/// y = swish(norm(k(x))) + s(x): a 3x3 convolution, group normalisation and swish, with s the
/// identity or a 1x1 convolution where the channels change; x [batch, in, height, width] to
/// [batch, out, height, width].
struct ResidualConvolution<Scalar: TensorScalar> {
  private let convolution: Conv2d<Scalar>
  private let norm: GroupNorm<Scalar>
  private let projection: Conv2d<Scalar>?

  /// `startsAtZero`: the convolution gives zeros at first, and y = s(x).
  init(
    _ name: String, from input: Int, to output: Int, startsAtZero: Bool,
    builder make: inout NetworkBuilder<Scalar>
  ) {
    let inner = name + ".basic_block"
    convolution =
      startsAtZero
      ? make.zeroConvolution(inner + ".conv", from: input, to: output, kernel: 3, padding: 1)
      : make.convolution(
        inner + ".conv", from: input, to: output, kernel: 3, padding: 1, bias: true)
    norm = make.normalization(inner + ".norm", channels: output)
    projection =
      input == output
      ? nil
      : make.convolution(name + ".conv_res", from: input, to: output, kernel: 1, bias: true)
  }

  func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    norm(convolution(x), then: .silu) + (projection?(x) ?? x)
  }
}

/// Two residual convolutions, the second starting at zero; what the block is told joins between
/// them: y = r₂(r₁(x) + l(told)), l a linear layer to the channels.
///
/// `told` [batch, width] has its swish behind it already.
struct ResidualPair<Scalar: TensorScalar> {
  private let first, second: ResidualConvolution<Scalar>
  private let listener: Linear<Scalar>?

  /// `told` is the width of the vector, nil for a block that is told nothing.
  init(
    _ name: String, from input: Int, to output: Int, told width: Int? = nil,
    builder make: inout NetworkBuilder<Scalar>
  ) {
    first = ResidualConvolution(
      name + ".block_seq.0", from: input, to: output, startsAtZero: false, builder: &make)
    second = ResidualConvolution(
      name + ".block_seq.1", from: output, to: output, startsAtZero: true, builder: &make)
    listener = width.map { make.linear(name + ".local_embedder.1", from: $0, to: output) }
  }

  func callAsFunction(
    _ x: Variable<Scalar>, told vector: Variable<Scalar>? = nil
  ) -> Variable<Scalar> {
    var h = first(x)
    if let listener, let vector { h = h + reshape(listener(vector), [x.shape[0], -1, 1, 1]) }
    return second(h)
  }
}
