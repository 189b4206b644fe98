import Foundation
import Imaging
import Kernels

/// The factor c of the ellipsoid formula V = c · length · width · depth.
public enum EllipsoidCoefficient: String, Codable, CaseIterable, Hashable, Sendable {
  /// π/6, an ellipsoid.
  case ellipsoid = "pi/6"
  /// .5, German practice.
  case half = "0.5"
  /// .479, fitted to thyroid lobes (Brunn et al. 1981).
  case brunn = "0.479"

  public var value: Double {
    switch self {
    case .ellipsoid: .pi / 6
    case .half: 0.5
    case .brunn: 0.479
    }
  }
}

/// Length, width and depth of a lobe as read with calipers on two planes.
///
/// The longitudinal plane should hold the lobe's axes of length and depth, the transverse one those
/// of width and depth, both through its middle. An operator's planes are turned and shifted; the
/// extents of the cut through the pressed lobe are found on them, and each diameter of the lobe is
/// changed by the ratio of that cut to the right one at rest. So a reading without errors is the
/// extent itself, and what a turned plane does follows from the body's shape.
public struct CaliperReading: Codable, Hashable, Sendable {
  public let lengthMM, widthMM, depthMM: Double

  public init(lengthMM: Double, widthMM: Double, depthMM: Double) {
    self.lengthMM = lengthMM
    self.widthMM = widthMM
    self.depthMM = depthMM
  }

  /// c · length · width · depth in ml.
  public func volumeML(_ coefficient: EllipsoidCoefficient = .ellipsoid) -> Double {
    coefficient.value * lengthMM * widthMM * depthMM / 1000
  }

  /// Reads a lobe.
  ///
  /// - `session`: the stream of this volunteer and operator: what all repeats share.
  /// - `repetition`: the stream of this reading.
  public init(
    _ lobe: ThyroidLobe, by person: NeckOperator, session: RandomStream, repetition: RandomStream,
    sources: ErrorSources = .all
  ) {
    let habits = person.calipers
    let pressing = SweepingHand.pressure(
      person, session: session, repetition: repetition, sources: sources)
    let pressure = ProbePressure(compression: pressing.middle, axisXMM: lobe.centreMM.x)

    var turning = repetition.child(ErrorSource.planeAngle.rawValue)
    let spread = sources[.planeAngle] ? habits.planeAngleSDDegrees : 0
    let turns = (0..<4).map { _ in turning.normal() * spread }
    var placing = repetition.child(ErrorSource.planePlacement.rawValue)
    let beside = placing.normal() * habits.planePlacementSDMM
    // A transverse plane always meets the middle half of the lobe.
    let shift = sources[.planePlacement] ? min(0.25, max(-0.25, beside / lobe.lengthMM)) : 0

    let (along, wide, deep) = (lobe.lengthAxis, lobe.widthAxis, lobe.depthAxis)
    let long = LobeCut(lobe, origin: .zero, across: along, down: deep)
    let longTurn =
      SpatialTransform.rotation(radians: turns[0] * .pi / 180, about: deep)
      * .rotation(radians: turns[1] * .pi / 180, about: along)
    let seenLong = LobeCut(
      lobe, origin: .zero, across: longTurn.direction(along), down: longTurn.direction(deep),
      pressure: pressure)
    let short = LobeCut(lobe, origin: .zero, across: wide, down: deep)
    let shortTurn =
      SpatialTransform.rotation(radians: turns[2] * .pi / 180, about: wide)
      * .rotation(radians: turns[3] * .pi / 180, about: deep)
    let seenShort = LobeCut(
      lobe, origin: along * (shift * lobe.lengthMM), across: shortTurn.direction(wide),
      down: shortTurn.direction(deep), pressure: pressure)

    let boundary =
      2 * SweepingHand.boundaryMM(person, session: session, sources: sources)
    func reading(_ axis: String, _ extent: Double, _ bias: Double) -> Double {
      var value = extent + boundary
      if sources[.caliperBias] { value *= 1 + bias }
      if sources[.caliperHabit] {
        let own = session.child(ErrorSource.caliperHabit.rawValue).child(axis)
        value *= Self.factor(
          habits.habitSD, SweepingHand.habit(own, lobe.side, habits.habitLobeCorrelation))
      }
      if sources[.caliperReading] {
        var again = repetition.child(ErrorSource.caliperReading.rawValue).child(axis)
        value *= Self.factor(habits.readingSD, again.normal())
      }
      return max(1, value)
    }
    lengthMM = reading(
      "length", lobe.lengthMM * (seenLong.across / long.across), habits.bias.length)
    widthMM = reading("width", lobe.widthMM * (seenShort.across / short.across), habits.bias.width)
    depthMM = reading("depth", lobe.depthMM * (seenShort.down / short.down), habits.bias.depth)
  }

  /// A log-normal factor with mean 1.
  private static func factor(_ deviation: Double, _ z: Double) -> Double {
    exp(deviation * z - deviation * deviation / 2)
  }
}

/// A plane through a lobe, and how far the lobe reaches along the plane's two axes.
struct LobeCut {
  /// Extents along the axes of the plane in mm.
  let across, down: Double

  /// Rays from the origin in `rays` directions, even in the angle of an ellipse as wide as the lobe;
  /// the extents are the spans of their ends, too small by a share of at most 1 − cos(π / rays).
  ///
  /// - Parameters:
  ///   - origin: from the lobe's centre in mm at rest; it must lie in the lobe.
  ///   - across, down: unit vectors in the plane under the probe.
  init(
    _ lobe: ThyroidLobe, origin: SIMD3<Double>, across: SIMD3<Double>, down: SIMD3<Double>,
    pressure: ProbePressure = .none, rays: Int = 96
  ) {
    let rest = pressure.worldToRest
    let start = lobe.centreMM + origin
    // Radii in the lobe's own axes give the scale of the cut along both directions.
    func size(_ direction: SIMD3<Double>) -> Double {
      let own = SIMD3(
        (direction * lobe.lengthAxis).sum() / lobe.lengthMM,
        (direction * lobe.widthAxis).sum() / lobe.widthMM,
        (direction * lobe.depthAxis).sum() / lobe.depthMM)
      return 0.5 / (own * own).sum().squareRoot()
    }
    let (a, b) = (size(across), size(down))
    var (low, high) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
    for k in 0..<rays {
      let angle = 2 * Double.pi * Double(k) / Double(rays)
      // The end of this ray lies near 1.
      let step = SIMD2(a * cos(angle), b * sin(angle))
      let ray = rest.direction(across * step.x + down * step.y)
      var (inside, outside) = (0.0, 3.0)
      for _ in 0..<16 {
        let middle = (inside + outside) / 2
        if lobe.contains(start + ray * middle) { inside = middle } else { outside = middle }
      }
      let end = step * ((inside + outside) / 2)
      (low, high) = (pointwiseMin(low, end), pointwiseMax(high, end))
    }
    (self.across, self.down) = (high.x - low.x, high.y - low.y)
  }
}
