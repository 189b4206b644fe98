import Foundation
import Kernels
import Physics
import Testing

@Suite struct PathLengthTests {
  /// The chord of a ball is 2√(r² − d²); the chord through an ellipsoid's centre its third axis.
  @Test(arguments: [
    (Float(0), Float(0), Float(30)), (3, 0, 24), (0, 8, 18), (4, 0, 18), (5, 0, 0), (6, 0, 0),
  ])
  func ellipsoid(x: Float, y: Float, expected: Float) {
    // Semi-axes 5, 10, 15: at x = 3, √(1 − .36) = .8; at y = 8, x = 4: √(1 − .64) = .6.
    let found = PathLength.ellipsoid(x: x, y: y, semiAxes: 5, 10, 15)
    #expect(abs(found - expected) <= 8 * expected.ulp)
  }

  @Test func cylinderMeetsTheBallAndGrowsWithObliquity() {
    #expect(PathLength.cylinder(distance: 3, radius: 5) == 8)
    #expect(PathLength.cylinder(distance: 3, radius: 5, sine: 0.5) == 16)
    #expect(PathLength.cylinder(distance: 5, radius: 5) == 0)
  }

  /// Footprint means sum to π r² whatever the footprint; the bound is 40 roundings of Float.
  @Test(arguments: [Float(0.3), 1, 2.7, 9])
  func footprintsKeepTheCrossSection(footprint: Float) {
    let radius: Float = 2
    var sum: Float = 0
    for k in -40...40 {
      sum += PathLength.cylinder(
        distance: Float(k) * footprint + 0.13, radius: radius, footprint: footprint)
    }
    let area = Float.pi * radius * radius
    #expect(abs(sum * footprint - area) < 40 * area.ulp * max(1, 1 / footprint))
  }

  /// Mean chord with the C library's arcsine, in Double.
  static func meanChord(_ d: Double, _ r: Double, _ h: Double) -> Double {
    func area(_ t: Double) -> Double {
      let cut = min(r, max(-r, t))
      return cut * (r * r - cut * cut).squareRoot() + r * r * asin(cut / r)
    }
    return r > 0 ? (area(d + h / 2) - area(d - h / 2)) / h : 0
  }

  /// Two values of G with 3e-7 each and three roundings of u, whose weight u G'(u) is at most 1.
  @Test(arguments: [(Float(0.3), Float(2.78)), (3, 2.78), (9, 5.56), (20, 0.7)])
  func meanChordMeetsTheArcsine(radius: Float, footprint: Float) {
    var worst = 0.0
    for k in 0...4000 {
      let d = Float(k) / 3000 * (radius + footprint / 2)
      let found = PathLength.cylinder(distance: d, radius: radius, footprint: footprint)
      let exact = Self.meanChord(Double(d), Double(radius), Double(footprint))
      worst = max(worst, abs(Double(found) - exact))
    }
    let bound = (2 * 3e-7 + 6 * 0x1p-24) * Double(radius * radius / footprint)
    #expect(worst < bound, "\(worst) of \(bound)")
    #expect(worst > 0)
  }

  /// Whole tubes against a loop over all samples in Double: bends, tapers, cores, slopes along the
  /// beam, tubes that leave the grid on any side, grids narrower than eight samples.
  @Test(arguments: [(5, 3), (40, 30), (64, 64)])
  func tubesMeetTheSlowLoop(rows: Int, columns: Int) {
    let grid = ProjectionGrid(rows: rows, columns: columns, pitchMM: 2.5)
    let half = Double(columns) * 1.25
    var stream = RandomStream(8)
    for index in 0..<12 {
      var map = LineIntegralMap(grid: grid, value: 1)
      var points: [SIMD3<Float>] = []
      for _ in 0..<4 {
        points.append(
          SIMD3(
            Float(1.5 * half * stream.normal()), Float(1.5 * half * stream.normal()),
            Float(20 * stream.normal())))
      }
      let radii = (0..<4).map { _ in Float(stream.uniform(in: 0.2...8)) }
      let tube = Tube(points: points, radii: radii, innerShare: index % 2 == 0 ? 0 : 0.7)
      map.add(tube, outer: 1, inner: 0.25, joining: index % 3 == 0 ? .maximum : .sum)
      var worst = 0.0
      for row in 0..<rows {
        for column in 0..<columns {
          let value = Self.slow(tube, grid.x(column), grid.y(row), grid.pitchMM)
          let expected = index % 3 == 0 ? max(1, value) : 1 + value
          worst = max(worst, abs(Double(map.values[row * columns + column]) - expected))
        }
      }
      // The chord's mean moves by at most 2r/h for each unit of distance and 4 for each of the
      // radius, fourfold stretched; positions carry a dozen roundings at 400 mm at most.
      let steepness: Double = 4 * (2 * 8 / 2.5 + 4)
      let position: Double = 12 * 400 * 0x1p-24
      #expect(worst < steepness * position, "\(worst)")
    }
  }

  static func slow(_ tube: Tube, _ x: Double, _ y: Double, _ pitch: Double) -> Double {
    var largest = 0.0
    for k in 0..<(tube.points.count - 1) {
      let a = SIMD3<Double>(tube.points[k])
      let d = SIMD3<Double>(tube.points[k + 1]) - a
      let flat = d.x * d.x + d.y * d.y
      let t = min(1, max(0, ((x - a.x) * d.x + (y - a.y) * d.y) / flat))
      let distance = hypot(x - a.x - t * d.x, y - a.y - t * d.y)
      let radius = Double(tube.radii[k]) * (1 - t) + Double(tube.radii[k + 1]) * t
      var value = meanChord(distance, radius, pitch)
      value -= 0.75 * meanChord(distance, radius * Double(tube.innerShare), pitch)
      largest = max(largest, value * min(4, (1 + d.z * d.z / flat).squareRoot()))
    }
    return largest
  }

  /// A straight tube drawn into a map carries length times cross-section, at any angle.
  @Test(arguments: [Float(0), 0.4, 1.1])
  func tubesKeepTheirMass(angle: Float) {
    var map = LineIntegralMap(grid: ProjectionGrid(rows: 160, columns: 160, pitchMM: 1))
    let along = SIMD3<Float>(cosf(angle), sinf(angle), 0) * 50
    let tube = Tube(points: [-along, along], radii: [3, 3])
    map.add(tube, outer: 0.02)
    let mass = map.values.reduce(0, +)
    // The body of 100 mm; each round end adds half a ball of radius 3: 4/3 π r³ together.
    let expected = 0.02 * (Float.pi * 9 * 100 + 4 / 3 * Float.pi * 27)
    // Ends are cut along circles of samples: within one sample row at both ends.
    #expect(abs(mass - expected) < 0.02 * Float.pi * 9)
  }
}
