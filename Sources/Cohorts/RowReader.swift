import Imaging
import Kernels

/// Reads one row of a cohort's table through a column mapping.
struct RowReader {
  let table: TextTable
  let image: String
  let id, patient, sex, age, comorbidities, split, site, findings: String?
  let labels: [String]
  private let sexes: [String: Sex]

  init(_ table: TextTable, _ mapping: ColumnMapping) throws {
    self.table = table
    guard let image = try mapping.column("image", in: table) else {
      throw LightboxError.input(
        file: table.file, column: "image", found: "no such column",
        expected: "a column of image paths, one of \(table.header.joined(separator: ", "))",
        hint: "map it: image=…")
    }
    self.image = image
    id = try mapping.column("case", in: table)
    patient = try mapping.column("patient", in: table)
    sex = try mapping.column("sex", in: table)
    age = try mapping.column("age", in: table)
    comorbidities = try mapping.column("comorbidities", in: table)
    split = try mapping.column("split", in: table)
    site = try mapping.column("site", in: table)
    findings = mapping.columns["findings"] == nil ? nil : try mapping.column("findings", in: table)
    labels = try mapping.labelColumns(in: table)
    var sexes: [String: Sex] = ["f": .female, "female": .female, "m": .male, "male": .male]
    if let code = mapping.female { sexes[code.lowercased()] = .female }
    if let code = mapping.male { sexes[code.lowercased()] = .male }
    self.sexes = sexes
  }

  /// The case and what the row says of its patient. Without a split column the split is train.
  func read(_ row: Int) throws -> (case: Case, patient: Patient) {
    let name = try id.map { try table.string(row, $0) } ?? table.string(row, image)
    let person = try patient.map { try table.string(row, $0) } ?? name
    if let patient, person.isEmpty {
      throw table.error(row, patient, expected: "the name or number of a patient")
    }
    let value = Case(
      id: name, patient: person, split: try role(row),
      site: try site.map { try table.string(row, $0) } ?? "", labels: try labels(row))
    let human = Patient(
      id: person, sex: try recordedSex(row), ageYears: try years(row),
      comorbidities: try count(row))
    return (value, human)
  }

  private func role(_ row: Int) throws -> Split {
    guard let split else { return .train }
    guard let role = Split(word: try table.string(row, split)) else {
      throw table.error(row, split, expected: "train, validation or test")
    }
    return role
  }

  private func recordedSex(_ row: Int) throws -> Sex? {
    guard let sex else { return nil }
    let code = try table.string(row, sex).lowercased()
    if code.isEmpty { return nil }
    if let known = sexes[code] { return known }
    throw table.error(
      row, sex, expected: "F, M, female, male or an empty field",
      hint: "name other codes: female=2,male=1")
  }

  private func years(_ row: Int) throws -> Double? {
    guard let age, let value = try table.double(row, age) else { return nil }
    guard (0...130).contains(value) else {
      throw table.error(row, age, expected: "years from 0 to 130")
    }
    return value
  }

  private func count(_ row: Int) throws -> Int? {
    guard let comorbidities, let value = try table.integer(row, comorbidities) else { return nil }
    guard value >= 0 else {
      throw table.error(row, comorbidities, expected: "a count of at least 0")
    }
    return value
  }

  private func labels(_ row: Int) throws -> [Int?] {
    if let findings {
      let named = try table.string(row, findings).split { $0 == "|" || $0 == ";" }.map(String.init)
      return labels.map { named.contains($0) ? 1 : 0 }
    }
    return try labels.map { column in
      let text = try table.string(row, column)
      switch text {
      case "": return nil
      case "0", "0.0": return 0
      case "1", "1.0": return 1
      default:
        throw table.error(
          row, column, expected: "0, 1 or empty", hint: "map graded labels to 0 and 1 first")
      }
    }
  }
}
