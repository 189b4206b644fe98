import Foundation
import Imaging
import Kernels

/// The chest releases that a folder is recognised as, by the names of its tables.
public enum ChestRelease: String, Codable, Hashable, Sendable, CaseIterable {
  case cheXpert = "CheXpert"
  case chestXray14 = "ChestX-ray14"
  case mimic = "MIMIC-CXR"
  case vinDr = "VinDr-CXR"
  case uka = "UKA-CXR"

  /// Whether anyone may download it.
  public var tier: DataTier { self == .chestXray14 ? .public : .restricted }

  /// Lower-case names of which one at least lies in the release's folder.
  var marks: [String] {
    switch self {
    case .cheXpert: ["train.csv"]
    case .chestXray14: ChestXray14.tables.flatMap { [$0, $0 + ".gz"] }
    case .mimic: ["mimic-cxr-2.0.0-metadata.csv", "mimic-cxr-2.0.0-metadata.csv.gz"]
    case .vinDr: ["annotations", "image_labels_train.csv", "image_labels_test.csv"]
    case .uka: ["master_list.csv"]
    }
  }

  /// Reads the release's tables; `policy` counts where labels come from reports with uncertainty.
  func read(_ folder: String, policy: ChestLabelPolicy) throws -> ChestTable {
    switch self {
    case .cheXpert: try CheXpert.read(folder, policy: policy)
    case .chestXray14: try ChestXray14.read(folder)
    case .mimic: try MIMICChest.read(folder, policy: policy)
    case .vinDr: try VinDrCXR.read(folder).table
    case .uka: try UKAChest.read(folder)
    }
  }

  /// The releases whose marks lie in a folder.
  static func present(in folder: String) throws -> [ChestRelease] {
    let marks = Set(allCases.flatMap(\.marks))
    let files = try ReleaseFiles(folder, isDeep: false) { marks.contains($0) }
    return allCases.filter { release in release.marks.contains { files[$0] != nil } }
  }

  /// The release that a folder holds; nil for a file, and for a folder of anything else.
  ///
  /// Names that other data sets use as well are not enough: a `train.csv` must have CheXpert's column
  /// Frontal/Lateral, a folder `annotations` a table of VinDr's labels. Throws an input error when the
  /// folder cannot be read, or holds several releases.
  public static func recognized(in folder: String) throws -> ChestRelease? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else { return nil }
    let found = try present(in: folder).filter { try $0.isNoNamesake(in: folder) }
    guard found.count < 2 else {
      throw LightboxError.input(
        file: folder, found: "files of \(found.map(\.rawValue).joined(separator: " and "))",
        expected: "one release")
    }
    return found.first
  }

  /// Whether the marks are those of the release and not of a table or folder of the same name.
  private func isNoNamesake(in folder: String) throws -> Bool {
    switch self {
    case .cheXpert:
      let files = try ReleaseFiles(folder, isDeep: false) { $0 == "train.csv" }
      guard let path = files["train.csv"], let file = FileHandle(forReadingAtPath: path) else {
        return false
      }
      defer { try? file.close() }
      let start = String(decoding: try file.read(upToCount: 4096) ?? Data(), as: UTF8.self)
      return start.prefix { !$0.isNewline }.contains("Frontal/Lateral")
    case .vinDr: return try VinDrCXR.hasLabels(folder)
    case .chestXray14, .mimic, .uka: return true
    }
  }

  /// Whether any PNG or JPEG picture lies in a folder or below it.
  public static func hasPictures(below folder: String) -> Bool {
    let paths = FileManager.default.enumerator(atPath: folder)
    while let path = paths?.nextObject() as? String {
      if ReleaseFiles.isPicture((path as NSString).lastPathComponent) { return true }
    }
    return false
  }
}
