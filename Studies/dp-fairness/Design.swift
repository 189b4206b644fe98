// hide
import LightboxStudy

// show

//: ## Design: what is trained, how often, and why that is enough
//: All knobs stand in one place. Every arm sees the same images; the arms of one seed share the
//: network's start and, with seeded noise, the private arms also share their Poisson batches and
//: the standard normal numbers behind their noise, so that differences between arms are paired (and
//: the curve over ε is smoother than independent noise would make it). Non-private training
//: shuffles instead. Private and non-private training use the same network, activation, optimiser,
//: batch and number of passes. Two learning rates (10⁻³ and 3·10⁻³) were tried once, on a cohort
//: that is not used again: 10⁻³ was better without noise, 3·10⁻³ with it, and all other arms
//: inherit that. Heads on frozen features have one learning rate for both, 10⁻², not searched;
//: Table 3c shows what a third and three times of it would have given.

/// Sizes of a run. The paper: 512 × 512 pixels, first stage 64 channels wide.
struct Sizes: Codable, Hashable {
  /// Training images, images for choosing thresholds, and test images per age × sex cell.
  var train, validation, testPerCell: Int
  /// Image side in pixels and channels of the first residual stage.
  var side, width: Int
  /// Passes over the training images, and the *expected* batch of a step.
  var epochs, batch: Int
  /// Images whose frozen features heads are trained on; the first ones are the training images.
  var pool: Int
  /// Images of the second site.
  var second: Int
  /// Test images per sex in each cell of group size × group difficulty.
  var perSex: Int

  static func at(_ scale: Scale) -> Sizes {
    scale.choose(
      smoke: Sizes(
        train: 240, validation: 80, testPerCell: 16, side: 32, width: 8, epochs: 2, batch: 48,
        pool: 480, second: 160, perSex: 64),
      default: Sizes(
        train: 3600, validation: 1000, testPerCell: 500, side: 64, width: 16, epochs: 8, batch: 128,
        pool: 14_400, second: 4800, perSex: 1200),
      full: Sizes(
        train: 50_000, validation: 5000, testPerCell: 4000, side: 128, width: 64, epochs: 40,
        batch: 1024, pool: 50_000, second: 20_000, perSex: 4000))
  }
}

/// One way to train, compared with the others on the same images and seeds.
struct Arm: Codable, Hashable {
  var name: String
  /// Privacy budget that the noise is solved for; nil trains without noise.
  var epsilon: Double?
  /// Largest norm of one example's gradient.
  var clippingNorm = 1.5
  var learningRate = 3e-3
  /// Whether steps follow the private recipe (Poisson batches, expected-batch average) even where
  /// neither noise nor clipping acts.
  var privateLoop = true
  /// Which halves of the mechanism act in that recipe.
  var mode = DPSGDParameters.Mode.full
  /// Whether it starts from what the second site taught.
  var pretrained = false
  /// The first 1/part of the training images is used.
  var part = 1

  static let nonPrivate = Arm(name: "non-private", learningRate: 1e-3, privateLoop: false)
  static func at(_ epsilon: Double) -> Arm { Arm(name: "eps-\(epsilon)", epsilon: epsilon) }

  /// Budgets: 7.89 is the abstract's; the others are our design choice of a grid.
  static let budgets = [0.29, 0.54, 1.06, 2.04, 4.71, 7.89]
  /// The budget that the ordering and the fairness claims are judged at.
  static let judged = Arm.at(7.89)

