import Foundation
import Kernels

/// How one image was taken: what changes from image to image of the same person.
struct ChestView: Sendable {
  /// In-plane tilt and rotation about the long axis in radians.
  var tilt, axial: Double
  /// Centring error in millimetres and geometric magnification.
  var shiftX, shiftY, magnification: Double
  /// 0 poor to 1 deep.
  var inspiration: Double
  /// Whether the patient lies in bed and the beam enters from the front; 0 upright to 1 flat.
  var isBedside: Bool
  var recumbency: Double
  /// Exposure relative to the site's.
  var dose: Double
  /// Additive error of window level and relative error of its width, gamma's error.
  var level, width, gamma: Double
  /// Borders of the collimated field, as shares of the film: left, right, top, bottom.
  var shutters: [Double]
  /// Veiling gradient across the film (grid cut-off, heel effect): change of the line integral
  /// from the centre to the edge, horizontally and vertically.
  var gradientX, gradientY: Double
  /// How far the arms and scapulae cover the lung, 0 to 1.
  var scapulae: Double

  init(site: ChestSite, subject: ChestSubject, clutter: Double, stream: RandomStream) {
    var draw = stream.child("view")
    let spread = site.positioning
    isBedside = draw.bernoulli(site.bedsideShare)
    recumbency = isBedside ? draw.uniform(in: 0.15...1) : 0
    tilt = 0.045 * spread * draw.normal()
    axial = 0.075 * spread * draw.normal()
    shiftX = 12 * spread * draw.normal()
    shiftY = 14 * spread * draw.normal()
    magnification = (isBedside ? 1.05 : 1) * (1 + 0.045 * spread * draw.normal())
    let middle = isBedside ? 0.42 : 0.8
    inspiration = min(1.1, max(-0.2, middle + 0.24 * spread * draw.normal()))
    dose = exp(0.35 * draw.normal())
    let jitter = site.windowJitter * clutter * (1 + 0.5 * subject.difficulty)
    level = 0.07 * jitter * max(-2, min(2, draw.normal()))
    width = exp(0.09 * jitter * max(-2, min(2, draw.normal())))
    gamma = exp(0.10 * jitter * draw.normal())
    gradientX = 0.10 * jitter * draw.normal()
    gradientY = 0.07 * jitter * draw.normal()
    shutters = [0, 0, 0, 0]
    for edge in 0..<4 where draw.bernoulli(site.collimation) {
      shutters[edge] = site.collimationDepth * draw.uniform()
    }
    scapulae = isBedside ? draw.uniform(in: 0.4...1) : draw.uniform(in: 0...0.4)
  }
}
