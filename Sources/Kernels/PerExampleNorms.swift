/// ‖∂L_n/∂W‖² of a convolution for each example n, from Gram matrices.
///
/// With X the input and G the output gradient of one example, ∂L/∂W_u = Σ_p G_p X_(sp+u)ᵀ for
/// kernel offset u and output positions p, so
///
///     ‖∂L/∂W‖² = Σ_(p,q) ⟨G_p, G_q⟩ Σ_u ⟨X_(sp+u), X_(sq+u)⟩
///
/// Both Gram matrices are over positions alone: the offsets only shift the one of the input, which
/// is formed once. This is cheaper than the gradient for small planes with many channels.
/// Source: Bu, Wang, Zha, Karypis, "Differentially private optimization on large model at small
/// cost", ICML 2023, doi:10.48550/arXiv.2210.00038, for the Gram form with unfolded inputs.
enum PerExampleNorms {
  /// Whether Gram matrices take fewer multiplications than the gradient.
  static func prefersGram(_ g: ConvolutionGeometry) -> Bool {
    let inputs = g.inputHeight * g.inputWidth
    let outputs = g.outputHeight * g.outputWidth
    let offsets = g.kernelHeight * g.kernelWidth
    let shifted = offsets * outputs * g.outputHeight * (g.outputWidth + g.kernelWidth)
    let grams = inputs * inputs * g.inputChannels + outputs * outputs * g.outputChannels
    return grams + shifted < outputs * g.weightCount
  }

  @inline(__always)
  static func grams<S: KernelScalar>(
    _ g: ConvolutionGeometry, _ x: UnsafePointer<S>, _ dy: UnsafePointer<S>,
    _ norms: UnsafeMutablePointer<Double>
  ) {
    let inputs = g.inputHeight * g.inputWidth
    let (height, width) = (g.outputHeight, g.outputWidth)
    let outputs = height * width
    // The input's plane with its padding; output rows are spread to its width.
    let paddedWidth = g.inputWidth + 2 * g.padding
    let padded = (g.inputHeight + 2 * g.padding) * paddedWidth
    let reach = (height - 1) * paddedWidth + width
    let sizes = [inputs * inputs, padded * padded, outputs * outputs, outputs * reach]
    Parallel.chunks(of: g.batch, grain: 8) { range in
      let scratch = UnsafeMutablePointer<S>.allocate(capacity: sizes.reduce(0, +))
      defer { scratch.deallocate() }
      scratch.update(repeating: 0, count: sizes.reduce(0, +))
      let own = scratch
      let shifted = own + sizes[0]
      let upstream = shifted + sizes[1]
      let spread = upstream + sizes[2]
      for n in range {
        let image = x + n * g.inputCount
        let gradient = dy + n * g.outputCount
        S.multiply(
          transposeA: true, transposeB: false, rows: inputs, columns: inputs,
          depth: g.inputChannels, alpha: 1, image, inputs, image, inputs, beta: 0, own, inputs)
        S.multiply(
          transposeA: true, transposeB: false, rows: outputs, columns: outputs,
          depth: g.outputChannels, alpha: 1, gradient, outputs, gradient, outputs, beta: 0,
          upstream, outputs)
        // Embed the input's Gram matrix in the padded plane on both sides.
        for p in 0..<inputs {
          let row = (p / g.inputWidth + g.padding) * paddedWidth + p % g.inputWidth + g.padding
          for i in 0..<g.inputHeight {
            let target = shifted + row * padded + (i + g.padding) * paddedWidth + g.padding
            let source = own + p * inputs + i * g.inputWidth
            for j in 0..<g.inputWidth { target[j] = source[j] }
          }
        }
        var total = 0.0
        if g.stride == 1 {
          for p in 0..<outputs {
            for i in 0..<height {
              let target = spread + p * reach + i * paddedWidth
              let source = upstream + p * outputs + i * width
              for j in 0..<width { target[j] = source[j] }
            }
          }
        }
        for p in 0..<outputs {
          let corner = p / width * g.stride * paddedWidth + p % width * g.stride
          var sum: S = 0
          for i in 0..<g.kernelHeight {
            for j in 0..<g.kernelWidth {
              let offset = i * paddedWidth + j
              let line = shifted + (corner + offset) * padded + offset
              if g.stride == 1 {
                sum += Reductions.dot(reach, spread + p * reach, line)
              } else {
                let weights = upstream + p * outputs
                for row in 0..<height {
                  let from = line + row * g.stride * paddedWidth
                  let part = weights + row * width
                  for column in 0..<width { sum += part[column] * from[column &* g.stride] }
                }
              }
            }
          }
          total += Double(sum)
        }
        // Rounding may leave a gradient of zero a little below it.
        norms[n] = max(0, total)
      }
    }
  }
}
