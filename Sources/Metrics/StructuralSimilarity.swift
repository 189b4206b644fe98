import Foundation
import Imaging
import Statistics
import Tensors

/// The weights with which local means and variances are taken.
public enum SimilarityWindow: Sendable, Hashable {
  /// Normal weights out to `radius` pixels; 1.5 and 5 (11 x 11) are those of the paper and of
  /// scikit-image with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`.
  case gaussian(sigma: Double, radius: Int)
  /// Equal weights on size x size pixels; 7 is scikit-image's default, with
  /// `use_sample_covariance=False`.
  case uniform(size: Int)

  /// The window of the paper: σ = 1.5 pixels, 11 x 11.
  public static let standard = SimilarityWindow.gaussian(sigma: 1.5, radius: 5)

  /// Weights along one axis; their sum is 1.
  var weights: [Double] {
    switch self {
    case .gaussian(let sigma, let radius):
      let raw = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
      let sum = raw.reduce(0, +)
      return raw.map { $0 / sum }
    case .uniform(let size):
      return [Double](repeating: 1 / Double(size), count: size)
    }
  }
}

/// The structural similarity of two images [channel, y, x], averaged over channels and over all
/// places where the window fits.
///
///     SSIM = (2 μ_a μ_b + C1)(2 σ_ab + C2) / ((μ_a² + μ_b² + C1)(σ_a² + σ_b² + C2))
///
/// C1 = (.01 R)², C2 = (.03 R)², R the range of values (1 for decoded files); variances with the
/// weights as they are, no n − 1. Arithmetic is Double.
/// Reference: Wang et al. 2004, doi:10.1109/TIP.2003.819861.
///
/// - Throws: `Undefined` where the image is smaller than the window.
public func structuralSimilarity(
  _ a: Tensor<Float>, _ b: Tensor<Float>, range: Double = 1, window: SimilarityWindow = .standard
) throws(Undefined) -> Double {
  let planes = try SimilarityPlanes.pairs(a, b, window)
  let weights = window.weights
  return planes.reduce(0) { $0 + $1.similarity(weights, range: range).full }
    / Double(planes.count)
}

/// The multiscale structural similarity: contrast and structure at every scale, luminance at the
/// last, each to the power of its weight.
///
///     Π_j cs_j^w_j · ssim_last^w_last
///
/// Between scales 2 x 2 pixels are averaged (a last odd row or column is dropped); means over
/// places come before the powers, and a negative mean counts as 0 (the "relu" of torchmetrics).
/// The weights are those of the paper for five scales, which need 176 pixels a side with the
/// standard window; give fewer, such as the first three divided by their sum, for smaller images,
/// and say so. Averaged over channels.
/// Reference: Wang, Simoncelli and Bovik 2003, doi:10.1109/ACSSC.2003.1292216.
///
/// - Throws: `Undefined` where the coarsest scale is smaller than the window.
public func multiscaleSimilarity(
  _ a: Tensor<Float>, _ b: Tensor<Float>, range: Double = 1,
  weights: [Double] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333],
  window: SimilarityWindow = .standard
) throws(Undefined) -> Double {
  precondition(!weights.isEmpty, "weights must not be empty")
  var planes = try SimilarityPlanes.pairs(a, b, window)
  let along = window.weights
  let smallest = min(planes[0].height, planes[0].width) >> (weights.count - 1)
  guard smallest >= along.count else {
    throw Undefined(
      "the coarsest of \(weights.count) scales is \(smallest) pixels wide, the window \(along.count)"
    )
  }
  var products = [Double](repeating: 1, count: planes.count)
  for (scale, weight) in weights.enumerated() {
    for c in planes.indices {
      let found = planes[c].similarity(along, range: range)
      let part = scale == weights.count - 1 ? found.full : found.contrast
      products[c] *= pow(max(0, part), weight)
      if scale < weights.count - 1 { planes[c] = planes[c].halved() }
    }
  }
  return products.reduce(0, +) / Double(products.count)
}

