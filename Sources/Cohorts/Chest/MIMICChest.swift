import Foundation
import Imaging
import Kernels

/// MIMIC-CXR-JPG: chest films of Beth Israel Deaconess with 14 findings labelled from reports.
///
/// In the release's folder, plain or gzipped:
///
///     mimic-cxr-2.0.0-metadata.csv   one row a film: dicom_id, subject_id, study_id, ViewPosition, StudyDate
///     mimic-cxr-2.0.0-chexpert.csv   one row a study: subject_id, study_id and a column a finding
///     mimic-cxr-2.0.0-split.csv      one row a film: dicom_id, study_id, subject_id, split
///     patients.csv                   subject_id, gender, anchor_age, anchor_year (of MIMIC-IV), if there
///     files/p10/p10000032/s50414267/<dicom_id>.jpg
///
/// Ages are those of the anchor year plus the years from there to the study's year; dates are shifted
/// by patient, and ages above 89 stand as 91. Films of other views than AP and PA are left out and
/// counted by view, as are films of studies without labels.
///
/// Source: Johnson et al. 2019, doi:10.13026/8360-t248 (MIMIC-CXR-JPG), doi:10.13026/6mm1-ek67
/// (MIMIC-IV).
public enum MIMICChest {
  /// The findings in the order of the file.
  public static let labelNames = [
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Enlarged Cardiomediastinum",
    "Fracture", "Lung Lesion", "Lung Opacity", "No Finding", "Pleural Effusion", "Pleural Other",
    "Pneumonia", "Pneumothorax", "Support Devices",
  ]

  /// Reads the tables; pictures are looked for when they are read.
  ///
  /// Throws an input error naming file, row and column when a table or a column is missing, a value is
  /// none of the above, a film or study appears twice, a film has no split, a study belongs to another
  /// patient than its film, or a patient is in two splits.
  public static func read(
    _ folder: String, labels: [String] = MIMICChest.labelNames,
    policy: ChestLabelPolicy = ChestLabelPolicy()
  ) throws -> ChestTable {
    let tables = ["metadata", "chexpert", "split"].map { "mimic-cxr-2.0.0-\($0).csv" }
    let wanted = tables + ["patients.csv"]
    let files = try ReleaseFiles(folder, isDeep: false) { name in
      wanted.contains(name) || wanted.contains { name == $0 + ".gz" }
    }
    func path(_ name: String) throws -> String? {
      let found = [name, name + ".gz"].compactMap { files[$0] }
      guard found.count < 2 else {
        throw LightboxError.input(
          file: found[1], found: "a packed copy of \(name)", expected: "one of both",
          hint: "remove the packed or the unpacked copy")
      }
      return found.first
    }
    func table(_ name: String) throws -> ReleaseTable {
      guard let path = try path(name) else {
        throw LightboxError.input(
          file: folder, found: "no \(name)", expected: "the folder of MIMIC-CXR-JPG's release")
      }
      return try ReleaseTable(path)
    }
    let metadata = try table(tables[0])
    var findings = ChestLabelReader(policy)
    let studies = try Self.studies(try table(tables[1]), labels, &findings)
    let roles = try Self.roles(try table(tables[2]))
    let people = try path("patients.csv").map { try Self.people(ReleaseTable($0)) }

    let id = try metadata.required("dicom_id")
    let subject = try metadata.required("subject_id")
    let study = try metadata.required("study_id")
    let view = try metadata.required("ViewPosition")
    let date = try metadata.required("StudyDate")
    var ages = ReleaseAges()
    var splits = PatientSplits()
    var strangers: Set<String> = []
    var films = ChestFilms(metadata, idColumn: id, sexColumn: nil)
    for row in metadata.rows {
      let name = try metadata.name(row, id, of: "the identifier of a film")
      let patient = try metadata.name(row, subject, of: "the number of a patient")
      let number = try metadata.name(row, study, of: "the number of a study")
      let beam = try metadata.text(row, view).uppercased()
      guard let direction = ChestView(rawValue: beam) else {
        films.rows.exclude(beam.isEmpty ? "without a view" : "of view \(beam)", row: row)
        continue
      }
      guard let known = studies[number] else {
        films.rows.exclude("of a study without labels", row: row)
        continue
      }
      guard known.patient == patient else {
        throw metadata.error(
          row, subject, expected: "\(known.patient), to whom study \(number) belongs")
      }
      guard let split = roles[name] else {
        throw metadata.error(row, id, expected: "a film with a split")
      }
      var person = Patient(id: patient)
      if let people {
        if let found = people[patient] {
          person.sex = found.sex
          person.ageYears = ages.checked(
            found.anchorAge + Double(try year(metadata, row, date) - found.anchorYear))
        } else {
          strangers.insert(patient)
        }
      }
      try films.add(
        row: row, id: name, patient: person, split: split, view: direction, labels: known.labels,
        picture: "\(folder)/files/p\(patient.prefix(2))/p\(patient)/s\(number)/\(name).jpg",
        splits: &splits)
    }
    var notes = [films.rows.summary + "."] + findings.notes + ages.notes
    if people == nil { notes.append("No patients.csv: sex and age are unknown.") }
    if !strangers.isEmpty { notes.append("\(strangers.count) patients are not in patients.csv.") }
    return ChestTable(
      name: "MIMIC-CXR", tier: .restricted, labelNames: labels, films: films.films,
      patients: films.patients, rows: [films.rows], notes: notes)
  }

