import Foundation
import Kernels

/// Photographs of the back of the eye, healthy or with the wide cup of glaucoma.
///
/// What is drawn is a lit disc with vignetting, pigment and choroidal texture, the optic disc with
/// its cup, the fovea, and vessels that branch (`RetinalVessels`). The class shifts the distribution
/// of the cup-to-disc ratio alone, and the two distributions overlap, so that no reader is perfect.
/// Rated and true label agree. Means and spreads: see `FundusEye`.
public struct FundusPictures: PictureDomain {
  /// Standard deviation of the camera's noise.
  public var noise: Float = 0.008

  public init() {}

  public var name: String { "fundus" }
  public var classes: [String] { ["no glaucoma", "glaucoma"] }
  /// RG against all gradable eyes of AIROGS' training set.
  public var diseasedShare: Double { 3270.0 / 101_442 }
  public var channels: Int { 3 }

  public var factors: [String] {
    [
      "cup-to-disc ratio", "disc radius [half-widths]", "disc x [half-widths]",
      "disc y [half-widths]", "vessel branches", "vessel area [share]", "illumination to the right",
      "illumination downwards", "pigmentation [SD]", "eye side [1 right, -1 left]",
    ]
  }

  public func draw(label: Int, size: Int, stream: RandomStream) -> DrawnPicture {
    precondition(label == 0 || label == 1, "label (\(label)) must be 0 or 1")
    let eye = FundusEye(label: label, stream: stream)
    return DrawnPicture(
      label: label, rated: label,
      factors: [
        eye.cupToDisc, Double(eye.discRadius), Double(eye.disc.x), Double(eye.disc.y),
        Double(eye.vessels.count(within: eye.field)), eye.vessels.areaShare(within: eye.field),
        Double(eye.illumination.x), Double(eye.illumination.y), eye.pigmentation, Double(eye.side),
      ], pixels: photograph(eye, size: size, stream: stream))
  }

  /// Colours at full light, red, green, blue.
  private static let retina = SIMD3<Float>(0.72, 0.36, 0.16)
  private static let rim = SIMD3<Float>(0.90, 0.60, 0.36)

  /// The pixels of an eye, [3, size, size].
  private func photograph(_ eye: FundusEye, size: Int, stream: RandomStream) -> [Float] {
    var canvas = PictureCanvas(size: size, channels: 3)
    let fine = canvas.fine
    let plane = canvas.plane
    let places = canvas.places
    var lines = StrokeMap(fine: fine)
    for branch in eye.vessels.branches {
      lines.add(branch.points, radius: branch.radius, strength: branch.isVein ? 0.95 : 0.65)
    }
    var texture = stream.child("choroid")
    let coarse = LatticeNoise(spacingMM: 0.24, radiusMM: 1.5, stream: &texture)
    let grain = LatticeNoise(spacingMM: 0.09, radiusMM: 1.5, stream: &texture)

    let pigment = Float(eye.pigmentation)
    let bare =
      Self.retina
      * SIMD3(expf(-0.06 * pigment), expf(-0.17 * pigment), expf(-0.22 * pigment))
    let cupColour = pointwiseMin(
      SIMD3(repeating: 1), Self.rim * SIMD3(1.08, eye.pallor, eye.pallor))
    let blood = SIMD3<Float>(0.35, 0.62, 0.52)
    let light = SIMD3<Float>(1, 1, eye.warmth) * eye.brightness
    let radius = eye.discRadius
    let cupRadius = radius * Float(eye.cupToDisc)
    // The cup lies a little to the side of the temple.
    let cupCentre = eye.disc + SIMD2(-eye.side * 0.10 * (radius - cupRadius), 0)

    canvas.samples.withUnsafeMutableBufferPointer { samples in
      for row in 0..<fine {
        let y = places[row]
        for column in 0..<fine {
          let x = places[column]
          let index = row &* fine &+ column
          let square = x * x + y * y
          let inside = (eye.field - square.squareRoot()) * (1 / 0.03) + 0.5
          guard inside > 0 else {
            for c in 0..<3 { samples[c &* plane &+ index] = 0.015 }
            continue
          }
          let mottled = 1 + 0.045 * coarse(x, y) + 0.03 * grain(x, y)
          var colour = bare * mottled
          let disc = Self.cover(
            SIMD2(x, y) - eye.disc, radius: radius, roundness: eye.roundness, edge: 0.04)
          if disc > 0 {
            let cup = Self.cover(
              SIMD2(x, y) - cupCentre, radius: cupRadius, roundness: eye.roundness, edge: 0.05)
            let nerve = Self.rim + (cupColour - Self.rim) * cup
            colour += (nerve - colour) * disc
          }
          let dx = x - eye.fovea.x
          let dy = y - eye.fovea.y
          let macula = dx * dx + dy * dy
          if macula < 0.35 { colour *= 1 - 0.30 * expf(-macula * (1 / (2 * 0.15 * 0.15))) }
          // On the pale nerve vessels show less.
          colour *= 1 - blood * (lines.values[index] * (1 - 0.5 * disc))
          let tilt = 1 + eye.illumination.x * x + eye.illumination.y * y
          colour *= light * (tilt * (1 - 0.20 * square) * min(1, inside))
          for c in 0..<3 { samples[c &* plane &+ index] = min(1, max(0.015, colour[c])) }
        }
      }
    }
    var camera = stream.child("camera")
    return canvas.pixels(noise: noise, stream: &camera)
  }

  /// How far a point lies inside an upright ellipse: 1 inside, 0 outside, linear over `edge`.
  @inline(__always)
  private static func cover(
    _ offset: SIMD2<Float>, radius: Float, roundness: Float, edge: Float
  ) -> Float {
    let u = offset.x / roundness
    let distance = (u * u + offset.y * offset.y).squareRoot()
    return min(1, max(0, 0.5 + (radius - distance) / edge))
  }
}
