import Autodiff
import Kernels
import Tensors

/// The style-based generator: latent vectors to styles, styles to pictures.
///
/// A learnt 4x4 picture is convolved, enlarged (bilinearly) and convolved twice at every further
/// level, all by convolutions that the style modulates; at every level another one adds to the
/// picture that has grown so far. Where there are classes, a learnt vector of the class joins the
/// latent before the mapping, both at unit power. The defaults are the 32x32 network: 3,117,903
/// parameters.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, with output skips and one style for
/// all levels (no style mixing), without equalised learning rates outside the modulated
/// convolutions; classes as in the authors' later code (Karras et al. 2020,
/// doi:10.48550/arXiv.2006.06676).
public final class StyleGenerator<Scalar: TensorScalar>: Parameterized {
  public let configuration: StyleConfiguration
  public let parameters: [Parameter<Scalar>]
  private let embedding: Parameter<Scalar>?
  private let mapping: [Linear<Scalar>]
  private let constant: Parameter<Scalar>
  private let first: ModulatedConvolution<Scalar>
  private let firstPicture: ModulatedConvolution<Scalar>
  private let growing, steady, pictures: [ModulatedConvolution<Scalar>]

  /// A generator at its random start; `stream` moves on.
  public init(_ configuration: StyleConfiguration, stream: inout RandomStream) {
    var make = NetworkBuilder<Scalar>(
      initialization: .uniformFanIn, groupRule: .fixed(1), stream: &stream)
    let features = configuration.features
    let width = configuration.styles
    constant = make.parameter(
      "const",
      Initialization.normal(
        shape: [1, features[0], 4, 4], deviation: 1, stream: make.stream(of: "const")))
    let classes = configuration.classes
    embedding =
      classes == 0
      ? nil
      : make.parameter(
        "embed.weight",
        Initialization.normal(
          shape: [classes, width], deviation: 1, stream: make.stream(of: "embed.weight")))
    mapping = (0..<configuration.mappingLayers).map {
      make.linear(
        "map.\(2 * $0)", from: $0 == 0 && classes > 0 ? 2 * width : width, to: width)
    }
    first = ModulatedConvolution(
      "first", from: features[0], to: features[0], kernel: 3, style: width, builder: &make)
    firstPicture = ModulatedConvolution(
      "rgb0", from: features[0], to: configuration.channels, kernel: 1, style: width,
      demodulates: false, builder: &make)
    let levels = features.indices.dropFirst()
    growing = levels.map {
      ModulatedConvolution(
        "a.\($0 - 1)", from: features[$0 - 1], to: features[$0], kernel: 3, style: width,
        builder: &make)
    }
    steady = levels.map {
      ModulatedConvolution(
        "b.\($0 - 1)", from: features[$0], to: features[$0], kernel: 3, style: width,
        builder: &make)
    }
    pictures = levels.map {
      ModulatedConvolution(
        "r.\($0 - 1)", from: features[$0], to: configuration.channels, kernel: 1, style: width,
        demodulates: false, builder: &make)
    }
    parameters = make.parameters
    self.configuration = configuration
  }

  /// The styles of latent vectors, [batch, styles] each: the latents at unit power, with the class
  /// where there are classes, then linear layers with leaky ReLU.
  public func styles(
    _ latents: Variable<Scalar>, labels: [Int]? = nil
  ) -> Variable<Scalar> {
    let width = configuration.styles
    precondition(
      latents.shape.count == 2 && latents.shape[1] == width,
      "latents \(latents.shape) must be [batch, \(width)]")
    configuration.check(labels, pictures: latents.shape[0])
    var w = atUnitPower(latents)
    if let embedding, let labels {
      w = concatenate([w, atUnitPower(gather(embedding.variable, rows: labels))], axis: 1)
    }
    for layer in mapping { w = leakyReLU(layer(w), slope: 0.2) }
    return w
  }

  /// Vectors [batch, width] with a mean square of 1.
  private func atUnitPower(_ vectors: Variable<Scalar>) -> Variable<Scalar> {
    let power = mean(square(vectors), axes: [1], keepingAxes: true)
    return vectors / sqrt(power + 1e-8)
  }

