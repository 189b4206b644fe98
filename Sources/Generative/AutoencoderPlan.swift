import Training

/// How a `PictureAutoencoder` is trained.
///
/// The loss of a batch of B pictures of C · H · W numbers is, with the published broadcasting,
///
///     1/B Σ over pictures and numbers of [ d(x, y) + p · perceptual + s · (1 - SSIM) ] + k · KL
///
/// where the perceptual distance and 1 - SSIM are one number a picture: written beside the pixel
/// term before the sum, they count C · H · W times. `intended` counts them once. The same again for
/// the half-resolution output, whose target is every second pixel of the picture (odd rows and
/// columns, PyTorch's `nearest-exact`). SSIM is of pictures in 0...1, held there.
///
/// Then, if asked for, adversarial fine-tuning. Source: classes VAE and VAEGAN of the released code
/// (Müller-Franzes et al. 2023, doi:10.1038/s41598-023-39278-0). The defaults are the script's:
/// squared differences, Adam 1e-4, batch 8; the class's own default is `absolute`.
public struct AutoencoderPlan: Codable, Hashable, Sendable {
  /// d(x, y).
  public enum PixelLoss: String, Codable, Hashable, Sendable {
    case absolute, squared
  }

  /// How often the numbers of a whole picture count.
  public enum Broadcasting: String, Codable, Hashable, Sendable {
    case published, intended
  }

  public var steps: Int
  public var batch: Int
  public var learningRate: Double
  public var pixelLoss: PixelLoss
  public var broadcasting: Broadcasting
  /// p; without a network of features the term is left out.
  public var perceptualWeight: Double
  /// s.
  public var similarityWeight: Double
  /// k.
  public var klWeight: Double
  public var adversarial: AdversarialFineTuning?

  public init(
    steps: Int, batch: Int = 8, learningRate: Double = 1e-4, pixelLoss: PixelLoss = .squared,
    broadcasting: Broadcasting = .published, perceptualWeight: Double = 1,
    similarityWeight: Double = 1, klWeight: Double = 1e-6,
    adversarial: AdversarialFineTuning? = nil
  ) {
    precondition(steps >= 0 && batch > 0, "steps (\(steps)) and batch (\(batch)) must be positive")
    precondition(learningRate > 0, "learningRate (\(learningRate)) must be positive")
    self.steps = steps
    self.batch = batch
    self.learningRate = learningRate
    self.pixelLoss = pixelLoss
    self.broadcasting = broadcasting
    self.perceptualWeight = perceptualWeight
    self.similarityWeight = similarityWeight
    self.klWeight = klWeight
    self.adversarial = adversarial
  }

  /// Steps of both parts.
  public var allSteps: Int { steps + (adversarial?.steps ?? 0) }
}

/// Fine-tuning of an autoencoder against one discriminator for each of its outputs.
///
/// To the loss of an output, with a half-resolution target of 2x2 averages, comes -λ Σ D(y), where
///
///     λ = min(‖∂ reconstruction / ∂w‖ / (‖∂ (-Σ D(y)) / ∂w‖ + 1e-4), 1e4)
///
/// at the weight w of the output's last layer. Discriminators take the hinge loss. Both sides start
/// with fresh Adam optimisers. Two things differ from the released code: the discriminators judge
/// the pictures of the same forward pass (the code draws latent pictures anew for them), and the rate
/// is a choice of the plan, because 1e-6, the code's, moves little in a short training.
/// Esser et al. 2021, doi:10.1109/CVPR46437.2021.01268, eq. 7.
public struct AdversarialFineTuning: Codable, Hashable, Sendable {
  public var steps: Int
  /// Of both optimisers.
  public var learningRate: Double
  /// In place of the plan's; the released fine-tuning has absolute differences.
  public var pixelLoss: AutoencoderPlan.PixelLoss

  public init(
    steps: Int, learningRate: Double = 1e-6, pixelLoss: AutoencoderPlan.PixelLoss = .absolute
  ) {
    precondition(steps > 0, "steps (\(steps)) must be positive")
    precondition(learningRate > 0, "learningRate (\(learningRate)) must be positive")
    self.steps = steps
    self.learningRate = learningRate
    self.pixelLoss = pixelLoss
  }
}
