import Foundation
import Kernels

/// Volumes in files, the format taken from the name: .mha and .mhd are MetaImage, .nii and .nii.gz
/// NIfTI-1. Other files with DICOM's signature, and folders with one DICOM series, are read too.
public enum VolumeFile {
  enum Format { case metaImage, nifti }

  private static let endings = ".mha, .mhd, .nii or .nii.gz"

  /// The format that a name means; throws a usage error for other endings.
  static func format(_ path: String) throws -> Format {
    if let known = ending(path) { return known }
    throw LightboxError(.usage, "\(path): expected a volume whose name ends in \(endings)")
  }

  private static func ending(_ path: String) -> Format? {
    let name = path.lowercased()
    if name.hasSuffix(".mha") || name.hasSuffix(".mhd") { return .metaImage }
    if name.hasSuffix(".nii") || name.hasSuffix(".nii.gz") { return .nifti }
    return nil
  }

  /// Whether the name is one that a volume can be written to; the same error as writing would give.
  public static func check(name path: String) throws { _ = try format(path) }

  /// The volume in a file or DICOM folder, and the type of its stored voxels.
  public static func read(_ path: String) throws -> (volume: Volume, type: VoxelType) {
    switch ending(path) {
    case .metaImage: return try MetaImage.readTyped(path)
    case .nifti: return try NIfTI.readTyped(path)
    case nil:
      guard path.lowercased().hasSuffix(".dcm") || DICOM.isDICOM(path) else {
        throw LightboxError(
          .usage,
          "\(path): expected a volume whose name ends in \(endings), a DICOM file, or a folder "
            + "with one DICOM series")
      }
      return try DICOM.readTyped(path)
    }
  }

  /// Writes a volume, whole or not at all.
  public static func write(
    _ volume: Volume, to path: String, as type: VoxelType = .float32
  ) throws {
    switch try format(path) {
    case .metaImage: try MetaImage.write(volume, to: path, as: type)
    case .nifti: try NIfTI.write(volume, to: path, as: type)
    }
  }
}
