import Autodiff
import Networks
import Tensors

/// Maps of features of a fixed network, for the perceptual distance.
public typealias PerceptualFeatures = (Variable<Float>) -> [Variable<Float>]

/// The loss of an output of an autoencoder, as `AutoencoderPlan` writes it, without divergence.
struct ReconstructionLoss {
  let pixel: AutoencoderPlan.PixelLoss
  let plan: AutoencoderPlan
  let perceptual: PerceptualFeatures?

  /// Single numbers: the loss, and the means of its parts.
  struct Parts {
    let total, pixel, dissimilarity: Variable<Float>
    let perceptual: Variable<Float>?
  }

  func callAsFunction(_ pictures: Variable<Float>, _ target: Tensor<Float>) -> Parts {
    let batch = Float(target.shape[0])
    let difference = pictures - Variable(target)
    let pixels = sum(pixel == .absolute ? absolute(difference) : square(difference)) / batch
    let count = Float(target.count) / batch
    let times = plan.broadcasting == .published ? count : 1
    let held = clamped(affine(pictures, scale: 0.5, offset: 0.5), to: 0...1)
    let dissimilar = mean(dissimilarity(held, target.affine(scale: 0.5, offset: 0.5)))
    var total = pixels + affine(dissimilar, scale: Float(plan.similarityWeight) * times)
    var distance: Variable<Float>?
    if let perceptual {
      let found = mean(perceptualDistance(perceptual(pictures), perceptual(Variable(target))))
      total = total + affine(found, scale: Float(plan.perceptualWeight) * times)
      distance = found
    }
    return Parts(
      total: total, pixel: pixels / count, dissimilarity: dissimilar, perceptual: distance)
  }
}

extension Tensor where Scalar == Float {
  /// Every second pixel of pictures [batch, channel, height, width], the odd ones: PyTorch's
  /// `interpolate(mode="nearest-exact")` to half the size.
  var oddPixels: Tensor<Float> {
    let (height, width) = (shape[2] / 2, shape[3] / 2)
    return Tensor(shape: [shape[0], shape[1], height, width]) { half in
      withUnsafeElements { pixels in
        for row in 0..<shape[0] * shape[1] * height {
          let source = (2 * row + 1) * shape[3]
          for column in 0..<width { half[row * width + column] = pixels[source + 2 * column + 1] }
        }
      }
    }
  }
}
