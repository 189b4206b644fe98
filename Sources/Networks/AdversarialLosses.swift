import Autodiff
import Tensors

/// The loss of a discriminator: mean softplus(-D(real)) + mean softplus(D(fake)).
///
/// Scores are [batch]. Goodfellow et al. 2014, doi:10.48550/arXiv.1406.2661, eq. 1, as logits.
public func discriminatorLoss<Scalar: TensorScalar>(
  real: Variable<Scalar>, fake: Variable<Scalar>
) -> Variable<Scalar> {
  mean(softplus(-real)) + mean(softplus(fake))
}

/// The non-saturating loss of a generator: mean softplus(-D(fake)), scores [batch].
///
/// Goodfellow et al. 2014, doi:10.48550/arXiv.1406.2661, section 3.
public func generatorLoss<Scalar: TensorScalar>(fake: Variable<Scalar>) -> Variable<Scalar> {
  mean(softplus(-fake))
}

/// The R1 penalty: weight / 2 · mean ‖∂D(x_n) / ∂x_n‖² over real pictures, differentiable.
///
/// `images` is a variable that asks for gradients and that `scores` [batch] were worked out from.
/// Mescheder et al. 2018, doi:10.48550/arXiv.1801.04406, eq. 9.
public func r1Penalty<Scalar: TensorScalar>(
  scores: Variable<Scalar>, images: Variable<Scalar>, weight: Scalar
) -> Variable<Scalar> {
  precondition(images.requiresGradient, "images must ask for gradients")
  let slopes = differentiableGradients(of: sum(scores), at: [images])[0]
  return affine(sum(square(slopes)), scale: weight / (2 * Scalar(images.shape[0])))
}

/// How far pictures move with their style, [batch]: ‖Jᵀ y‖ with J = ∂pictures / ∂style and
/// y = `noise` / √(height · width), differentiable.
///
/// `pictures` [batch, channel, height, width] were worked out from `styles` [batch, styles]; noise
/// is standard normal, of the pictures' shape. A length of 0 has no slope: 1e-12 is added to its
/// square. Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, section 3.2.
public func pathLengths<Scalar: TensorScalar>(
  pictures: Variable<Scalar>, styles: Variable<Scalar>, noise: Tensor<Scalar>
) -> Variable<Scalar> {
  precondition(styles.requiresGradient, "styles must ask for gradients")
  let scale = 1 / Scalar(pictures.shape[2] * pictures.shape[3]).squareRoot()
  let slopes = differentiableGradients(
    of: pictures, at: [styles], upstream: Variable(noise * scale))[0]
  return sqrt(affine(sum(square(slopes), axes: [1]), scale: 1, offset: 1e-12))
}

/// The path length penalty: weight · mean (length_n - target)², lengths [batch]; the target is the
/// running mean of lengths. Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, eq. 4.
public func pathLengthPenalty<Scalar: TensorScalar>(
  lengths: Variable<Scalar>, target: Scalar, weight: Scalar
) -> Variable<Scalar> {
  affine(mean(square(lengths - target)), scale: weight)
}

/// The loss of a Wasserstein critic: mean D(fake) - mean D(real), scores [batch].
///
/// Its negative estimates the distance, up to the critic's steepness. Arjovsky et al. 2017,
/// doi:10.48550/arXiv.1701.07875, eq. 2.
public func criticLoss<Scalar: TensorScalar>(
  real: Variable<Scalar>, fake: Variable<Scalar>
) -> Variable<Scalar> {
  mean(fake) - mean(real)
}

/// The gradient penalty: weight · mean (‖∂D(x_n) / ∂x_n‖ - 1)², differentiable.
///
/// `images`, pictures between real and generated ones, are a variable that asks for gradients and
/// that `scores` [batch] were worked out from. A norm of 0 has no slope: 1e-12 is added to its
/// square. Gulrajani et al. 2017, doi:10.48550/arXiv.1704.00028, eq. 3.
public func gradientPenalty<Scalar: TensorScalar>(
  scores: Variable<Scalar>, images: Variable<Scalar>, weight: Scalar
) -> Variable<Scalar> {
  precondition(images.requiresGradient, "images must ask for gradients")
  let slopes = differentiableGradients(of: sum(scores), at: [images])[0]
  let axes = Array(1..<images.shape.count)
  let norms = sqrt(affine(sum(square(slopes), axes: axes), scale: 1, offset: 1e-12))
  return affine(mean(square(norms - 1)), scale: weight)
}
