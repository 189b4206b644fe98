import Foundation
import Kernels

/// One volunteer's neck at rest: two lobes of known volume, the isthmus, and what lies around them.
///
/// World coordinates are LPS millimetres: x to the patient's left, y to the back, z to the head. The
/// origin is on the skin of the neck's front in the midline at the isthmus' height; the skin is the
/// plane y = 0 as far as a probe reaches. Everything is a function of the stream alone, and of
/// position, not of any grid.
///
/// The shapes of vessels, muscles and airway are chosen so that their sizes are normal adults';
/// they are there to be seen and to cast shadows, not to be measured.
///
///     let neck = NeckAnatomy(stream: RandomStream(1).child("volunteer").child(0))
///     neck.right.volumeMM3 / 1000        // ml, exact
public struct NeckAnatomy: Codable, Hashable, Sendable {
  public let right, left: ThyroidLobe
  /// Volume of the bridge between the lobes in mm³, without what the lobes take.
  public let isthmusVolumeMM3: Double
  private let isthmus: Isthmus
  private let surroundings: NeckSurroundings

  public init(population: NeckPopulation = .init(), stream: RandomStream) {
    var draw = stream.child("volumes")
    let volumes = population.lobeVolumes(stream: &draw)
    var around = stream.child("surroundings")
    func spread(_ mean: Double, _ deviation: Double) -> Double {
      mean + deviation * min(2, max(-2, around.normal()))
    }
    let skin = spread(1.7, 0.2)
    let fat = spread(3, 0.8)
    let strap = spread(6, 0.6)
    let top = skin + fat + strap
    let thickness = spread(3.2, 0.5)
    let radius = spread(9.2, 0.7)
    let trachea = NeckTube(
      x: spread(0, 0.6), y: top + thickness + radius * 0.95, slopeY: spread(-0.06, 0.02),
      radiusX: radius, radiusY: radius * 0.95)
    let isthmus = Isthmus(
      trachea: trachea, thicknessMM: thickness, halfHeightMM: spread(7.5, 1), reach: 1.15)

    let lobes = NeckSide.allCases.map { side in
      var own = stream.child(side.rawValue)
      let volume = side == .right ? volumes.right : volumes.left
      return Self.lobe(
        side, volumeMM3: volume, population: population, trachea: trachea, topMM: top, stream: &own)
    }
    (right, left) = (lobes[0], lobes[1])
    self.isthmus = isthmus
    isthmusVolumeMM3 = isthmus.volume(without: lobes)

    let vesselWall = spread(0.85, 0.08)
    var carotids: [NeckTube] = []
    var jugulars: [NeckTube] = []
    for lobe in lobes {
      let sign = lobe.side.sign
      let r = spread(3.1, 0.25)
      // Beside the back half of the lobe, clear of it at every height.
      let y = lobe.centreMM.y + spread(0.30, 0.06) * lobe.depthMM
      let clear = r + vesselWall + 0.3
      var x = abs(lobe.centreMM.x) + 6
      let slope = spread(0.03, 0.01)
      for p in lobe.surfacePoints(900) {
        let beside = clear * clear - (p.y - y) * (p.y - y)
        if beside > 0 { x = max(x, sign * p.x - slope * p.z + beside.squareRoot()) }
      }
      carotids.append(
        NeckTube(x: sign * x, y: y, slopeX: sign * slope, radiusX: r, radiusY: r))
      let width = spread(5.2, 0.8)
      jugulars.append(
        NeckTube(
          x: sign * (x + clear + 0.72 * width), y: y - spread(4.2, 0.6), slopeX: sign * slope,
          radiusX: width, radiusY: spread(2.9, 0.4)))
    }
    let gullet = NeckTube(
      x: trachea.x + spread(7.5, 1), y: trachea.y + trachea.radiusY + 3.6, slopeY: trachea.slopeY,
      radiusX: 5.4, radiusY: 3.1)
    surroundings = NeckSurroundings(
      skinMM: skin, fatMM: fat, trachea: trachea, wallMM: spread(1.7, 0.15), ringMM: 3.1,
      ringPitchMM: 4.6, oesophagus: gullet, carotids: carotids, jugulars: jugulars,
      vesselWallMM: vesselWall,
      muscles: Self.muscles(
        below: skin + fat, strapMM: strap, carotids: carotids, trachea: trachea),
      vertebraY: trachea.y + trachea.radiusY + 9)
  }

  public func lobe(_ side: NeckSide) -> ThyroidLobe { side == .right ? right : left }

  /// The tissue at a point in mm, at rest.
  public func tissue(at p: SIMD3<Double>) -> NeckTissue {
    if right.contains(p) || left.contains(p) { return .thyroid }
    if isthmus.contains(p) { return .isthmus }
    return surroundings.tissue(at: p)
  }

