import Foundation
import Kernels
import Physics

/// Ribs, clavicles, shoulders and spine.
extension ChestScene {
  /// Adds the tubular bones to a map; attenuation is in excess of soft tissue.
  func addBones(to map: inout LineIntegralMap) {
    let mineral = Float(max(0.5, subject.mineral))
    let soft = Tissue.muscle.attenuation(energyKeV: site.energyKeV)
    let cortex = Tissue.corticalBone.attenuation(energyKeV: site.energyKeV)
    let spongy = Tissue.trabecularBone.attenuation(energyKeV: site.energyKeV)
    // Ribs are flat: their depth is less than their height.
    let outer = Float(cortex - soft) * mineral * 0.7
    let inner = Float(spongy - soft) * mineral * 0.7
    var draw = subject.stream.child("ribs")
    let stretch = Float(1 + 0.05 * draw.normal())
    let steep = Float(1 + 0.12 * draw.normal() + 0.25 * (view.inspiration - 0.5))
    for side in [Float(-1), 1] {
      for index in 0..<10 {
        let jitter = Float(2 * draw.normal())
        let thick = Float(exp(0.08 * draw.normal()))
        let tube = rib(
          index, side: side, stretch: stretch, steep: steep, jitter: jitter, thickness: thick)
        map.add(tube, outer: outer, inner: inner)
      }
      addShoulder(side: side, outer: outer * 1.1, inner: inner * 1.1, to: &map)
    }
  }

  /// A rib from the spine around the side to the front.
  private func rib(
    _ index: Int, side: Float, stretch: Float, steep: Float, jitter: Float, thickness: Float
  ) -> Tube {
    let i = Float(index)
    let y0 = -124 + 24.5 * stretch * i + jitter
    let drop = steep * min(88, 34 + 8.5 * i)
    // Lateral reach: the outline of the lung at the height of the rib's side.
    let ySide = min(y0 + drop / 2, 92)
    let v = ySide < 45 ? (ySide - 45) / 172 : (ySide - 45) / 250
    let lean = ySide < 45 ? 16 * v * v : 0
    let reach = 70 - lean + 70 * powf(max(0.05, 1 - v * v), 0.4) + 2
    let last: Float = index == 0 ? 2.5 : 2.3 - 0.03 * max(0, i - 5)
    let count = 22
    var points: [SIMD3<Float>] = []
    var radii: [Float] = []
    for k in 0..<count {
      let angle = 0.1 + (last - 0.1) * Float(k) / Float(count - 1)
      let sine = sinf(angle)
      let out: Float = side * width * (12 + (reach - 12) * sine)
      let x: Float = spine(y0) * max(0, 1 - angle) + out
      let y = y0 + drop * (1 - cosf(angle)) / 2 - 5 * sinf(2 * angle)
      points.append(SIMD3(x, y, -72 * cosf(angle) * Float(subject.depth)))
      let flare = angle > 1.6 ? 1 + 0.12 * (angle - 1.6) : 1
      radii.append(thickness * flare * (index == 0 ? 6.2 : 5.4))
    }
    return frame.tube(points, radii: radii, innerShare: 0.74)
  }

