import Foundation
import Kernels
import Statistics

/// What volunteers' thyroids are drawn from.
///
/// The volume of the gland (both lobes) follows a truncated log-normal with the moments and range
/// that Krönke et al. 2022 (doi:10.1371/journal.pone.0268550) print for magnetic resonance; that the
/// right lobe is the larger in 74 % is from Ying 2005. The spread between the sides and all shapes
/// are chosen. Lobes are 35 to 55 mm long, 10 to 20 mm wide and 8 to 18 mm deep wherever their
/// volume allows.
public struct NeckPopulation: Codable, Hashable, Sendable {
  /// Mean and standard deviation of the gland's volume in ml, within the range.
  public var glandMeanML = 7.4
  public var glandStandardDeviationML = 3.05
  public var glandRangeML = 2.8...16.7
  /// Probability that the right lobe is larger than the left one.
  public var rightLargerShare = 0.74
  /// Standard deviation of ln(right / left). Chosen.
  public var sideLogStandardDeviation = 0.18
  /// Mean and standard deviation of the true ellipsoid coefficient V / (L W D), cut at 2.5
  /// standard deviations. Chosen around π/6 = .524 and Brunn's .479.
  public var coefficientMean = 0.50
  public var coefficientStandardDeviation = 0.04
  /// Multiplies how much lobes deviate from each other in shape, apart from the coefficient.
  public var shapeVariation = 1.0

  public init() {}

  /// The distribution of the gland's volume in ml.
  public var glandVolume: TruncatedLogNormal {
    TruncatedLogNormal(
      mean: glandMeanML, standardDeviation: glandStandardDeviationML, range: glandRangeML)
  }

  /// Volumes of one volunteer's lobes in mm³.
  func lobeVolumes(stream: inout RandomStream) -> (right: Double, left: Double) {
    precondition(
      rightLargerShare > 0 && rightLargerShare < 1,
      "rightLargerShare (\(rightLargerShare)) must lie between 0 and 1")
    let gland = 1000 * glandVolume.quantile(stream.uniform())
    // P(ln ratio > 0) = Φ(mean / SD).
    let mean = Distributions.Normal().quantile(rightLargerShare)
    let ratio = exp(sideLogStandardDeviation * (mean + stream.normal()))
    return (gland * ratio / (1 + ratio), gland / (1 + ratio))
  }

  /// One lobe's true ellipsoid coefficient.
  func coefficient(stream: inout RandomStream) -> Double {
    var z = stream.normal()
    while abs(z) > 2.5 { z = stream.normal() }
    return coefficientMean + coefficientStandardDeviation * z
  }

  /// Extents in mm of a lobe with the given volume in mm³ and coefficient:
  /// length · width · depth = volume / coefficient.
  func extents(
    volume: Double, coefficient: Double, stream: inout RandomStream
  ) -> (length: Double, width: Double, depth: Double) {
    let box = volume / coefficient
    let wanted = 43 * pow(volume / 3700, 0.4) * exp(0.06 * shapeVariation * stream.normal())
    let slenderness = 1.13 * exp(0.08 * shapeVariation * stream.normal())
    // Long enough that width and depth stay within 20 and 18 mm, if 55 mm are enough.
    let length = min(55, max(35, max(wanted, box / (20 * 18))))
    let section = box / length
    var width = (section * slenderness).squareRoot()
    width = min(20, max(10, width))
    width = max(width, section / 18)
    return (length, width, section / width)
  }
}
