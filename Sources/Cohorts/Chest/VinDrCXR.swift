import Foundation
import Imaging
import Kernels

/// VinDr-CXR: chest films of two Vietnamese hospitals with labels drawn and read by radiologists.
///
/// In the release's folder or its folder `annotations`:
///
///     image_labels_train.csv   image_id, rad_id and a column a label (0 or 1): one row a film and reader
///     image_labels_test.csv    image_id and a column a label: the consensus of five readers
///     annotations_train.csv    image_id, rad_id, class_name, x_min, y_min, x_max, y_max
///     annotations_test.csv     the same without rad_id
///
/// Pictures are looked for as `train/<image_id>` and `test/<image_id>` with .png, .jpg or .jpeg: the
/// release holds DICOM, which has to be converted. Names of patients, sexes and ages are not in the
/// tables: each film stands for its own patient, so that patient-wise statements cannot be made.
///
/// Source: Nguyen et al., Scientific Data 9:429 (2022), doi:10.1038/s41597-022-01498-w.
public enum VinDrCXR {
  /// How the readers of a training film become one label.
  public enum Fusion: String, Codable, Hashable, Sendable, CaseIterable {
    /// More than half of the readers.
    case majority
    case any
    case all

    func label(_ votes: Int, of readers: Int) -> Int {
      switch self {
      case .majority: 2 * votes > readers ? 1 : 0
      case .any: votes > 0 ? 1 : 0
      case .all: votes == readers ? 1 : 0
      }
    }
  }

  /// What one radiologist said of one training film.
  public struct Reading: Codable, Hashable, Sendable {
    public var film: String
    public var reader: String
    /// 0 or 1, in the order of the table's label names.
    public var labels: [Int]
    /// Row of image_labels_train.csv, as a spreadsheet shows it.
    public var row: Int
  }

  /// Reads the labels that are there; training films get one label each from their readers.
  ///
  /// The readings come with the films, for studies of readers. Throws an input error naming file, row
  /// and column when a label is not 0 or 1, a reader judges a film twice or a film appears twice in the
  /// test table; naming files when there is no table, or both have different labels.
  public static func read(
    _ folder: String, fusion: Fusion = .majority
  ) throws -> (table: ChestTable, readings: [Reading]) {
    let train = try file("image_labels_train.csv", folder)
    let test = try file("image_labels_test.csv", folder)
    guard train != nil || test != nil else {
      throw LightboxError.input(
        file: folder, found: "no image_labels_train.csv and no image_labels_test.csv",
        expected: "the folder of VinDr-CXR's release")
    }
    var result = ChestTable(
      name: "VinDr-CXR", tier: .restricted, labelNames: [], films: [], patients: [], rows: [],
      notes: ["The tables name no patients: each film stands for its own patient."])
    var splits = PatientSplits()
    var readings: [Reading] = []
    for (path, split) in [(train, Split.train), (test, .test)] {
      guard let path else { continue }
      let table = try ReleaseTable(path)
      let id = try table.required("image_id")
      let reader = split == .train ? try table.required("rad_id") : nil
      let columns = table.table.header.filter { $0 != id && $0 != reader }
      let names = columns.map(labelName)
      if result.labelNames.isEmpty { result.labelNames = names }
      guard names == result.labelNames, !names.isEmpty else {
        throw LightboxError.input(
          file: path, row: 1, found: names.joined(separator: ", "),
          expected: result.labelNames.isEmpty
            ? "columns of labels" : result.labelNames.joined(separator: ", "))
      }
      var films = ChestFilms(table, idColumn: id, sexColumn: nil)
      let found = try Self.readings(table, id: id, reader: reader, columns: columns)
      var byFilm: [String: [Reading]] = [:]
      for reading in found { byFilm[reading.film, default: []].append(reading) }
      for reading in found {
        // A film is added with its first reading.
        guard let all = byFilm[reading.film], all[0].row == reading.row else { continue }
        let votes = names.indices.map { place in all.reduce(0) { $0 + $1.labels[place] } }
        try films.add(
          row: reading.row - 2, id: reading.film, patient: Patient(id: reading.film), split: split,
          view: nil, labels: votes.map { fusion.label($0, of: all.count) },
          picture: picture(reading.film, folder + (split == .train ? "/train" : "/test")),
          splits: &splits)
      }
      var rows = RowAccount(file: path, unit: split == .train ? "readings" : "rows")
      for _ in found { rows.keep() }
      result.films += films.films
      result.patients += films.patients
      result.rows.append(rows)
      result.notes.append(rows.summary + ".")
      if split == .train {
        readings = found
        let counts = Dictionary(grouping: byFilm.values, by: \.count).mapValues(\.count)
        let sizes = counts.sorted { $0.key < $1.key }.map { "\($0.value) by \($0.key)" }
        result.notes.append(
          "Training films by number of readers: \(sizes.joined(separator: ", ")); a label stands "
            + "where \(fusion == .majority ? "more than half" : fusion.rawValue) of them gave it.")
      }
    }
    return (result, readings)
  }

  /// Whether one of the tables of labels is there.
  static func hasLabels(_ folder: String) throws -> Bool {
    try ["image_labels_train.csv", "image_labels_test.csv"].contains {
      try file($0, folder) != nil
    }
  }

  private static func file(_ name: String, _ folder: String) throws -> String? {
    let inner = folder + "/annotations"
    let places = FileManager.default.fileExists(atPath: inner) ? [folder, inner] : [folder]
    for place in places {
      let files = try ReleaseFiles(place, isDeep: false) { $0 == name || $0 == name + ".gz" }
      if let found = files[name] ?? files[name + ".gz"] { return found }
    }
    return nil
  }

  /// The test table writes "Other disease" where the training table has "Other diseases".
  private static func labelName(_ column: String) -> String {
    let name = column.withoutPadding
    return name == "Other disease" ? "Other diseases" : name
  }

  /// All rows, each film and reader once.
  private static func readings(
    _ table: ReleaseTable, id: String, reader: String?, columns: [String]
  ) throws -> [Reading] {
    var seen: [[String]: Int] = [:]
    return try table.rows.map { row in
      let film = try table.name(row, id, of: "the identifier of a film")
      let person = try reader.map { try table.name(row, $0, of: "the name of a reader") } ?? ""
      if let before = seen.updateValue(row, forKey: [film, person]) {
        throw table.error(
          row, reader ?? id,
          expected: "one judgement a film\(reader == nil ? "" : " and reader"), given in row "
            + "\(before + 2)")
      }
      let labels = try columns.map { column -> Int in
        switch Double(try table.text(row, column)) {
        case 0: return 0
        case 1: return 1
        default: throw table.error(row, column, expected: "0 or 1")
        }
      }
      return Reading(film: film, reader: person, labels: labels, row: row + 2)
    }
  }

  /// The converted picture of a film; nil where there is none.
  private static func picture(_ film: String, _ folder: String) -> String? {
    ["png", "jpg", "jpeg"].map { "\(folder)/\(film).\($0)" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}
