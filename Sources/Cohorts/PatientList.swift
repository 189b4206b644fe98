import Imaging

/// The patients of a table in order of first appearance, merged over their rows.
struct PatientList {
  let table: TextTable
  let sexColumn: String?
  private(set) var patients: [Patient] = []
  private var places: [String: Int] = [:]
  private var sexRows: [String: Int] = [:]

  init(table: TextTable, sexColumn: String?) {
    self.table = table
    self.sexColumn = sexColumn
  }

  /// Adds what a row says of a patient: the youngest age counts, sex must not change.
  mutating func add(_ patient: Patient, row: Int) throws {
    if patient.sex != nil, sexRows[patient.id] == nil { sexRows[patient.id] = row }
    guard let place = places[patient.id] else {
      places[patient.id] = patients.count
      patients.append(patient)
      return
    }
    if let sex = patient.sex, let sexColumn {
      if let known = patients[place].sex, known != sex {
        throw table.error(
          row, sexColumn,
          expected:
            "\(known.rawValue) as in row \(sexRows[patient.id]! + 2) of patient \(patient.id)")
      }
      patients[place].sex = sex
    }
    if let age = patient.ageYears {
      patients[place].ageYears = min(age, patients[place].ageYears ?? age)
    }
    patients[place].comorbidities = patients[place].comorbidities ?? patient.comorbidities
  }
}
