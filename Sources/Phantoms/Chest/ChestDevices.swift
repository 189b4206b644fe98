import Foundation
import Kernels
import Physics

/// Tubes, lines, leads and letters: what is on the film and is not the patient.
extension ChestScene {
  /// Adds the devices of this image; which ones depends on site and view, and a drain also on the
  /// findings where the site says so.
  func addDevices(to map: inout LineIntegralMap, stream: RandomStream) {
    var draw = stream.child("devices")
    let load = view.isBedside ? site.devices : 0.15 * site.devices
    // Each device has its own probability; their mean number is about the site's.
    func present(_ share: Double) -> Bool { draw.uniform() < 1 - exp(-share * load) }
    func line(_ points: [SIMD3<Float>], radius: Float, mu: Float, wall: Float = 0) {
      let path = smooth(points)
      let radii = [Float](repeating: radius, count: path.count)
      // A wall of the given inner share: an empty lumen inside the plastic.
      map.add(frame.tube(path, radii: radii, innerShare: wall), outer: mu, inner: -0.01)
    }
    let endotracheal = present(0.25)
    let depth = Float(-62 + 14 * draw.normal())
    let sway = Float(3 * draw.normal())
    if endotracheal {
      let spineTop = spine(-150)
      line(
        [
          SIMD3(spineTop + sway, -200, 10), SIMD3(spineTop + 0.5 * sway, -140, 5),
          SIMD3(spineTop, depth, 0),
        ], radius: 5, mu: 0.030, wall: 0.72)
    }
    let nasogastric = present(0.28)
    let wander = (0..<4).map { _ in Float(4 * draw.normal()) }
    if nasogastric {
      line(
        [
          SIMD3(wander[0], -200, -20), SIMD3(4 + wander[1], -90, -20),
          SIMD3(10 + wander[2], 10, -20), SIMD3(18, 90, -10),
          SIMD3(48 + 3 * wander[3], 140, 0), SIMD3(60 + 3 * wander[3], 175, 0),
        ], radius: 2.4, mu: 0.05, wall: 0.45)
    }
    let central = present(0.35)
    let fromLeft = draw.bernoulli(0.3)
    let tip = Float(-12 + 14 * draw.normal())
    if central {
      let enter: [SIMD3<Float>] =
        fromLeft
        ? [SIMD3(85, -128, 40), SIMD3(45, -98, 30), SIMD3(8, -72, 20)]
        : [SIMD3(-42, -190, 20), SIMD3(-36, -130, 20), SIMD3(-26, -90, 20)]
      line(enter + [SIMD3(-22, -50, 10), SIMD3(-24, tip, 10)], radius: 1.3, mu: 0.11)
    }
    let leads = present(0.7)
    let leadCount = 3 + draw.integer(below: 3)
    var spots: [SIMD2<Float>] = []
    var slack: [Float] = []
    for _ in 0..<5 {
      spots.append(SIMD2(Float(draw.uniform(in: -140...140)), Float(draw.uniform(in: -105...125))))
      slack.append(Float(28 * draw.normal()))
    }
    let exit = SIMD2<Float>(Float(draw.uniform(in: -120...120)), draw.bernoulli(0.5) ? 200 : -200)
    if leads {
      for index in 0..<leadCount {
        let spot = spots[index]
        let middle = (spot + exit) / 2
        line(
          [
            SIMD3(spot.x, spot.y, 90), SIMD3(middle.x + slack[index], middle.y - slack[index], 90),
            SIMD3(exit.x + 6 * Float(index), exit.y, 90),
          ], radius: 0.9, mu: 0.14)
        let centre = frame.detector(spot.x, spot.y, 90)
        map.addEllipsoid(
          x: centre.x, y: centre.y, semiAxes: 6.5 * frame.scale, 6.5 * frame.scale,
          1.5 * frame.scale, mu: 0.09)
      }
    }
    var keep = subject.stream.child("pacemaker")
    let px = Float(88 + 10 * keep.normal())
    let py = Float(-72 + 8 * keep.normal())
    if subject.hasPacemaker {
      let centre = frame.detector(px, py, 80)
      let s = frame.scale
      map.addEllipsoid(
        x: centre.x, y: centre.y, semiAxes: 25 * s, 21 * s, 4 * s, angle: 0.3, mu: 0.28)
      line(
        [
          SIMD3(px - 14, py - 16, 75), SIMD3(50, -104, 50), SIMD3(6, -84, 30),
          SIMD3(-23, -40, 20), SIMD3(-16, 32, 20), SIMD3(18, 66, 40),
          SIMD3(ventricle.x + 0.55 * ventricle.reach, ventricle.y + 16, 40),
        ], radius: 1.2, mu: 0.20)
    }
    for side in 0..<2 {
      let leak = severities[side == 0 ? .pneumothoraxRight : .pneumothoraxLeft]
      let fluid = severities[side == 0 ? .pleuralEffusionRight : .pleuralEffusionLeft]
      let chance = draw.uniform()
      let height = Float(draw.uniform(in: -20...70))
      let share = site.drain * (leak >= 2.5 ? 1.6 : fluid >= 2.5 ? 0.5 : 0.03)
      guard chance < share else { continue }
      let sign: Float = side == 0 ? -1 : 1
      line(
        [
          SIMD3(sign * 190, height + 25, 30), SIMD3(sign * 138, height + 8, 30),
          SIMD3(sign * 96, height - 38, 10), SIMD3(sign * 62, height - 92, 0),
        ], radius: 4, mu: 0.035, wall: 0.6)
    }
  }

