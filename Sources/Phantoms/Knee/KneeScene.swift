import Foundation
import Kernels
import Physics

/// Everything that the beam passes through on one film, as a function of the place in the knee.
///
/// Bone is attenuation in excess of soft tissue at 50 keV: the chord of rounded bodies, a cortex that
/// thickens towards the shafts, a plate below the joint, trabeculae as correlated noise that belongs
/// to the knee and not to the film. The strengths of plates, spurs and hardening are chosen.
struct KneeScene: Sendable {
  let outline: KneeOutline
  let isReplaced: Bool
  private let width, bone, cortex, soft, softThickness, softInverse, density: Float
  private let rimHaze, patellaX, patellaY: Float
  /// Hardened bone by compartment, 0...1.
  private let hardMedial, hardLateral: Float
  private let spurs: [Spur]
  private let fine, coarse: LatticeNoise
  private let cortexTibia, cortexFemur: KneeCurve

  /// A tapered spur from its root to its tip.
  private struct Spur: Sendable {
    var root, along: SIMD2<Float>
    var inverse, thick, taper: Float
    var isFemur: Bool

    /// Distance from the border, positive inside.
    @inline(__always)
    func depth(_ x: Float, _ y: Float) -> Float {
      let offset = SIMD2(x, y) - root
      let t = min(1, max(0, (offset * along).sum() * inverse))
      let rest = offset - t * along
      return thick - taper * t - (rest * rest).sum().squareRoot()
    }
  }

  /// The scene of a film; `stream` is the knee's, so that its trabeculae stay.
  init(
    anatomy: KneeAnatomy, signs: KneeSigns, view: KneeView, isReplaced: Bool, stream: RandomStream
  ) {
    var shown = signs
    var anatomy = anatomy
    if isReplaced {
      // The spines are cut away, and a polyethylene insert keeps the metal apart.
      anatomy.spine = -8
      shown.spaceMM = [8, 8]
      shown.osteophytesMM = [0, 0, 0, 0]
      shown.sclerosis = [0, 0]
      shown.attritionMM = [0, 0]
    }
    let outline = KneeOutline(anatomy: anatomy, signs: shown, view: view)
    self.outline = outline
    hardMedial = Float(shown.sclerosis[0])
    hardLateral = Float(shown.sclerosis[1])
    self.isReplaced = isReplaced
    width = Float(anatomy.widthMM)
    density = Float(anatomy.densityFactor)
    let muscle = Tissue.muscle.attenuation(energyKeV: Self.energyKeV)
    bone =
      Float(Tissue.trabecularBone.attenuation(energyKeV: Self.energyKeV) - muscle) * density
    cortex = density
    soft = Float(muscle)
    softThickness = Float(anatomy.softTissueMM)
    softInverse = 1 / (softThickness / 2 + 30)
    rimHaze = 0.35 * Float(abs(view.beamDegrees + 1.2 * anatomy.slope))
    patellaX = -2 + 0.9 * Float(view.axialDegrees)
    patellaY = outline.offset - 32
    cortexTibia = KneeCurve(-60, 80) { y in 0.9 + 2.2 * kneeStep((y - 15) / 35) }
    cortexFemur = KneeCurve(-20, 90) { h in 0.9 + 1.6 * kneeStep((h - 25) / 30) }
    spurs = KneeMargin.allCases.compactMap { margin in
      let length = Float(shown.osteophytesMM[margin.rawValue])
      guard length > 0.05 else { return nil }
      return Self.spur(margin, length: length, outline: outline)
    }
    var texture = stream.child("trabeculae")
    fine = LatticeNoise(spacingMM: 1.3, radiusMM: 75, stream: &texture)
    coarse = LatticeNoise(spacingMM: 3.2, radiusMM: 75, stream: &texture)
  }

  static let energyKeV = 50.0

  /// Line integral through soft tissue in the middle, to which exposure is adapted.
  var reference: Float { soft * softThickness }

