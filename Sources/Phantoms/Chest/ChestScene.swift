import Foundation
import Physics

/// From the patient's millimetres to the detector's: axial rotation shifts what lies in front
/// against what lies behind, then tilt, size, magnification and centring.
///
/// Patient frame: origin in the middle of the chest, x to the patient's left (viewer's right),
/// y downwards, z towards the front; adult of average size.
struct ChestFrame: Sendable {
  let scale, cosine, sine, axial, shiftX, shiftY: Float
  private let inverse: Float

  init(subject: ChestSubject, view: ChestView, site: ChestSite) {
    scale = Float(subject.size * view.magnification * site.patientScale)
    inverse = 1 / scale
    cosine = Float(cos(view.tilt))
    sine = Float(sin(view.tilt))
    axial = Float(sin(view.axial))
    shiftX = Float(view.shiftX * site.patientScale)
    shiftY = Float(view.shiftY * site.patientScale)
  }

  /// A point of the patient on the detector.
  func detector(_ x: Float, _ y: Float, _ z: Float = 0) -> SIMD3<Float> {
    let turned = x + z * axial
    return SIMD3(
      scale * (cosine * turned - sine * y) + shiftX, scale * (sine * turned + cosine * y) + shiftY,
      scale * z)
  }

  /// The patient's (x, y) at z = 0 that a detector point sees.
  @inline(__always)
  func patient(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
    let dx = (x - shiftX) * inverse
    let dy = (y - shiftY) * inverse
    return (cosine * dx + sine * dy, cosine * dy - sine * dx)
  }

  /// A tube through points of the patient.
  func tube(_ points: [SIMD3<Float>], radii: [Float], innerShare: Float = 0) -> Tube {
    Tube(
      points: points.map { detector($0.x, $0.y, $0.z) }, radii: radii.map { $0 * scale },
      innerShare: innerShare)
  }
}

/// The chest of one subject in one view with given severities: every shape in millimetres.
struct ChestScene: Sendable {
  let subject: ChestSubject
  let view: ChestView
  let site: ChestSite
  let severities: ChestSeverities
  let frame: ChestFrame
  /// Strength of findings and of clutter after the group's difficulty.
  let contrast, clutter: Double

  /// Shift of the mediastinum to the patient's left in millimetres.
  let mediastinalShift: Float
  /// Height of the diaphragm domes (right, left).
  let domes: SIMD2<Float>
  /// Severities as Float, by `ChestFinding.index`; width, depth, curvature of the subject.
  let levels: SIMD16<Float>
  let width, depth, scoliosis, stout, flank, neck: Float
  let breastDepth, breastSag, flat: Float
  /// Heart: left and right ellipse as centre, semi-axes, angle.
  let ventricle, atrium: Oval
  let knobRadius: Float
  /// Widening of the vascular pedicle in millimetres.
  let pedicle: Float

  struct Oval: Sendable {
    var x, y, a, b, cosine, sine: Float
    /// 1 − squared elliptical radius: positive inside, 1 at the centre.
    @inline(__always)
    func depth(_ px: Float, _ py: Float) -> Float {
      let dx = px - x
      let dy = py - y
      let u = (cosine * dx + sine * dy) / a
      let v = (cosine * dy - sine * dx) / b
      return 1 - u * u - v * v
    }
    /// Half-width along x.
    var reach: Float { (a * a * cosine * cosine + b * b * sine * sine).squareRoot() }
  }

  /// Half-width of the chest inside the ribs at its widest, in the adult frame.
  static let halfWidth: Float = 138

