import Foundation
import Kernels
import Physics

/// Draws the film of a knee: transmission averaged over the samples of a pixel, quantum noise, and a
/// display that is linear in the logarithm of the signal.
///
/// The field is 96 mm wide whatever the size of the picture: 1.5 mm a pixel at 64, .75 at 128, .375 at
/// 256. The scene is a function of millimetres, so a larger picture shows the same knee in more
/// detail; only the noise is drawn per size, with a variance that follows the area of a pixel.
struct KneeRenderer: Sendable {
  /// Width of the field in mm.
  static let fieldMM = 96.0
  /// y of the middle of the joint below the middle of the picture in mm.
  static let jointYMM: Float = 4
  /// Kerma at the detector without the knee, in µGy. Chosen well below a clinical film's, whose noise
  /// would not show: grain and scatter are not simulated otherwise.
  static let exposureMicrogray = 2.5

  let scene: KneeScene
  let view: KneeView

  /// Pixels [1, size, size], 0...1, bone bright.
  func picture(size: Int, stream: RandomStream) -> [Float] {
    precondition((32...1024).contains(size), "size (\(size)) must lie in 32...1024")
    var signal = transmission(size: size)
    let detector = XRayDetector(
      exposureMicrogray: Self.exposureMicrogray * view.exposure, energyKeV: KneeScene.energyKeV)
    var noise = stream.child("detector").child(size)
    detector.addQuantumNoise(
      to: &signal, pixelMM: Self.fieldMM / Double(size), stream: &noise)
    let slope = Float(view.contrast) / 1.6
    let level = 0.27 + Float(view.level)
    let reference = scene.reference
    return signal.map { value in
      min(1, max(0, (-logf(max(1e-7, value)) - reference) * slope + level))
    }
  }

  /// Mean transmission of each pixel, row-major: three samples a pixel and axis below 48 pixels, two
  /// above.
  func transmission(size: Int) -> [Float] {
    let factor = size < 48 ? 3 : 2
    let fine = size * factor
    let pitch = Float(Self.fieldMM) / Float(fine)
    let turn = Float(view.rotationDegrees * .pi / 180)
    let (cosine, sine) = (cosf(turn), sinf(turn))
    let scale = 1 / Float(view.magnification)
    let shift = SIMD2(Float(view.shiftXMM), Float(view.shiftYMM) + Self.jointYMM)
    let share = 1 / Float(factor * factor)
    var result = [Float](repeating: 0, count: size * size)
    for row in 0..<fine {
      let v = ((Float(row) + 0.5) * pitch - Float(Self.fieldMM) / 2 - shift.y) * scale
      for column in 0..<fine {
        let u = ((Float(column) + 0.5) * pitch - Float(Self.fieldMM) / 2 - shift.x) * scale
        let value = scene.lineIntegral(cosine * u + sine * v, cosine * v - sine * u)
        result[row / factor * size + column / factor] += share * expf(-value)
      }
    }
    return result
  }
}