  private static func spur(_ margin: KneeMargin, length: Float, outline: KneeOutline) -> Spur {
    let side = margin.compartment.sign
    let half = outline.half
    let root: SIMD2<Float>
    let tip: SIMD2<Float>
    if margin.isFemur {
      let joint = outline.offset + outline.lean * side * half * 0.95
      root = SIMD2(side * (half * 0.93 - 3), joint - 13)
      tip = SIMD2(side * (half * 0.97 + length - 1.2), joint - 11.5 + 0.55 * length)
    } else {
      root = SIMD2(side * (half - 4), 6.5)
      tip = SIMD2(side * (half + length - 0.6), 3 - 0.42 * length)
    }
    let along = tip - root
    let thick = 2.2 + 0.45 * length
    return Spur(
      root: root, along: along, inverse: 1 / (along * along).sum(), thick: thick,
      taper: thick - 0.5 - 0.14 * length, isFemur: margin.isFemur)
  }

  /// Line integral of the attenuation at a point of the knee in mm.
  @inline(__always)
  func lineIntegral(_ x: Float, _ y: Float) -> Float {
    let round = (x + 2) * softInverse
    var value = soft * softThickness * max(0, 1 - round * round).squareRoot()
    // Distances from the borders of the tibia and the femur, positive inside.
    let across = abs(x)
    let top = (y - outline.plateau(x)) * outline.plateauCosine(x)
    let tibiaSide = (outline.tibiaHalf(y) - across) * 0.93
    let tibia = min(top, tibiaSide)
    let height = outline.offset + outline.lean * x - y
    let bottom = (height - outline.condyles(x)) * outline.condylesCosine(x)
    let shaft = x + outline.shaftLean * max(0, height - 24)
    let femurSide = (outline.femurHalf(height) - abs(shaft)) * 0.95
    let femur = min(bottom, femurSide)
    let fibulaHalf = outline.fibulaHalf(y)
    let fibula =
      fibulaHalf - abs(x - outline.fibulaX + 0.04 * (y - outline.fibulaTop))
    let isNotch = across < outline.notch + 4 && height > 0 && height < 30
    if max(tibia, femur, fibula) > -3 || isNotch {
      let trabeculae = 1 + 0.07 * fine(x, 0.5 * y) + 0.06 * coarse(x, 0.6 * y)
      if tibia > -1 {
        value += tibiaIntegral(
          across, y, top: top, side: tibiaSide, inside: tibia, trabeculae: trabeculae)
      }
      if femur > -1 {
        value += femurIntegral(
          height, bottom: bottom, side: femurSide, inside: femur, trabeculae: trabeculae)
      }
      if isNotch, bottom < 0.5 {
        // The bone in front of the notch.
        value +=
          0.36 * bone * depth(height, 50) * kneeCover(-bottom, 1) * kneeStep((height - 8) / 6)
          * trabeculae
      }
      if fibula > -0.5, fibulaHalf > 1 {
        let chord = kneeChord(fibula, fibulaHalf)
        let wall = 0.20 + 0.16 * kneeStep((y - outline.fibulaTop - 8) / 15)
        value +=
          kneeCover(fibula)
          * (bone * 2 * fibulaHalf * chord * trabeculae
            + cortex * wall * kneeCover(1.4 - fibula, 0.8))
      }
      value += patella(x, y, trabeculae: trabeculae)
      value += hardening(x, top: top, bottom: bottom, tibiaSide: tibiaSide, femurSide: femurSide)
    }
    for spur in spurs {
      let depth = spur.depth(x, y)
      guard depth > -0.25 else { continue }
      let inside = kneeCover(spur.isFemur ? femur : tibia)
      value +=
        kneeCover(depth) * (1 - 0.85 * inside) * density
        * (0.42 + 0.24 * min(1, max(0, depth / 2.5)))
    }
    if isReplaced { value += metal(x, y, top: top, bottom: bottom, femurSide: femurSide) }
    return value
  }

  /// Thickness of a shaft that thins with the distance from the joint.
  @inline(__always)
  private func depth(_ distance: Float, _ thickness: Float) -> Float {
    thickness * (1 - 0.30 * min(1, max(0, distance / 60)))
  }

