import Foundation
import Imaging
import Kernels

/// ChestX-ray14 of the NIH Clinical Center: frontal chest films with 14 findings mined from reports.
///
/// In the release's folder:
///
///     Data_Entry_2017.csv or Data_Entry_2017_v2020.csv, plain or gzipped, one row a film
///     train_val_list.txt, test_list.txt   names of the films of the official split, if there
///     images/, images_001/images/, …      the pictures, if there, wherever they lie below
///
/// Columns are Image Index, Finding Labels (names joined by `|`, or No Finding), Patient ID, Patient
/// Age, Patient Gender (or Patient Sex) and View Position (AP, PA). The first release pads ages and
/// gives a unit (`058Y`, `011M`, `003D`), and its table has ages up to 414: above 120 years they count
/// as unknown. The split is by patient; a patient in both lists is an error.
///
/// Source: Wang et al., CVPR 2017, doi:10.1109/CVPR.2017.369;
/// https://nihcc.app.box.com/v/ChestXray-NIHCC .
public enum ChestXray14 {
  /// The findings in the order of the paper.
  public static let labelNames = [
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia",
    "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening",
    "Hernia",
  ]

  static let tables = ["data_entry_2017.csv", "data_entry_2017_v2020.csv"]
  private static let lists = ["train_val_list.txt", "test_list.txt"]

  /// Reads the table, the lists and the names of the pictures.
  ///
  /// Films of the train-and-validation list are training films: `ChestTable.movingToValidation` deals
  /// some of their patients to validation. Without lists films have no split. Films in neither list
  /// are left out and counted. Throws an input error naming file and row for a missing column, an
  /// unknown finding, sex, view or age, a film that appears twice, a patient in both lists or of two
  /// sexes; naming the file when there is no table, two of them, or one list without the other.
  public static func read(_ folder: String) throws -> ChestTable {
    let names = tables + tables.map { $0 + ".gz" } + lists
    let files = try ReleaseFiles(folder, isDeep: false) { names.contains($0) }
    let found = files.names.filter { !lists.contains($0) }
    guard found.count == 1 else {
      throw LightboxError.input(
        file: folder, found: found.isEmpty ? "no table" : found.joined(separator: " and "),
        expected: "one of Data_Entry_2017.csv and Data_Entry_2017_v2020.csv")
    }
    let table = try ReleaseTable(files[found[0]]!)
    let splits = try officialSplit(files, folder)
    let pictures = try ReleaseFiles(folder, isDeep: true, where: ReleaseFiles.isPicture)
    let image = try table.required("Image Index")
    let labels = try table.required("Finding Labels")
    let patient = try table.required("Patient ID")
    let age = try table.required("Patient Age")
    let sex = try table.optional("Patient Sex") ?? table.required("Patient Gender")
    let view = try table.required("View Position")
    var ages = ReleaseAges()
    var patientSplits = PatientSplits()
    var films = ChestFilms(table, idColumn: image, sexColumn: sex)
    for row in table.rows {
      let name = try table.name(row, image, of: "the name of a picture")
      let person = try table.name(row, patient, of: "the number of a patient")
      guard let beam = ChestView(rawValue: try table.text(row, view).uppercased()) else {
        throw table.error(row, view, expected: "AP or PA")
      }
      let findings = try findings(table, row, labels)
      if let splits, splits.roles[name] == nil {
        films.rows.exclude("in neither list", row: row)
        continue
      }
      try films.add(
        row: row, id: name,
        patient: Patient(
          id: person, sex: try table.sex(row, sex), ageYears: try ages.years(table, row, age)),
        split: splits?.roles[name], view: beam, labels: findings,
        picture: pictures[name.lowercased()], splits: &patientSplits)
    }
    var notes = [films.rows.summary + "."] + ages.notes
    if let splits {
      let known = Set(films.films.map(\.id))
      let strangers = splits.roles.keys.count { !known.contains($0) }
      if strangers > 0 { notes.append("\(strangers) names in the lists are not in the table.") }
    }
    return ChestTable(
      name: "ChestX-ray14", tier: .public, labelNames: labelNames, films: films.films,
      patients: films.patients, rows: [films.rows], notes: notes)
  }

  /// One label per finding; `No Finding` stands alone and for none of them.
  private static func findings(
    _ table: ReleaseTable, _ row: Int, _ column: String
  ) throws -> [Int?] {
    let names = try table.text(row, column).split(separator: "|").map {
      String($0).withoutPadding
    }
    if names == ["No Finding"] { return labelNames.map { _ in 0 } }
    guard !names.isEmpty, names.allSatisfy(labelNames.contains) else {
      throw table.error(
        row, column,
        expected: "No Finding, or names such as Effusion joined by |",
        hint: "the names are \(labelNames.joined(separator: ", "))")
    }
    return labelNames.map { names.contains($0) ? 1 : 0 }
  }

  private struct OfficialSplit {
    /// By the name of a film.
    var roles: [String: Split] = [:]
  }

  /// The split that both lists give; nil where there is none of them.
  private static func officialSplit(
    _ files: ReleaseFiles, _ folder: String
  ) throws -> OfficialSplit? {
    let present = lists.filter { files[$0] != nil }
    if present.isEmpty { return nil }
    guard present == lists else {
      throw LightboxError.input(
        file: folder, found: "\(present[0]) alone",
        expected: "both train_val_list.txt and test_list.txt"
      )
    }
    var result = OfficialSplit()
    for (list, split) in zip(lists, [Split.train, .test]) {
      let path = files[list]!
      let text = String(decoding: try Gzip.read(path), as: UTF8.self)
      for (line, part) in text.split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline
      ).enumerated() {
        let name = String(part).withoutPadding
        if name.isEmpty { continue }
        if let other = result.roles.updateValue(split, forKey: name), other != split {
          throw LightboxError.input(
            file: path, row: line + 1, found: "\(name), which the other list has as well",
            expected: "each film in one list")
        }
      }
    }
    return result
  }
}
