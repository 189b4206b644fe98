import Foundation
import Kernels

/// One eye as it will be photographed: everything that was drawn, before any pixel.
///
/// The field is 7.4 mm wide, about 25 degrees and narrower than the 45 of screening cameras, so that
/// the cup has pixels at 32x32. Disc size and cup-to-disc ratio of healthy eyes follow the Blue
/// Mountains Eye Study: vertical diameter 1.51 mm, ratio .43 (Healey et al. 1997,
/// doi:10.1111/j.1442-9071.1997.tb01771.x) rising by .27 a millimetre of disc, 97.5th percentile of
/// the ratio about .7 (Crowston et al. 2004, doi:10.1136/bjo.2003.028548), hence a spread of .13. In
/// glaucoma the mean is .70 (chosen). The rest is chosen too.
package struct FundusEye: Sendable {
  /// Half-width of the field in millimetres.
  package static let halfWidthMM = 3.7

  /// 1 for a right eye, whose disc lies at the viewer's right; -1 for a left eye.
  package var side: Float
  /// Vertical diameters of cup over disc.
  package var cupToDisc: Double
  /// Vertical diameter of the disc in millimetres.
  package var discMM: Double
  /// Centres in half-widths.
  package var disc, fovea: SIMD2<Float>
  /// Width over height of disc and cup.
  package var roundness: Float
  /// Relative change of the light from the middle to the right and to the lower border.
  package var illumination: SIMD2<Float>
  /// Standard normal: high is a dark brown fundus, low a pale one.
  package var pigmentation: Double
  /// Factors on all light and on blue.
  package var brightness, warmth: Float
  /// Brightness of the cup over that of the rim, in green and blue.
  package var pallor: Float
  /// Radius of the lit field in half-widths.
  package var field: Float
  package var vessels: RetinalVessels

  /// Vertical radius of the disc in half-widths.
  package var discRadius: Float { Float(discMM / 2 / Self.halfWidthMM) }

  /// Mean of `pallor`.
  static let meanPallor = 1.6

  /// Draws an eye of a class: 0 healthy, 1 glaucoma.
  package init(label: Int, stream: RandomStream) {
    var draw = stream.child("eye")
    func cut(_ range: ClosedRange<Double>, _ value: () -> Double) -> Double {
      while true {
        let drawn = value()
        if range.contains(drawn) { return drawn }
      }
    }
    side = draw.bernoulli(0.5) ? 1 : -1
    let diameter = cut(1.1...2.0) { 1.51 + 0.18 * draw.normal() }
    discMM = diameter
    let slope = 0.27 * (diameter - 1.51)
    cupToDisc =
      label == 0
      ? cut(0.1...0.85) { 0.43 + slope + 0.13 * draw.normal() }
      : cut(0.3...0.95) { 0.70 + slope + 0.11 * draw.normal() }
    disc = SIMD2(side * Float(0.40 + 0.05 * draw.normal()), Float(0.06 * draw.normal()))
    let distance = 1.24 * (1 + 0.05 * draw.normal())
    fovea = disc + SIMD2(-side * Float(distance), Float(0.10 + 0.03 * draw.normal()))
    roundness = Float(0.93 + 0.03 * draw.normal())
    illumination = SIMD2(
      Float(cut(-0.3...0.3) { 0.11 * draw.normal() }),
      Float(cut(-0.3...0.3) { 0.11 * draw.normal() }))
    pigmentation = cut(-2.3...2.3) { draw.normal() }
    brightness = Float(exp(0.07 * draw.normal()))
    warmth = Float(exp(0.08 * draw.normal()))
    pallor = Float(Self.meanPallor * exp(0.03 * draw.normal()))
    field = Float(0.97 + 0.015 * draw.normal())
    let richness = exp(cut(-2...2) { draw.normal() } * 0.3)
    let calibre = exp(cut(-2...2) { draw.normal() } * 0.18)
    var growth = stream.child("vessels")
    let discRadius = Float(diameter / 2 / Self.halfWidthMM)
    vessels = RetinalVessels(
      disc: disc, rim: 0.6 * discRadius, fovea: fovea, nasal: side, richness: richness,
      calibre: calibre, stream: &growth)
  }
}
