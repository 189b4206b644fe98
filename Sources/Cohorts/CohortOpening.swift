import Foundation
import Kernels

extension Cohort {
  /// Opens a data set by what is there: an `.npz` of MedMNIST, a CSV or TSV table of images, or a
  /// folder with one.
  ///
  /// `mapping` names the table's columns as pairs or as a JSON file (see `ColumnMapping`); `stream`
  /// deals patients to splits when the table has none. Throws an input error that says what was
  /// found and what was expected, a usage error for a bad mapping.
  public static func open(
    _ path: String, mapping: String? = nil,
    stream: RandomStream = RandomStream(42).child("split")
  ) throws -> Cohort {
    let columns = try mapping.map { try ColumnMapping($0) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw LightboxError.input(file: path, found: "no file or folder", expected: expectation)
    }
    if isFolder.boolValue || FolderTable.isTable(path) {
      return try FolderTable.read(path, mapping: columns ?? ColumnMapping(), stream: stream)
    }
    if path.lowercased().hasSuffix(".npz") {
      guard columns == nil else {
        throw LightboxError(.usage, "\(path): an .npz has no columns to map")
      }
      return try MedMNIST.read(path)
    }
    throw LightboxError.input(
      file: path, found: "a file of another kind", expected: expectation)
  }

  private static let expectation =
    "a MedMNIST .npz, a CSV or TSV table of images, or a folder with one"
}
