import Foundation
import Imaging
import Kernels

/// The volumes of a CT folder by split and class.
struct CTListing {
  struct File {
    var id, path, className: String
    var split: Split
  }

  /// Names of a class without disease.
  static let negatives: Set<String> = [
    "control", "controls", "healthy", "normal", "negative", "benign", "no", "0",
  ]

  /// In the order of splits, classes and names.
  private(set) var files: [File] = []
  /// The two class names, in their order.
  private(set) var classes: [String] = []
  private(set) var notes: [String] = []

  /// Throws an input error as `CTFolder` says.
  init(_ folder: String) throws {
    var places: [Split: String] = [:]
    for name in try Self.folders(in: folder) {
      guard let split = Split(word: name) else { continue }
      if let other = places[split] {
        throw LightboxError.input(
          file: folder, found: "folders \(other) and \(name)", expected: "one folder a split")
      }
      places[split] = name
    }
    var passed = 0
    for split in Split.allCases {
      guard let place = places[split] else { continue }
      try Self.refuseLooseVolumes(folder + "/" + place)
      let names = try Self.folders(in: folder + "/" + place)
      if classes.isEmpty { classes = names }
      guard names.count == 2, names == classes else {
        let found = names.isEmpty ? "no class folders" : names.joined(separator: ", ")
        throw LightboxError.input(
          file: folder + "/" + place, found: found,
          expected: classes.count == 2
            ? "the classes of training, \(classes.joined(separator: " and "))"
            : "two folders, one a class")
      }
      for name in names {
        passed += try gather(folder, "\(place)/\(name)", name, split)
      }
    }
    for split in [Split.train, .test] where !files.contains(where: { $0.split == split }) {
      throw LightboxError.input(
        file: folder, found: "no scan in \(split.rawValue)",
        expected: "\(split.rawValue)/<class>/<scan>.nii")
    }
    let others = try Self.folders(in: folder).filter { Split(word: $0) == nil }
    if !others.isEmpty {
      notes.append("No split, and left out: \(others.joined(separator: ", ")).")
    }
    if passed > 0 { notes.append("\(passed) files of other kinds passed over.") }
  }

  /// Adds the scans of a class, those in folders below it as well; the number of other files.
  private mutating func gather(
    _ folder: String, _ place: String, _ className: String, _ split: Split
  ) throws -> Int {
    var found: [String: String] = [:]
    var passed = 0
    let below = FileManager.default.enumerator(atPath: folder + "/" + place)
    for path in (below?.compactMap { $0 as? String } ?? []).sorted() {
      let whole = "\(folder)/\(place)/\(path)"
      let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
      if isHidden { continue }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder) else {
        throw LightboxError.input(
          file: whole, found: "a link that leads nowhere", expected: "a file")
      }
      if isFolder.boolValue {
        try Self.refuseLink(whole)
        continue
      }
      guard let stem = Self.stem(path) else {
        passed += 1
        continue
      }
      if let other = found.updateValue(path, forKey: stem) {
        throw LightboxError.input(
          file: whole, found: "a second file of scan \(stem), beside \(other)",
          expected: "one file a scan", hint: "remove the packed or the unpacked copy")
      }
    }
    files += found.sorted { $0.key < $1.key }.map { stem, path in
      File(
        id: "\(place)/\(stem)", path: "\(place)/\(path)", className: className, split: split)
    }
    return passed
  }

  /// Volumes beside the class folders have no class.
  private static func refuseLooseVolumes(_ place: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    guard let loose = names.first(where: { stem($0) != nil }) else { return }
    throw LightboxError.input(
      file: place + "/" + loose, found: "a volume outside the class folders",
      expected: "\(place)/<class>/\(loose)")
  }

  /// What lies behind a link to a folder is not part of a run's record of its data.
  private static func refuseLink(_ folder: String) throws {
    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder)
    guard target != nil else { return }
    throw LightboxError.input(
      file: folder, found: "a link to a folder", expected: "the folder itself",
      hint: "move the scans there, or link the files one by one")
  }

  /// The name without `.nii` or `.nii.gz`; nil for other files.
  static func stem(_ name: String) -> String? {
    guard !name.hasPrefix(".") else { return nil }
    return [".nii.gz", ".nii"].first { name.lowercased().hasSuffix($0) }.map {
      String(name.dropLast($0.count))
    }
  }

  /// Names of the folders in a folder, sorted, hidden ones left out.
  static func folders(in folder: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw LightboxError.input(
        file: folder, found: "no folder", expected: "a folder with train and test")
    }
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { name in
      var isFolder: ObjCBool = false
      let path = folder + "/" + name
      guard !name.hasPrefix("."),
        FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
      else { return false }
      try refuseLink(path)
      return true
    }
  }
}
