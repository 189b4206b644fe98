import Networks

/// Training a style-based GAN from 4x4 pictures upwards.
///
/// Every level has its share of the steps; for the first part of them it fades in: the generator's
/// addition, the discriminator's view and the real pictures are blended with the level below, with
/// a share that rises linearly. Both optimisers start afresh at every level, as the authors' do.
///
/// Source: Karras et al. 2018, doi:10.48550/arXiv.1710.10196, section 2 and appendix A; there the
/// levels up to the last get equal numbers of pictures and the last the rest.
public struct ProgressiveGrowing: Codable, Hashable, Sendable {
  /// Shares of the steps, one a level from 4x4 up; they add up to 1.
  public var shares: [Double]
  /// The part of a level's steps during which it fades in; the first level stands at once.
  public var fading: Double

  public init(shares: [Double] = [0.1, 0.15, 0.25, 0.5], fading: Double = 0.5) {
    precondition(
      shares.allSatisfy { $0 > 0 } && abs(shares.reduce(0, +) - 1) < 1e-9,
      "shares \(shares) must be positive and add up to 1")
    precondition((0...1).contains(fading), "fading (\(fading)) must lie in 0...1")
    self.shares = shares
    self.fading = fading
  }

  /// How far the networks have grown at a step, counted from 0.
  public func stage(step: Int, of steps: Int) -> StyleGrowth {
    var first = 0
    var level = 0
    var sum = shares[0]
    var next = Int((sum * Double(steps)).rounded())
    while level + 1 < shares.count && step >= next {
      first = next
      level += 1
      sum += shares[level]
      next = level + 1 == shares.count ? steps : Int((sum * Double(steps)).rounded())
    }
    let rising = fading * Double(next - first)
    guard level > 0, rising > 0 else { return StyleGrowth(level: level) }
    return StyleGrowth(level: level, blend: min(1, Double(step - first + 1) / rising))
  }
}
