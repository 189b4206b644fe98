import Foundation
import Statistics

/// Whether the noise in an update is the noise that was accounted for.
///
/// On a batch whose gradients are all zero the update is nothing but noise, N(0, (σC/(qN))²) in
/// every coordinate. With n coordinates, n·ratio of observed to stated variance is χ² with n
/// degrees of freedom. Noise added per micro-batch shows as a ratio above 1, which no attack on
/// the model can see; noise that misses a layer, or σ divided, as one below.
public struct NoiseVarianceTest: Sendable, Codable, Hashable {
  /// (σC/(qN))².
  public var statedVariance: Double
  /// Observed mean square over the stated variance.
  public var ratio: Double
  /// The limits that the ratio keeps to with probability `confidence` when the noise is right.
  public var low: Double
  public var high: Double
  public var confidence: Double
  /// Coordinates seen, over all updates.
  public var coordinates: Int

  /// Whether the ratio lies within the limits.
  public var passes: Bool { low <= ratio && ratio <= high }

  /// Tests updates g̃ = (0 + noise)/(qN) of a zero-gradient batch.
  ///
  /// - updates: [update][coordinate], independent draws; each of at least one coordinate.
  /// - noiseMultiplier: σ. clippingNorm: C. expectedBatch: qN, what the sum was divided by.
  public init(
    updates: [[Double]], noiseMultiplier: Double, clippingNorm: Double, expectedBatch: Double,
    confidence: Double = 0.999
  ) {
    precondition(noiseMultiplier > 0, "noiseMultiplier (\(noiseMultiplier)) must be positive")
    precondition(clippingNorm > 0, "clippingNorm (\(clippingNorm)) must be positive")
    precondition(expectedBatch > 0, "expectedBatch (\(expectedBatch)) must be positive")
    precondition(
      confidence > 0 && confidence < 1, "confidence (\(confidence)) must lie between 0 and 1")
    let count = updates.reduce(0) { $0 + $1.count }
    precondition(count > 0, "updates must hold at least one coordinate")
    let deviation = noiseMultiplier * clippingNorm / expectedBatch
    var sum = 0.0
    for update in updates { for x in update { sum += (x / deviation) * (x / deviation) } }
    let n = Double(count)
    statedVariance = deviation * deviation
    ratio = sum / n
    self.confidence = confidence
    coordinates = count
    let tail = (1 - confidence) / 2
    let chiSquared = Distributions.ChiSquared(n)
    low = chiSquared.quantile(tail) / n
    high = chiSquared.quantile(1 - tail) / n
  }
}
