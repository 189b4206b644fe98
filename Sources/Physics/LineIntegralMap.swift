import Foundation

/// Where the samples of a projection lie on the detector plane.
///
/// x runs from the viewer's left to right, y from top to bottom, both in millimetres with the
/// origin at the centre of the detector.
public struct ProjectionGrid: Sendable, Equatable, Codable {
  public let rows, columns: Int
  /// Distance between neighbouring samples in millimetres.
  public let pitchMM: Double

  public init(rows: Int, columns: Int, pitchMM: Double) {
    precondition(rows > 0 && columns > 0, "rows (\(rows)), columns (\(columns)) must be positive")
    precondition(pitchMM > 0, "pitchMM (\(pitchMM)) must be positive")
    self.rows = rows
    self.columns = columns
    self.pitchMM = pitchMM
  }

  public var count: Int { rows * columns }
  /// x of the centre of a column in millimetres.
  public func x(_ column: Int) -> Double { (Double(column) - Double(columns - 1) / 2) * pitchMM }
  /// y of the centre of a row in millimetres.
  public func y(_ row: Int) -> Double { (Double(row) - Double(rows - 1) / 2) * pitchMM }
}

/// A curved tube: a polyline with a radius at each point; the third coordinate runs along the beam.
public struct Tube: Sendable {
  public var points: [SIMD3<Float>]
  public var radii: [Float]
  /// Radius of the marrow or lumen as a share of the outer radius; 0 for a solid tube.
  public var innerShare: Float

  public init(points: [SIMD3<Float>], radii: [Float], innerShare: Float = 0) {
    precondition(
      points.count == radii.count && points.count > 1,
      "points (\(points.count)) and radii (\(radii.count)) must be equally many, two at least")
    self.points = points
    self.radii = radii
    self.innerShare = innerShare
  }
}

/// Line integrals ∫μ dl of the attenuation along parallel rays, one per grid sample.
public struct LineIntegralMap: Sendable {
  public let grid: ProjectionGrid
  /// Row-major, dimensionless.
  public var values: [Float]
  private var scratch: [Float]

  public init(grid: ProjectionGrid, value: Float = 0) {
    self.grid = grid
    values = [Float](repeating: value, count: grid.count)
    scratch = [Float](repeating: 0, count: grid.count)
  }

  /// How a tube joins what a map holds: bodies add up; branches of one tree, which overlap where
  /// they part, keep the larger value.
  public enum Joining: Sendable { case sum, maximum }

  /// Adds a tube: `outer` 1/mm times the path through it, and `inner` − `outer` times the path
  /// through its core where it has one.
  ///
  /// Path lengths are means over the footprint of a sample. Within a tube the largest
  /// contribution counts, so its joints do not show; different tubes add up. A segment that runs
  /// along the beam is longer by 1/sin of its angle, at most fourfold.
  public mutating func add(
    _ tube: Tube, outer: Float, inner: Float = 0, joining: Joining = .sum
  ) {
    let grid = self.grid
    let pitch = Float(grid.pitchMM)
    let x0 = Float(grid.x(0))
    let y0 = Float(grid.y(0))
    var low = SIMD2(Int.max, Int.max)
    var high = SIMD2(-1, -1)
    let columns = grid.columns
    scratch.withUnsafeMutableBufferPointer { scratch in
      for segment in 0..<(tube.points.count - 1) {
        let a = tube.points[segment]
        let b = tube.points[segment + 1]
        let ra = tube.radii[segment]
        let rb = tube.radii[segment + 1]
        let reach = max(ra, rb) + pitch / 2
        let left = max(0, Int(((min(a.x, b.x) - reach - x0) / pitch).rounded(.up)))
        let right = min(columns - 1, Int(((max(a.x, b.x) + reach - x0) / pitch).rounded(.down)))
        let top = max(0, Int(((min(a.y, b.y) - reach - y0) / pitch).rounded(.up)))
        let bottom = min(grid.rows - 1, Int(((max(a.y, b.y) + reach - y0) / pitch).rounded(.down)))
        guard left <= right, top <= bottom else { continue }
        low = SIMD2(min(low.x, left), min(low.y, top))
        high = SIMD2(max(high.x, right), max(high.y, bottom))
        let dx = b.x - a.x
        let dy = b.y - a.y
        let dz = b.z - a.z
        let flat = dx * dx + dy * dy
        let stretch = min(4, ((flat + dz * dz) / max(flat, 1e-6)).squareRoot())
        for row in top...bottom {
          let py = y0 + Float(row) * pitch - a.y
          for column in left...right {
            let px = x0 + Float(column) * pitch - a.x
            let t = flat > 0 ? min(1, max(0, (px * dx + py * dy) / flat)) : 0
            let ex = px - t * dx
            let ey = py - t * dy
            let distance = (ex * ex + ey * ey).squareRoot()
            let radius = ra + t * (rb - ra)
            guard distance < radius + pitch / 2, radius > 0 else { continue }
            var value =
              outer * PathLength.cylinder(distance: distance, radius: radius, footprint: pitch)
            if tube.innerShare > 0 {
              let core = radius * tube.innerShare
              let path = PathLength.cylinder(distance: distance, radius: core, footprint: pitch)
              value += (inner - outer) * path
            }
            let index = row &* columns &+ column
            scratch[index] = max(scratch[index], value * stretch)
          }
        }
      }
      guard high.x >= 0 else { return }
      values.withUnsafeMutableBufferPointer { values in
        for row in low.y...high.y {
          for index in (row &* columns &+ low.x)...(row &* columns &+ high.x) {
            values[index] =
              joining == .sum ? values[index] + scratch[index] : max(values[index], scratch[index])
            scratch[index] = 0
          }
        }
      }
    }
  }

  /// Adds μ times the chord of an ellipsoid with the given centre and semi-axes in millimetres.
  public mutating func addEllipsoid(
    x: Float, y: Float, semiAxes a: Float, _ b: Float, _ c: Float, angle: Float = 0, mu: Float
  ) {
    let pitch = Float(grid.pitchMM)
    let x0 = Float(grid.x(0))
    let y0 = Float(grid.y(0))
    let reach = max(a, b)
    let left = max(0, Int(((x - reach - x0) / pitch).rounded(.up)))
    let right = min(grid.columns - 1, Int(((x + reach - x0) / pitch).rounded(.down)))
    let top = max(0, Int(((y - reach - y0) / pitch).rounded(.up)))
    let bottom = min(grid.rows - 1, Int(((y + reach - y0) / pitch).rounded(.down)))
    guard left <= right, top <= bottom else { return }
    let cosine = cosf(angle)
    let sine = sinf(angle)
    let columns = grid.columns
    values.withUnsafeMutableBufferPointer { values in
      for row in top...bottom {
        let py = y0 + Float(row) * pitch - y
        for column in left...right {
          let px = x0 + Float(column) * pitch - x
          let u = cosine * px + sine * py
          let v = cosine * py - sine * px
          values[row &* columns &+ column] +=
            mu * PathLength.ellipsoid(x: u, y: v, semiAxes: a, b, c)
        }
      }
    }
  }
}
