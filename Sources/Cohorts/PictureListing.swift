import Foundation
import Imaging
import Kernels

/// The pictures of a data set before they are read: where each lies, its class and its patient.
struct PictureListing {
  struct Entry {
    var file: String
    var label: Int
    var patient: String
    /// Table, row and column that name the file; empty where the folder itself is the list.
    var place: String
  }

  var entries: [Entry]
  var classes: [String]
  var dataset: String
  var channels: Int

  // MARK: AIROGS

  /// `train_labels.csv` and the pictures named by it.
  static func airogs(_ folder: String) throws -> PictureListing {
    let table = try TextTable.read(folder + "/train_labels.csv")
    let files = try below(folder)
    var entries: [Entry] = []
    for row in table.rows.indices {
      let name = try table.string(row, "challenge_id")
      let label: Int
      switch try table.string(row, "class") {
      case "NRG": label = 0
      case "RG": label = 1
      default: throw table.error(row, "class", expected: "NRG or RG")
      }
      guard let file = files[name] else {
        throw table.error(
          row, "challenge_id", expected: "the name of a picture, such as \(name).jpg",
          hint: "unpack the pictures beside train_labels.csv")
      }
      entries.append(
        Entry(
          file: file, label: label, patient: name,
          place: "\(table.file), row \(row + 2), column challenge_id"))
    }
    return PictureListing(
      entries: entries, classes: ["no referable glaucoma", "referable glaucoma"],
      dataset: "AIROGS", channels: 3)
  }

  /// Pictures in a folder and one folder below it, by name without extension.
  private static func below(_ folder: String) throws -> [String: String] {
    var files: [String: String] = [:]
    func add(_ place: String, _ name: String) { files[stem(name)] = place + "/" + name }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    for name in names {
      if isPicture(name) {
        add(folder, name)
        continue
      }
      var isFolder: ObjCBool = false
      let inner = folder + "/" + name
      guard FileManager.default.fileExists(atPath: inner, isDirectory: &isFolder),
        isFolder.boolValue
      else { continue }
      for name in try FileManager.default.contentsOfDirectory(atPath: inner).sorted()
      where isPicture(name) {
        add(inner, name)
      }
    }
    return files
  }

  private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

  private static func isPicture(_ name: String) -> Bool {
    ["jpg", "jpeg", "png"].contains((name as NSString).pathExtension.lowercased())
  }

  // MARK: CheXpert

  /// `train.csv`, frontal films, condition cardiomegaly.
  static func cheXpert(_ folder: String) throws -> PictureListing {
    let table = try TextTable.read(folder + "/train.csv")
    var entries: [Entry] = []
    for row in table.rows.indices {
      switch try table.string(row, "Frontal/Lateral") {
      case "Frontal": break
      case "Lateral": continue
      default: throw table.error(row, "Frontal/Lateral", expected: "Frontal or Lateral")
      }
      let label: Int
      switch try table.double(row, "Cardiomegaly") {
      case 1, -1: label = 1
      case 0, nil: label = 0
      default:
        throw table.error(row, "Cardiomegaly", expected: "1, 0, -1 or an empty field")
      }
      let path = try table.string(row, "Path")
      let parts = path.split(separator: "/").map(String.init)
      guard let patient = parts.first(where: { $0.hasPrefix("patient") }) else {
        throw table.error(
          row, "Path", expected: "a path such as train/patient00001/study1/view1_frontal.jpg")
      }
      // Paths start with the folder of the release, which may be the given one.
      let candidates = [
        folder + "/" + path, folder + "/" + parts.dropFirst().joined(separator: "/"),
      ]
      guard FileBytes.staysBelow(path),
        let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0) })
      else {
        throw table.error(row, "Path", expected: "the path of a picture below \(folder)")
      }
      entries.append(
        Entry(
          file: file, label: label, patient: patient,
          place: "\(table.file), row \(row + 2), column Path"))
    }
    return PictureListing(
      entries: entries, classes: ["no cardiomegaly", "cardiomegaly"], dataset: "CheXpert",
      channels: 1)
  }

  // MARK: CRC

  /// Folders nonMSIH (class 0) and MSIH (class 1) of tiles.
  static func crc(_ folder: String) throws -> PictureListing {
    var entries: [Entry] = []
    for (label, name) in ["nonMSIH", "MSIH"].enumerated() {
      let place = folder + "/" + name
      guard FileManager.default.fileExists(atPath: place) else {
        throw LightboxError.input(
          file: folder, found: "no folder \(name)", expected: "folders MSIH and nonMSIH")
      }
      for file in try FileManager.default.contentsOfDirectory(atPath: place).sorted()
      where isPicture(file) {
        entries.append(
          Entry(file: place + "/" + file, label: label, patient: patient(tile: file), place: ""))
      }
    }
    return PictureListing(
      entries: entries, classes: ["nonMSIH", "MSIH"], dataset: "CRC", channels: 3)
  }

  /// The first three parts of a TCGA barcode in a tile's name, else the name without extension.
  ///
  ///     patient(tile: "blk-AAAF-TCGA-AA-3516-01Z-00-DX1.png")  // "TCGA-AA-3516"
  static func patient(tile: String) -> String {
    let name = stem(tile)
    let parts = name.split(separator: "-").map(String.init)
    guard let start = parts.firstIndex(of: "TCGA"), start + 2 < parts.count else { return name }
    return parts[start...(start + 2)].joined(separator: "-")
  }
}