  /// Clavicle, upper arm bone, border and spine of the scapula.
  private func addShoulder(
    side: Float, outer: Float, inner: Float, to map: inout LineIntegralMap
  ) {
    let lift = Float(view.isBedside ? 10 : 0)
    let clavicle: [SIMD3<Float>] = [
      SIMD3(side * 17, -96, 70), SIMD3(side * 45, -106 - 0.5 * lift, 68),
      SIMD3(side * 80, -112 - lift, 45), SIMD3(side * 115, -124 - lift, 12),
      SIMD3(side * 150, -133 - lift, -5), SIMD3(side * 165, -132 - lift, -8),
    ]
    map.add(
      frame.tube(smooth(clavicle), radii: smooth([8, 6.5, 5.8, 5.6, 7, 6]), innerShare: 0.7),
      outer: outer, inner: inner)
    let scapula = Float(view.scapulae)
    let inward = 26 * (1 - scapula)
    let border: [SIMD3<Float>] = [
      SIMD3(side * (102 + inward), -96, -60), SIMD3(side * (112 + inward), -40, -70),
      SIMD3(side * (124 + inward), 6, -72), SIMD3(side * (140 + inward), -30, -55),
      SIMD3(side * (160 + inward * 0.4), -84, -30),
    ]
    map.add(
      frame.tube(smooth(border), radii: smooth([2, 2, 3.2, 3, 4]), innerShare: 0.5),
      outer: outer * 0.8, inner: inner * 0.5)
    let crest: [SIMD3<Float>] = [
      SIMD3(side * (106 + inward), -76, -75), SIMD3(side * 140, -98, -60),
      SIMD3(side * 172, -118, -30),
    ]
    map.add(
      frame.tube(crest, radii: [3, 4, 6], innerShare: 0.6), outer: outer * 0.7, inner: inner * 0.7)
    let arm: [SIMD3<Float>] = [
      SIMD3(side * 176, -106, -20), SIMD3(side * 190, -70, -20), SIMD3(side * 200, 40, -20),
    ]
    map.add(
      frame.tube(arm, radii: [20, 12, 11], innerShare: 0.7), outer: outer * 0.7, inner: inner * 0.7)
  }

  /// Excess line integral of the spine and the shoulder blades' plates at a patient point.
  @inline(__always)
  func flatBones(_ x: Float, _ y: Float, spine: Float) -> Float {
    var value: Float = 0
    let off = abs(x - spine)
    if off < 30 {
      let phase = y / (23 * 2) * .pi
      let disc = sinf(phase)
      let isDisc = max(0, 1 - 9 * disc * disc)
      let waist: Float = 17 + 2.5 * (1 - max(0, 1 - disc * disc).squareRoot())
      let edge = min(1, max(0, (waist - off) / 2 + 0.5))
      value += 0.115 * edge * (1 - 0.4 * isDisc)
      let px: Float = (off - 11) / 3.2
      let level: Float = y / 23 - (y / 23).rounded(.down)
      let py: Float = (level - 0.42) * 5.1
      let pedicle = px * px + py * py
      if pedicle < 1 { value += 0.07 * (1 - pedicle) }
      let sx: Float = off / 2.6
      let sy: Float = (level - 0.85) * 4.6
      let spinous = sx * sx + sy * sy
      if spinous < 1 { value += 0.10 * (1 - spinous) }
      // Cross processes.
      if off > 14 {
        let ty: Float = (level - 0.35) * 5.75
        let tip: Float = 0.04 * min(1, (30 - off) / 6)
        let bar: Float = max(0, 1 - ty * ty)
        value += tip * bar
      }
    }
    let inward = 26 * (1 - Float(view.scapulae))
    let far = abs(x - frame.axial * 65) - inward
    if far > 100, y > -100, y < 8 {
      // Inside the triangle of the plate: medial border, lateral border.
      let medial = far - (102 + (y + 96) * 0.21)
      let lateral = (162 - (y + 90) * 0.40) - far
      let inside = min(1, max(0, min(medial, lateral) / 3))
      value += 0.055 * inside
    }
    return value * Float(max(0.5, subject.mineral))
  }

  /// Catmull-Rom refinement, three points for each of the given.
  func smooth(_ points: [SIMD3<Float>]) -> [SIMD3<Float>] {
    var result: [SIMD3<Float>] = []
    for i in 0..<(points.count - 1) {
      let p0 = points[max(0, i - 1)]
      let p1 = points[i]
      let p2 = points[i + 1]
      let p3 = points[min(points.count - 1, i + 2)]
      for step in 0..<3 {
        let t = Float(step) / 3
        let slope: SIMD3<Float> = (p2 - p0) * t
        let bend: SIMD3<Float> = (p0 - p1) * 2 - (p1 - p2) * 3 + (p2 - p3)
        let twist: SIMD3<Float> = (p1 - p2) * 3 + (p3 - p0)
        let sum: SIMD3<Float> = p1 * 2 + slope + bend * (t * t) + twist * (t * t * t)
        result.append(sum * 0.5)
      }
    }
    result.append(points.last!)
    return result
  }

  func smooth(_ radii: [Float]) -> [Float] {
    smooth(radii.map { SIMD3($0, 0, 0) }).map { max(0.1, $0.x) }
  }
}