/// The peak signal-to-noise ratio in dB: 10 log10(R² / mean squared difference); ∞ where equal.
public func peakSignalToNoise(
  _ a: Tensor<Float>, _ b: Tensor<Float>, range: Double = 1
) -> Double {
  precondition(a.shape == b.shape, "shape \(a.shape) must match \(b.shape)")
  precondition(a.count > 0, "images must not be empty")
  var squares = 0.0
  a.withUnsafeElements { a in
    b.withUnsafeElements { b in
      for i in 0..<a.count {
        let difference = Double(a[i]) - Double(b[i])
        squares += difference * difference
      }
    }
  }
  return 10 * log10(range * range * Double(a.count) / squares)
}

/// One channel of both images.
private struct SimilarityPlanes {
  var height: Int
  var width: Int
  var a: [Double]
  var b: [Double]

  static func pairs(
    _ a: Tensor<Float>, _ b: Tensor<Float>, _ window: SimilarityWindow
  ) throws(Undefined) -> [SimilarityPlanes] {
    precondition(
      a.rank == 3 && a.shape == b.shape,
      "images must be [channel, y, x] of equal shape, got \(a.shape) and \(b.shape)")
    let size = window.weights.count
    let (channels, height, width) = (a.shape[0], a.shape[1], a.shape[2])
    guard channels > 0, min(height, width) >= size else {
      throw Undefined("an image of \(a.shape) is smaller than the window (\(size) x \(size))")
    }
    let (first, second) = (a.elements, b.elements)
    let count = height * width
    return (0..<channels).map { c in
      SimilarityPlanes(
        height: height, width: width,
        a: first[c * count..<(c + 1) * count].map { Double($0) },
        b: second[c * count..<(c + 1) * count].map { Double($0) })
    }
  }

  /// Means over places of SSIM, and of its contrast-structure factor.
  func similarity(_ weights: [Double], range: Double) -> (full: Double, contrast: Double) {
    let meanA = filtered(a, weights)
    let meanB = filtered(b, weights)
    let squareA = filtered(zip(a, a).map { $0 * $1 }, weights)
    let squareB = filtered(zip(b, b).map { $0 * $1 }, weights)
    let product = filtered(zip(a, b).map { $0 * $1 }, weights)
    let c1 = 0.01 * range * 0.01 * range
    let c2 = 0.03 * range * 0.03 * range
    var full = 0.0
    var contrast = 0.0
    for i in meanA.indices {
      let (x, y) = (meanA[i], meanB[i])
      let structure =
        (2 * (product[i] - x * y) + c2) / (squareA[i] - x * x + squareB[i] - y * y + c2)
      contrast += structure
      full += (2 * x * y + c1) / (x * x + y * y + c1) * structure
    }
    return (full / Double(meanA.count), contrast / Double(meanA.count))
  }

  /// The separable filter where it fits: [height − size + 1, width − size + 1].
  private func filtered(_ values: [Double], _ weights: [Double]) -> [Double] {
    let size = weights.count
    let (newHeight, newWidth) = (height - size + 1, width - size + 1)
    var rows = [Double](repeating: 0, count: height * newWidth)
    var result = [Double](repeating: 0, count: newHeight * newWidth)
    values.withUnsafeBufferPointer { values in
      rows.withUnsafeMutableBufferPointer { rows in
        result.withUnsafeMutableBufferPointer { result in
          for y in 0..<height {
            for (k, weight) in weights.enumerated() {
              let source = values.baseAddress! + y * width + k
              let target = rows.baseAddress! + y * newWidth
              for x in 0..<newWidth { target[x] += weight * source[x] }
            }
          }
          for y in 0..<newHeight {
            for (k, weight) in weights.enumerated() {
              let source = rows.baseAddress! + (y + k) * newWidth
              let target = result.baseAddress! + y * newWidth
              for x in 0..<newWidth { target[x] += weight * source[x] }
            }
          }
        }
      }
    }
    return result
  }

  func halved() -> SimilarityPlanes {
    let (newHeight, newWidth) = (height / 2, width / 2)
    func half(_ values: [Double]) -> [Double] {
      (0..<newHeight * newWidth).map { i in
        let place = i / newWidth * 2 * width + i % newWidth * 2
        return
          (values[place] + values[place + 1] + values[place + width]
          + values[place + width + 1]) / 4
      }
    }
    return SimilarityPlanes(height: newHeight, width: newWidth, a: half(a), b: half(b))
  }
}
