import Foundation
import Imaging
import Kernels
import Tensors

/// CT volumes sorted into folders by split and class: the layout that the released 2.5D code reads.
///
///     <folder>/train/<class>/<scan>.nii    also val (valid, validation) and test; .nii.gz as well
///     <folder>/patients.csv                optional: scan, and any of patient, sex, age
///
/// Scans may lie in folders below their class. Two classes, the same in every split: one named
/// control, healthy, normal, negative, benign, no or 0 is the negative one; where neither or both
/// are, the first in the order of names is, and a note says so. Without a scan for validation some
/// of the training patients are moved there by a stream. Without a table, or without its column of
/// patients, each scan is a patient of its own.
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
  /// than training, a volume lies outside the classes, a folder is a link, two files claim to be the
  /// same scan, or the table has a fault: a row that names no scan or two, a scan named twice, an
  /// unknown sex, an age that is none, a patient in two splits or of two sexes.
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
      notes.append(
        "\(known[0] ? "Both classes are" : "Neither class is") named as one without disease: "
          + "\(positive) counts as positive.")
    }
    guard !scans.contains(where: { $0.split == .validation }) else { return }
    let training = Set(scans.filter { $0.split == .train }.map(\.patient))
    // A tenth, or what thresholds need, as long as that leaves half.
    let share = min(0.5, max(0.1, Self.fewestValidation / Double(training.count)))
    let roles = Split.deal(training, train: 1 - share, validation: share, stream: stream)
    for index in scans.indices where scans[index].split == .train {
      scans[index].split = roles[scans[index].patient]!
    }
    let moved = training.filter { roles[$0] == .validation }.count
    notes.append(
      "No scan was given for validation: \(moved) of \(training.count) training patients became "
        + "that part.")
  }

  /// Patients that a dealt validation part has where there are enough.
  static let fewestValidation = 25.0

  /// At most about so many scans of each split, by patients drawn with a stream, each whole.
  ///
  /// Patients with and without a positive scan are drawn apart, in the proportion that the split
  /// has, so that a rare class does not vanish by chance. A split that fits, or has no number, stays
  /// whole. Scans keep their order.
  public func drawn(_ most: [Split: Int], stream: RandomStream) -> CTFolder {
    var result = self
    for split in Split.allCases {
      let own = scans.filter { $0.split == split }
      guard let limit = most[split], own.count > limit else { continue }
      let ill = Set(own.filter(\.isPositive).map(\.patient))
      var kept: Set<String> = []
      for isIll in [false, true] {
        var counts: [String: Int] = [:]
        for scan in own where ill.contains(scan.patient) == isIll {
          counts[scan.patient, default: 0] += 1
        }
        let part = counts.values.reduce(0, +)
        guard part > 0 else { continue }
        let drawing = PatientDrawing(
          patients.map(\.id).filter { counts[$0] != nil }, images: counts,
          most: Int((Double(limit * part) / Double(own.count)).rounded()),
          stream: stream.child(split.rawValue).child(isIll ? "positive" : "negative"))
        kept.formUnion(drawing.patients)
      }
      result.scans.removeAll { $0.split == split && !kept.contains($0.patient) }
      result.notes.append(
        "Drawn by patient: \(result.scans.filter { $0.split == split }.count) of \(own.count) "
          + "\(split.rawValue) scans.")
    }
    let left = Set(result.scans.map(\.patient))
    result.patients.removeAll { !left.contains($0.id) }
    return result
  }

  /// The cohort: cuts along three axes as channels (see `CTCuts`), one label named after
  /// the positive class.
  ///
  /// Volumes are read two at a time; `progress` hears of the share that is done. Throws an input
  /// error for a volume that is damaged, has fewer than 8 voxels along an axis, holds something that
  /// is no number, whose values are no Hounsfield units, or of whose cuts nothing is left in the
  /// window.
  public func cohort(
    cuts: Int, resolution: Int, progress: (Double) -> Void = { _ in }
  ) throws -> Cohort {
    let size = 3 * cuts * resolution * resolution
    var pixels: [Float] = []
    pixels.reserveCapacity(scans.count * size)
    // A volume can have a gigabyte.
    let together = 2
    for start in stride(from: 0, to: scans.count, by: together) {
      progress(Double(start) / Double(scans.count))
      let part = Array(scans[start..<min(start + together, scans.count)])
      let pictures = try Parallel.map(part.count) { index -> [Float] in
        let volume = try Self.hounsfield(part[index].path)
        let picture = CTCuts.picture(of: volume, cuts: cuts, resolution: resolution).elements
        guard picture.contains(where: { $0 != picture[0] }) else {
          throw LightboxError.input(
            file: part[index].path,
            found: "nothing between \(Int(CTCuts.window.low)) and "
              + "\(Int(CTCuts.window.high)) HU in the middle of the volume",
            expected: "an abdomen", hint: "crop the volume to what is to be seen")
        }
        return picture
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
