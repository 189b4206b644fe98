/// The plain convolution of Double: loops in the order of the definition.
extension Double {
  /// The output columns for which input column `column * stride + offset` exists.
  private static func valid(_ extent: Int, _ output: Int, _ stride: Int, _ offset: Int) -> Range<
    Int
  > {
    let low = offset >= 0 ? 0 : (-offset + stride - 1) / stride
    let high = offset >= extent ? 0 : min(output, (extent - 1 - offset) / stride + 1)
    return low..<max(low, high)
  }

  /// Calls `body` with (weight index, input row start, output row start, columns, column offset)
  /// for every pair of an input row and an output row that share a weight; one example.
  private static func pairs(
    _ g: ConvolutionGeometry, _ body: (Int, Int, Int, Range<Int>, Int) -> Void
  ) {
    for k in 0..<g.outputChannels {
      for c in 0..<g.inputChannels {
        for i in 0..<g.kernelHeight {
          let rows = valid(g.inputHeight, g.outputHeight, g.stride, i - g.padding)
          for j in 0..<g.kernelWidth {
            let columns = valid(g.inputWidth, g.outputWidth, g.stride, j - g.padding)
            let weight = ((k * g.inputChannels + c) * g.kernelHeight + i) * g.kernelWidth + j
            for row in rows {
              body(
                weight, (c * g.inputHeight + row * g.stride + i - g.padding) * g.inputWidth,
                (k * g.outputHeight + row) * g.outputWidth, columns, j - g.padding)
            }
          }
        }
      }
    }
  }

  public static func convolve(
    _ g: ConvolutionGeometry, input: UnsafePointer<Double>, weight: UnsafePointer<Double>,
    bias: UnsafePointer<Double>?, output: UnsafeMutablePointer<Double>
  ) {
    let plane = g.outputHeight * g.outputWidth
    Parallel.each(g.batch) { n in
      let x = input + n * g.inputCount
      let y = output + n * g.outputCount
      for k in 0..<g.outputChannels {
        (y + k * plane).update(repeating: bias?[k] ?? 0, count: plane)
      }
      pairs(g) { w, from, to, columns, offset in
        for l in columns { y[to + l] += weight[w] * x[from + l * g.stride + offset] }
      }
    }
  }

  public static func convolveInputGradient(
    _ g: ConvolutionGeometry, outputGradient: UnsafePointer<Double>,
    weight: UnsafePointer<Double>, inputGradient: UnsafeMutablePointer<Double>
  ) {
    Parallel.each(g.batch) { n in
      let x = inputGradient + n * g.inputCount
      let y = outputGradient + n * g.outputCount
      x.update(repeating: 0, count: g.inputCount)
      pairs(g) { w, from, to, columns, offset in
        for l in columns { x[from + l * g.stride + offset] += weight[w] * y[to + l] }
      }
    }
  }

  public static func convolveWeightGradient(
    _ g: ConvolutionGeometry, input: UnsafePointer<Double>,
    outputGradient: UnsafePointer<Double>, weightGradient: UnsafeMutablePointer<Double>
  ) {
    weightGradient.update(repeating: 0, count: g.weightCount)
    for n in 0..<g.batch {
      let x = input + n * g.inputCount
      let y = outputGradient + n * g.outputCount
      pairs(g) { w, from, to, columns, offset in
        var total = 0.0
        for l in columns { total += y[to + l] * x[from + l * g.stride + offset] }
        weightGradient[w] += total
      }
    }
  }

  public static func convolveWeightGradients(
    _ g: ConvolutionGeometry, input: UnsafePointer<Double>,
    outputGradient: UnsafePointer<Double>, weightGradients: UnsafeMutablePointer<Double>
  ) {
    var one = g
    one.batch = 1
    let geometry = one
    Parallel.each(g.batch) { n in
      convolveWeightGradient(
        geometry, input: input + n * g.inputCount,
        outputGradient: outputGradient + n * g.outputCount,
        weightGradient: weightGradients + n * g.weightCount)
    }
  }

  public static func convolveWeightSquaredNorms(
    _ g: ConvolutionGeometry, input: UnsafePointer<Double>,
    outputGradient: UnsafePointer<Double>, squaredNorms: UnsafeMutablePointer<Double>
  ) {
    if PerExampleNorms.prefersGram(g) {
      PerExampleNorms.grams(g, input, outputGradient, squaredNorms)
      return
    }
    let gradients = UnsafeMutablePointer<Double>.allocate(capacity: g.batch * g.weightCount)
    defer { gradients.deallocate() }
    convolveWeightGradients(
      g, input: input, outputGradient: outputGradient, weightGradients: gradients)
    for n in 0..<g.batch {
      let own = gradients + n * g.weightCount
      squaredNorms[n] = dot(g.weightCount, own, own)
    }
  }
}
