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
  /// The tube being added; its rows are longer by `overhang`, so that eight samples at a time may
  /// run over the end of a row.
  private var scratch: [Float]
  private static let overhang = 8

  public init(grid: ProjectionGrid, value: Float = 0) {
    self.grid = grid
    values = [Float](repeating: value, count: grid.count)
    scratch = [Float](repeating: 0, count: grid.rows * (grid.columns + Self.overhang))
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
    let columns = grid.columns
    let stride = columns + Self.overhang
    var box = SampleBox()
    scratch.withUnsafeMutableBufferPointer { scratch in
      for segment in 0..<(tube.points.count - 1) {
        let cone = Cone(tube, segment: segment, outer: outer, inner: inner, grid: grid)
        guard let reached = cone.box else { continue }
        box.join(reached)
        for row in reached.top...reached.bottom {
          cone.draw(row: row, into: scratch.baseAddress! + row &* stride)
        }
      }
      guard box.left <= box.right else { return }
      values.withUnsafeMutableBufferPointer { values in
        for row in box.top...box.bottom {
          let from = scratch.baseAddress! + (row &* stride &+ box.left)
          let to = values.baseAddress! + (row &* columns &+ box.left)
          let count = box.right &- box.left &+ 1
          if joining == .sum {
            for k in 0..<count { to[k] += from[k] }
          } else {
            for k in 0..<count { to[k] = to[k] < from[k] ? from[k] : to[k] }
          }
          from.update(repeating: 0, count: count &+ Self.overhang)
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

/// A rectangle of samples, both ends included; empty at first.
private struct SampleBox {
  var left = Int.max
  var top = Int.max
  var right = -1
  var bottom = -1

  mutating func join(_ other: SampleBox) {
    left = min(left, other.left)
    top = min(top, other.top)
    right = max(right, other.right)
    bottom = max(bottom, other.bottom)
  }
}

/// One segment of a tube over the grid: a truncated cone with round ends.
private struct Cone {
  /// Where it may be seen; nil where it misses the grid.
  let box: SampleBox?
  private let start, along: SIMD2<Float>
  private let inverse, radius, taper, innerShare, outer, excess, pitch, x0, y0: Float

  init(_ tube: Tube, segment: Int, outer: Float, inner: Float, grid: ProjectionGrid) {
    let a = tube.points[segment]
    let b = tube.points[segment + 1]
    pitch = Float(grid.pitchMM)
    x0 = Float(grid.x(0))
    y0 = Float(grid.y(0))
    start = SIMD2(a.x, a.y)
    along = SIMD2(b.x - a.x, b.y - a.y)
    let flat = along.x * along.x + along.y * along.y
    let dz = b.z - a.z
    let stretch = min(4, ((flat + dz * dz) / max(flat, 1e-6)).squareRoot())
    inverse = flat > 0 ? 1 / flat : 0
    radius = tube.radii[segment]
    taper = tube.radii[segment + 1] - radius
    innerShare = tube.innerShare
    self.outer = outer * stretch
    excess = (inner - outer) * stretch
    let reach = max(radius, tube.radii[segment + 1]) + pitch / 2
    var box = SampleBox()
    box.left = max(0, Int(((min(a.x, b.x) - reach - x0) / pitch).rounded(.up)))
    box.right = min(
      grid.columns - 1, Int(((max(a.x, b.x) + reach - x0) / pitch).rounded(.down)))
    box.top = max(0, Int(((min(a.y, b.y) - reach - y0) / pitch).rounded(.up)))
    box.bottom = min(grid.rows - 1, Int(((max(a.y, b.y) + reach - y0) / pitch).rounded(.down)))
    self.box = box.left <= box.right && box.top <= box.bottom ? box : nil
  }

  /// Raises a row of samples to the segment's line integral where that is larger, eight samples
  /// at a time and up to seven beyond the box.
  @inline(__always)
  func draw(row: Int, into line: UnsafeMutablePointer<Float>) {
    guard let box else { return }
    let py = y0 + Float(row) * pitch - start.y
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7) * pitch
    var column = box.left
    while column <= box.right {
      let px = lanes + (x0 + Float(column) * pitch - start.x)
      var t = (px * along.x + py * along.y) * inverse
      t = t.replacing(with: 0, where: t .< 0)
      t = t.replacing(with: 1, where: t .> 1)
      let ex = px - t * along.x
      let ey = py - t * along.y
      let distance = (ex * ex + ey * ey).squareRoot()
      let radii = radius + t * taper
      if any(distance .< radii + pitch / 2) {
        var value = outer * PathLength.cylinder(distance: distance, radius: radii, footprint: pitch)
        if innerShare > 0 {
          let core = radii * innerShare
          value += excess * PathLength.cylinder(distance: distance, radius: core, footprint: pitch)
        }
        let target = UnsafeMutableRawPointer(line + column)
        let old = target.loadUnaligned(as: SIMD8<Float>.self)
        target.storeBytes(
          of: old.replacing(with: value, where: old .< value), as: SIMD8<Float>.self)
      }
      column &+= 8
    }
  }
}
