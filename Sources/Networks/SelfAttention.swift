import Autodiff
import Kernels
import Tensors

/// Self-attention over the positions of a picture, added to it: x + o(attention(qkv(norm(x)))).
///
/// x [batch, channel, height, width]; qkv and o are 1x1 convolutions, heads share the channels.
public struct SelfAttention<Scalar: TensorScalar> {
  private let norm: GroupNorm<Scalar>
  private let qkv: Conv2d<Scalar>
  private let output: Conv2d<Scalar>
  private let heads: Int

  public init(
    _ name: String, channels: Int, heads: Int, builder make: inout NetworkBuilder<Scalar>
  ) {
    precondition(
      heads > 0 && channels % heads == 0, "heads (\(heads)) must divide channels (\(channels))")
    self.heads = heads
    norm = make.normalization(name + ".n", channels: channels)
    qkv = make.convolution(
      name + ".qkv", from: channels, to: 3 * channels, kernel: 1, bias: true)
    output = make.convolution(name + ".o", from: channels, to: channels, kernel: 1, bias: true)
  }

  public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let (batch, channels) = (x.shape[0], x.shape[1])
    let tokens = x.shape[2] * x.shape[3]
    let all = reshape(qkv(norm(x)), [batch, 3, heads, channels / heads, tokens])
    let parts = (0..<3).map { part in
      reshape(
        slice(all, axis: 1, range: part..<(part + 1)), [batch, heads, channels / heads, tokens])
    }
    let mixed = attention(queries: parts[0], keys: parts[1], values: parts[2])
    return x + output(reshape(mixed, x.shape))
  }
}