  @inline(__always)
  private func tibiaIntegral(
    _ across: Float, _ y: Float, top: Float, side: Float, inside: Float, trabeculae: Float
  ) -> Float {
    let body = (0.30 + 0.70 * kneeChord(side, 13)) * (0.80 + 0.20 * kneeStep(top / 6))
    var value = kneeCover(inside) * bone * depth(y, 46) * body * trabeculae
    value +=
      kneeCover(side) * kneeCover(cortexTibia(y) - side, 0.8) * kneeCover(top) * cortex
      * (0.16 + 0.32 * kneeStep((y - 10) / 30))
    let plate: Float = across > 8 ? 0.34 : 0.19
    value += kneeCover(top) * kneeCover(1.4 - top, 0.6) * kneeCover(side + 0.5) * cortex * plate
    // The front or back rim, which a tilted beam throws above the plateau.
    if rimHaze > 0.2, across > 9, top < 0.25, top > -rimHaze {
      value +=
        0.10 * cortex * kneeCover(side - 1) * min(1, max(0, (top + rimHaze) / 0.6))
        * kneeCover(-top)
    }
    return value
  }

  @inline(__always)
  private func femurIntegral(
    _ height: Float, bottom: Float, side: Float, inside: Float, trabeculae: Float
  ) -> Float {
    var value =
      kneeCover(inside) * bone * depth(height, 50) * (0.30 + 0.70 * kneeChord(side, 15))
      * (0.42 + 0.58 * kneeChord(bottom, 16)) * trabeculae
    value +=
      kneeCover(side) * kneeCover(cortexFemur(height) - side, 0.8) * kneeCover(bottom) * cortex
      * (0.14 + 0.26 * kneeStep((height - 20) / 30))
    value +=
      kneeCover(bottom) * kneeCover(1.4 - bottom, 0.6) * kneeCover(side + 0.5) * cortex * 0.32
    return value
  }

  @inline(__always)
  private func patella(_ x: Float, _ y: Float, trabeculae: Float) -> Float {
    let (u, v) = ((x - patellaX) / 20, (y - patellaY) / 20)
    let square = u * u + v * v
    guard square < 1.05 else { return 0 }
    let rim = (1 - square.squareRoot()) * 20
    return bone * 17 * max(0, 1 - square).squareRoot() * trabeculae
      + 0.09 * kneeCover(rim, 0.8) * kneeCover(1.6 - rim, 0.8)
  }

  /// Bone hardened below the plateau and above the condyle.
  @inline(__always)
  private func hardening(
    _ x: Float, top: Float, bottom: Float, tibiaSide: Float, femurSide: Float
  ) -> Float {
    let degree = x > 0 ? hardMedial : hardLateral
    guard degree > 0, max(top, bottom) > -0.5 else { return 0 }
    let off = max(0, abs(abs(x) - 0.27 * width) - 6) / 6
    let lateral = degree * expf(-off * off)
    var value: Float = 0
    if top > -0.5, tibiaSide > -0.5 {
      value += 0.36 * kneeCover(top) * kneeCover(tibiaSide) * expf(-max(0, top) / 4.5)
    }
    if bottom > -0.5 {
      value += 0.26 * kneeCover(bottom) * kneeCover(femurSide) * expf(-max(0, bottom) / 3.5)
    }
    return lateral * value
  }

  /// A replaced knee: a cap on the condyles, a tray with a keel on the tibia.
  @inline(__always)
  private func metal(
    _ x: Float, _ y: Float, top: Float, bottom: Float, femurSide: Float
  ) -> Float {
    let across = abs(x)
    let cap = min(bottom, 9 - bottom, femurSide + 1)
    let tray = min(y - 1, 5 - y, outline.half - 1 - across)
    let keel = min(y - 1, 38 - y, 7 - 0.1 * y - across)
    return 2.2 * kneeCover(max(cap, tray, keel))
  }
}