  /// A lobe beside the trachea, turned outwards and backwards towards the head, its front at the
  /// depth of the strap muscles' back.
  private static func lobe(
    _ side: NeckSide, volumeMM3: Double, population: NeckPopulation, trachea: NeckTube,
    topMM: Double, stream: inout RandomStream
  ) -> ThyroidLobe {
    let coefficient = population.coefficient(stream: &stream)
    let extents = population.extents(
      volume: volumeMM3, coefficient: coefficient, stream: &stream)
    let shape = LobeShape(
      coefficient: coefficient, variation: population.shapeVariation, stream: &stream)
    func angle(_ mean: Double, _ spread: Double) -> Double {
      (mean + spread * min(2, max(-2, stream.normal()))) * .pi / 180
    }
    // Named as on the left; the right is mirrored.
    let outwards = angle(8, 2)
    let backwards = angle(7, 2)
    let turn = angle(14, 5)
    var length = SIMD3(tan(outwards), tan(backwards), 1)
    length /= (length * length).sum().squareRoot()
    var width = SIMD3(cos(turn), sin(turn), 0)
    width -= length * (length * width).sum()
    width /= (width * width).sum().squareRoot()
    var depth = SIMD3(
      length.y * width.z - length.z * width.y, length.z * width.x - length.x * width.z,
      length.x * width.y - length.y * width.x)
    if depth.y < 0 { depth = -depth }
    let mirror = SIMD3(side.sign, 1, 1)
    let lobe = ThyroidLobe(
      side: side, shape: shape, extents: extents,
      axes: [length * mirror, width * mirror, depth * mirror])
    // The lower pole lies below the isthmus, the front against the straps, the inner face just
    // pressed into the trachea's outline.
    let height = (0.20 + 0.03 * min(2, max(-2, stream.normal()))) * extents.length
    let front = topMM + 0.3 - lobe.boundsMM.low.y
    var beside = -Double.infinity
    for p in lobe.surfacePoints(900) {
      let z = p.z + height
      let v = (p.y + front - trachea.y - trachea.slopeY * z) / trachea.radiusY
      guard abs(v) < 1 else { continue }
      let wall = side.sign * trachea.x + trachea.radiusX * (1 - v * v).squareRoot()
      beside = max(beside, wall - side.sign * p.x)
    }
    return lobe.moved(by: [side.sign * (max(8, beside) - 0.4), front, height])
  }

  /// Straps before the lobes, the sternocleidomastoids beside them, the long muscles behind.
  private static func muscles(
    below y: Double, strapMM: Double, carotids: [NeckTube], trachea: NeckTube
  ) -> [NeckMuscle] {
    [-1.0, 1.0].flatMap { sign in
      let carotid = abs(carotids[sign < 0 ? 0 : 1].x)
      return [
        NeckMuscle(
          x: sign * 12.5, y: y + 0.27 * strapMM, halfWidth: 11, halfDepth: 0.27 * strapMM,
          radians: sign * 0.02, slopeX: -sign * 0.05, bundleMM: 1.3),
        NeckMuscle(
          x: sign * 16.5, y: y + 0.77 * strapMM, halfWidth: 13.5, halfDepth: 0.23 * strapMM,
          radians: sign * 0.05, slopeX: sign * 0.02, bundleMM: 1.1),
        NeckMuscle(
          x: sign * (carotid + 11), y: y + 6.2, halfWidth: 15, halfDepth: 4.9, radians: sign * 0.10,
          slopeX: sign * 0.15),
        NeckMuscle(
          x: sign * 15, y: trachea.y + trachea.radiusY + 5.5, halfWidth: 10, halfDepth: 4.4,
          radians: sign * 0.12),
        NeckMuscle(
          x: sign * (carotid + 9), y: trachea.y + 14, halfWidth: 10, halfDepth: 6.5,
          radians: sign * 0.3),
      ]
    }
  }
}

/// The bridge of thyroid tissue before the trachea: a plate along its front whose thickness falls
/// to nothing at the upper and lower edge.
struct Isthmus: Codable, Hashable, Sendable {
  let trachea: NeckTube
  let thicknessMM, halfHeightMM: Double
  /// Half-angle around the trachea in radians from straight ahead.
  let reach: Double

  @inline(__always)
  func contains(_ p: SIMD3<Double>) -> Bool {
    let z = p.z / halfHeightMM
    if z * z >= 1 { return false }
    let thick = thicknessMM * (1 - z * z).squareRoot()
    let inner = trachea.square(p)
    if inner < 1 || trachea.widened(by: thick).square(p) > 1 { return false }
    let dy = p.y - trachea.y - trachea.slopeY * p.z
    return dy < 0 && abs(p.x - trachea.x - trachea.slopeX * p.z) < -dy * tan(reach)
  }

  /// Volume in mm³ of what no lobe takes: midpoints of 0.4 mm cells.
  func volume(without lobes: [ThyroidLobe]) -> Double {
    let step = 0.4
    let reachX = trachea.radiusX + thicknessMM
    let reachY = trachea.radiusY + thicknessMM
    var count = 0
    for z in stride(from: -halfHeightMM + step / 2, to: halfHeightMM, by: step) {
      let (x0, y0) = (trachea.x + trachea.slopeX * z, trachea.y + trachea.slopeY * z)
      for y in stride(from: y0 - reachY + step / 2, to: y0, by: step) {
        for x in stride(from: x0 - reachX + step / 2, to: x0 + reachX, by: step) {
          let p = SIMD3(x, y, z)
          if contains(p), !lobes.contains(where: { $0.contains(p) }) { count += 1 }
        }
      }
    }
    return Double(count) * step * step * step
  }
}
