/// Convolution of Float: which algorithm runs for which shape, and in parts of how many examples.
///
/// Measured on one Skylake-X core with oneDNN 2.6.3, reorders from and to plain arrays included,
/// in effective GFLOP/s: direct kernels reach 90 to 115 for 3x3 with 16 to 256 channels, whatever
/// the part. Winograd's F(4x4, 3x3) (Lavin and Gray 2016, doi:10.1109/CVPR.2016.435) reaches 120 to
/// 210 from 64 channels on planes of 8x8 and more, once a part is large enough to pay for
/// transforming the weights: the more weights and the smaller the planes, the larger; with 32
/// channels it gains from planes of 32x32 on, and on a Zen 5 core (220 to 240 direct) from 16x16 on:
/// 280 of 32 channels, 390 to 460 of 96 to 32. 1x1 convolutions of 8x8 and more gain a quarter, and
/// with one channel a factor of five, as matrix products that need no reordering. With one
/// input channel direct kernels reach 20 forward and at the weight but 4 at the input, where
/// unfolding is four times as fast.
enum ConvolutionChoice {
  static func prefersUnfolding(
    _ g: ConvolutionGeometry, _ direction: PreparedConvolution.Direction
  ) -> Bool {
    // A 1x1 convolution is a matrix product of the arrays as they are.
    UnfoldedConvolution.isTrivial(g) && g.outputHeight * g.outputWidth >= 64
      || direction == .inputGradient && g.inputChannels <= 3
      // Windows that lie in the padding alone are refused by some of oneDNN's kernels.
      || g.padding >= g.kernelHeight || g.padding >= g.kernelWidth
  }

  /// With frozen weights, which are transformed once, half the channels are enough on planes of 8x8.
  private static func suitsWinograd(_ g: ConvolutionGeometry, frozen: Bool = false) -> Bool {
    let channels = min(g.inputChannels, g.outputChannels)
    let side = min(g.inputHeight, g.inputWidth)
    return g.kernelHeight == 3 && g.kernelWidth == 3 && g.stride == 1
      && (channels >= (frozen ? 32 : 64) && side >= 8 || channels >= 32 && side >= 16)
  }

  /// The algorithm for a part of `examples`; with frozen weights the size of a part matters no more.
  static func algorithm(
    _ g: ConvolutionGeometry, examples: Int, frozen: Bool = false
  ) -> PreparedConvolution.Algorithm {
    guard suitsWinograd(g, frozen: frozen) else { return .direct }
    if frozen { return .winograd }
    let least =
      switch g.weightCount / (g.outputHeight * g.outputWidth) {
      case ..<500: 1
      case ..<5000: 4
      default: 16
      }
    return examples >= least ? .winograd : .direct
  }

  /// Examples a call: enough work to pay for preparing the weights, few enough to share out (two
  /// parts at least) and to keep workspaces small.
  static func partSize(_ g: ConvolutionGeometry) -> Int {
    var half = 4
    while 4 * half <= g.batch + 1 { half *= 2 }
    if suitsWinograd(g) {
      switch g.weightCount / (g.outputHeight * g.outputWidth) {
      case ..<100: return min(4, half)
      case ..<500: return min(8, half)
      default: return min(16, half)
      }
    }
    let plane = g.outputHeight * g.outputWidth
    if g.weightCount / plane >= 5000 { return min(16, half) }
    let products = g.weightCount * plane
    let size = min(products <= 5_000_000 ? 16 : 8, half)
    // Of large pictures there are few in a batch: four parts of it at least.
    return products <= 20_000_000 ? size : max(1, min(size, g.batch / 4))
  }

  /// The weight gradient of example n by itself.
  static func weightGradient(
    _ g: ConvolutionGeometry, of n: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    var one = g
    one.batch = 1
    run(one, .weightGradient, x + n * g.inputCount, dy + n * g.outputCount, gradient)
  }

  /// Adds the bias to the planes of some examples, while they are still in the cache.
  @inline(never)
  static func addBias(
    _ g: ConvolutionGeometry, _ bias: UnsafePointer<Float>?, examples: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    guard let bias else { return }
    let plane = g.outputHeight * g.outputWidth
    for item in 0..<(examples * g.outputChannels) {
      let target = y + item * plane
      let offset = bias[item % g.outputChannels]
      for i in 0..<plane { target[i] += offset }
    }
  }

  /// One direction for the whole batch; `bias` goes with the forward one.
  static func run(
    _ g: ConvolutionGeometry, _ direction: PreparedConvolution.Direction,
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>? = nil
  ) {
    if !prefersUnfolding(g, direction),
      PreparedConvolution.run(g, direction, first, second, result, bias: bias)
    {
      return
    }
    switch direction {
    case .forward: UnfoldedConvolution.forward(g, first, second, result, bias: bias)
    case .inputGradient: UnfoldedConvolution.inputGradient(g, first, second, result)
    case .weightGradient: UnfoldedConvolution.weightGradient(g, first, second, result)
    }
  }
}

extension Float {
  public static func convolve(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>
  ) {
    ConvolutionChoice.run(geometry, .forward, input, weight, output, bias: bias)
  }

  public static func convolveInputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>
  ) {
    ConvolutionChoice.run(geometry, .inputGradient, outputGradient, weight, inputGradient)
  }

  public static func convolveWeightGradient(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, weightGradient: UnsafeMutablePointer<Float>
  ) {
    ConvolutionChoice.run(geometry, .weightGradient, input, outputGradient, weightGradient)
  }

  public static func convolveWeightGradients(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, weightGradients: UnsafeMutablePointer<Float>
  ) {
    Parallel.chunks(of: g.batch, grain: 4) { range in
      for n in range {
        ConvolutionChoice.weightGradient(
          g, of: n, input, outputGradient, weightGradients + n * g.weightCount)
      }
    }
  }

  public static func convolveWeightSquaredNorms(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, squaredNorms: UnsafeMutablePointer<Double>
  ) {
    if PerExampleNorms.prefersGram(g) {
      PerExampleNorms.grams(g, input, outputGradient, squaredNorms)
    } else {
      Parallel.chunks(of: g.batch, grain: 4) { range in
        UnfoldedConvolution.withScratch(g.weightCount) { gradient in
          for n in range {
            ConvolutionChoice.weightGradient(g, of: n, input, outputGradient, gradient)
            squaredNorms[n] = dot(g.weightCount, gradient, gradient)
          }
        }
      }
    }
  }
}
