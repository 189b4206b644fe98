// Per-example gradients of the operations that have parameters, from the input and the gradient of
// the result that one ordinary backward pass leaves at each of them.

/// The per-example gradients of one operation at its parameters, not yet formed.
///
/// `place` counts the operation's inputs from 1: 1 is the weight (or scale), 2 the bias (or shift).
package protocol PerExampleParts<Scalar> {
  associatedtype Scalar: TensorScalar
  /// ‖g_i‖² for each example.
  func squaredNorms(_ place: Int) -> [Double]
  /// Σ_i weights_i g_i.
  func weightedSum(_ place: Int, _ weights: Tensor<Scalar>) -> Tensor<Scalar>
}

/// The gradient at an operation's first input where it is needed, and its per-example parts.
package typealias PerExampleRule<Scalar: TensorScalar> = (BackwardCall<Scalar>) -> (
  input: Tensor<Scalar>?, parts: any PerExampleParts<Scalar>
)

extension Tensor {
  /// Row i of the first axis times weights_i.
  func scaledRows(_ weights: Tensor) -> Tensor {
    self * weights.reshaped([shape[0]] + [Int](repeating: 1, count: rank - 1))
  }

  /// ‖row i‖² along the first axis.
  func squaredRowNorms() -> [Double] {
    let width = shape.dropFirst().reduce(1, *)
    var norms = [Double](repeating: 0, count: shape[0])
    norms.withUnsafeMutableBufferPointer { norms in
      nonisolated(unsafe) let norms = norms
      withUnsafeElements { x in
        nonisolated(unsafe) let x = x
        Parallel.chunks(of: norms.count, grain: max(1, 1 << 16 / max(1, width))) { rows in
          for row in rows {
            let line = x.baseAddress! + row * width
            norms[row] = Scalar.dot(width, line, line)
          }
        }
      }
    }
    return norms
  }
}

/// y = x Wᵀ + b. For one row per example ∂L/∂W = g xᵀ, and ‖g xᵀ‖ = ‖g‖ ‖x‖.
struct LinearPerExample<Scalar: TensorScalar>: PerExampleParts {
  /// [batch, ..., in] and [batch, ..., out].
  let input, upstream: Tensor<Scalar>

  private func rows(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    x.reshaped([x.shape[0], x.shape[1..<(x.rank - 1)].reduce(1, *), x.shape[x.rank - 1]])
  }

  func squaredNorms(_ place: Int) -> [Double] {
    let x = rows(input)
    let g = rows(upstream)
    if place == 2 { return g.sum(axes: [1]).squaredRowNorms() }
    if x.shape[1] == 1 {
      return zip(x.squaredRowNorms(), g.squaredRowNorms()).map { $0 * $1 }
    }
    let (positions, features, outputs) = (x.shape[1], x.shape[2], g.shape[2])
    if positions * (features + outputs) < features * outputs {
      // ‖gᵀx‖² = ⟨x xᵀ, g gᵀ⟩, the Gram matrices over the positions of one example.
      let grams = Tensor.matmul(x, x, transposeB: true) * Tensor.matmul(g, g, transposeB: true)
      return grams.sum(axes: [1, 2]).elements.map { Double($0) }
    }
    return (0..<x.shape[0]).map { i in
      let one = i..<(i + 1)
      let product = Tensor.matmul(
        g.slice(axis: 0, range: one), x.slice(axis: 0, range: one), transposeA: true)
      return product.squaredNorm
    }
  }

  func weightedSum(_ place: Int, _ weights: Tensor<Scalar>) -> Tensor<Scalar> {
    let scaled = upstream.scaledRows(weights).reshaped([-1, upstream.shape[upstream.rank - 1]])
    if place == 2 { return scaled.sum(axes: [0]) }
    return Tensor.matmul(
      scaled, input.reshaped([-1, input.shape[input.rank - 1]]), transposeA: true)
  }
}

/// The cheaper of two ways for a convolution: where norms take the gradients anyway and these are
/// small, or smaller than the input and upstream that would be kept in their place, they are kept,
/// and the weighted sum is a sum of rows; else only norms are worked out.
func convolutionPerExample<S>(
  input: Tensor<S>, upstream: Tensor<S>, weightShape: [Int], stride: Int, padding: Int,
  hasBias: Bool
) -> any PerExampleParts<S> {
  let geometry = Tensor<S>.convolutionGeometry(
    inputShape: input.shape, weightShape: weightShape, stride: stride, padding: padding)
  let elements = geometry.batch * geometry.weightCount
  if geometry.prefersGramNorms || elements > max(1 << 23, input.count + upstream.count) {
    return ConvolutionPerExample(
      input: input, upstream: upstream, weightShape: weightShape, stride: stride, padding: padding)
  }
  let rows = Tensor.conv2dWeightGradients(
    input, upstream: upstream, weightShape: weightShape, stride: stride, padding: padding)
  return RowsPerExample(rows: hasBias ? [rows, upstream.sum(axes: [2, 3])] : [rows])
}

/// y = w ⋆ x + b over images.
struct ConvolutionPerExample<Scalar: TensorScalar>: PerExampleParts {
  let input, upstream: Tensor<Scalar>
  let weightShape: [Int]
  let stride, padding: Int

  func squaredNorms(_ place: Int) -> [Double] {
    if place == 2 { return upstream.sum(axes: [2, 3]).squaredRowNorms() }
    return Tensor.conv2dWeightSquaredNorms(
      input, upstream: upstream, weightShape: weightShape, stride: stride, padding: padding)
  }

  func weightedSum(_ place: Int, _ weights: Tensor<Scalar>) -> Tensor<Scalar> {
    let scaled = upstream.scaledRows(weights)
    if place == 2 { return scaled.sum(axes: [0, 2, 3]) }
    return Tensor.conv2dWeightGradient(
      input, upstream: scaled, weightShape: weightShape, stride: stride, padding: padding)
  }
}

/// Parameters whose per-example gradients are small enough to be kept: [batch, ...] for each place.
struct RowsPerExample<Scalar: TensorScalar>: PerExampleParts {
  let rows: [Tensor<Scalar>]

  func squaredNorms(_ place: Int) -> [Double] { rows[place - 1].squaredRowNorms() }

  func weightedSum(_ place: Int, _ weights: Tensor<Scalar>) -> Tensor<Scalar> {
    rows[place - 1].weightedRowSum(weights)
  }
}
