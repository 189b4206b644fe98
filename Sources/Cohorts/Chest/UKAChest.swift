import Foundation
import Imaging
import Kernels

/// UKA-CXR: bedside chest films of the university hospital of Aachen with findings graded 0 to 4.
///
/// Restricted; laid out as the released training code reads it. In the folder `chest_radiograph`:
///
///     master_list.csv                            one row a film
///     UKA_preprocessed/<subset>/<image_id>.jpg   the pictures; or <subset>/<image_id>.jpg
///
/// Columns used: image_id, subject_id, split (train, valid, test), subset, age, patient_sex (M, F) or
/// gender (0 male, 1 female), comorbidities where there, and the eight findings. Grades 3 and 4 are
/// positive, lower ones negative, an empty field is missing. Films are frontal and anteroposterior.
///
/// Source: https://github.com/tayebiarasteh/DP_CXR, doi:10.1038/s43856-024-00462-6.
public enum UKAChest {
  /// The eight outputs of the paper, in their order.
  public static let labelNames = [
    "cardiomegaly", "congestion", "pleural_effusion_right", "pleural_effusion_left",
    "pneumonic_infiltrates_right", "pneumonic_infiltrates_left", "atelectasis_right",
    "atelectasis_left",
  ]

  /// Reads the list.
  ///
  /// Throws an input error naming file, row and column when a column is missing, a grade is not 0 to 4,
  /// a split, sex, age or count of comorbidities cannot be read, a subset leads out of the folder, a
  /// film appears twice, or a patient is in two splits or of two sexes.
  public static func read(
    _ folder: String, labels: [String] = UKAChest.labelNames
  ) throws -> ChestTable {
    let files = try ReleaseFiles(folder, isDeep: false) { $0 == "master_list.csv" }
    guard let path = files["master_list.csv"] else {
      throw LightboxError.input(
        file: folder, found: "no master_list.csv",
        expected: "the folder chest_radiograph of UKA-CXR")
    }
    let table = try ReleaseTable(path)
    let image = try table.required("image_id")
    let subject = try table.required("subject_id")
    let role = try table.required("split")
    let subset = try table.required("subset")
    let age = try table.required("age")
    let sex = try table.optional("patient_sex")
    let gender = try sex ?? table.required("gender")
    let illnesses = try table.optional("comorbidities")
    let columns = try labels.map { try table.required($0) }
    var ages = ReleaseAges()
    var splits = PatientSplits()
    var films = ChestFilms(table, idColumn: image, sexColumn: gender)
    for row in table.rows {
      let name = try table.name(row, image, of: "the identifier of a film")
      guard let split = Split(word: try table.text(row, role)) else {
        throw table.error(row, role, expected: "train, valid or test")
      }
      let place = try table.text(row, subset)
      guard FileBytes.staysBelow(place + "/" + name) else {
        throw table.error(row, subset, expected: "the name of a folder below \(folder)")
      }
      let person = Patient(
        id: try table.name(row, subject, of: "the number of a patient"),
        sex: try sex == nil ? coded(table, row, gender) : table.sex(row, gender),
        ageYears: try ages.years(table, row, age),
        comorbidities: try illnesses.flatMap { try count(table, row, $0) })
      let candidates = ["UKA_preprocessed/", ""].map {
        "\(folder)/\($0)\(place)/\(name).jpg"
      }
      try films.add(
        row: row, id: name, patient: person, split: split, view: .anteroposterior,
        labels: try columns.map { try label(table, row, $0) },
        picture: candidates.first { FileManager.default.fileExists(atPath: $0) }, splits: &splits)
    }
    return ChestTable(
      name: "UKA-CXR", tier: .restricted, labelNames: labels, films: films.films,
      patients: films.patients, rows: [films.rows],
      notes: [films.rows.summary + ".", "Grades 3 and 4 of 0 to 4 are positive."] + ages.notes)
  }

  /// 0 or 1 of a grade; nil for an empty field.
  private static func label(_ table: ReleaseTable, _ row: Int, _ column: String) throws -> Int? {
    let text = try table.text(row, column)
    if text.isEmpty { return nil }
    guard let grade = Double(text), [0, 1, 2, 3, 4].contains(grade) else {
      throw table.error(row, column, expected: "a grade from 0 to 4 or an empty field")
    }
    return grade >= 3 ? 1 : 0
  }

  /// 0 male, 1 female; nil for an empty field.
  private static func coded(_ table: ReleaseTable, _ row: Int, _ column: String) throws -> Sex? {
    let text = try table.text(row, column)
    if text.isEmpty { return nil }
    switch Double(text) {
    case 0: return .male
    case 1: return .female
    default: throw table.error(row, column, expected: "0 (male), 1 (female) or an empty field")
    }
  }

  private static func count(_ table: ReleaseTable, _ row: Int, _ column: String) throws -> Int? {
    let text = try table.text(row, column)
    if text.isEmpty { return nil }
    guard let number = Double(text), (0...100).contains(number), number == number.rounded() else {
      throw table.error(row, column, expected: "a whole number from 0 or an empty field")
    }
    return Int(number)
  }
}
