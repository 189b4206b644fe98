import Foundation
import Imaging
import Kernels

/// Who the scans of a CT folder are of, from its table `patients.csv` (or `.tsv`) where it has one.
///
/// Columns: `scan` (the file's name with or without ending, or its path below the folder where names
/// repeat), and any of `patient`, `sex` (F, M) and `age` (58, 058Y).
struct CTPatients {
  private(set) var patients: [Patient] = []
  private(set) var notes: [String] = []
  private var named: [String: String] = [:]

  /// The patient of a scan; the scan itself where the table does not say.
  func patient(of scan: String) -> String { named[scan] ?? scan }

  /// Throws an input error as `CTFolder` says.
  init(_ folder: String, scans: [CTListing.File]) throws {
    let files = try ReleaseFiles(folder, isDeep: false) {
      ["patients.csv", "patients.tsv"].contains($0)
    }
    guard files.names.count < 2 else {
      throw LightboxError.input(
        file: folder, found: files.names.joined(separator: " and "), expected: "one table")
    }
    guard let name = files.names.first, let path = files[name] else {
      patients = scans.map { Patient(id: $0.id) }
      notes = ["No patients.csv: each scan stands for its own patient, of unknown sex and age."]
      return
    }
    let table = try ReleaseTable(path)
    let scanColumn = try table.required("scan")
    let patientColumn = try table.optional("patient")
    let sexColumn = try table.optional("sex")
    let ageColumn = try table.optional("age")
    let byName = Dictionary(grouping: scans) { ($0.id as NSString).lastPathComponent }
    let byPath = Dictionary(uniqueKeysWithValues: scans.map { ($0.id, $0) })
    var ages = ReleaseAges()
    var splits = PatientSplits()
    var people = PatientList(table: table.table, sexColumn: sexColumn)
    var rows: [String: Int] = [:]
    for row in table.rows {
      let text = try table.name(row, scanColumn, of: "the name of a scan")
      let stem = CTListing.stem(text) ?? text
      let found = byPath[stem].map { [$0] } ?? byName[stem] ?? []
      guard found.count == 1 else {
        throw table.error(
          row, scanColumn,
          expected: found.isEmpty
            ? "the name of a scan below \(folder)"
            : "one of \(found.map(\.id).joined(separator: ", "))")
      }
      let scan = found[0]
      if let before = rows.updateValue(row, forKey: scan.id) {
        throw table.error(
          row, scanColumn, expected: "a scan other than that of row \(before + 2)")
      }
      let patient = Patient(
        id: try patientColumn.map { try table.name(row, $0, of: "the name or number of a patient") }
          ?? scan.id,
        sex: try sexColumn.flatMap { try table.sex(row, $0) },
        ageYears: try ageColumn.flatMap { try ages.years(table, row, $0) })
      named[scan.id] = patient.id
      try splits.add(
        patient.id, scan.split, table: table.table, row: row, column: patientColumn ?? scanColumn)
      try people.add(patient, row: row)
    }
    let unnamed = scans.filter { rows[$0.id] == nil }
    let known = Set(people.patients.map(\.id))
    if let clash = unnamed.first(where: { known.contains($0.id) }) {
      throw LightboxError.input(
        file: path, column: patientColumn, found: "a patient called \(clash.id), as a scan is",
        expected: "names of patients that are no scans")
    }
    patients = people.patients + unnamed.map { Patient(id: $0.id) }
    if patientColumn == nil {
      notes.append("\(name) names no patients: each scan stands for its own.")
    }
    if !unnamed.isEmpty {
      notes.append("\(unnamed.count) scans are not in \(name): unknown patients.")
    }
    notes += ages.notes(of: "scans")
  }
}
