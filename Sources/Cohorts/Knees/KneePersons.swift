import Imaging
import Kernels

/// Sex and age at enrolment of the participants of the OAI.
///
/// Files are found below the unpacked archives, whatever the case of their names; fields are separated
/// by |:
///
///     enrollees.txt                            ID, P02SEX (1 male, 2 female)
///     allclinical00.txt or subjectchar00.txt   ID, V00AGE (years)
///
/// Either may be missing; so may a value. MOST keeps both in files that are not read here.
/// Source: https://nda.nih.gov/oai.
public struct KneePersons: Sendable {
  private var persons: [String: Patient] = [:]
  /// What became of the rows of each file.
  public private(set) var rows: [RowAccount] = []

  private static let sexFile = "enrollees.txt"
  private static let ageFiles = ["allclinical00.txt", "subjectchar00.txt"]

  /// Reads what is there; without any of the files nobody is known.
  ///
  /// Throws an input error naming file, row and column when a column is missing, a value is out of
  /// range or a participant appears twice.
  public init(_ folder: String) throws {
    let names = Set(Self.ageFiles + [Self.sexFile])
    let files = try ReleaseFiles(folder, isDeep: true) { names.contains($0) }
    if let path = files[Self.sexFile] {
      try read(path, "P02SEX", in: 1...2) { $0.sex = $1 == 1 ? .male : .female }
    }
    if let path = Self.ageFiles.lazy.compactMap({ files[$0] }).first {
      try read(path, "V00AGE", in: 18...110) { $0.ageYears = $1 }
    }
  }

  private mutating func read(
    _ path: String, _ column: String, in range: ClosedRange<Double>,
    _ set: (inout Patient, Double) -> Void
  ) throws {
    let table = try ReleaseTable(path, isPiped: true)
    let id = try table.required("ID")
    let column = try table.required(column)
    var account = RowAccount(file: path)
    var known: [String: Int] = [:]
    for row in table.rows {
      let name = try table.name(row, id, of: "the number of a participant")
      if let before = known.updateValue(row, forKey: name) {
        throw table.error(row, id, expected: "a participant other than that of row \(before + 2)")
      }
      guard let value = try table.coded(row, column, in: range).value else {
        account.exclude("without a value", row: row)
        continue
      }
      set(&persons[name, default: Patient(id: name)], value)
      account.keep()
    }
    rows.append(account)
  }

  /// A participant; nil where no file tells of one.
  public subscript(patient: String) -> Patient? { persons[patient] }
}
