/// Convolution of Float: which algorithm runs for which shape.
///
/// Measured on one Skylake-X core with oneDNN 2.6.3, reorders from and to plain arrays included:
/// direct kernels reach 60 to 120 GFLOP/s for 3x3 with 16 to 256 channels; Winograd 130 to 220
/// effective ones from 64 channels on planes of 8x8 and more, and loses on smaller planes; with one
/// input channel direct kernels reach 20 forward and at the weight but 4 at the input, where
/// unfolding is four times as fast. oneDNN takes Winograd for 16 examples a call and more.
enum ConvolutionChoice {
  enum Path { case unfolded, prepared(PreparedConvolution.Algorithm) }

  static func path(
    _ g: ConvolutionGeometry, _ direction: PreparedConvolution.Direction
  ) -> Path {
    if direction == .inputGradient && g.inputChannels <= 3 { return .unfolded }
    // Windows that lie in the padding alone are refused by some kernels.
    if g.padding >= g.kernelHeight || g.padding >= g.kernelWidth { return .unfolded }
    return .prepared(prefersWinograd(g) ? .automatic : .direct)
  }

  private static func prefersWinograd(_ g: ConvolutionGeometry) -> Bool {
    g.kernelHeight == 3 && g.kernelWidth == 3 && g.stride == 1
      && min(g.inputChannels, g.outputChannels) >= 64 && min(g.inputHeight, g.inputWidth) >= 8
  }

  /// Examples a call: enough work to pay for reordering the weights, few enough to share out and
  /// to keep workspaces small.
  static func partSize(_ g: ConvolutionGeometry) -> Int {
    let products = g.weightCount * g.outputHeight * g.outputWidth
    let size = products <= 5_000_000 || prefersWinograd(g) ? 16 : 8
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

  static func run(
    _ g: ConvolutionGeometry, _ direction: PreparedConvolution.Direction,
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    if case .prepared(let algorithm) = path(g, direction),
      PreparedConvolution.run(
        g, direction, algorithm, partSize: partSize(g), first, second, result)
    {
      return
    }
    switch direction {
    case .forward: UnfoldedConvolution.forward(g, first, second, result)
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
    ConvolutionChoice.run(geometry, .forward, input, weight, output)
    guard let bias else { return }
    let plane = geometry.outputHeight * geometry.outputWidth
    Parallel.chunks(of: geometry.batch * geometry.outputChannels, grain: 256) { range in
      for item in range {
        let target = output + item * plane
        let offset = bias[item % geometry.outputChannels]
        for i in 0..<plane { target[i] += offset }
      }
    }
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
