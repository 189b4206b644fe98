import Foundation
import Imaging
import Kernels
import Physics
import Tensors

/// B-mode frames of one volunteer's neck in any plane, under any pressure.
///
/// Anatomy comes from `NeckLabels`, sound from `BModeScanner`. The scatterers are fixed in the tissue
/// at rest: a plane that is visited twice shows the same speckle, and pressure carries them along.
/// Echogenicities and impedances are chosen so that the image reads as in the textbooks: the gland
/// brighter than the straps, vessels empty, fat and sheaths bright, a shadow behind the windpipe.
public struct NeckUltrasound: Sendable {
  public let medium: AcousticMedium
  public let scanner: BModeScanner
  public let field: ScattererField

  public init(
    _ labels: NeckLabels, scanner: BModeScanner = BModeScanner(), field: ScattererField
  ) {
    medium = AcousticMedium(
      labels: labels.tissues, geometry: labels.geometry,
      tissues: NeckTissue.allCases.map(Self.acoustics))
    self.scanner = scanner
    self.field = field
  }

  /// The grey frame [row, column], 0...255 in whole steps.
  ///
  /// - `imageToWorld`: from pixel indices (column, row, 0) to the patient's mm; its first two
  ///   columns are the steps from pixel to pixel.
  public func frame(
    columns: Int, rows: Int, imageToWorld: SpatialTransform, pressure: ProbePressure = .none
  ) -> Tensor<Float> {
    scanner.frame(
      columns: columns, rows: rows, imageToWorld: imageToWorld,
      worldToTissue: pressure.worldToRest, medium: medium, field: field)
  }

  /// The plane that a linear probe sees, top middle of the image at `skinMM`, columns along `across`
  /// and rows straight down into the body (along +y when `across` has no y).
  public static func plane(
    at skinMM: SIMD3<Double>, across: SIMD3<Double>, columns: Int, pixelMM: Double = 0.2
  ) -> SpatialTransform {
    let unit = across / (across * across).sum().squareRoot()
    let down: SIMD3<Double> = [0, 1, 0]
    let straight = down - unit * (down * unit).sum()
    let row = straight / (straight * straight).sum().squareRoot()
    let normal = SIMD3(
      unit.y * row.z - unit.z * row.y, unit.z * row.x - unit.x * row.z,
      unit.x * row.y - unit.y * row.x)
    return SpatialTransform(
      x: unit * pixelMM, y: row * pixelMM, z: normal * pixelMM,
      translation: skinMM - unit * (0.5 * Double(columns - 1) * pixelMM))
  }

  /// Echogenicity against the gland, attenuation (dB per cm and MHz), impedance (MRayl; Duck 1990
  /// where he has the tissue).
  static func acoustics(_ tissue: NeckTissue) -> AcousticTissue {
    func make(_ echo: Double?, _ attenuation: Double, _ impedance: Double) -> AcousticTissue {
      AcousticTissue(echogenicityDB: echo, attenuation: attenuation, impedance: impedance)
    }
    return switch tissue {
    case .outside: make(nil, 0.02, 1.52)
    case .skin: make(5, 0.9, 1.68)
    case .fat: make(-7, 0.5, 1.40)
    case .muscle: make(-14, 0.55, 1.68)
    case .septum: make(-3, 0.6, 1.58)
    case .thyroid, .isthmus: make(0, 0.5, 1.66)
    case .cartilage: make(-14, 1.6, 1.80)
    case .trachealAir: make(nil, 0.5, 0.0004)
    case .vesselWall: make(2, 0.7, 1.70)
    case .arterialBlood: make(-34, 0.18, 1.66)
    case .venousBlood: make(-32, 0.18, 1.66)
    case .connective: make(-8, 0.5, 1.50)
    case .oesophagus: make(-9, 0.6, 1.66)
    case .mucosa: make(5, 0.8, 1.50)
    case .bone: make(-6, 12, 4.5)
    }
  }
}
