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
    if passed > 0 { notes.append("\(passed) files of other kinds passed over.") }
  }

  /// Adds the scans of a class; the number of other files.
  private mutating func gather(
    _ folder: String, _ place: String, _ className: String, _ split: Split
  ) throws -> Int {
    var found: [String: String] = [:]
    var passed = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/" + place).sorted()
    where !name.hasPrefix(".") {
      guard let stem = Self.stem(name) else {
        passed += 1
        continue
      }
      if let other = found.updateValue(name, forKey: stem) {
        throw LightboxError.input(
          file: "\(folder)/\(place)/\(name)",
          found: "a second file of scan \(stem), beside \(other)",
          expected: "one file a scan", hint: "remove the packed or the unpacked copy")
      }
    }
    files += found.sorted { $0.key < $1.key }.map { stem, name in
      File(
        id: "\(place)/\(stem)", path: "\(place)/\(name)", className: className, split: split)
    }
    return passed
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
      return !name.hasPrefix(".")
        && FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
        && isFolder.boolValue
    }
  }
}
