import Foundation
import Kernels

/// How a knee was placed and exposed on one visit: what changes between films of the same knee
/// although nothing grew. All spreads are chosen.
public struct KneeView: Codable, Hashable, Sendable {
  /// Rotation in the plane of the film in degrees.
  public var rotationDegrees = 0.0
  /// Shift of the middle of the joint in mm.
  public var shiftXMM = 0.0
  public var shiftYMM = 0.0
  /// Size on the film over true size, relative to the usual one.
  public var magnification = 1.0
  /// Rotation of the leg about its axis in degrees: moves fibula and patella.
  public var axialDegrees = 0.0
  /// Angle between beam and plateau in degrees: hides some of the joint space.
  public var beamDegrees = 0.0
  /// Shift of the grey values, contrast and exposure relative to the usual ones.
  public var level = 0.0
  public var contrast = 1.0
  public var exposure = 1.0

  /// A film without nuisance.
  public init() {}

  /// A film with nuisance of the given strength; each normal number is cut at 2.
  package init(nuisance: Double, stream: RandomStream) {
    var draw = stream.child("view")
    func normal(_ deviation: Double) -> Double {
      var z = draw.normal()
      while abs(z) > 2 { z = draw.normal() }
      return nuisance * deviation * z
    }
    rotationDegrees = normal(2.2)
    shiftXMM = normal(1.5)
    shiftYMM = normal(1.5)
    magnification = 1 + normal(0.015)
    axialDegrees = normal(3)
    beamDegrees = normal(2.5)
    level = normal(0.03)
    contrast = 1 + normal(0.06)
    exposure = exp(normal(0.3))
  }

  /// Joint space hidden by a degree of beam angle, in mm.
  package static let hiddenMMPerDegree = 0.04

  /// Width in mm that a joint space has on the film: less what the beam hides, times the
  /// magnification.
  public func filmedMM(_ spaceMM: Double) -> Double {
    max(0, spaceMM - Self.hiddenMMPerDegree * abs(beamDegrees)) * magnification
  }
}