  /// Pictures [batch, channel, size, size] of styles: [batch, styles], or [batch, places, styles]
  /// with a style of its own for each of the `stylePlaces` (the space called W+).
  ///
  /// `growth` is how far the network has grown, all of it by default; pictures have the size of that
  /// stage. `noise` gives the standard normal numbers of one place, for its shape
  /// [batch, 1, height, width]; places are asked for from the coarsest to the finest. Without it
  /// there is no noise.
  public func pictures(
    _ styles: Variable<Scalar>, growth: StyleGrowth? = nil,
    noise: ((_ shape: [Int]) -> Tensor<Scalar>)? = nil
  ) -> Variable<Scalar> {
    draw(styles, growth ?? configuration.grown, noise.map { give in { Variable(give($0)) } })
  }

  /// Pictures of full size with given noise maps, [batch or 1, 1, side, side] for each of
  /// `noiseSides`: pictures can be differentiated at the maps.
  public func pictures(
    _ styles: Variable<Scalar>, noiseMaps: [Variable<Scalar>]
  ) -> Variable<Scalar> {
    let sides = configuration.noiseSides
    precondition(
      noiseMaps.map(\.shape.last) == sides,
      "noiseMaps \(noiseMaps.map(\.shape)) must have the sides \(sides)")
    var place = 0
    return draw(styles, configuration.grown) { _ in
      defer { place += 1 }
      return noiseMaps[place]
    }
  }

  private func draw(
    _ styles: Variable<Scalar>, _ growth: StyleGrowth,
    _ noise: ((_ shape: [Int]) -> Variable<Scalar>)?
  ) -> Variable<Scalar> {
    let (batch, width) = (styles.shape[0], configuration.styles)
    precondition(
      styles.shape == [batch, width] || styles.shape == [batch, configuration.stylePlaces, width],
      "styles \(styles.shape) must be [batch, \(width)] or [batch, \(configuration.stylePlaces), "
        + "\(width)]")
    precondition(
      growth.level <= growing.count, "growth.level (\(growth.level)) must be one of the levels")
    func style(_ place: Int) -> Variable<Scalar> {
      styles.shape.count == 2
        ? styles : reshape(slice(styles, axis: 1, range: place..<place + 1), [batch, width])
    }
    func convolve(
      _ convolution: ModulatedConvolution<Scalar>, _ x: Variable<Scalar>, _ place: Int
    ) -> Variable<Scalar> {
      let own = noise.map { $0([batch, 1, x.shape[2], x.shape[3]]) }
      return leakyReLU(convolution(x, styles: style(place), noise: own), slope: 0.2)
    }
    let start = broadcast(constant.variable, to: [batch] + constant.shape.dropFirst())
    var x = convolve(first, start, 0)
    var picture = firstPicture(x, styles: style(1))
    for level in 0..<growth.level {
      x = convolve(growing[level], upsample2d(x, .bilinear), 2 * level + 1)
      x = convolve(steady[level], x, 2 * level + 2)
      var part = pictures[level](x, styles: style(2 * level + 3))
      // The picture below stands at full share already: what a new level adds is faded in.
      if level + 1 == growth.level && growth.blend < 1 {
        part = affine(part, scale: Scalar(growth.blend))
      }
      picture = upsample2d(picture, .bilinear) + part
    }
    return picture
  }

  /// Pictures of latent vectors, with noise from a stream, which moves on.
  public func callAsFunction(
    _ latents: Variable<Scalar>, labels: [Int]? = nil, growth: StyleGrowth? = nil,
    noise stream: inout RandomStream
  ) -> Variable<Scalar> {
    pictures(styles(latents, labels: labels), growth: growth, noise: &stream)
  }

  /// Pictures of styles, with noise from a stream, which moves on.
  public func pictures(
    _ styles: Variable<Scalar>, growth: StyleGrowth? = nil, noise stream: inout RandomStream
  ) -> Variable<Scalar> {
    var own = stream.child("noise \(stream.next())")
    return pictures(styles, growth: growth) { shape in
      let noise = Tensor<Float>(shape: shape) { own.fillNormal($0) }
      return noise as? Tensor<Scalar> ?? Tensor(shape: shape, noise.elements.map { Scalar($0) })
    }
  }
}
