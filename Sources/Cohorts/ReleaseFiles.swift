import Foundation
import Kernels

/// Files of an unpacked release, found below a folder by their names, whatever the case.
struct ReleaseFiles {
  let folder: String
  private let paths: [String: String]

  /// Finds the files whose lower-case name fulfils a condition, in the folder itself and, with
  /// `isDeep`, in the folders below it.
  ///
  /// Throws an input error when the folder cannot be read or two files have the same name.
  init(_ folder: String, isDeep: Bool, where holds: (String) -> Bool) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else {
      throw LightboxError.input(
        file: folder, found: exists ? "a file" : "no file or folder",
        expected: "the folder of an unpacked release")
    }
    let names =
      isDeep
      ? FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      : try FileManager.default.contentsOfDirectory(atPath: folder)
    var paths: [String: String] = [:]
    for path in names.sorted() {
      let name = (path as NSString).lastPathComponent.lowercased()
      guard !name.hasPrefix("."), holds(name) else { continue }
      if let other = paths[name] {
        throw LightboxError.input(
          file: folder + "/" + path, found: "a second file \(name), beside \(other)",
          expected: "one file of each name", hint: "remove the other copy")
      }
      paths[name] = path
    }
    self.folder = folder
    self.paths = paths
  }

  /// The path of the file of a lower-case name.
  subscript(name: String) -> String? { paths[name].map { folder + "/" + $0 } }
  /// Lower-case names in their order.
  var names: [String] { paths.keys.sorted() }
  var isEmpty: Bool { paths.isEmpty }

  /// Whether a name is that of a PNG or JPEG picture.
  static func isPicture(_ name: String) -> Bool {
    ["jpg", "jpeg", "png"].contains((name as NSString).pathExtension.lowercased())
  }
}
