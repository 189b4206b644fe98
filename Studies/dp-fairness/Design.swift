// hide
import LightboxStudy

// show

//: ## Design: what is trained, how often, and why that is enough
//: All knobs stand in one place. Every arm sees the same images; the arms of one seed share the
//: network's start and, with seeded noise, the private arms also share their Poisson batches and the
//: standard normal numbers behind their noise, so that differences between arms are paired (and the
//: curve over ε is smoother than independent noise would make it). Non-private training shuffles instead. Private and
//: non-private training use the same network, activation, optimiser, batch and number of passes.
//: Two learning rates (10⁻³ and 3·10⁻³) were tried once, on a cohort that is not used again: 10⁻³
//: was better without noise, 3·10⁻³ with it, and all other arms inherit that.

/// Sizes of a run. The paper: 512 × 512 pixels, first stage 64 channels wide.
struct Sizes: Codable, Hashable {
  /// Training images, images for choosing thresholds, and test images per age × sex cell.
  var train, validation, testPerCell: Int
  /// Image side in pixels and channels of the first residual stage.
  var side, width: Int
  /// Passes over the training images, and the *expected* batch of a step.
  var epochs, batch: Int

  static func at(_ scale: Scale) -> Sizes {
    scale.choose(
      smoke: Sizes(
        train: 240, validation: 80, testPerCell: 16, side: 32, width: 8, epochs: 2, batch: 48),
      default: Sizes(
        train: 3600, validation: 1000, testPerCell: 400, side: 64, width: 16, epochs: 8, batch: 128),
      full: Sizes(
        train: 50_000, validation: 5000, testPerCell: 4000, side: 128, width: 64, epochs: 40,
        batch: 1024))
  }
}

/// One way to train, compared with the others on the same images and seeds.
struct Arm: Codable, Hashable {
  var name: String
  /// Privacy budget; nil trains without noise.
  var epsilon: Double?
  /// Largest norm of one example's gradient.
  var clippingNorm = 1.5
  var learningRate = 3e-3
  /// Whether steps follow the private recipe (Poisson batches, expected-batch average) even where
  /// neither noise nor clipping acts.
  var privateLoop = true

  static let nonPrivate = Arm(name: "non-private", learningRate: 1e-3, privateLoop: false)
  static func at(_ epsilon: Double) -> Arm { Arm(name: "eps-\(epsilon)", epsilon: epsilon) }

  /// Budgets: 7.89 is the abstract's; the others are our design choice of a grid.
  static let budgets = [0.29, 1.06, 2.04, 4.71, 7.89]
  /// The budget that the ordering and the fairness claims are judged at.
  static let judged = Arm.at(7.89)

  /// The flip: the private loop with neither clipping nor noise must equal ordinary training.
  static let flip = Arm(name: "no-noise-no-clip", learningRate: 1e-3)
  /// The knobs that might carry the result by themselves, each moved once.
  static let alternatives = [
    Arm(name: "clip-halved", epsilon: 7.89, clippingNorm: 0.75),
    Arm(name: "clip-doubled", epsilon: 7.89, clippingNorm: 3),
    Arm(name: "rate-doubled", epsilon: 7.89, learningRate: 6e-3),
  ]

  /// Seeds of an arm: all where a claim is judged or flipped on it, three at the other settings.
  func seeds(_ all: [Int]) -> [Int] {
    let carriesAClaim = [Arm.nonPrivate, Arm.judged, Arm.flip].contains { $0.name == name }
    return carriesAClaim ? all : Array(all.prefix(3))
  }

  static let all = [nonPrivate] + budgets.map(at) + [flip] + alternatives
}
