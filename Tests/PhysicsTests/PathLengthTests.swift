import Foundation
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
