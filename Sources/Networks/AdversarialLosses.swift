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
