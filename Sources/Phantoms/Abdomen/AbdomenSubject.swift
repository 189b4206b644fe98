import Cohorts
import Foundation
import Kernels

/// A simulated person whose upper abdomen is scanned: analytic anatomy in millimetres.
///
/// x points to the patient's left, y to the back, z to the head; the origin lies in front of the
/// spine at the height of the pancreas.
public struct AbdomenSubject: Codable, Hashable, Sendable {
  public var patient: Patient
  /// The carcinoma; nil without one.
  public var tumour: PancreaticTumour?
  /// Radius of the pancreatic duct behind the tumour, or all along, in millimetres.
  public var ductMM: Double
  /// Size relative to an average man; fat around the organs relative to it.
  public var size, fat: Double
  /// Shift of the whole person against the scanner in millimetres.
  public var shiftMM: SIMD3<Double>
  /// Shifts of the tail of the pancreas, and its radius relative to an average gland.
  public var tailMM: SIMD3<Double>
  public var gland: Double
  /// Hounsfield units of the gland.
  public var glandHU: Double

  /// Person `number` of a stream: the same whatever stands beside it.
  public init(
    number: Int, prefix: String, configuration: AbdomenConfiguration, stream: RandomStream
  ) {
    var draw = stream.child("person").child(number)
    let sex: Sex = draw.bernoulli(configuration.maleShare) ? .male : .female
    let drawn = draw.normal(
      mean: configuration.ageMean, standardDeviation: configuration.ageDeviation)
    let age = min(95, max(20, (drawn * 10).rounded() / 10))
    patient = Patient(id: prefix + String(number), sex: sex, ageYears: age)
    size = (sex == .male ? 1.0 : 0.93) * (1 + 0.05 * draw.normal())
    fat = max(0.5, 1 + 0.25 * draw.normal())
    shiftMM = SIMD3(6 * draw.normal(), 5 * draw.normal(), 6 * draw.normal())
    tailMM = SIMD3(6 * draw.normal(), 8 * draw.normal(), 10 * draw.normal())
    // Glands shrink and take up fat with age.
    gland = max(0.6, 1 - 0.005 * max(0, age - 50) + 0.08 * draw.normal())
    glandHU = 95 - 0.35 * max(0, age - 50) + 6 * draw.normal()
    let hasTumour = draw.bernoulli(configuration.carcinomaShare)
    let inHead = draw.bernoulli(configuration.headShare)
    let place = inHead ? draw.uniform(in: 0.04...0.2) : draw.uniform(in: 0.35...0.85)
    let radius = draw.uniform(in: configuration.radiusMM)
    let contrast = configuration.contrastHU * draw.uniform(in: 0.5...1.5)
    let dilates = draw.bernoulli(
      hasTumour ? configuration.dilationWithCarcinoma : configuration.dilationWithout)
    let wide = draw.uniform(in: 2.5...4.5)
    tumour =
      hasTumour
      ? PancreaticTumour(place: place, radiusMM: radius, contrastHU: contrast) : nil
    ductMM = dilates ? wide : 1
  }

  /// The same person without the carcinoma and with a duct of normal width.
  public var healthy: AbdomenSubject {
    var one = self
    one.tumour = nil
    one.ductMM = 1
    return one
  }
}

/// A carcinoma of the pancreas.
public struct PancreaticTumour: Codable, Hashable, Sendable {
  /// Where on the gland's axis: 0 the head, 1 the tail.
  public var place: Double
  public var radiusMM: Double
  /// How much darker than the gland, in Hounsfield units.
  public var contrastHU: Double

  public init(place: Double, radiusMM: Double, contrastHU: Double) {
    (self.place, self.radiusMM, self.contrastHU) = (place, radiusMM, contrastHU)
  }
}
