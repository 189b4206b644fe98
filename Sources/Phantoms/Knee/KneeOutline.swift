import Foundation

/// The outlines of femur, tibia and fibula of one film in mm.
///
/// x runs to the medial side (the viewer's right), y downwards, the origin lies between the two
/// plateaus. Femur and tibia are rigid: the femur is put so that the mean gap over the middle 10 mm
/// of each compartment is the joint space that the film shows, hence it leans where one compartment
/// has narrowed. Proportions are chosen.
struct KneeOutline: Sendable {
  /// Half of the joint's width over which its space counts.
  static let window: Float = 5
  /// Middle of a compartment over the width of the plateau.
  static let compartmentShare: Float = 0.26

  /// Half of the plateau's width.
  let half: Float
  /// Height y of the plateau and its spines at x, and the cosine of its slope.
  let plateau, plateauCosine: KneeCurve
  /// Height of the femur's lower border above the lowest point of the condyles at x, and the cosine.
  let condyles, condylesCosine: KneeCurve
  /// Half-widths of the tibia at depth y, of the femur at height h.
  let tibiaHalf, femurHalf: KneeCurve
  /// Half-width of the fibula at y.
  let fibulaHalf: KneeCurve
  /// y of the femur's zero height at x is `offset + lean · x`.
  let offset, lean: Float
  /// Half-width of the notch; x of the fibula at its head; y of the head's top.
  let notch, fibulaX, fibulaTop: Float
  /// Sideways lean of the femur's shaft a mm of height.
  let shaftLean: Float

  init(anatomy: KneeAnatomy, signs: KneeSigns, view: KneeView) {
    let width = Float(anatomy.widthMM)
    half = width / 2
    let half = half
    notch = Float(anatomy.notchShare) * width
    let notch = notch
    let attrition = signs.attritionMM.map(Float.init)
    let spine = Float(anatomy.spineMM)
    let plateau = KneeCurve(-60, 60) { x in
      Self.plateau(x, width: width, spine: spine, attrition: attrition)
    }
    self.plateau = plateau
    plateauCosine = Self.cosine(of: plateau)
    let factor = Float(anatomy.condyleFactor)
    let condyles = KneeCurve(-60, 60) { x in
      Self.condyles(x, width: width, notch: notch, factor: factor, attrition: attrition)
    }
    self.condyles = condyles
    condylesCosine = Self.cosine(of: condyles)
    let flare = Float(anatomy.flareFactor)
    tibiaHalf = KneeCurve(-60, 80) { y in
      half * (0.43 + 0.57 * expf(-powf(max(0, y - 5) / (25 * flare), 1.5)))
    }
    femurHalf = KneeCurve(-20, 90) { h in
      let above = max(0, h - 27) / 26
      return half * (0.42 + 0.60 * expf(-above * above) - 0.03 * min(1, max(0, (20 - h) / 20)))
    }
    let size = Float(anatomy.fibulaFactor)
    fibulaX = 4 * size - half + 0.3 * Float(view.axialDegrees)
    let top = 12 + 1.5 * size
    fibulaTop = top
    fibulaHalf = KneeCurve(-60, 80) { y in
      let low = y - top - 9
      if low >= 0 { return size * (4.6 + 4.2 * expf(-low * low / 72.25)) }
      let u = low / 9.5
      return size * 8.8 * max(0, 1 - u * u).squareRoot()
    }
    // Gap at x is plateau − (offset + lean x − condyles); its means over the windows are the spaces.
    let centre = Self.compartmentShare * width
    func freedom(_ compartment: KneeCompartment) -> Float {
      let x = centre * compartment.sign
      let space = Float(view.filmedMM(signs.spaceMM[compartment.rawValue]) / view.magnification)
      return plateau.mean(x - Self.window, x + Self.window)
        + condyles.mean(x - Self.window, x + Self.window) - space
    }
    let (medial, lateral) = (freedom(.medial), freedom(.lateral))
    offset = (medial + lateral) / 2
    lean = (medial - lateral) / (2 * centre)
    shaftLean = Float(tan((6 - anatomy.varusDegrees) * .pi / 180)) - lean
  }

  /// Mean gap in mm over the window of a compartment, before magnification.
  func gap(_ compartment: KneeCompartment) -> Float {
    let x = Self.compartmentShare * 2 * half * compartment.sign
    let (a, b) = (x - Self.window, x + Self.window)
    return plateau.mean(a, b) + condyles.mean(a, b) - offset - lean * x
  }

  /// Two shallow dishes, two spines, rounded margins, and what has sunk.
  private static func plateau(
    _ x: Float, width: Float, spine: Float, attrition: [Float]
  ) -> Float {
    var y: Float = 0
    for (sign, dish) in [(Float(1), Float(0.9)), (-1, 0.5)] {
      let u = (x - sign * compartmentShare * width) / (0.19 * width)
      y += dish * max(0, 1 - u * u)
    }
    func bump(_ centre: Float, _ width: Float) -> Float {
      let u = (x - centre) / width
      return expf(-u * u)
    }
    y -= spine * (0.9 * bump(5, 3) + 0.75 * bump(-5, 3) + 0.3 * bump(0, 6.5))
    let rim = max(0, abs(x) - (width / 2 - 5)) / 5
    y += 4 * powf(min(3, rim), 2.5)
    y += attrition[0] * kneeStep((x - 9) / 8) + attrition[1] * kneeStep((-x - 9) / 8)
    return y
  }

  /// Two condyles, quarters of superellipses on either side of their lowest points, and the notch.
  private static func condyles(
    _ x: Float, width: Float, notch: Float, factor: Float, attrition: [Float]
  ) -> Float {
    let isMedial = x >= 0
    let outer = width * (isMedial ? 0.238 * factor : 0.228 * (2 - factor))
    let along = abs(x) - 0.258 * width
    let inner = 0.258 * width - notch
    let u = along > 0 ? along / outer : -along / inner
    // Worn condyles are flatter below.
    let power = along > 0 ? 2.3 + 0.5 * attrition[isMedial ? 0 : 1] : 2.2
    let height: Float = along > 0 ? 21 : 16.1
    var h = height * (1 - powf(max(0, 1 - powf(min(1, u), power)), 1 / power))
    if u > 1, along > 0 { h = 21 + min(40, 4 * (along - outer)) }
    if abs(x) < notch {
      // The roof of the notch meets the condyles at 16.1 mm.
      let v = x / notch
      h = 23 * (1 - 0.3 * v * v)
    }
    return h
  }

  /// Cosine of a curve's slope, which is cut at 6.
  private static func cosine(of curve: KneeCurve) -> KneeCurve {
    KneeCurve(-60, 60) { x in
      let slope = min(6, max(-6, (curve(x + 0.25) - curve(x - 0.25)) / 0.5))
      return 1 / (1 + slope * slope).squareRoot()
    }
  }
}
