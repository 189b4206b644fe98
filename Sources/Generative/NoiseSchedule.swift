import Foundation
import Tensors

/// How a picture drowns in noise over T steps: x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε, ᾱ_t = Π_{s ≤ t} (1 - β_s).
///
/// Scaled linear: the square roots of β lie in equal steps between those of `first` and `last`. Time
/// t runs over 0..<T and is a step of noising itself: ᾱ_0 = 1 - β_0 < 1. Numbers are worked out in
/// Double. The defaults are the released ones; Stable Diffusion begins at .00085 instead.
/// Rombach et al. 2022, doi:10.1109/CVPR52688.2022.01042; Ho et al. 2020,
/// doi:10.48550/arXiv.2006.11239, eq. 4.
public struct NoiseSchedule: Codable, Hashable, Sendable {
  /// T.
  public let times: Int
  /// β_0 and β_(T-1).
  public let first, last: Double
  /// ᾱ_t.
  public let kept: [Double]

  public init(times: Int = 1000, first: Double = 0.002, last: Double = 0.02) {
    precondition(times >= 2, "times (\(times)) must be two or more")
    precondition(
      0 < first && first <= last && last < 1,
      "first (\(first)) and last (\(last)) must lie in 0..<1 and rise")
    self.times = times
    self.first = first
    self.last = last
    let (low, high) = (first.squareRoot(), last.squareRoot())
    var product = 1.0
    kept = (0..<times).map { time in
      let root = low + (high - low) * Double(time) / Double(times - 1)
      product *= 1 - root * root
      return product
    }
  }

  private enum Keys: String, CodingKey { case times, first, last }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    self.init(
      times: try container.decode(Int.self, forKey: .times),
      first: try container.decode(Double.self, forKey: .first),
      last: try container.decode(Double.self, forKey: .last))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(times, forKey: .times)
    try container.encode(first, forKey: .first)
    try container.encode(last, forKey: .last)
  }

  /// Pictures [batch, ...] at their times, with the given noise.
  public func noised(
    _ pictures: Tensor<Float>, noise: Tensor<Float>, times: [Int]
  ) -> Tensor<Float> {
    precondition(
      noise.shape == pictures.shape && times.count == pictures.shape[0],
      "noise \(noise.shape) and times (count \(times.count)) must match \(pictures.shape)")
    let column = [times.count] + [Int](repeating: 1, count: pictures.rank - 1)
    let signal = Tensor<Float>(shape: column, times.map { Float(kept[$0].squareRoot()) })
    let share = Tensor<Float>(shape: column, times.map { Float((1 - kept[$0]).squareRoot()) })
    return pictures * signal + noise * share
  }

  /// Times that a sampler of so many steps visits, rising: floor(i (T - 1) / (steps - 1)).
  public func visited(steps: Int) -> [Int] {
    precondition((2...times).contains(steps), "steps (\(steps)) must lie in 2...\(times)")
    return (0..<steps).map { $0 * (times - 1) / (steps - 1) }
  }
}