  /// Adds the lead letter of the site to a map, in detector millimetres: it neither moves with the
  /// patient nor is mirrored.
  func addLetter(to map: inout LineIntegralMap, fieldMM: Float, stream: RandomStream) {
    guard !site.letter.isEmpty else { return }
    var draw = stream.child("letter")
    let size = Float(site.patientScale) * 13
    let jitter = SIMD2(Float(draw.normal()), Float(draw.normal())) * (0.015 * fieldMM)
    // R lies beside the patient's right shoulder, at the viewer's left.
    let x = fieldMM * (site.letter == "R" ? -0.42 : 0.40)
    let at = SIMD2(x, -0.30 * fieldMM) + jitter
    let tilt = Float(0.12 * draw.normal())
    for tube in StrokeFont.tubes(site.letter, at: at, height: size, radius: 0.10 * size, tilt: tilt)
    {
      map.add(tube, outer: 1.1 / (0.2 * size))
    }
  }
}

/// Letters as strokes.
enum StrokeFont {
  /// Polylines of a character in a box of width 0.7 and height 1; unknown characters are blank.
  static func strokes(_ character: Character) -> [[SIMD2<Float>]] {
    func p(_ x: Float, _ y: Float) -> SIMD2<Float> { SIMD2(x, y) }
    let bowl = [p(0, 0), p(0.4, 0), p(0.6, 0.12), p(0.6, 0.38), p(0.4, 0.5), p(0, 0.5)]
    return switch character {
    case "A": [[p(0, 1), p(0.33, 0), p(0.66, 1)], [p(0.13, 0.62), p(0.53, 0.62)]]
    case "E": [[p(0.6, 0), p(0, 0), p(0, 1), p(0.6, 1)], [p(0, 0.5), p(0.5, 0.5)]]
    case "I": [[p(0.3, 0), p(0.3, 1)]]
    case "L": [[p(0, 0), p(0, 1), p(0.6, 1)]]
    case "N": [[p(0, 1), p(0, 0), p(0.6, 1), p(0.6, 0)]]
    case "P": [[p(0, 1)] + bowl]
    case "R": [[p(0, 1)] + bowl, [p(0.3, 0.5), p(0.62, 1)]]
    case "S":
      [
        [
          p(0.6, 0.08), p(0.4, 0), p(0.15, 0), p(0, 0.14), p(0, 0.34), p(0.6, 0.62), p(0.6, 0.86),
          p(0.42, 1), p(0, 0.94),
        ]
      ]
    case "U": [[p(0, 0), p(0, 0.85), p(0.15, 1), p(0.45, 1), p(0.6, 0.85), p(0.6, 0)]]
    default: []
    }
  }

  /// Tubes of a line of text whose upper left corner lies at a detector point.
  static func tubes(
    _ text: String, at corner: SIMD2<Float>, height: Float, radius: Float, tilt: Float = 0
  ) -> [Tube] {
    var result: [Tube] = []
    for (index, character) in text.enumerated() {
      for stroke in strokes(character) {
        let points = stroke.map { point -> SIMD3<Float> in
          let x = (point.x + 0.9 * Float(index)) * height
          let y = point.y * height
          return SIMD3(
            corner.x + cosf(tilt) * x - sinf(tilt) * y, corner.y + sinf(tilt) * x + cosf(tilt) * y,
            0)
        }
        result.append(
          Tube(points: points, radii: [Float](repeating: radius, count: points.count)))
      }
    }
    return result
  }
}
