import Foundation
import Physics

/// From the patient's millimetres to the detector's: axial rotation shifts what lies in front
/// against what lies behind, then tilt, size, magnification and centring.
///
/// Patient frame: origin in the middle of the chest, x to the patient's left (viewer's right),
/// y downwards, z towards the front; adult of average size.
struct ChestFrame: Sendable {
  let scale, cosine, sine, axial, shiftX, shiftY: Float

  init(subject: ChestSubject, view: ChestView, site: ChestSite) {
    scale = Float(subject.size * view.magnification * site.patientScale)
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
    let dx = (x - shiftX) / scale
    let dy = (y - shiftY) / scale
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
  let domes: [Float]
  /// Heart: left and right ellipse as centre, semi-axes, angle.
  let ventricle, atrium: Oval
  let knobRadius: Float

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
    domes = [
      Float(level + subject.domeRight - 4.5 * collapseRight),
      Float(level + 9 + subject.domeLeft - 4.5 * collapseLeft),
    ]

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
    let leftExtent = diameter * 0.66
    let rightExtent = diameter * 0.34
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
    let size = rightExtent * 0.95
    atrium = Oval(
      x: shift - rightExtent + size, y: bottom - 42 - 4 * round, a: size, b: 46 + 10 * round,
      cosine: 1, sine: 0)
    knobRadius = Float(13 + 9 * min(1.2, subject.aorta))
  }

  var cardiothoracicRatio: Double {
    Double((ventricle.x + ventricle.reach) - (atrium.x - atrium.a))
      / Double(2 * Self.halfWidth * Float(subject.width))
  }

  /// Lateral position of the spine at a height.
  @inline(__always)
  func spine(_ y: Float) -> Float {
    Float(subject.scoliosis) * sinf(y * 0.022 + 0.6) - 62 * frame.axial
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
    let lateral = (side == 0 ? middle - x : x - middle) / Float(subject.width)
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
    let u = (sign * x / Float(subject.width) - 66) / 76
    let flat = 1 - u * u
    return domes[side] + (flat > 0 ? 72 * (1 - flat.squareRoot()) : 72 + 30 * (abs(u) - 1))
  }

  /// Share of the cavity's depth that the mediastinum and heart fill at a point, 0...1.
  @inline(__always)
  func mediastinum(_ x: Float, _ y: Float) -> Float {
    let centre = mediastinalShift + 0.5 * spine(y)
    let widening = Float(1.6 * severities[.congestion] * contrast)
    var left: Float = 24 + widening
    var right: Float = 25 + widening
    if y > -70 {
      let t = min(1, (y + 70) / 60)
      left += 6 * t
      right += 2 * t
    } else {
      left += min(12, (-70 - y) * 0.12)
      right += min(14, (-70 - y) * 0.16)
    }
    // Soft borders, 3 mm wide.
    let fromLeft = (centre + left - x) / 3
    let fromRight = (x - centre + right) / 3
    var filled = min(1, max(0, min(fromLeft, fromRight) + 0.5))
    let kx = x - (centre + 20)
    let ky = y + 52
    let knob = 1 - (kx * kx + ky * ky) / (knobRadius * knobRadius)
    if knob > 0 { filled = max(filled, 0.75 * min(1, 3 * knob.squareRoot())) }
    let px = x - (centre + 23)
    let py = y + 14
    let trunk = 1 - (px * px) / (15 * 15) - (py * py) / (24 * 24)
    if trunk > 0 { filled = max(filled, 0.6 * min(1, 3 * trunk.squareRoot())) }
    let heart = max(ventricle.depth(x, y), atrium.depth(x, y))
    if heart > 0 { filled = max(filled, 0.82 * min(1, 1.7 * heart.squareRoot())) }
    return filled
  }

  // MARK: Body

  /// Soft tissue the ray would cross if the chest were solid, in millimetres (adult frame).
  @inline(__always)
  func body(_ x: Float, _ y: Float) -> Float {
    let stout = 1 + 0.06 * Float(subject.fat)
    let across = abs(x) / (Float(subject.width) * (154 + 9 * Float(subject.fat) + 0.05 * (y + 60)))
    var thickness: Float = 0
    if across < 1 {
      let high = min(1, max(0, (-25 - y) / 130))
      let taper = 1 - 0.72 * high * high
      thickness =
        220 * stout * Float(subject.depth) * taper * (1 - across * across * across).squareRoot()
    }
    // Neck, shoulders, arms.
    let far = abs(x)
    if y < 60 {
      let neck: Float = 50 + 3 * Float(subject.fat)
      let top = -178 + max(0, far - neck) * 0.42
      let rise = far < neck ? 1 : min(1, max(0, (y - top) / 46))
      if far < neck { thickness = max(thickness, 120 * stout) } else if rise > 0 {
        let fade = min(1, max(0, (60 - y) / 90))
        thickness = max(thickness, 125 * stout * rise.squareRoot() * fade * (far < 225 ? 1 : 0))
      }
    }
    let arm = (far - 205 - 4 * Float(subject.fat)) / (36 * stout)
    if abs(arm) < 1, y > -40 {
      thickness = max(thickness, 76 * stout * (1 - arm * arm).squareRoot())
    }
    if subject.breast > 0 {
      thickness += breast(x, y, side: -1) + breast(x, y, side: 1)
    }
    return thickness
  }

  /// Soft tissue of one breast (or pectoral fold) in millimetres.
  @inline(__always)
  private func breast(_ x: Float, _ y: Float, side: Float) -> Float {
    let flat = Float(view.recumbency)
    let cx = side * (80 + 16 * flat) + 60 * frame.axial
    let cy = 32 + Float(subject.breastSag) * (1 - 0.5 * flat)
    let u = (x - cx) / (58 + 0.5 * Float(subject.breast))
    let v = (y - cy) / (y > cy ? 44 + 0.3 * Float(subject.breast) : 80)
    let inside = 1 - u * u - v * v
    return inside > 0 ? 1.5 * Float(subject.breast) * inside.squareRoot() : 0
  }
}
