/// ‖∂L_n/∂W‖² of a convolution for each example n, without keeping the gradients.
///
/// With U the unfolded input and G the output gradient of one example, ∂L/∂W = G Uᵀ. Either the
/// product is formed in scratch memory and its squares added up, or its norm is the sum of the
/// elementwise product of two Gram matrices, ⟨UᵀU, GᵀG⟩, which is cheaper for few positions.
/// Source: Bu, Wang, Zha, Karypis, "Differentially private optimization on large model at small
/// cost", ICML 2023, doi:10.48550/arXiv.2210.00038.
enum PerExampleNorms {
  /// Whether Gram matrices take fewer multiplications than the product.
  static func prefersGram(_ g: ConvolutionGeometry) -> Bool {
    let (rows, columns) = UnfoldedConvolution.extent(g)
    return columns * (rows + g.outputChannels) < rows * g.outputChannels
  }

  static func convolution(
    _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ norms: UnsafeMutablePointer<Double>
  ) {
    let (rows, columns) = UnfoldedConvolution.extent(g)
    let gram = prefersGram(g)
    let trivial = UnfoldedConvolution.isTrivial(g)
    Parallel.chunks(of: g.batch, grain: 4) { range in
      let products = gram ? 2 * columns * columns : g.weightCount
      UnfoldedConvolution.withScratch(products + (trivial ? 0 : rows * columns)) { scratch in
        let unfolded = scratch + products
        for n in range {
          let image = x + n * g.inputCount
          let gradient = dy + n * g.outputCount
          if !trivial { UnfoldedConvolution.unfold(g, image, unfolded) }
          let u = trivial ? image : UnsafePointer(unfolded)
          if gram {
            let second = scratch + columns * columns
            Float.multiply(
              transposeA: true, transposeB: false, rows: columns, columns: columns, depth: rows,
              alpha: 1, u, columns, u, columns, beta: 0, scratch, columns)
            Float.multiply(
              transposeA: true, transposeB: false, rows: columns, columns: columns,
              depth: g.outputChannels, alpha: 1, gradient, columns, gradient, columns, beta: 0,
              second, columns)
            norms[n] = Float.dot(columns * columns, scratch, second)
          } else {
            Float.multiply(
              transposeA: false, transposeB: true, rows: g.outputChannels, columns: rows,
              depth: columns, alpha: 1, gradient, columns, u, columns, beta: 0, scratch, rows)
            norms[n] = Float.dot(g.weightCount, scratch, scratch)
          }
        }
      }
    }
  }
}
