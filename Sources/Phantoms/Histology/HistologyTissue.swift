import Foundation
import Kernels

/// One tile of bowel tissue in micrometres, before it is stained: glands, lakes of mucin, and nuclei
/// that keep their distance.
///
/// The tile is 128 µm wide, a quarter of the paper's, so that a nucleus has pixels at 32x32. Objects
/// are placed one after the other and kept where they do not touch what is there (a hard core).
/// Tumours with microsatellite instability hold more lymphocytes and more mucin; by how much is
/// chosen, as are all densities and sizes.
package struct HistologyTissue: Sendable {
  /// Width of the tile, and how far outside it objects are still placed.
  package static let sideUM: Float = 128
  static let marginUM: Float = 10
  /// No two nuclei have their centres closer than this.
  package static let coreUM: Float = 6

  /// An ellipse with an outline that waves.
  struct Shape: Sendable {
    var centre: SIMD2<Float>
    var long, short, cosine, sine: Float
    var waves: SIMD2<Float> = .zero
    var phase: Float = 0

    init(centre: SIMD2<Float>, long: Float, short: Float, angle: Float) {
      self.centre = centre
      self.long = long
      self.short = short
      cosine = cosf(angle)
      sine = sinf(angle)
    }

    /// Whether a place may lie inside, by its distance from the centre alone.
    @inline(__always)
    func isNear(_ place: SIMD2<Float>) -> Bool {
      let d = place - centre
      return (d * d).sum() < 1.7 * long * long
    }

    /// Distance from the centre in units of the outline: 1 on it.
    @inline(__always)
    func depth(_ place: SIMD2<Float>) -> Float {
      let d = place - centre
      let u = (cosine * d.x + sine * d.y) / long
      let v = (cosine * d.y - sine * d.x) / short
      let rho = (u * u + v * v).squareRoot()
      // Waves move the outline by a fifth at most.
      guard waves != .zero, rho < 1.4 else { return rho }
      let angle = atan2f(v, u)
      return rho / (1 + waves.x * sinf(2 * angle + phase) + waves.y * sinf(3 * angle - phase))
    }

    /// A point at an angle, the given multiple of the outline away from the centre.
    func point(_ angle: Float, _ rho: Float) -> SIMD2<Float> {
      let (u, v) = (rho * long * cosf(angle), rho * short * sinf(angle))
      return centre + SIMD2(cosine * u - sine * v, sine * u + cosine * v)
    }
  }

  /// What a nucleus belongs to.
  package enum Kind: Sendable { case epithelium, stroma, lymphocyte }

  package struct Nucleus: Sendable {
    package var centre: SIMD2<Float>
    package var kind: Kind
    var shape: Shape
    /// Haematoxylin of the nucleus.
    var depth: Float
  }

  /// Glands: the outline of the epithelium, and the lumen as a share of it.
  var glands: [(outline: Shape, lumen: Float)] = []
  var lakes: [Shape] = []
  package private(set) var nuclei: [Nucleus] = []

  package init(label: Int, stream: RandomStream) {
    var draw = stream.child("tissue")
    let isUnstable = label == 1
    addGlands(min(5, draw.poisson(mean: 2.4)), &draw)
    if draw.bernoulli(isUnstable ? 0.55 : 0.18) { addLakes(1 + draw.integer(below: 2), &draw) }
    addEpithelium(&draw)
    // Per 10,000 µm².
    let area = Double((Self.sideUM + 2 * Self.marginUM) * (Self.sideUM + 2 * Self.marginUM)) / 1e4
    let lymphocytes = (isUnstable ? 10.0 : 3.5) * exp(0.55 * draw.normal())
    scatter(.lymphocyte, draw.poisson(mean: min(40, lymphocytes) * area), &draw)
    let stroma = 12 * exp(0.3 * draw.normal())
    scatter(.stroma, draw.poisson(mean: stroma * area), &draw)
  }

  private static func place(_ draw: inout RandomStream) -> SIMD2<Float> {
    let range = -Double(marginUM)...Double(sideUM + marginUM)
    return SIMD2(Float(draw.uniform(in: range)), Float(draw.uniform(in: range)))
  }

  private func isFree(_ shape: Shape, gap: Float) -> Bool {
    (glands.map(\.outline) + lakes).allSatisfy {
      let d = $0.centre - shape.centre
      return (d * d).sum().squareRoot() > $0.long + shape.long + gap
    }
  }

  private mutating func addGlands(_ count: Int, _ draw: inout RandomStream) {
    for _ in 0..<count {
      // A gland that finds no room is left out.
      for _ in 0..<12 {
        let long = Float(draw.uniform(in: 19...29))
        let shape = Shape(
          centre: Self.place(&draw), long: long, short: long * Float(draw.uniform(in: 0.72...1)),
          angle: Float(draw.uniform(in: 0...Double.pi)))
        if isFree(shape, gap: 4) {
          glands.append((shape, Float(draw.uniform(in: 0.38...0.58))))
          break
        }
      }
    }
  }

  private mutating func addLakes(_ count: Int, _ draw: inout RandomStream) {
    for _ in 0..<count {
      for _ in 0..<12 {
        let long = Float(draw.uniform(in: 14...32))
        var shape = Shape(
          centre: Self.place(&draw), long: long, short: long * Float(draw.uniform(in: 0.6...1)),
          angle: Float(draw.uniform(in: 0...Double.pi)))
        if isFree(shape, gap: 2) {
          shape.waves = SIMD2(Float(draw.uniform(in: 0...0.1)), Float(draw.uniform(in: 0...0.1)))
          shape.phase = Float(draw.uniform(in: 0...6))
          lakes.append(shape)
          break
        }
      }
    }
  }

  /// Nuclei in a ring near the outer border of every gland, their long axes pointing inwards.
  private mutating func addEpithelium(_ draw: inout RandomStream) {
    for gland in glands {
      let shape = gland.outline
      let round = 0.80 * Float.pi * (shape.long + shape.short)
      let count = Int(round / 8)
      let start = Float(draw.uniform(in: 0...6.28))
      for index in 0..<count {
        let angle =
          start + (Float(index) + Float(draw.uniform(in: -0.25...0.25))) * 2 * .pi / Float(count)
        let centre = shape.point(angle, Float(draw.uniform(in: 0.76...0.84)))
        let inward = shape.centre - centre
        let long = Float(draw.uniform(in: 4.2...5.4))
        add(
          .epithelium, at: centre, long: long, short: long * 0.66,
          angle: atan2f(inward.y, inward.x) + Float(0.15 * draw.normal()),
          depth: Float(0.95 + 0.08 * draw.normal()))
      }
    }
  }

  private mutating func scatter(_ kind: Kind, _ count: Int, _ draw: inout RandomStream) {
    for _ in 0..<count {
      for _ in 0..<8 {
        let centre = Self.place(&draw)
        guard glands.allSatisfy({ $0.outline.depth(centre) > 1.08 }),
          lakes.allSatisfy({ $0.depth(centre) > 1.05 })
        else { continue }
        let isRound = kind == .lymphocyte
        let long = Float(isRound ? draw.uniform(in: 3.5...4.2) : draw.uniform(in: 4.5...6.5))
        if add(
          kind, at: centre, long: long, short: isRound ? 0.95 * long : 0.42 * long,
          angle: Float(draw.uniform(in: 0...Double.pi)),
          depth: Float((isRound ? 2.8 : 0.95) + 0.08 * draw.normal()))
        {
          break
        }
      }
    }
  }

  /// Adds a nucleus where none is closer than the hard core.
  @discardableResult
  private mutating func add(
    _ kind: Kind, at centre: SIMD2<Float>, long: Float, short: Float, angle: Float, depth: Float
  ) -> Bool {
    let core = Self.coreUM * Self.coreUM
    for other in nuclei {
      let d = other.centre - centre
      if (d * d).sum() < core { return false }
    }
    let shape = Shape(centre: centre, long: long, short: short, angle: angle)
    nuclei.append(Nucleus(centre: centre, kind: kind, shape: shape, depth: depth))
    return true
  }

  // MARK: What can be counted

  /// Nuclei of the given kinds with their centre in the tile, per 10,000 µm².
  func density(_ kinds: [Kind]) -> Double {
    let count = nuclei.filter {
      kinds.contains($0.kind) && $0.centre.min() >= 0 && $0.centre.max() < Self.sideUM
    }.count
    return Double(count) / Double(Self.sideUM * Self.sideUM) * 1e4
  }

  /// Share of the tile that mucin covers, counted on a grid of two micrometres.
  var mucinShare: Double {
    guard !lakes.isEmpty else { return 0 }
    var inside = 0
    let count = Int(Self.sideUM) / 2
    for row in 0..<count {
      for column in 0..<count {
        let place = SIMD2(2 * Float(column) + 1, 2 * Float(row) + 1)
        if lakes.contains(where: { $0.depth(place) < 1 }) { inside += 1 }
      }
    }
    return Double(inside) / Double(count * count)
  }

  /// Glands whose middle lies in the tile.
  var glandCount: Int {
    glands.filter { $0.outline.centre.min() >= 0 && $0.outline.centre.max() < Self.sideUM }.count
  }
}
