import Foundation

/// Finds the two edges of one compartment's joint space below the size of a pixel.
///
/// Perpendicular to the joint the grey value is modelled as
///
///     g + f₁ F(d) + f₂ P(d) + f₃ H(d) + t₁ T(e) + t₂ P(e) + t₃ H(e)
///
/// with the depths d above the femur's and e below the tibia's edge, F and T the bodies of the bones,
/// P the bright plate of 1.4 mm and H hardened bone, each averaged over a pixel. For a pair of edges
/// the seven strengths follow by least squares with a weak normal prior around what such films show
/// (the gap as dark as an open one, the bones of like brightness); the pair with the
/// smallest sum of squares counts, from a grid refined five times. A closed joint thus has a width
/// although no pixel of it is dark.
struct KneeJointFit {
  /// A pixel: signed distance below the line through the joint in mm, and its grey value.
  typealias Sample = (depth: Float, value: Float)

  /// y of the tibia's edge relative to the line, and the width of the gap, in mm.
  private(set) var edge: Float = 0
  private(set) var gap: Float = 0

  private static let low: Float = -14
  private static let step: Float = 0.1
  /// Seven strengths relative to the contrast: prior mean and standard deviation.
  private static let mean: [Float] = [0, 1.0, 0.45, 0.12, 0.9, 0.45, 0.15]
  private static let deviation: [Float] = [0.05, 0.25, 0.2, 0.25, 0.25, 0.2, 0.3]
  /// Standard deviation of what the model leaves, relative to the contrast.
  private static let rest: Float = 0.08

  /// The six shapes for pixels of a width in mm.
  struct Shapes {
    let curves: [KneeCurve]

    init(pixelMM: Float) {
      func shape(_ blur: Float, _ function: (Float) -> Float) -> KneeCurve {
        let values = (0..<320).map { function(low + step * Float($0)) }
        // A box of a pixel's width under a Gaussian of the given standard deviation.
        let reach = Int(((pixelMM / 2 + 3 * blur) / step).rounded(.up))
        var kernel = (-reach...reach).map { index -> Float in
          let t = Float(index) * step
          let scale = 1 / (blur * Float(2).squareRoot())
          return erff((t + pixelMM / 2) * scale) - erff((t - pixelMM / 2) * scale)
        }
        let sum = kernel.reduce(0, +)
        kernel = kernel.map { $0 / sum }
        let blurred = values.indices.map { at in
          kernel.indices.reduce(Float(0)) {
            $0 + kernel[$1] * values[min(319, max(0, at + $1 - reach))]
          }
        }
        return KneeCurve(low, step: step, blurred)
      }
      func plate(_ d: Float) -> Float { kneeCover(d) * kneeCover(1.4 - d, 0.6) }
      func hard(_ d: Float, _ depth: Float) -> Float { kneeCover(d) * expf(-max(0, d) / depth) }
      curves = [
        shape(0.4) { kneeCover($0) * (0.42 + 0.58 * kneeChord($0, 16)) },
        shape(0.4, plate), shape(0.4) { hard($0, 3.5) },
        shape(0.2) { kneeCover($0) * (0.80 + 0.20 * kneeStep($0 / 6)) },
        shape(0.2, plate), shape(0.2) { hard($0, 4.5) },
      ]
    }
  }

  /// Fits samples around the line; `dark` is the grey value of an open joint space.
  init(_ samples: [Sample], dark: Float, shapes: Shapes) {
    let bones = samples.filter { abs($0.depth) > 6.5 }.map(\.value)
    let contrast = max(0.05, (PicturePlane.mean(bones) ?? dark) - dark)
    var best = Float.infinity
    func attempt(_ e: Float, _ w: Float) {
      let cost = Self.cost(
        samples, edge: e, gap: max(0, w), dark: dark, contrast: contrast, shapes: shapes)
      if cost < best { (best, edge, gap) = (cost, e, max(0, w)) }
    }
    for e in stride(from: Float(-2.1), through: 4.9, by: 0.7) {
      for w in stride(from: Float(0), through: 9, by: 0.6) { attempt(e, w) }
    }
    for step in [Float(0.35), 0.18, 0.09, 0.045, 0.022] {
      for _ in 0..<2 {
        let (e, w) = (edge, gap)
        for de in [-step, 0, step] {
          for dw in [-step, 0, step] where de != 0 || dw != 0 { attempt(e + de, w + dw) }
        }
      }
    }
  }

  /// Sum of squares of what the best strengths leave, and of their deviations from the prior.
  private static func cost(
    _ samples: [Sample], edge: Float, gap: Float, dark: Float, contrast: Float, shapes: Shapes
  ) -> Float {
    let n = 7
    var matrix = [Float](repeating: 0, count: n * n)
    var right = [Float](repeating: 0, count: n)
    var square: Float = 0
    let weight = 1 / (rest * contrast * rest * contrast)
    var row = [Float](repeating: 1, count: n)
    // Deviations from the prior mean are solved for, so that cost = |b|² − rᵀ x.
    for sample in samples {
      let above = edge - gap - sample.depth
      let below = sample.depth - edge
      var b = sample.value - dark
      for index in 0..<3 {
        row[1 + index] = shapes.curves[index](above)
        row[4 + index] = shapes.curves[3 + index](below)
      }
      for index in 1..<n { b -= contrast * mean[index] * row[index] }
      square += weight * b * b
      for i in 0..<n {
        right[i] += weight * b * row[i]
        for j in 0...i { matrix[i * n + j] += weight * row[i] * row[j] }
      }
    }
    for i in 0..<n {
      let spread = deviation[i] * contrast
      matrix[i * n + i] += 1 / (spread * spread)
    }
    // Cholesky in place; then |L⁻¹ r|² is what the fit explains.
    var explained: Float = 0
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i * n + j]
        for k in 0..<j { sum -= matrix[i * n + k] * matrix[j * n + k] }
        matrix[i * n + j] = i == j ? max(1e-12, sum).squareRoot() : sum / matrix[j * n + j]
      }
      var sum = right[i]
      for k in 0..<i { sum -= matrix[i * n + k] * right[k] }
      right[i] = sum / matrix[i * n + i]
      explained += right[i] * right[i]
    }
    return square - explained
  }
}
