import Foundation
import Imaging
import Kernels
import Tensors

/// A linear-array scanner: B-mode frames of a medium in any plane.
///
/// The complex envelope at a pixel is the sum over scatterers of strength × echogenicity × point
/// spread, the plane's neighbours included with their elevational weight. Interfaces that lie across
/// the beam add a coherent echo. Every row of a column is weakened by what the beam met above it
/// (absorption on both ways, transmission through interfaces), and amplified by the time-gain curve;
/// before a strong reflector the tissue above appears again, mirrored. The envelope is compressed
/// logarithmically. There is no electronic noise, refraction, or beam steering, and the width of the
/// beam does not change with depth.
///
/// A frame is a function of its arguments alone: frames can be rendered in parallel, and the same
/// plane always shows the same speckle.
public struct BModeScanner: Codable, Hashable, Sendable {
  public var pointSpread = PointSpread()
  public var frequencyMHz = 10.0
  /// What the time-gain curve makes up for, in dB per cm and MHz, one way.
  public var gainCompensation = 0.5
  /// Peak in dB of the echo of an interface with reflection coefficient 1, against the reference.
  public var interfaceDB = 36.0
  /// Strength in dB of what reappears mirrored behind a reflector of more than one half.
  public var mirrorDB = -20.0
  /// Span of the grey scale in dB, and the level that is white, against the reference.
  public var dynamicRangeDB = 60.0
  public var whiteDB = 23.0

  public init() {}

  /// The grey frame [row, column], 0...255 in whole steps: 255 (1 + (dB − white)/range).
  public func frame(
    columns: Int, rows: Int, imageToWorld: SpatialTransform,
    worldToTissue: SpatialTransform = .identity, medium: AcousticMedium, field: ScattererField
  ) -> Tensor<Float> {
    let canvas = BModeCanvas(
      self, columns: columns, rows: rows, imageToWorld: imageToWorld, worldToTissue: worldToTissue,
      medium: medium, field: field)
    let (scale, offset) = (
      Float(255 / dynamicRangeDB), Float(255 * (1 - whiteDB / dynamicRangeDB))
    )
    return Tensor(shape: [rows, columns]) { target in
      canvas.render { row, line in
        let out = target.baseAddress! + row * columns
        for x in 0..<columns {
          let power = line[2 * x] * line[2 * x] + line[2 * x + 1] * line[2 * x + 1]
          let grey = Decibels.ofPower(power) * scale + offset
          out[x] = (min(255, max(0, grey))).rounded()
        }
      }
    }
  }

  /// The envelope [row, column] before compression: its mean square is 1 where the echogenicity is
  /// 0 dB, gain and attenuation cancel and no interface is near.
  public func envelope(
    columns: Int, rows: Int, imageToWorld: SpatialTransform,
    worldToTissue: SpatialTransform = .identity, medium: AcousticMedium, field: ScattererField
  ) -> Tensor<Float> {
    let canvas = BModeCanvas(
      self, columns: columns, rows: rows, imageToWorld: imageToWorld, worldToTissue: worldToTissue,
      medium: medium, field: field)
    return Tensor(shape: [rows, columns]) { target in
      canvas.render { row, line in
        let out = target.baseAddress! + row * columns
        for x in 0..<columns {
          let power = line[2 * x] * line[2 * x] + line[2 * x + 1] * line[2 * x + 1]
          out[x] = power.squareRoot()
        }
      }
    }
  }
}

/// 10 log₁₀ of a power, branch-free: within 2e-6 dB · (1 + |dB|/4), −379 dB for 0.
enum Decibels {
  @inline(__always)
  static func ofPower(_ power: Float) -> Float {
    let bits = max(power, Float.leastNormalMagnitude).bitPattern
    let shifted = bits &- 0x3F35_04F3
    let exponent = Int32(bitPattern: shifted) &>> 23
    let t = Float(bitPattern: bits &- (UInt32(bitPattern: exponent) &<< 23)) - 1
    // Chebyshev fit of log₂(1 + t)/t on [√½ − 1, √2 − 1], error 6e-7.
    var p: Float = 0.172_128_73
    p = p * t - 0.269_506_27
    p = p * t + 0.295_633_6
    p = p * t - 0.359_350_65
    p = p * t + 0.480_629_15
    p = p * t - 0.721_364_04
    p = p * t + 1.442_696_4
    return (Float(exponent) + p * t) * 3.010_299_956
  }
}