  /// The flip: the private loop with neither clipping nor noise must equal ordinary training.
  static let flip = Arm(name: "no-noise-no-clip", learningRate: 1e-3, mode: .neither)
  /// The knobs that might carry the result by themselves, each moved once.
  static let alternatives = [
    Arm(name: "clip-halved", epsilon: 7.89, clippingNorm: 0.75),
    Arm(name: "clip-doubled", epsilon: 7.89, clippingNorm: 3),
    Arm(name: "rate-doubled", epsilon: 7.89, learningRate: 6e-3),
  ]
  /// The two halves of the mechanism apart and neither, all at the private learning rate.
  static let halves = [
    Arm(name: "neither", mode: .neither),
    Arm(name: "clip-only", mode: .clipOnly),
    Arm(name: "noise-only", epsilon: 7.89, mode: .noiseOnly),
  ]
  /// The whole network, started from the second site: anchors of the frozen features.
  static let tuned = [
    Arm(name: "pretrained, non-private", learningRate: 1e-3, privateLoop: false, pretrained: true),
    Arm(name: "pretrained, eps-1.06", epsilon: 1.06, pretrained: true),
    Arm(name: "pretrained, eps-7.89", epsilon: 7.89, pretrained: true),
  ]
  /// Fewer images at the same ε.
  static let fewer = [4, 2].flatMap { part in
    [
      Arm(name: "non-private, N/\(part)", learningRate: 1e-3, privateLoop: false, part: part),
      Arm(name: "eps-7.89, N/\(part)", epsilon: 7.89, part: part),
    ]
  }

  /// Whether the guarantee of its ε holds.
  var isPrivate: Bool { epsilon != nil && mode == .full }

  /// Seeds of an arm: all where a claim is judged on it, twice as many for the flip and what it is
  /// compared with, three at the other settings.
  func seeds(_ all: [Int]) -> [Int] {
    switch name {
    case Arm.nonPrivate.name, Arm.flip.name: Array(1...(2 * all.count))
    case Arm.judged.name: all
    default: Array(all.prefix(3))
    }
  }

  static let all =
    [nonPrivate] + budgets.map(at) + [flip] + alternatives + halves + tuned + fewer
}

/// A linear head on frozen features of the second site's network.
struct HeadArm: Codable, Hashable {
  var epsilon: Double?
  var images: Int
  var clippingNorm = 1.5
  var learningRate = 1e-2
  /// Whether patients are drawn, each with one image at random, instead of images.
  var byPatient = false

  var name: String {
    var parts = ["head", epsilon.map { "eps-\($0)" } ?? "non-private", "n-\(images)"]
    if clippingNorm != 1.5 { parts.append("clip-\(clippingNorm)") }
    if learningRate != 1e-2 { parts.append("rate-\(learningRate)") }
    if byPatient { parts.append("by-patient") }
    return parts.joined(separator: ", ")
  }

  /// Numbers of images of the sweep, up to all.
  static func sizes(_ pool: Int) -> [Int] { [16, 8, 4, 2, 1].map { max(1, pool / $0) } }

  /// Every ε at every number of images.
  static func grid(_ pool: Int) -> [HeadArm] {
    let budgets = [nil] + Arm.budgets.map(Optional.some)
    return sizes(pool).flatMap { images in
      budgets.map { HeadArm(epsilon: $0, images: images) }
    }
  }

  /// Clipping norms, at the judged budget.
  static func clips(_ images: Int) -> [HeadArm] {
    [0.1, 0.3, 0.75, 3, 6].map { HeadArm(epsilon: 7.89, images: images, clippingNorm: $0) }
  }

  /// Learning rates, in both arms.
  static func rates(_ images: Int) -> [HeadArm] {
    [3e-3, 3e-2].flatMap { rate in
      [nil, 7.89].map { HeadArm(epsilon: $0, images: images, learningRate: rate) }
    }
  }

  static func patients(_ images: Int) -> HeadArm {
    HeadArm(epsilon: 7.89, images: images, byPatient: true)
  }
}

/// A cell of group size × group difficulty: women are many or few in training, and their films as
/// easy as men's or harder.
struct Square: Codable, Hashable {
  var small, hard: Bool

  var name: String { "\(small ? "small" : "large") and \(hard ? "hard" : "easy")" }
  /// Share of women among the training patients.
  var share: Double { small ? 0.1 : 0.5 }
  var difficulty: Double { hard ? 1 : 0 }

  static let all = [(false, false), (true, false), (false, true), (true, true)].map {
    Square(small: $0.0, hard: $0.1)
  }
  static let arms = [Arm.nonPrivate, Arm.judged]
}
