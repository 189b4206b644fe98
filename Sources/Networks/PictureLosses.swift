import Autodiff
import Foundation
import Kernels
import Tensors

// What an autoencoder is trained by: how far two pictures are apart, one number for each pair, and
// how far its latent pictures are from normal noise.

/// 1 - SSIM for each pair of pictures [batch, channel, height, width], [batch].
///
/// Means, variances and the covariance of x and y under a normal window (σ 1.5, 11 pixels) at every
/// place where it fits:
///
///     SSIM = mean (2 μ_x μ_y + C1)(2 σ_xy + C2) / ((μ_x² + μ_y² + C1)(σ_x² + σ_y² + C2))
///
/// with C1 = (.01 range)², C2 = (.03 range)²; the mean over places of a channel counts as 0 where
/// negative, then channels are averaged: pytorch_msssim's `ssim` with `nonnegative_ssim`, which the
/// released code calls. Pictures smaller than 11 pixels get the largest odd window that fits (the
/// Python package leaves out the smoothing along such an axis). The target gets no gradient.
/// Wang et al. 2004, doi:10.1109/TIP.2003.819861.
public func dissimilarity<Scalar: TensorScalar>(
  _ pictures: Variable<Scalar>, _ targets: Tensor<Scalar>, range: Double = 1
) -> Variable<Scalar> {
  let shape = pictures.shape
  precondition(
    shape.count == 4 && targets.shape == shape,
    "pictures \(shape) and targets \(targets.shape) must be [batch, channel, height, width]")
  let window = LocalMoments<Scalar>(height: shape[2], width: shape[3])
  let (c1, c2) = (Scalar(0.0001 * range * range), Scalar(0.0009 * range * range))
  let y = Variable(targets)
  let constant = window(concatenate([y, square(y)], axis: 0))
  let moving = window(concatenate([pictures, square(pictures), pictures * y], axis: 0))
  func part(_ all: Variable<Scalar>, _ place: Int) -> Variable<Scalar> {
    slice(all, axis: 0, range: place * shape[0]..<(place + 1) * shape[0])
  }
  let (meanX, meanY) = (part(moving, 0), part(constant, 0))
  let (squareX, squareY, product) = (square(meanX), square(meanY), meanX * meanY)
  let varianceX = part(moving, 1) - squareX
  let varianceY = part(constant, 1) - squareY
  let covariance = part(moving, 2) - product
  let structure =
    affine(covariance, scale: 2, offset: c2) / affine(varianceX + varianceY, scale: 1, offset: c2)
  let luminance =
    affine(product, scale: 2, offset: c1) / affine(squareX + squareY, scale: 1, offset: c1)
  let similarity = mean(luminance * structure, axes: [2, 3])
  return 1 - mean(relu(similarity), axes: [1])
}

/// Means under a normal window at every place where it fits, along both axes.
private struct LocalMoments<Scalar: TensorScalar> {
  /// [size, size - window + 1]: column j holds the weights of place j.
  let alongHeight, alongWidth: Tensor<Scalar>

  init(height: Int, width: Int) {
    func weights(_ size: Int) -> Tensor<Scalar> {
      let window = min(11, size % 2 == 0 ? size - 1 : size)
      let raw = (0..<window).map { exp(-pow(Double($0 - window / 2), 2) / (2 * 1.5 * 1.5)) }
      let total = raw.reduce(0, +)
      let places = size - window + 1
      return Tensor(
        shape: [size, places],
        (0..<size * places).map { index in
          let offset = index / places - index % places
          return raw.indices.contains(offset) ? Scalar(raw[offset] / total) : 0
        })
    }
    alongHeight = weights(height)
    alongWidth = weights(width)
  }

  /// [n, channel, height, width] to [n, channel, columns, rows]: the axes change places on the way.
  func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let shape = x.shape
    let rows = matmul(reshape(x, [-1, shape[3]]), Variable(alongWidth))
    let turned = transpose(reshape(rows, [shape[0], shape[1], shape[2], -1]), axes: [0, 1, 3, 2])
    let both = matmul(reshape(turned, [-1, shape[2]]), Variable(alongHeight))
    return reshape(both, [shape[0], shape[1], turned.shape[2], -1])
  }
}

/// The perceptual distance for each pair of pictures, [batch]:
///
///     Σ over maps of the mean over places of Σ over channels (u - v)²
///
/// with u and v the features of a place divided by √(Σ over channels of f² + 1e-10). `features` and
/// `targets` are the maps of a fixed network, [batch, channel, height, width] each; the targets get
/// no gradient. LPIPS without its learned linear layers, as the released code uses it (with VGG-16).
/// Zhang et al. 2018, doi:10.1109/CVPR.2018.00068.
public func perceptualDistance<Scalar: TensorScalar>(
  _ features: [Variable<Scalar>], _ targets: [Variable<Scalar>]
) -> Variable<Scalar> {
  precondition(
    !features.isEmpty && features.map(\.shape) == targets.map(\.shape),
    "features \(features.map(\.shape)) and targets \(targets.map(\.shape)) must agree")
  func unit(_ x: Variable<Scalar>) -> Variable<Scalar> {
    x / sqrt(affine(sum(square(x), axes: [1], keepingAxes: true), scale: 1, offset: 1e-10))
  }
  let maps = zip(features, targets).map { found, target in
    mean(sum(square(unit(found) - unit(target.detached())), axes: [1]), axes: [1, 2])
  }
  return maps.dropFirst().reduce(maps[0]) { $0 + $1 }
}

/// The divergence of latent pictures N(μ, σ²) from N(0, 1), summed over their numbers and averaged
/// over the batch: ½ Σ (μ² + σ² - 1 - ln σ²) / batch.
///
/// Kingma and Welling 2014, doi:10.48550/arXiv.1312.6114, appendix B.
public func latentDivergence<Scalar: TensorScalar>(
  mean: Variable<Scalar>, logVariance: Variable<Scalar>
) -> Variable<Scalar> {
  let terms = square(mean) + exp(logVariance) - logVariance - 1
  return affine(sum(terms), scale: 1 / Scalar(2 * mean.shape[0]))
}
