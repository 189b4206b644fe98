import Tensors

/// x_row · w, accumulated in Double over eight lanes.
@_specialize(where Scalar == Float)
@_specialize(where Scalar == Double)
func rowProduct<Scalar: TensorScalar>(
  _ x: UnsafeBufferPointer<Scalar>, _ row: Int, _ w: UnsafeBufferPointer<Double>
) -> Double {
  let count = w.count
  let x = UnsafeBufferPointer(rebasing: x[row * count..<(row + 1) * count])
  var lanes = SIMD8<Double>()
  let body = count / 8 * 8
  for j in stride(from: 0, to: body, by: 8) {
    for lane in 0..<8 { lanes[lane] += Double(x[j + lane]) * w[j + lane] }
  }
  var total = lanes.sum()
  for j in body..<count { total += Double(x[j]) * w[j] }
  return total
}

/// target += factor · x_row.
@_specialize(where Scalar == Float)
@_specialize(where Scalar == Double)
func addRow<Scalar: TensorScalar>(
  _ x: UnsafeBufferPointer<Scalar>, _ row: Int, times factor: Double,
  to target: UnsafeMutableBufferPointer<Double>
) {
  let count = target.count
  let x = UnsafeBufferPointer(rebasing: x[row * count..<(row + 1) * count])
  for j in 0..<count { target[j] += factor * Double(x[j]) }
}

/// target += (x_row − means)².
@_specialize(where Scalar == Float)
@_specialize(where Scalar == Double)
func addSquaredDeviations<Scalar: TensorScalar>(
  _ x: UnsafeBufferPointer<Scalar>, _ row: Int, _ means: UnsafeMutableBufferPointer<Double>,
  _ target: UnsafeMutableBufferPointer<Double>
) {
  let count = target.count
  let x = UnsafeBufferPointer(rebasing: x[row * count..<(row + 1) * count])
  for j in 0..<count {
    let d = Double(x[j]) - means[j]
    target[j] += d * d
  }
}
