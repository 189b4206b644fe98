import Foundation
import Imaging
import Kernels
import Tensors

/// Images in a folder, described by a CSV or TSV table with one row an image.
///
/// PNG and JPEG files of 8 or 16 bits; colour becomes grey unless three channels are asked for;
/// with a target size, images are stretched to it. Without a patient column each image is its own
/// patient. Without a split column patients are dealt to train, validation and test 70:10:20.
public enum FolderTable {
  /// Reads a folder with one table in it, or a table whose image paths are relative to its folder.
  ///
  /// Throws an input error naming the table, row and column of the first fault: a missing column,
  /// an image that is missing or damaged, an unknown sex or split, a negative age, a label that is
  /// not 0 or 1, a patient in two splits or of two sexes, images of unequal sizes.
  public static func read(
    _ path: String, mapping: ColumnMapping = ColumnMapping(),
    stream: RandomStream = RandomStream(42).child("split")
  ) throws -> Cohort {
    let table = try TextTable.read(try tablePath(path))
    let reader = try RowReader(table, mapping)
    guard !table.rows.isEmpty else {
      throw LightboxError.input(
        file: table.file, found: "a header and no rows", expected: "one row an image")
    }
    var cases: [Case] = []
    var people = PatientList(table: table, sexColumn: reader.sex)
    for row in table.rows.indices {
      let value = try reader.read(row)
      cases.append(value.case)
      try people.add(value.patient, row: row)
    }
    let home = URL(fileURLWithPath: table.file).deletingLastPathComponent().path
    let folder =
      mapping.folder.hasPrefix("/")
      ? mapping.folder : mapping.folder.isEmpty ? home : home + "/" + mapping.folder
    var cohort = Cohort(
      name: mapping.name ?? defaultName(path), tier: mapping.tier, labelNames: reader.labels,
      patients: people.patients, cases: cases,
      images: try pixels(reader, folder: folder, mapping))
    if reader.patient == nil {
      cohort.notes.append("The table names no patients: each image stands for its own patient.")
    }
    if reader.split == nil {
      cohort = cohort.split(train: 0.7, validation: 0.1, stream: stream)
      cohort.notes.append("The table has no split: patients were dealt 70:10:20 by a stream.")
    }
    return try cohort.validated(
      origin: Cohort.Origin(
        file: table.file, firstRow: 2, caseColumn: reader.id ?? reader.image,
        patientColumn: reader.patient, ageColumn: reader.age, splitColumn: reader.split,
        labelColumns: reader.findings == nil ? reader.labels : []))
  }

  /// The table itself: the path, or the only table in the folder.
  private static func tablePath(_ path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw LightboxError.input(
        file: path, found: "no file or folder", expected: "a table, or a folder with one")
    }
    guard isFolder.boolValue else { return path }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let tables = names.filter(isTable)
    guard tables.count == 1 else {
      let found =
        names.isEmpty
        ? "an empty folder"
        : tables.isEmpty ? "no CSV or TSV table" : tables.joined(separator: ", ")
      throw LightboxError.input(
        file: path, found: found, expected: "images and one CSV or TSV table",
        hint: tables.count > 1 ? "give the path of the table itself" : nil)
    }
    return path + "/" + tables[0]
  }

  /// Whether a name is that of a CSV or TSV file, plain or gzipped.
  static func isTable(_ name: String) -> Bool {
    let lower = name.lowercased()
    return ["csv", "tsv", "tab"].contains {
      lower.hasSuffix("." + $0) || lower.hasSuffix(".\($0).gz")
    }
  }

  private static func defaultName(_ path: String) -> String {
    let name = URL(fileURLWithPath: path).lastPathComponent
    return name.split(separator: ".").first.map(String.init) ?? name
  }

  /// All images, [case, channel, height, width]; the first fault by row is thrown.
  private static func pixels(
    _ reader: RowReader, folder: String, _ mapping: ColumnMapping
  ) throws -> Tensor<Float> {
    let table = reader.table
    let pictures = PixelReading(
      channels: mapping.channels, height: mapping.height, width: mapping.width)
    return try pictures.read(table.rows.count) { row in
      let name = try table.string(row, reader.image)
      let place = FilePlace(table: table.file, row: row + 2, column: reader.image, text: name)
      guard FileBytes.staysBelow(name) else {
        throw place.error(found: nil, expected: "a path below \(folder)")
      }
      return (place, name.isEmpty ? name : folder + "/" + name)
    }
  }
}