  /// Patient and labels of each study.
  private static func studies(
    _ table: ReleaseTable, _ labels: [String], _ reader: inout ChestLabelReader
  ) throws -> [String: (patient: String, labels: [Int?])] {
    let study = try table.required("study_id")
    let subject = try table.required("subject_id")
    let columns = try labels.map { try table.required($0) }
    var result: [String: (patient: String, labels: [Int?])] = [:]
    for row in table.rows {
      let number = try table.name(row, study, of: "the number of a study")
      let value = (
        patient: try table.name(row, subject, of: "the number of a patient"),
        labels: try columns.map { try reader.label(table, row, $0) }
      )
      guard result.updateValue(value, forKey: number) == nil else {
        throw table.error(row, study, expected: "each study once")
      }
    }
    return result
  }

  /// The split of each film.
  private static func roles(_ table: ReleaseTable) throws -> [String: Split] {
    let id = try table.required("dicom_id")
    let column = try table.required("split")
    var result: [String: Split] = [:]
    for row in table.rows {
      guard let split = Split(word: try table.text(row, column)) else {
        throw table.error(row, column, expected: "train, validate or test")
      }
      guard result.updateValue(split, forKey: try table.text(row, id)) == nil else {
        throw table.error(row, id, expected: "each film once")
      }
    }
    return result
  }

  private struct Person {
    var sex: Sex?
    var anchorAge: Double
    var anchorYear: Int
  }

  private static func people(_ table: ReleaseTable) throws -> [String: Person] {
    let subject = try table.required("subject_id")
    let gender = try table.required("gender")
    let age = try table.required("anchor_age")
    let year = try table.required("anchor_year")
    var result: [String: Person] = [:]
    for row in table.rows {
      guard let years = Double(try table.text(row, age)), (0...130).contains(years) else {
        throw table.error(row, age, expected: "years from 0 to 130")
      }
      guard let anchor = Int(try table.text(row, year)), (1900...3000).contains(anchor) else {
        throw table.error(row, year, expected: "a year such as 2180")
      }
      let person = Person(sex: try table.sex(row, gender), anchorAge: years, anchorYear: anchor)
      guard result.updateValue(person, forKey: try table.text(row, subject)) == nil else {
        throw table.error(row, subject, expected: "each patient once")
      }
    }
    return result
  }

  /// The year of a date such as 21800506.
  private static func year(_ table: ReleaseTable, _ row: Int, _ column: String) throws -> Int {
    let text = try table.text(row, column)
    guard text.count == 8, let date = Int(text), date >= 19_000_101 else {
      throw table.error(row, column, expected: "a date such as 21800506")
    }
    return date / 10000
  }
}
