import Foundation

/// Lengths of straight rays inside simple bodies, in millimetres, in closed form.
public enum PathLength {
  /// Chord of an ellipsoid along its third axis: 2c √(1 − (x/a)² − (y/b)²), 0 outside.
  @inlinable
  public static func ellipsoid(
    x: Float, y: Float, semiAxes a: Float, _ b: Float, _ c: Float
  ) -> Float {
    let u = x / a
    let v = y / b
    return 2 * c * max(0, 1 - u * u - v * v).squareRoot()
  }

  /// Chord of a cylinder of radius r whose axis passes the ray at distance d and meets it under an
  /// angle with sine s: 2√(r² − d²) / s, 0 where d ≥ r.
  @inlinable
  public static func cylinder(distance d: Float, radius r: Float, sine s: Float = 1) -> Float {
    2 * max(0, r * r - d * d).squareRoot() / s
  }

  /// Mean chord of a perpendicular cylinder over the rays between d − h/2 and d + h/2:
  /// (F(d + h/2) − F(d − h/2)) / h with F(t) = t√(r² − t²) + r² arcsin(t/r).
  ///
  /// The sum over neighbouring footprints is the cross-section π r² whatever the footprint h, so
  /// tubes thinner than a pixel keep their mass.
  @inlinable
  public static func cylinder(distance d: Float, radius r: Float, footprint h: Float) -> Float {
    (Self.cumulative(d + h / 2, r) - Self.cumulative(d - h / 2, r)) / h
  }

  /// F of the mean chord, with t cut to [−r, r].
  @inlinable
  static func cumulative(_ t: Float, _ r: Float) -> Float {
    let cut = min(r, max(-r, t))
    return cut * (r * r - cut * cut).squareRoot() + r * r * asinf(cut / r)
  }
}