  init(
    subject: ChestSubject, view: ChestView, site: ChestSite, severities: ChestSeverities,
    configuration: ChestConfiguration
  ) {
    self.subject = subject
    self.view = view
    self.site = site
    self.severities = severities
    frame = ChestFrame(subject: subject, view: view, site: site)
    contrast = configuration.contrast / (1 + 0.5 * subject.difficulty)
    clutter = configuration.clutter * (1 + 0.5 * subject.difficulty)

    let collapseRight = max(0, severities[.atelectasisRight] - 1) * contrast
    let collapseLeft = max(0, severities[.atelectasisLeft] - 1) * contrast
    let pushRight = max(0, severities[.pleuralEffusionRight] - 2.5)
    let pushLeft = max(0, severities[.pleuralEffusionLeft] - 2.5)
    mediastinalShift = Float(
      1.3 * (collapseLeft - collapseRight) + 1.2 * (pushRight - pushLeft))
    let level = 62 + 44 * view.inspiration
    domes = SIMD2(
      Float(level + subject.domeRight - 3.5 * collapseRight),
      Float(level + 9 + subject.domeLeft - 3.5 * collapseLeft))
    var levels = SIMD16<Float>()
    for finding in ChestFinding.allCases { levels[finding.index] = Float(severities[finding]) }
    self.levels = levels
    width = Float(subject.width)
    depth = Float(subject.depth)
    scoliosis = Float(subject.scoliosis)
    stout = Float(1 + 0.06 * subject.fat)
    flank = Float(subject.width * (160 + 9 * subject.fat))
    neck = Float(56 + 4 * subject.fat)
    breastDepth = Float(subject.breast)
    breastSag = Float(subject.breastSag)
    flat = Float(view.recumbency)

    // The cardiothoracic ratio is the heart's two extents over the chest's width.
    let enlargement = severities[.cardiomegaly]
    let steps = [0, 0.012, 0.042, 0.092, 0.145, 0.17]
    let step = Int(enlargement)
    let gain =
      steps[step] + (steps[min(5, step + 1)] - steps[step]) * (enlargement - Double(step))
    let ratio =
      0.455 + subject.heart + contrast * gain + 0.035 * (1 - view.inspiration)
      + (view.isBedside ? 0.02 : 0) + (site.ageYears == nil ? 0 : 0.02)
    let diameter = Float(ratio) * 2 * Self.halfWidth * Float(subject.width)
    let round = Float(min(1, enlargement / 4))
    let leftExtent = diameter * 0.69
    let rightExtent = diameter * 0.31
    let bottom = Float(level) + 8
    let angle = Float(0.62 + subject.heartTilt) - 0.25 * Float(1 - view.inspiration)
    let shift = mediastinalShift + 38 * sinf(Float(view.axial))
    var left = Oval(
      x: 0, y: bottom - 34 - 8 * round, a: 1, b: 0.66 + 0.08 * round, cosine: cosf(angle),
      sine: sinf(angle))
    let length = leftExtent / (left.reach * 1.3)
    left.a *= length
    left.b *= length
    left.x = shift + leftExtent - left.reach
    ventricle = left
    let size = rightExtent * 0.8
    atrium = Oval(
      x: shift - rightExtent + size, y: bottom - 42 - 4 * round, a: size, b: 50 + 10 * round,
      cosine: 1, sine: 0)
    knobRadius = Float(13 + 7 * min(1.2, subject.aorta))
    pedicle = Float(1.5 * severities[.congestion] * contrast + 1.5 * (1 - view.inspiration))
  }

  var cardiothoracicRatio: Double {
    Double((ventricle.x + ventricle.reach) - (atrium.x - atrium.a))
      / Double(2 * Self.halfWidth * Float(subject.width))
  }

  /// Lateral position of the spine at a height.
  @inline(__always)
  func spine(_ y: Float) -> Float {
    scoliosis * sinf(y * 0.022 + 0.6) - 62 * frame.axial
  }

  // MARK: Lungs

  /// A point in a lung: side index (0 right, 1 left), ρ of the outline (0 middle, 1 border), lateral
  /// and vertical position in units of the outline.
  struct LungPoint {
    var side: Int
    var outline, lateral, vertical: Float
  }

  /// Where a point lies in the outline of the lung of its side.
  @inline(__always)
  func lung(_ x: Float, _ y: Float) -> LungPoint {
    let middle = mediastinalShift * 0.5
    let side = x < middle ? 0 : 1
    let lateral = (side == 0 ? middle - x : x - middle) / width
    let v = y < 45 ? (y - 45) / 172 : (y - 45) / 125
    let lean = y < 45 ? 16 * v * v : 0
    let fromCentre = lateral - (70 - lean)
    let u = fromCentre / (fromCentre > 0 ? 68 : 76)
    let w = abs(u)
    return LungPoint(side: side, outline: w * w * w.squareRoot() + v * v, lateral: u, vertical: v)
  }

  /// Upper surface of the diaphragm at x, rising in the middle of each side.
  @inline(__always)
  func diaphragm(_ x: Float, side: Int) -> Float {
    let sign: Float = side == 0 ? -1 : 1
    let u = (sign * x / width - 66) / 76
    let flat = 1 - u * u
    return domes[side] + (flat > 0 ? 72 * (1 - flat.squareRoot()) : 72 + 30 * (abs(u) - 1))
  }

