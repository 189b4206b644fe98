import Foundation
import Imaging
import Kernels

/// What sound meets in one kind of tissue.
public struct AcousticTissue: Codable, Hashable, Sendable {
  /// Strength of the scatterers in dB of amplitude against the reference; nil where there are none.
  public var echogenicityDB: Double?
  /// Attenuation, one way, in dB per cm and MHz.
  public var attenuation: Double
  /// Acoustic impedance in MRayl; interfaces reflect (Z₂ − Z₁)/(Z₂ + Z₁).
  public var impedance: Double

  public init(echogenicityDB: Double?, attenuation: Double, impedance: Double) {
    precondition(
      attenuation >= 0 && impedance > 0,
      "attenuation (\(attenuation)) must not be negative, impedance (\(impedance)) positive")
    self.echogenicityDB = echogenicityDB
    self.attenuation = attenuation
    self.impedance = impedance
  }
}

/// Tissues on a grid that is aligned with the axes; beyond it the outermost voxels go on.
public struct AcousticMedium: Sendable {
  /// Index into `tissues` of each voxel, [z, y, x].
  public let labels: [UInt8]
  public let tissues: [AcousticTissue]
  public let geometry: VolumeGeometry
  /// Amplitude of the scatterers per tissue, 1 at 0 dB.
  let amplitudes: [Float]

  public init(labels: [UInt8], geometry: VolumeGeometry, tissues: [AcousticTissue]) {
    precondition(
      labels.count == geometry.count,
      "labels (\(labels.count)) must fill the grid \(geometry.shape)")
    precondition(geometry.direction == .identity, "the grid must be aligned with the axes")
    precondition(
      !tissues.isEmpty && labels.max()! < tissues.count,
      "labels up to \(labels.max()!) must have one of the \(tissues.count) tissues")
    self.labels = labels
    self.geometry = geometry
    self.tissues = tissues
    amplitudes = tissues.map { $0.echogenicityDB.map { Float(pow(10, $0 / 20)) } ?? 0 }
  }

  /// One tissue everywhere.
  public init(_ tissue: AcousticTissue) {
    self.init(labels: [0], geometry: VolumeGeometry(shape: [1, 1, 1]), tissues: [tissue])
  }
}
