import Foundation
import Imaging
import Kernels

/// CheXpert: chest films of Stanford with 14 findings labelled from reports.
///
/// `train.csv` and, if there, `valid.csv` in the release's folder, one row a film: Path, Sex (Female,
/// Male, Unknown), Age, Frontal/Lateral, AP/PA and one column a finding with 1, 0, -1 (uncertain) or
/// nothing (not mentioned). Paths start with the folder of the release and name the patient:
/// `CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg`.
///
/// Patients are adults: an age of 0 stands for unknown. Lateral films are left out and counted.
///
/// Source: Irvin et al. 2019, https://stanfordmlgroup.github.io/competitions/chexpert/ .
public enum CheXpert {
  /// The findings in the order of the files.
  public static let labelNames = [
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
  ]

  /// Reads the tables; train.csv is the training split, valid.csv the validation split.
  ///
  /// Throws an input error naming file, row and column when a column is missing, a value is none of
  /// the above, a path names no patient, a film appears twice, or a patient is in both tables or of two
  /// sexes.
  public static func read(
    _ folder: String, labels: [String] = CheXpert.labelNames,
    policy: ChestLabelPolicy = ChestLabelPolicy()
  ) throws -> ChestTable {
    let files = try ReleaseFiles(folder, isDeep: false) { ["train.csv", "valid.csv"].contains($0) }
    guard files["train.csv"] != nil else {
      throw LightboxError.input(
        file: folder, found: "no train.csv", expected: "the folder of CheXpert's release")
    }
    var result = ChestTable(
      name: "CheXpert", tier: .restricted, labelNames: labels, films: [], patients: [], rows: [],
      notes: [])
    var splits = PatientSplits()
    var ages = ReleaseAges(unknownUpTo: 0)
    var findings = ChestLabelReader(policy)
    for (name, split) in [("train.csv", Split.train), ("valid.csv", .validation)] {
      guard let path = files[name] else { continue }
      let table = try ReleaseTable(path)
      let place = try table.required("Path")
      let sex = try table.required("Sex")
      let age = try table.required("Age")
      let side = try table.required("Frontal/Lateral")
      let beam = try table.required("AP/PA")
      let columns = try labels.map { try table.required($0) }
      var films = ChestFilms(table, idColumn: place, sexColumn: sex)
      for row in table.rows {
        let film = try Self.film(table.table, row, column: place, folder: folder)
        guard try isFrontal(table.table, row, column: side) else {
          films.rows.exclude("lateral", row: row)
          continue
        }
        try films.add(
          row: row, id: try table.text(row, place),
          patient: Patient(
            id: film.patient, sex: try table.sex(row, sex),
            ageYears: try ages.years(table, row, age)),
          split: split, view: ChestView(rawValue: try table.text(row, beam).uppercased()),
          labels: try columns.map { try findings.label(table, row, $0) },
          picture: film.candidates.first { FileManager.default.fileExists(atPath: $0) },
          splits: &splits)
      }
      result.films += films.films
      result.patients += films.patients
      result.rows.append(films.rows)
    }
    result.notes = result.rows.map { $0.summary + "." } + findings.notes + ages.notes
    return result
  }

  /// Whether a row is of a frontal film.
  static func isFrontal(_ table: TextTable, _ row: Int, column: String) throws -> Bool {
    switch try table.string(row, column) {
    case "Frontal": return true
    case "Lateral": return false
    default: throw table.error(row, column, expected: "Frontal or Lateral")
    }
  }

  /// The patient that a path names, and where the picture may lie.
  ///
  /// Paths start with the folder of the release, which may be the given one.
  static func film(
    _ table: TextTable, _ row: Int, column: String, folder: String
  ) throws -> (patient: String, candidates: [String]) {
    let path = try table.string(row, column)
    guard FileBytes.staysBelow(path) else {
      throw table.error(row, column, expected: "the path of a picture below \(folder)")
    }
    let parts = path.split(separator: "/").map(String.init)
    guard let patient = parts.first(where: { $0.hasPrefix("patient") }) else {
      throw table.error(
        row, column, expected: "a path such as train/patient00001/study1/view1_frontal.jpg")
    }
    return (
      patient, [folder + "/" + path, folder + "/" + parts.dropFirst().joined(separator: "/")]
    )
  }
}
