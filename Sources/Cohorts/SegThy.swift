import Foundation
import Imaging
import Kernels

/// The SegThy release: tracked ultrasound volumes of the thyroid with labels, and MRI volumes.
///
/// Files are found below the unpacked archives, wherever these lie in the given folder:
///
///     US_volunteer_dataset/ground_truth_data/US/<volunteer>_P<physician>_<repetition>_<side>_US.nii
///     US_volunteer_dataset/ground_truth_data/US_thyroid_label/<volunteer>_P<…>_<…>_<side>.nii
///     MRI_volunteer_dataset/MRI/*.nii.gz, MRI_thyroid_label/*.nii.gz
///
/// `.nii` and `.nii.gz` are both taken, since versions of the release differ. Label 1 is the thyroid;
/// some versions hold other structures under higher values, which are not thyroid and are counted.
/// Voxels are read only when asked for: the ultrasound archive has 18.6 GB.
///
/// Source: Krönke, Eilers et al. 2022, doi:10.1371/journal.pone.0268550;
/// https://www.cs.cit.tum.de/camp/publications/segthy-dataset/ .
public struct SegThy: Sendable {
  /// One sweep over one lobe.
  public struct Scan: Sendable, Hashable, Codable {
    public var volunteer: String
    public var physician, repetition: Int
    /// "left" or "right", the volunteer's.
    public var side: String
    public var imagePath: String
    /// nil where nobody drew the thyroid.
    public var labelPath: String?
    /// Volunteer, physician, repetition and side, as in the file's name.
    public var name: String { "\(volunteer)_P\(physician)_\(repetition)_\(side)" }
  }

  /// One MRI of a neck.
  public struct Neck: Sendable, Hashable, Codable {
    public var name: String
    public var imagePath: String
    public var labelPath: String?
  }

  /// Sweeps in the order of their names.
  public let scans: [Scan]
  /// MRI volumes in the order of their names.
  public let necks: [Neck]
  /// What a reader should know: files passed over, and why.
  public let notes: [String]

  /// Whether a folder holds the release, or a part of it.
  public static func isPresent(in folder: String) -> Bool {
    guard let walk = FileManager.default.enumerator(atPath: folder) else { return false }
    for case let path as String in walk where isSweepFolder(path) || isNeckFolder(path) {
      return true
    }
    return false
  }

  /// Lists the files; throws an input error when none is found, a name cannot be read, two files
  /// claim to be the same scan, or a label has no image.
  public init(_ folder: String) throws {
    guard let walk = FileManager.default.enumerator(atPath: folder) else {
      throw LightboxError.input(
        file: folder, found: "no readable folder", expected: "the unpacked SegThy release")
    }
    var sweeps: [String: String] = [:]
    var sweepLabels: [String: String] = [:]
    var necks: [String: String] = [:]
    var neckLabels: [String: String] = [:]
    var passed: [String] = []
    for path in walk.compactMap({ $0 as? String }).sorted() {
      guard let stem = Self.stem(path) else { continue }
      let place = (path as NSString).deletingLastPathComponent
      func keep(_ list: inout [String: String], _ key: String) throws {
        if let other = list[key] {
          throw LightboxError.input(
            file: folder + "/" + path, found: "a second file for \(key), beside \(other)",
            expected: "one file a scan", hint: "remove the packed or the unpacked copy")
        }
        list[key] = path
      }
      switch (place as NSString).lastPathComponent {
      case "US" where place.hasSuffix("ground_truth_data/US"):
        try keep(&sweeps, stem.hasSuffix("_US") ? String(stem.dropLast(3)) : stem)
      case "US_thyroid_label": try keep(&sweepLabels, stem)
      case "MRI": try keep(&necks, stem)
      case "MRI_thyroid_label": try keep(&neckLabels, stem)
      default: passed.append(path)
      }
    }
    guard !sweeps.isEmpty || !necks.isEmpty else {
      throw LightboxError.input(
        file: folder, found: "no sweep and no MRI",
        expected: "ground_truth_data/US/*.nii or MRI/*.nii.gz",
        hint: "unpack US_data.zip and MRI_data.zip into this folder")
    }
    for (labels, images, kind) in [(sweepLabels, sweeps, "sweep"), (neckLabels, necks, "MRI")] {
      if let stray = labels.sorted(by: { $0.key < $1.key }).first(where: { images[$0.key] == nil })
      {
        throw LightboxError.input(
          file: folder + "/" + stray.value, found: "a label without its \(kind)",
          expected: "the volume \(stray.key) beside it")
      }
    }
    scans = try sweeps.sorted { $0.key < $1.key }.map { key, path in
      let scan = try Self.scan(key, folder + "/" + path)
      return with(scan) { $0.labelPath = sweepLabels[key].map { folder + "/" + $0 } }
    }
    self.necks = necks.sorted { $0.key < $1.key }.map { key, path in
      Neck(
        name: key, imagePath: folder + "/" + path,
        labelPath: neckLabels[key].map { folder + "/" + $0 })
    }
    notes = passed.isEmpty ? [] : ["\(passed.count) volumes in other folders passed over."]
  }

