import Autodiff
import Kernels
import Tensors

/// The discriminator of Medfusion's fine-tuning: pictures [batch, channel, height, width] to maps of
/// scores [batch, 1, height / factor, width / factor], high for real ones.
///
/// Convolution, group normalisation and swish at every level, of the given widths and strides; the
/// last 3x3 convolution starts at zero. Source: class Discriminator of the released code
/// (Müller-Franzes et al. 2023, doi:10.1038/s41598-023-39278-0) with its names of parameters, widths
/// and strides those of the autoencoder.
public final class PatchDiscriminator<Scalar: TensorScalar>: Parameterized {
  public let parameters: [Parameter<Scalar>]
  private let levels: [(Conv2d<Scalar>, GroupNorm<Scalar>)]
  private let output: Conv2d<Scalar>

  /// A network at its random start (PyTorch's defaults); `stream` moves on. Of the configuration it
  /// takes channels, widths, strides and groups.
  public init(_ configuration: AutoencoderConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(configuration.groups), stream: &stream)
    var channels = configuration.channels
    levels = zip(configuration.widths, configuration.strides).enumerated().map { place, level in
      let name = place == 0 ? "inc" : "encoder.\(place - 1)"
      let convolution = make.convolution(
        name + ".conv", from: channels, to: level.0, kernel: 3, stride: level.1, padding: 1,
        bias: true)
      channels = level.0
      return (convolution, make.normalization(name + ".norm", channels: channels))
    }
    output = make.zeroConvolution("outc.conv", from: channels, to: 1, kernel: 3, padding: 1)
    parameters = make.parameters
  }

  public func callAsFunction(_ images: Variable<Scalar>) -> Variable<Scalar> {
    var h = images
    for (convolution, norm) in levels { h = norm(convolution(h), then: .silu) }
    return output(h)
  }
}

/// The hinge loss of a discriminator: ½ (mean max(0, 1 - D(real)) + mean max(0, 1 + D(fake))).
///
/// Lim and Ye 2017, doi:10.48550/arXiv.1705.02894.
public func hingeDiscriminatorLoss<Scalar: TensorScalar>(
  real: Variable<Scalar>, fake: Variable<Scalar>
) -> Variable<Scalar> {
  affine(mean(relu(1 - real)) + mean(relu(1 + fake)), scale: 0.5)
}
