import Imaging

/// How the probe squeezes the neck: an affine map that keeps volumes.
///
/// Depth y is shortened by the factor 1 − c and x is widened about an axis by 1 / (1 − c); z stays.
/// The skin (y = 0) does not move: the body comes towards the probe.
public struct ProbePressure: Codable, Hashable, Sendable {
  /// Share c of the depth that is lost, below 1; 0 is no pressure.
  public let compression: Double
  /// Where x stays, in mm: the middle of the probe's footprint.
  public let axisXMM: Double

  public init(compression: Double, axisXMM: Double) {
    precondition(
      compression < 1 && compression > -1 && axisXMM.isFinite,
      "compression (\(compression)) must lie between -1 and 1, axisXMM (\(axisXMM)) be finite")
    self.compression = compression
    self.axisXMM = axisXMM
  }

  /// No pressure.
  public static let none = ProbePressure(compression: 0, axisXMM: 0)

  /// Where a point of the tissue at rest lies under the probe.
  @inlinable
  public func pressed(_ rest: SIMD3<Double>) -> SIMD3<Double> {
    let keep = 1 - compression
    return [axisXMM + (rest.x - axisXMM) / keep, rest.y * keep, rest.z]
  }

  /// Which point of the tissue at rest lies at a point under the probe.
  @inlinable
  public func rest(_ world: SIMD3<Double>) -> SIMD3<Double> {
    let keep = 1 - compression
    return [axisXMM + (world.x - axisXMM) * keep, world.y / keep, world.z]
  }

  /// `rest` as a transform.
  public var worldToRest: SpatialTransform {
    let keep = 1 - compression
    return SpatialTransform(
      x: [keep, 0, 0], y: [0, 1 / keep, 0], z: [0, 0, 1],
      translation: [axisXMM * (1 - keep), 0, 0])
  }
}
