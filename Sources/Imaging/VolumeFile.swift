import Foundation
import Kernels

/// Volumes in files, the format taken from the name: .mha and .mhd are MetaImage, .nii and .nii.gz
/// NIfTI-1.
public enum VolumeFile {
  enum Format { case metaImage, nifti }

  /// The format that a name means; throws a usage error for other endings.
  static func format(_ path: String) throws -> Format {
    let name = path.lowercased()
    if name.hasSuffix(".mha") || name.hasSuffix(".mhd") { return .metaImage }
    if name.hasSuffix(".nii") || name.hasSuffix(".nii.gz") { return .nifti }
    throw LightboxError(
      .usage, "\(path): expected a volume whose name ends in .mha, .mhd, .nii or .nii.gz")
  }

  /// Whether the name is one of a volume; the same error as reading and writing would give.
  public static func check(name path: String) throws { _ = try format(path) }

  /// The volume in a file, and the type of its stored voxels.
  public static func read(_ path: String) throws -> (volume: Volume, type: VoxelType) {
    switch try format(path) {
    case .metaImage: try MetaImage.readTyped(path)
    case .nifti: try NIfTI.readTyped(path)
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
