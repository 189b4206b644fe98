/// Convolution of Float: which algorithm runs for which shape.
extension Float {
  public static func convolve(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>
  ) {
    UnfoldedConvolution.forward(geometry, input, weight, bias, output)
  }

  public static func convolveInputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>
  ) {
    UnfoldedConvolution.inputGradient(geometry, outputGradient, weight, inputGradient)
  }

  public static func convolveWeightGradient(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, weightGradient: UnsafeMutablePointer<Float>
  ) {
    UnfoldedConvolution.weightGradient(geometry, input, outputGradient, weightGradient)
  }

  public static func convolveWeightSquaredNorms(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, squaredNorms: UnsafeMutablePointer<Double>
  ) {
    PerExampleNorms.convolution(geometry, input, outputGradient, squaredNorms)
  }
}
