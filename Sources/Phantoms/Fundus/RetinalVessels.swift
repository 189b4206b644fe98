import Foundation
import Kernels

/// The vessels of one retina: arteries and veins that leave the optic disc in four directions and
/// branch until they are too thin to see.
///
/// At a junction radii obey r₀ˣ = r₁ˣ + r₂ˣ. Murray's law of least work has x = 3; in healthy retinas
/// Luo et al. 2017 (doi:10.1167/iovs.17-21653) measured 2.59 in arteries and 1.95 in veins, and 78°
/// between the branches, which are the values here. How the angle is shared, how long branches are
/// and how the arcades bend around the fovea is chosen. Places and radii are in half-widths of the
/// picture; y runs downwards.
package struct RetinalVessels: Sendable {
  /// A vessel between two junctions: its middle line, its radius and whether it is a vein.
  package struct Branch: Sendable {
    package var points: [SIMD2<Float>]
    package var radius: Float
    package var isVein: Bool
    /// The branch that this one comes from; nil for a trunk.
    package var parent: Int?
  }

  /// In the order in which they grew: a parent comes before its children.
  package private(set) var branches: [Branch] = []

  /// Exponent of the radii at junctions.
  static func exponent(isVein: Bool) -> Double { isVein ? 1.95 : 2.59 }
  /// Total angle between two branches in degrees: mean and standard deviation (the latter chosen).
  static let angle = (mean: 78.0, spread: 10.0)
  /// Vessels thinner than this are not drawn.
  static let thinnest: Float = 0.0048
  private static let step: Float = 0.05

  /// What a growing end knows.
  private struct Tip {
    var at: SIMD2<Float>
    var heading: Float
    var radius: Float
    var isVein, isArcade: Bool
    /// -1 to the temple side of the disc, 1 to the nose.
    var region: Float
    var parent: Int?
  }

  /// Grows the vessels of an eye from a circle of radius `rim` around the middle of its disc;
  /// `richness` multiplies the number of junctions a length, `calibre` all radii.
  init(
    disc: SIMD2<Float>, rim: Float, fovea: SIMD2<Float>, nasal: Float, richness: Double,
    calibre: Double,
    stream: inout RandomStream
  ) {
    var tips: [Tip] = []
    for region in [Float(-1), 1] {
      for vertical in [Float(-1), 1] {
        let x = nasal * region * (region < 0 ? 0.5 : 0.7)
        let middle = atan2f(vertical * 0.9, x)
        for isVein in [true, false] {
          let turn = Float(0.13 * (isVein ? 1 : -1) + 0.10 * stream.normal())
          let size = Float(calibre * (isVein ? 0.0195 : 0.0145) * exp(0.10 * stream.normal()))
          let heading = middle + turn
          tips.append(
            Tip(
              at: disc + rim * SIMD2(cosf(heading), sinf(heading)), heading: heading,
              radius: region < 0 ? size : 0.85 * size,
              isVein: isVein, isArcade: region < 0, region: region, parent: nil))
        }
      }
    }
    // The last tip grows first; children are put on top, so the order is that of a depth-first walk.
    while let tip = tips.popLast(), branches.count < 800 {
      grow(tip, disc: disc, fovea: fovea, richness: richness, stream: &stream, tips: &tips)
    }
  }

  private mutating func grow(
    _ start: Tip, disc: SIMD2<Float>, fovea: SIMD2<Float>, richness: Double,
    stream: inout RandomStream, tips: inout [Tip]
  ) {
    var tip = start
    var branch = Branch(
      points: [tip.at], radius: tip.radius, isVein: tip.isVein, parent: tip.parent)
    let length = Float((0.14 + 0.20 * stream.exponential()) / richness)
    var walked: Float = 0
    var isAlive = true
    while walked < length {
      tip.at += Self.step * SIMD2(cosf(tip.heading), sinf(tip.heading))
      branch.points.append(tip.at)
      walked += Self.step
      if (tip.at * tip.at).sum() > 1.1 || distance(tip.at, fovea) < 0.16 {
        isAlive = false
        break
      }
      steer(&tip, disc: disc, fovea: fovea)
      tip.heading += Float(0.09 * stream.normal())
    }
    let number = branches.count
    branches.append(branch)
    guard isAlive else { return }

    let x = Self.exponent(isVein: tip.isVein)
    let asymmetry = stream.uniform(in: 0.4...1)
    let larger = Double(tip.radius) / pow(1 + pow(asymmetry, x), 1 / x)
    let smaller = asymmetry * larger
    var degrees = Self.angle.mean + Self.angle.spread * stream.normal()
    degrees = min(115, max(41, degrees))
    // The thinner branch turns more, as the squares of the radii.
    let share = smaller * smaller / (larger * larger + smaller * smaller)
    let turn = Float(degrees * .pi / 180)
    let side: Float = stream.bernoulli(0.5) ? 1 : -1
    // The last step gives the heading of the parent at the junction.
    let last = branch.points[branch.points.count - 1] - branch.points[branch.points.count - 2]
    let heading = atan2f(last.y, last.x)
    for (radius, angle, isFirst) in [
      (smaller, -side * turn * Float(1 - share), false), (larger, side * turn * Float(share), true),
    ] where Float(radius) > Self.thinnest {
      tips.append(
        Tip(
          at: tip.at, heading: heading + angle, radius: Float(radius), isVein: tip.isVein,
          isArcade: tip.isArcade && isFirst, region: tip.region, parent: number))
    }
  }

  /// Arcades bend around the fovea and slowly close in on it; nasal vessels lead away from the disc;
  /// thin temporal ones drift towards the fovea.
  private func steer(_ tip: inout Tip, disc: SIMD2<Float>, fovea: SIMD2<Float>) {
    let away = tip.at - fovea
    let size = max(1e-6, (away * away).sum().squareRoot())
    let out = away / size
    let now = SIMD2(cosf(tip.heading), sinf(tip.heading))
    var wish: SIMD2<Float>
    var weight: Float
    if tip.isArcade {
      let around = SIMD2(-out.y, out.x)
      let sign: Float = (around * now).sum() > 0 ? 1 : -1
      wish = around * sign - out * min(0.7, max(0, 1.6 * (size - 0.75)))
      weight = 0.30
    } else if tip.region > 0 {
      wish = tip.at - disc
      weight = 0.10
    } else {
      wish = -out
      weight = 0.07
    }
    let norm = max(1e-6, (wish * wish).sum().squareRoot())
    let mixed = now + weight * wish / norm
    tip.heading = atan2f(mixed.y, mixed.x)
  }

  private func distance(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float {
    let d = a - b
    return (d * d).sum().squareRoot()
  }

  // MARK: What can be counted

  /// Branches with a point inside a circle around the middle of the picture.
  package func count(within radius: Float) -> Int {
    branches.filter { branch in
      branch.points.contains { ($0 * $0).sum() < radius * radius }
    }.count
  }

  /// Area of the vessels inside such a circle as a share of the circle.
  package func areaShare(within radius: Float) -> Double {
    var area: Float = 0
    for branch in branches {
      for index in 1..<branch.points.count {
        let middle = (branch.points[index] + branch.points[index - 1]) / 2
        guard (middle * middle).sum() < radius * radius else { continue }
        area += 2 * branch.radius * distance(branch.points[index], branch.points[index - 1])
      }
    }
    return Double(area / (.pi * radius * radius))
  }

  /// A junction as one would measure it on the drawn lines.
  package struct Junction: Sendable {
    /// Radii of the parent and of both branches, the larger first.
    package var parent, larger, smaller: Double
    /// Angle between the first steps of the branches in degrees.
    package var degrees: Double
    package var isVein: Bool

    /// The x of r₀ˣ = r₁ˣ + r₂ˣ, by bisection in 0.5...20.
    package var exponent: Double {
      var (low, high) = (0.5, 20.0)
      for _ in 0..<60 {
        let x = (low + high) / 2
        if pow(larger / parent, x) + pow(smaller / parent, x) > 1 { low = x } else { high = x }
      }
      return (low + high) / 2
    }
  }

  /// The junctions whose two branches were both drawn.
  package var junctions: [Junction] {
    var children = [[Int]](repeating: [], count: branches.count)
    for (index, branch) in branches.enumerated() {
      if let parent = branch.parent { children[parent].append(index) }
    }
    return branches.indices.compactMap { number in
      guard children[number].count == 2 else { return nil }
      let pair = children[number].map { branches[$0] }.sorted { $0.radius > $1.radius }
      let steps = pair.map { $0.points[1] - $0.points[0] }
      let cosine =
        (steps[0] * steps[1]).sum()
        / ((steps[0] * steps[0]).sum() * (steps[1] * steps[1]).sum()).squareRoot()
      return Junction(
        parent: Double(branches[number].radius), larger: Double(pair[0].radius),
        smaller: Double(pair[1].radius),
        degrees: Double(acosf(min(1, max(-1, cosine)))) * 180 / .pi,
        isVein: branches[number].isVein)
    }
  }
}