  /// The voxels of a sweep, and the thyroid where it was drawn.
  ///
  /// Throws an input error when a file cannot be read, image and label differ in size or place, or a
  /// label holds no 1.
  public static func read(_ scan: Scan) throws -> LabelledVolume {
    try LabelledVolume(image: scan.imagePath, label: scan.labelPath, thyroid: 1)
  }

  /// The voxels of an MRI, and the thyroid where it was drawn.
  public static func read(_ neck: Neck) throws -> LabelledVolume {
    try LabelledVolume(image: neck.imagePath, label: neck.labelPath, thyroid: 1)
  }

  /// Volunteer, physician, repetition and side from "001_P1_1_left".
  static func scan(_ name: String, _ path: String) throws -> Scan {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, !parts[0].isEmpty, parts[1].hasPrefix("P"),
      let physician = Int(parts[1].dropFirst()), (1...3).contains(physician),
      let repetition = Int(parts[2]), (1...3).contains(repetition),
      ["left", "right"].contains(parts[3])
    else {
      throw LightboxError.input(
        file: path, found: "the name \(name)",
        expected: "<volunteer>_P<1 to 3>_<1 to 3>_<left or right>, such as 001_P1_1_left")
    }
    return Scan(
      volunteer: parts[0], physician: physician, repetition: repetition, side: parts[3],
      imagePath: path)
  }

  /// The name without `.nii` or `.nii.gz`; nil for other files.
  private static func stem(_ path: String) -> String? {
    let name = (path as NSString).lastPathComponent
    guard !name.hasPrefix(".") else { return nil }
    return [".nii.gz", ".nii"].first { name.hasSuffix($0) }.map {
      String(name.dropLast($0.count))
    }
  }

  private static func isSweepFolder(_ path: String) -> Bool {
    path.hasSuffix("ground_truth_data/US")
  }

  private static func isNeckFolder(_ path: String) -> Bool {
    path == "MRI_thyroid_label" || path.hasSuffix("/MRI_thyroid_label")
  }
}

/// A volume and, where somebody drew it, one structure in it.
public struct LabelledVolume: Sendable {
  public var volume: Volume
  /// On the grid of the volume.
  public var mask: Mask?
  /// Voxels of other structures in the label.
  public var otherLabels: Int

  /// Reads both files; `thyroid` is the value of the structure in the label.
  init(image: String, label: String?, thyroid: Float) throws {
    volume = try VolumeFile.read(image).volume
    mask = nil
    otherLabels = 0
    guard let label else { return }
    let drawn = try VolumeFile.read(label).volume
    let geometry = volume.geometry
    let shift = drawn.geometry.originMM - geometry.originMM
    let isInPlace =
      (shift * shift).sum().squareRoot() < 0.1
      && (0..<3).allSatisfy { abs(drawn.geometry.spacingMM[$0] - geometry.spacingMM[$0]) < 1e-3 }
    guard drawn.geometry.shape == geometry.shape, isInPlace else {
      throw LightboxError.input(
        file: label,
        found: "[z, y, x] \(drawn.geometry.shape) of \(drawn.geometry.spacingMM) mm at "
          + "\(drawn.geometry.originMM)",
        expected: "the grid of \(image): \(geometry.shape) of \(geometry.spacingMM) mm at "
          + "\(geometry.originMM)")
    }
    let spacing = geometry.spacingMM
    let found = Mask(
      shape: geometry.shape, spacingMM: [spacing.z, spacing.y, spacing.x],
      drawn.voxels.withUnsafeElements { $0.map { $0 == thyroid } })
    guard found.count > 0 else {
      throw LightboxError.input(
        file: label, found: "no voxel of value \(Int(thyroid))",
        expected: "the thyroid under \(Int(thyroid))")
    }
    otherLabels = drawn.voxels.withUnsafeElements { values in
      values.reduce(0) { $0 + ($1 != 0 && $1 != thyroid ? 1 : 0) }
    }
    mask = found
  }
}

private func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
  var value = value
  change(&value)
  return value
}
