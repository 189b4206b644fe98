import Autodiff
import Kernels
import Tensors

/// A convolution whose weights are scaled for every picture by a style.
///
/// With a = A(style) [batch, in] and w' = w / √(in k²), picture n is convolved with
/// W_oi = w'_oi a_ni, divided by √(Σ_i a_ni² ‖w'_oi‖² + 1e-8) where it demodulates; then noise of a
/// learnt strength and a bias are added. Instead of making weights for every picture, the input
/// channels are scaled by a before one ordinary convolution and the output channels by the
/// demodulation after it.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, eqs. 1 to 3.
public struct ModulatedConvolution<Scalar: TensorScalar> {
  private let weight: Parameter<Scalar>
  private let bias: Parameter<Scalar>
  private let noiseStrength: Parameter<Scalar>
  private let style: Linear<Scalar>
  private let demodulates: Bool

  public init(
    _ name: String, from input: Int, to output: Int, kernel: Int, style width: Int,
    demodulates: Bool = true, builder make: inout NetworkBuilder<Scalar>
  ) {
    self.demodulates = demodulates
    weight = make.parameter(
      name + ".w",
      Initialization.normal(
        shape: [output, input, kernel, kernel], deviation: 1, stream: make.stream(of: name + ".w")))
    bias = make.parameter(name + ".b", .zeros([output]))
    noiseStrength = make.parameter(name + ".nz", Tensor(0))
    let weights: Tensor<Scalar> = Initialization.uniform(
      shape: [input, width], fanIn: width, stream: make.stream(of: name + ".a.weight"))
    // A style of zeros leaves the convolution as it is.
    style = Linear(
      weight: make.parameter(name + ".a.weight", weights),
      bias: make.parameter(name + ".a.bias", .ones([input])))
  }

  /// x [batch, in, height, width] and styles [batch, width] to [batch, out, height, width]; noise
  /// [batch, 1, height, width] or none.
  public func callAsFunction(
    _ x: Variable<Scalar>, styles: Variable<Scalar>, noise: Variable<Scalar>? = nil
  ) -> Variable<Scalar> {
    let shape = weight.shape
    let fanIn = shape[1] * shape[2] * shape[3]
    let scaled = affine(weight.variable, scale: 1 / Scalar(fanIn).squareRoot())
    let modulation = style(styles)
    let batch = x.shape[0]
    var y = conv2d(
      x * reshape(modulation, [batch, shape[1], 1, 1]), weight: scaled, padding: shape[2] / 2)
    if demodulates {
      let power = matmul(
        square(modulation), sum(square(scaled), axes: [2, 3]), transposeB: true)
      y = y * reshape(reciprocal(sqrt(power + 1e-8)), [batch, shape[0], 1, 1])
    }
    if let noise { y = y + noiseStrength.variable * noise }
    return y + reshape(bias.variable, [1, shape[0], 1, 1])
  }
}
