import Autodiff
import Kernels
import Tensors

/// The ResNet-9 of the differential privacy literature: 64, 128, R128, 256, 256, R256.
///
/// Every layer is 3x3 convolution → group normalisation (32 groups) → Mish; c2, c3 and c4 then
/// halve the size by 2x2 max-pooling, R is a residual pair; last come the maximum over the four
/// quadrants and a linear layer. The side must be a multiple of 16. Parameters of the
/// one-channel, eight-class network: 2,444,744.
///
/// Source: Klause et al. 2022, arXiv 2203.00324 (without scale normalisation).
public final class ResNet9<Scalar: TensorScalar>: Network {
  public let parameters: [Parameter<Scalar>]
  private let c1, c2, c3, c4: Unit
  private let r1, r2: (Unit, Unit)
  private let head: Linear<Scalar>

  private struct Unit {
    let convolution: Conv2d<Scalar>
    let norm: GroupNorm<Scalar>

    init(_ name: String, from input: Int, to output: Int, _ make: inout NetworkBuilder<Scalar>) {
      convolution = make.convolution(name + ".0", from: input, to: output, kernel: 3, padding: 1)
      norm = make.normalization(name + ".1", channels: output)
    }

    func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
      norm(convolution(x), then: .mish)
    }

    /// With 2x2 max-pooling.
    func pooled(_ x: Variable<Scalar>) -> Variable<Scalar> {
      norm(convolution(x), then: .mish, maxPool: 2, stride: 2)
    }
  }

  /// A network at its random start (PyTorch's defaults); `stream` moves on.
  public init(classes: Int, inputChannels: Int = 1, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .atMost(32), stream: &stream)
    c1 = Unit("c1", from: inputChannels, to: 64, &make)
    c2 = Unit("c2", from: 64, to: 128, &make)
    r1 = (Unit("r1.0", from: 128, to: 128, &make), Unit("r1.1", from: 128, to: 128, &make))
    c3 = Unit("c3", from: 128, to: 256, &make)
    c4 = Unit("c4", from: 256, to: 256, &make)
    r2 = (Unit("r2.0", from: 256, to: 256, &make), Unit("r2.1", from: 256, to: 256, &make))
    head = make.linear("fc", from: 1024, to: classes)
    parameters = make.parameters
  }

  /// Logits [batch, class].
  public func callAsFunction(_ images: Variable<Scalar>) -> Variable<Scalar> {
    precondition(
      images.shape.count == 4 && images.shape[2] == images.shape[3] && images.shape[2] % 16 == 0,
      "images \(images.shape) must be square with a side that is a multiple of 16")
    var x = c2.pooled(c1(images))
    x = r1.1(r1.0(x)) + x
    x = c4.pooled(c3.pooled(x))
    x = r2.1(r2.0(x)) + x
    let half = x.shape[2] / 2
    x = maxPool2d(x, size: half, stride: half, padding: 0)
    return head(reshape(x, [x.shape[0], 1024]))
  }
}
