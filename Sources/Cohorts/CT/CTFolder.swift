import Foundation
import Imaging
import Kernels
import Tensors

/// CT volumes sorted into folders by split and class, as the released 2.5D code reads them.
///
///     <folder>/train/<class>/<scan>.nii    also val (valid, validation) and test; .nii.gz as well
///     <folder>/patients.csv                optional: scan, and any of patient, sex, age
///
/// Two classes, the same in every split. A class named control, healthy, normal, negative, benign, no or
/// 0 is the negative one; where neither or both are, the first in the order of names is, as in that
/// code, and a note says so. Without a validation folder a tenth of the training patients is moved
/// there by a stream. Without a table each scan is a patient of its own, of unknown sex and age.
///
/// Source: https://github.com/TUM-AIMED/2.5DAttention, doi:10.1038/s43856-024-00462-6.
public struct CTFolder: Sendable {
  /// One volume.
  public struct Scan: Sendable, Hashable, Codable {
    /// The path below the folder without its ending, such as train/pdac/0001.
    public var id: String
    public var path: String
    public var patient: String
    public var split: Split
    public var isPositive: Bool
  }

  /// Scans in the order of splits, classes and names.
  public private(set) var scans: [Scan]
  public private(set) var patients: [Patient]
  /// Names of the classes.
  public let negative, positive: String
  /// What a reader of any result must know of the data.
  public private(set) var notes: [String]

  /// Whether a folder holds the layout: a folder `train` with a folder with volumes.
  public static func isPresent(in folder: String) -> Bool {
    guard let names = try? CTListing.folders(in: folder) else { return false }
    return names.filter { Split(word: $0) == .train }.contains { train in
      let classes = (try? CTListing.folders(in: folder + "/" + train)) ?? []
      return classes.contains { name in
        let files = try? FileManager.default.contentsOfDirectory(
          atPath: "\(folder)/\(train)/\(name)")
        return files?.contains { CTListing.stem($0) != nil } == true
      }
    }
  }

  /// Lists the scans and reads the table; voxels are read by `cohort`.
  ///
  /// Throws an input error when training or test is missing, a split has other classes than two or
  /// than training, two files claim to be the same scan, or the table has a fault: a row that names no
  /// scan or two, a scan named twice, an unknown sex, an age that is none, a patient in two splits or
  /// of two sexes.
  public init(_ folder: String, stream: RandomStream = RandomStream(42).child("split")) throws {
    let listing = try CTListing(folder)
    let classes = listing.classes
    let known = classes.map { CTListing.negatives.contains($0.lowercased()) }
    negative = known == [false, true] ? classes[1] : classes[0]
    positive = known == [false, true] ? classes[0] : classes[1]
    let people = try CTPatients(folder, scans: listing.files)
    patients = people.patients
    let positive = positive
    scans = listing.files.map { file in
      Scan(
        id: file.id, path: folder + "/" + file.path, patient: people.patient(of: file.id),
        split: file.split, isPositive: file.className == positive)
    }
    notes = listing.notes + people.notes
    if known[0] == known[1] {
      notes.append("Neither class is named as one without disease: \(positive) counts as positive.")
    }
    guard !scans.contains(where: { $0.split == .validation }) else { return }
    let roles = Split.deal(
      Set(scans.filter { $0.split == .train }.map(\.patient)), train: 0.9, validation: 0.1,
      stream: stream)
    for index in scans.indices where scans[index].split == .train {
      scans[index].split = roles[scans[index].patient]!
    }
    notes.append("The folder has no validation part: a tenth of the training patients became one.")
  }

  /// At most so many scans of each split, by patients drawn with a stream, each with all scans.
  ///
  /// A split that fits, or has no number, stays whole. Scans keep their order.
  public func drawn(_ most: [Split: Int], stream: RandomStream) -> CTFolder {
    var result = self
    for split in Split.allCases {
      let own = scans.filter { $0.split == split }
      guard let limit = most[split], own.count > limit else { continue }
      var counts: [String: Int] = [:]
      for scan in own { counts[scan.patient, default: 0] += 1 }
      let drawing = PatientDrawing(
        patients.map(\.id).filter { counts[$0] != nil }, images: counts, most: limit,
        stream: stream.child(split.rawValue))
      result.scans.removeAll { $0.split == split && !drawing.patients.contains($0.patient) }
      result.notes.append(
        "Drawn by patient: \(drawing.images) of \(own.count) \(split.rawValue) scans.")
    }
    let left = Set(result.scans.map(\.patient))
    result.patients.removeAll { !left.contains($0.id) }
    return result
  }

  /// The cohort: cuts along three axes as channels (see `CTCuts`), one label named after
  /// the positive class.
  ///
  /// Volumes are read a few at a time; `progress` hears of the share that is done. Throws an input error
  /// for a volume that is damaged, has fewer than 8 voxels along an axis, holds something that is no
  /// number, or whose values are no Hounsfield units.
  public func cohort(
    cuts: Int, resolution: Int, progress: (Double) -> Void = { _ in }
  ) throws -> Cohort {
    let size = 3 * cuts * resolution * resolution
    var pixels: [Float] = []
    pixels.reserveCapacity(scans.count * size)
    // Between two reports of progress; no more volumes than threads are held at once.
    let together = 8
    for start in stride(from: 0, to: scans.count, by: together) {
      progress(Double(start) / Double(scans.count))
      let part = Array(scans[start..<min(start + together, scans.count)])
      let pictures = try Parallel.map(part.count) { index -> [Float] in
        let volume = try Self.hounsfield(part[index].path)
        return CTCuts.picture(of: volume, cuts: cuts, resolution: resolution).elements
      }
      for picture in pictures { pixels += picture }
    }
    return try Cohort(
      name: "CT folder", tier: .restricted, labelNames: [positive], patients: patients,
      cases: scans.map {
        Case(
          id: $0.id, patient: $0.patient, split: $0.split, site: "ct",
          labels: [$0.isPositive ? 1 : 0])
      }, images: Tensor(shape: [scans.count, 3 * cuts, resolution, resolution], pixels),
      notes: notes
    ).validated()
  }

  /// A volume whose values can be Hounsfield units.
  static func hounsfield(_ path: String) throws -> Volume {
    let volume = try VolumeFile.read(path).volume
    guard volume.geometry.shape.allSatisfy({ $0 >= 8 }) else {
      throw LightboxError.input(
        file: path, found: "[z, y, x] \(volume.geometry.shape) voxels",
        expected: "a CT volume of at least 8 along each axis")
    }
    let (low, high, isWhole) = volume.voxels.withUnsafeElements { values in
      var (low, high, isWhole) = (values[0], values[0], true)
      for value in values {
        if !value.isFinite { isWhole = false }
        low = min(low, value)
        high = max(high, value)
      }
      return (low, high, isWhole)
    }
    guard isWhole else {
      throw LightboxError.input(
        file: path, found: "a voxel that is no number", expected: "Hounsfield units")
    }
    // Air is −1000 and fat −100; a volume without anything below −50 was scaled or shifted.
    guard low < -50, high > 0, low >= -32768, high <= 32767 else {
      throw LightboxError.input(
        file: path, found: "values from \(low) to \(high)",
        expected: "Hounsfield units: air near -1000, water 0",
        hint: "undo the scaling, for example by scl_slope and scl_inter of the file")
    }
    return volume
  }
}
