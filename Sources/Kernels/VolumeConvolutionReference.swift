/// The plain convolution of Double volumes: loops in the order of the definition.
extension Double {
  /// Calls `body` with (weight index, input offset, output offset, columns) for every pair of an
  /// input row and an output row that share a weight; one example. Output column l pairs with
  /// input offset + l · stride.
  private static func pairs(
    _ g: VolumeConvolutionGeometry, _ body: (Int, Int, Int, Range<Int>) -> Void
  ) {
    var weight = 0
    for k in 0..<g.outputChannels {
      for c in 0..<g.inputChannels {
        for i in 0..<g.kernelDepth {
          for j in 0..<g.kernelHeight {
            for l in 0..<g.kernelWidth {
              let columns = (0..<g.outputWidth).filter {
                (0..<g.inputWidth).contains($0 * g.stride + l - g.padding)
              }
              for plane in 0..<g.outputDepth {
                let z = plane * g.stride + i - g.padding
                guard (0..<g.inputDepth).contains(z), let first = columns.first else { continue }
                for line in 0..<g.outputHeight {
                  let y = line * g.stride + j - g.padding
                  guard (0..<g.inputHeight).contains(y) else { continue }
                  let from = ((c * g.inputDepth + z) * g.inputHeight + y) * g.inputWidth
                  let to = ((k * g.outputDepth + plane) * g.outputHeight + line) * g.outputWidth
                  body(weight, from + l - g.padding, to, first..<(first + columns.count))
                }
              }
              weight += 1
            }
          }
        }
      }
    }
  }

  public static func convolve(
    _ g: VolumeConvolutionGeometry, input: UnsafePointer<Double>, weight: UnsafePointer<Double>,
    bias: UnsafePointer<Double>?, output: UnsafeMutablePointer<Double>
  ) {
    let volume = g.outputDepth * g.outputPlane
    Parallel.each(g.batch) { n in
      let x = input + n * g.inputCount
      let y = output + n * g.outputCount
      for k in 0..<g.outputChannels {
        (y + k * volume).update(repeating: bias?[k] ?? 0, count: volume)
      }
      pairs(g) { w, from, to, columns in
        for l in columns { y[to + l] += weight[w] * x[from + l * g.stride] }
      }
    }
  }

  public static func convolveInputGradient(
    _ g: VolumeConvolutionGeometry, outputGradient: UnsafePointer<Double>,
    weight: UnsafePointer<Double>, inputGradient: UnsafeMutablePointer<Double>
  ) {
    Parallel.each(g.batch) { n in
      let x = inputGradient + n * g.inputCount
      let y = outputGradient + n * g.outputCount
      x.update(repeating: 0, count: g.inputCount)
      pairs(g) { w, from, to, columns in
        for l in columns { x[from + l * g.stride] += weight[w] * y[to + l] }
      }
    }
  }

  public static func convolveWeightGradient(
    _ g: VolumeConvolutionGeometry, input: UnsafePointer<Double>,
    outputGradient: UnsafePointer<Double>, weightGradient: UnsafeMutablePointer<Double>
  ) {
    weightGradient.update(repeating: 0, count: g.weightCount)
    for n in 0..<g.batch {
      let x = input + n * g.inputCount
      let y = outputGradient + n * g.outputCount
      pairs(g) { w, from, to, columns in
        var total = 0.0
        for l in columns { total += y[to + l] * x[from + l * g.stride] }
        weightGradient[w] += total
      }
    }
  }
}
