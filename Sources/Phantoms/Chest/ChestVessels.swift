import Foundation
import Kernels
import Physics

/// The branching vessels of the lungs: a tree per side that the patient keeps.
extension ChestScene {
  /// Adds the vessels of both lungs; attenuation is blood's in excess of lung.
  func addVessels(to map: inout LineIntegralMap) {
    let mu = Float(
      Tissue.muscle.attenuation(energyKeV: site.energyKeV)
        - Tissue.inflatedLung.attenuation(energyKeV: site.energyKeV))
    for side in 0..<2 {
      var draw = subject.stream.child("vessels").child(side)
      let sign: Float = side == 0 ? -1 : 1
      let hilum = SIMD2<Float>(sign * 31 + mediastinalShift, side == 0 ? -8 : -16)
      let directions: [Float] = [-1.4, -0.85, -0.25, 0.35, 0.85, 1.3]
      for direction in directions {
        let angle = direction + Float(0.14 * draw.normal())
        let radius = Float(5.4 * exp(0.15 * draw.normal()))
        let origin = hilum + SIMD2(0, 13 * direction)
        grow(
          from: origin, angle: angle, radius: radius, depth: 0, sign: sign, mu: mu,
          draw: &draw, map: &map)
      }
    }
  }

  /// One branch of about 25 mm, then its two children; stops at 0.95 mm or at the pleura.
  private func grow(
    from origin: SIMD2<Float>, angle: Float, radius: Float, depth: Int, sign: Float, mu: Float,
    draw: inout RandomStream, map: inout LineIntegralMap
  ) {
    // All draws come first: what a finding does to the branch must not move later branches.
    let length = Float(19 + 11 * draw.uniform())
    let bend = Float(0.22 * draw.normal())
    let split = Float(0.42 + 0.18 * draw.normal())
    let share = Float(0.35 + 0.3 * draw.uniform())
    let side = draw.bernoulli(0.5) ? Float(1) : -1
    var here = origin
    var points: [SIMD3<Float>] = []
    var radii: [Float] = []
    let congestion = Float(severities[.congestion] * contrast)
    // Congestion widens vessels, those of the upper zones more.
    let upper = origin.y < -10
    let swelling = 1 + congestion * (upper ? 0.17 : 0.10)
    for step in 0...2 {
      let t = Float(step) / 2
      points.append(SIMD3(here.x, here.y, 0))
      radii.append(radius * swelling * (1 - 0.18 * t))
      let heading = angle + bend * t
      here += SIMD2(sign * cosf(heading), sinf(heading)) * (length / 2)
    }
    let place = lung(here.x, here.y)
    let middle = points[1]
    if lung(middle.x, middle.y).outline < 0.93 {
      // Part of each branch runs along the beam and is seen shorter and denser: 1.8 on average.
      map.add(frame.tube(points, radii: radii), outer: mu * 1.8, joining: .maximum)
    }
    guard depth < 6, place.outline < 0.95 else { return }
    // Murray's law: the cubes of the children's radii add up to the parent's.
    let first = radius * 0.9 * cbrtf(1 - share)
    let second = radius * 0.9 * cbrtf(share)
    let end = SIMD2<Float>(points[2].x, points[2].y)
    let heading = angle + bend
    for (child, turn) in [(first, -side * split * 0.6), (second, side * split * 1.2)] {
      guard child > 0.95 else { continue }
      grow(
        from: end, angle: heading + turn, radius: child, depth: depth + 1, sign: sign, mu: mu,
        draw: &draw, map: &map)
    }
  }
}
