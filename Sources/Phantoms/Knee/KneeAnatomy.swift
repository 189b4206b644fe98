import Cohorts
import Foundation
import Kernels

/// A person with two knees.
public struct KneePerson: Codable, Hashable, Sendable {
  public var sex: Sex
  public var ageYears: Double
  /// Body mass index in kg/m².
  public var bodyMassIndex: Double
}

/// The healthy shape of one knee: everything that stays the same over the visits.
///
/// Standard scores have mean 0 and variance 1 and correlate between the knees of a person by
/// `sideCorrelation`; they are sums of two normal numbers cut at 2.5. All means, spreads and weights
/// are chosen.
public struct KneeAnatomy: Codable, Hashable, Sendable {
  /// Correlation of a standard score between the two knees of a person.
  public static let sideCorrelation = 0.8

  /// Standard scores of what the rate may depend on, all visible in a film.
  public var alignment, notch, condyle, spine, flare: Double
  /// Standard scores of what it never depends on.
  public var size, density, fibula, slope: Double
  /// Joint space at health in mm.
  public var medialSpaceMM, lateralSpaceMM: Double
  /// Width of the tibial plateau in mm.
  public var widthMM: Double
  /// Thickness of the soft tissue in mm.
  public var softTissueMM: Double

  /// Standard score of the anatomy that a rate may depend on:
  ///
  ///     z = .6 alignment − .45 notch + .4 condyle + .35 spine + .3937 flare
  ///
  /// The squares of the weights sum to 1, so z has variance 1.
  public var score: Double {
    0.6 * alignment - 0.45 * notch + 0.4 * condyle + 0.35 * spine + 0.3937 * flare
  }

  /// Varus (bow-leg) deviation of the axis from its usual place, in degrees.
  public var varusDegrees: Double { 2.2 * alignment }
  /// Half-width of the intercondylar notch over the width of the plateau.
  package var notchShare: Double { 0.115 + 0.009 * notch }
  /// Height of the intercondylar spines in mm.
  package var spineMM: Double { 8 + 1.0 * spine }
  /// Width of the medial condyle relative to its usual one; the lateral one changes the other way.
  package var condyleFactor: Double { 1 + 0.024 * condyle }
  /// How slowly the tibia narrows below the plateau.
  package var flareFactor: Double { 1 + 0.05 * flare }
  package var fibulaFactor: Double { 1 + 0.06 * fibula }
  package var densityFactor: Double { max(0.6, 1 + 0.10 * density) }

  /// The knees of a person, right and left.
  static func pair(of person: KneePerson, stream: RandomStream) -> [KneeAnatomy] {
    var shared = stream.child("person anatomy")
    let common = (0..<11).map { _ in Self.score(&shared) }
    return KneeSide.allCases.map { side in
      var own = stream.child(side.rawValue).child("anatomy")
      let scores = common.map {
        sideCorrelation.squareRoot() * $0
          + (1 - sideCorrelation).squareRoot() * Self.score(&own)
      }
      return KneeAnatomy(scores, person)
    }
  }

  private init(_ scores: [Double], _ person: KneePerson) {
    let isMale = person.sex == .male
    (alignment, notch, condyle, spine, flare) = (
      scores[0], scores[1], scores[2], scores[3], scores[4]
    )
    (size, density, fibula, slope) = (scores[5], scores[6], scores[7], scores[8])
    widthMM = (isMale ? 77.5 : 70.5) + 2.2 * size
    medialSpaceMM = max(3, (isMale ? 4.9 : 4.4) + 0.12 * size + 0.4 * scores[9])
    lateralSpaceMM = medialSpaceMM + 0.8 + 0.25 * scores[10]
    softTissueMM = 112 + 1.4 * (person.bodyMassIndex - 28.5)
  }

  /// A normal number cut at 2.5 and rescaled to variance 1.
  private static func score(_ stream: inout RandomStream) -> Double {
    var z = stream.normal()
    while abs(z) > 2.5 { z = stream.normal() }
    // Variance after the cut: 1 − 5 φ(2.5) / (2 Φ(2.5) − 1) = .91126.
    return z / 0.911_26.squareRoot()
  }
}

extension KneePopulation {
  /// A person: age 45 to 79, the range of the Osteoarthritis Initiative.
  func person(stream: RandomStream) -> KneePerson {
    var draw = stream.child("person")
    let isFemale = draw.bernoulli(femaleShare)
    let age = draw.uniform(in: 45...79)
    let mass = min(45, max(18, 28.5 + 4.7 * draw.normal()))
    return KneePerson(sex: isFemale ? .female : .male, ageYears: age, bodyMassIndex: mass)
  }
}