  /// Share of the cavity's depth that the mediastinum and heart fill at a point, 0...1.
  @inline(__always)
  func mediastinum(_ x: Float, _ y: Float, spine: Float) -> Float {
    let centre = mediastinalShift + 0.4 * spine
    var left: Float = 19
    var right: Float = 22
    if y < -75 {
      left += min(16, (-75 - y) * 0.22)
      right += min(14, (-75 - y) * 0.18)
    } else {
      let t = min(1, (y + 75) / 70)
      left += 5 * t * t
      right += 3 * t * t
    }
    let widening = pedicle
    let open = empty(centre + left + widening - x, 4.5) + empty(x - centre + right + widening, 4.5)
    // Silhouettes overlap: what stays open is what all of them leave open.
    var clear = min(1, open)
    clear = min(clear, bulge(x - (centre + 9), (y + 54) * 0.85, knobRadius + 10))
    clear = min(clear, bulge(x - (centre + 9), (y + 14) * 0.50, 24 + widening))
    clear = min(clear, bulge(x - (centre - 10), (y + 50) * 0.30, 17 + widening))
    let heart = max(ventricle.depth(x, y), atrium.depth(x, y))
    if heart > 0 { clear = min(clear, 1 - min(1, 2.2 * heart.squareRoot())) }
    // Behind and in front of heart and vessels some lung remains.
    let floor: Float = 0.07 + 0.05 * min(1, abs(x - centre) / 40)
    return 1 - max(floor, clear)
  }

  /// 0 well inside a border, 1 outside, over a width in millimetres.
  @inline(__always)
  private func empty(_ inside: Float, _ width: Float) -> Float {
    min(1, max(0, 0.5 - inside / width))
  }

  /// How much a round bulge leaves open at an offset from its centre.
  @inline(__always)
  private func bulge(_ dx: Float, _ dy: Float, _ radius: Float) -> Float {
    let inside = 1 - (dx * dx + dy * dy) / (radius * radius)
    return inside > 0 ? 1 - min(1, 2.2 * inside.squareRoot()) : 1
  }

  // MARK: Body

  /// Soft tissue the ray would cross if the chest were solid, in millimetres (adult frame).
  @inline(__always)
  func body(_ x: Float, _ y: Float) -> Float {
    let far = abs(x)
    // Torso, wider towards the armpits, thinner towards the neck.
    let high = min(1, max(0, (-20 - y) / 140))
    let across = far / (flank + 30 * high)
    var torso: Float = 0
    if across < 1 {
      torso = 218 * stout * depth * (1 - 0.38 * high * high)
      torso *= (1 - across * across * across).squareRoot()
    }
    // Neck and shoulders.
    var girdle: Float = 0
    if y < 40 {
      let beyond = max(0, far - neck + 12)
      let top = -190 + 0.42 * beyond - 0.00045 * beyond * beyond
      let rise = min(1, max(0, (y - top) / 70))
      let reach = min(1, max(0, (far - 95) / 90))
      let fade = min(1, max(0, (-75 + 115 * reach - y) / (70 + 30 * reach)))
      if fade > 0 { girdle = 132 * stout * rise.squareRoot() * fade * (2 - fade) }
      if far < neck, y < -60 {
        let u = far / neck
        let column = 112 * (1 - u * u).squareRoot() * min(1, (-60 - y) / 60)
        girdle = max(girdle, column)
      }
    }
    var arms: Float = 0
    if y > -90 {
      let arm = (far - 212 - 4 * Float(subject.fat)) / (40 * stout)
      if abs(arm) < 1 { arms = 80 * stout * (1 - arm * arm).squareRoot() * min(1, (y + 90) / 60) }
    }
    // A smooth maximum: the fourth root of the sum of fourth powers.
    var thickness = torso
    if girdle > 0 || arms > 0 {
      let t2 = torso * torso
      let g2 = girdle * girdle
      let a2 = arms * arms
      thickness = (t2 * t2 + g2 * g2 + a2 * a2).squareRoot().squareRoot()
    }
    if breastDepth > 0 { thickness += breast(x, y, side: -1) + breast(x, y, side: 1) }
    return thickness
  }

  /// Soft tissue of one breast (or pectoral fold) in millimetres.
  @inline(__always)
  private func breast(_ x: Float, _ y: Float, side: Float) -> Float {
    let cx = side * (84 + 18 * flat) + 60 * frame.axial
    let cy = 44 + breastSag * (1 - 0.5 * flat)
    let u = (x - cx) / (56 + 0.5 * breastDepth)
    let v = (y - cy) / (y > cy ? 40 + 0.4 * breastDepth : 85)
    let inside = 1 - u * u - v * v
    guard inside > 0 else { return 0 }
    return 1.35 * breastDepth * inside * (0.7 + 0.3 * inside)
  }
}
