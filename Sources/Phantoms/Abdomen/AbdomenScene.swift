import Foundation

/// Hounsfield units of a person at any point: organs as ellipsoids and tubes with soft edges, later
/// ones over earlier ones.
public struct AbdomenScene: Sendable {
  private struct Ellipsoid: Sendable {
    var centre, radii: SIMD3<Float>
    var value: Float

    /// About the distance to the surface in millimetres, negative inside: exact for a sphere.
    @inline(__always)
    func distance(_ p: SIMD3<Float>) -> Float {
      let scaled = (p - centre) / radii
      return ((scaled * scaled).sum().squareRoot() - 1) * radii.min()
    }
  }

  /// Points of the pancreas' axis from head to tail, the gland's radius and the duct's there.
  private let axis: [SIMD3<Float>]
  private let glandRadius, ductRadius: [Float]
  private let organs: [Ellipsoid]
  private let wall: Ellipsoid
  private let tumour: Ellipsoid?
  private let scale: Float
  private let shift: SIMD3<Float>
  private let glandValue: Float
  /// Width of an edge in millimetres.
  private let edge: Float

  /// Fat between the organs, in Hounsfield units.
  public static let fatValue: Float = -95
  static let points = 25

  public init(_ subject: AbdomenSubject, edgeMM: Double) {
    scale = Float(subject.size)
    shift = SIMD3<Float>(subject.shiftMM)
    edge = Float(edgeMM)
    glandValue = Float(subject.glandHU)
    let fat = Float(subject.fat)
    wall = Ellipsoid(
      centre: [0, 0, 0], radii: [150 * fat.squareRoot(), 105 * fat.squareRoot(), 4000], value: 55)
    organs = [
      Ellipsoid(centre: [0, 70, 0], radii: [21, 19, 4000], value: 190),  // spine
      Ellipsoid(centre: [-78, -18, 12], radii: [68, 72, 62], value: 108),  // liver
      Ellipsoid(centre: [104, 38, 22], radii: [28, 42, 44], value: 118),  // spleen
      Ellipsoid(centre: [-62, 58, -14], radii: [26, 27, 50], value: 168),  // kidneys
      Ellipsoid(centre: [62, 58, -8], radii: [26, 27, 50], value: 168),
      Ellipsoid(centre: [46, -52, 22], radii: [40, 26, 34], value: 22),  // stomach
      Ellipsoid(centre: [11, 38, 0], radii: [10, 10, 4000], value: 178),  // aorta
      Ellipsoid(centre: [-19, 36, 0], radii: [12, 10, 4000], value: 150),  // vena cava
      Ellipsoid(centre: [-48, 2, -18], radii: [13, 12, 22], value: 45),  // duodenum
    ]
    // A cubic curve over head, neck, body and tail.
    let tail = SIMD3<Float>(subject.tailMM)
    let control: [SIMD3<Float>] = [
      SIMD3(-34, 6, -18), SIMD3(-8, -26, -6), SIMD3<Float>(34, -20, 8) + tail * 0.5,
      SIMD3<Float>(76, 24, 20) + tail,
    ]
    let size = Float(subject.gland)
    var axis: [SIMD3<Float>] = []
    var gland: [Float] = []
    var duct: [Float] = []
    for index in 0..<Self.points {
      let t = Float(index) / Float(Self.points - 1)
      let u = 1 - t
      var point = control[0] * (u * u * u)
      point += control[1] * (3 * u * u * t)
      point += control[2] * (3 * u * t * t)
      point += control[3] * (t * t * t)
      axis.append(point)
      // Behind a tumour the duct is wide and the gland thin.
      let place = subject.tumour.map { Float($0.place) }
      let isBehind = t > (place ?? 0)
      let wide = Float(subject.ductMM)
      let isWide = isBehind && wide > 1.5
      let shrunk: Float = isWide && place != nil ? 0.8 : 1
      let head: Float = 15 - 7 * t
      gland.append(head * size * shrunk)
      duct.append(isBehind ? wide : 1)
    }
    self.axis = axis
    glandRadius = gland
    ductRadius = duct
    tumour = subject.tumour.map { tumour in
      let spot = Float(tumour.place) * Float(Self.points - 1)
      let low = min(Self.points - 2, Int(spot))
      let rest = spot - Float(low)
      let radius = Float(tumour.radiusMM)
      let value = Float(subject.glandHU - tumour.contrastHU)
      return Ellipsoid(
        centre: axis[low] * (1 - rest) + axis[low + 1] * rest,
        radii: [radius, radius, radius], value: value)
    }
  }

  /// Hounsfield units at a point of the scanner, in millimetres.
  public func value(at point: SIMD3<Float>) -> Float {
    let p = (point - shift) / scale
    let skin = wall.distance(p)
    var value: Float = -1000
    blend(wall.value, skin, &value)
    blend(Self.fatValue, skin + 14, &value)
    for organ in organs {
      let off = p - organ.centre
      let limit = organ.radii + 2 * edge
      if off.x.magnitude > limit.x || off.y.magnitude > limit.y || off.z.magnitude > limit.z {
        continue
      }
      // Nothing reaches into the wall.
      blend(organ.value, max(organ.distance(p), skin + 14), &value)
    }
    let (gland, duct) = distanceToGland(p)
    blend(glandValue, gland, &value)
    if let tumour { blend(tumour.value, tumour.distance(p), &value) }
    blend(12, duct, &value)
    return value
  }

  /// Distances to the gland's surface and to the duct's.
  private func distanceToGland(_ p: SIMD3<Float>) -> (gland: Float, duct: Float) {
    var gland = Float.infinity
    var duct = Float.infinity
    for index in 0..<axis.count - 1 {
      let a = axis[index]
      let along = axis[index + 1] - a
      let t = min(1, max(0, ((p - a) * along).sum() / (along * along).sum()))
      let off = p - a - along * t
      let distance = (off * off).sum().squareRoot()
      let next = index + 1
      gland = min(gland, distance - (glandRadius[index] * (1 - t) + glandRadius[next] * t))
      duct = min(duct, distance - (ductRadius[index] * (1 - t) + ductRadius[next] * t))
    }
    return (gland, duct)
  }

  @inline(__always)
  private func blend(_ own: Float, _ distance: Float, _ value: inout Float) {
    let share = min(1, max(0, 0.5 - distance / edge))
    value += share * (own - value)
  }
}
