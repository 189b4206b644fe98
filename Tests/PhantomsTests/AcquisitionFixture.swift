import Foundation
import Imaging
import Kernels
import Phantoms

/// Lobes and operators that the tests of the acquisition share.
enum AcquisitionFixture {
  static let stream = RandomStream(5).child("acquisition")
  /// Eight lobes of four volunteers.
  static let lobes: [ThyroidLobe] = (0..<4).flatMap { volunteer in
    let anatomy = NeckAnatomy(stream: stream.child("volunteer").child(volunteer))
    return [anatomy.right, anatomy.left]
  }

  static func session(_ k: Int) -> RandomStream { stream.child("session").child(k) }

  /// One of the published operators without any spread of pace, so that closed forms hold.
  static func steady(_ index: Int = 0) -> NeckOperator {
    var result = NeckOperator.published[index]
    result.sweeps.speedSD = 0
    return result
  }

  static func sweep(
    _ lobe: ThyroidLobe, by person: NeckOperator = steady(), probe: TrackedProbe = .init(),
    _ sources: ErrorSources, session k: Int = 0, repetition: Int = 0
  ) -> FreehandSweep {
    FreehandSweep(
      lobe, by: person, probe: probe, session: session(k),
      repetition: session(k).child("repeat").child(repetition), sources: sources)
  }

  static func reading(
    _ lobe: ThyroidLobe, by person: NeckOperator = NeckOperator.published[0],
    _ sources: ErrorSources, session k: Int = 0, repetition: Int = 0
  ) -> CaliperReading {
    CaliperReading(
      lobe, by: person, session: session(k),
      repetition: session(k).child("repeat").child(repetition), sources: sources)
  }

  /// The largest difference between two transforms at the corners of a 40 mm image and its middle.
  static func distance(_ a: SpatialTransform, _ b: SpatialTransform) -> Double {
    [SIMD3(0, 0, 0), SIMD3(199, 0, 0), SIMD3(0, 199, 0), SIMD3(199, 199, 0), SIMD3(100, 100, 0)]
      .map { (p: SIMD3<Double>) in
        let d = a(p) - b(p)
        return (d * d).sum().squareRoot()
      }.max()!
  }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  static func standardDeviation(_ values: [Double]) -> Double {
    let m = mean(values)
    return (values.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(values.count - 1)).squareRoot()
  }
}
