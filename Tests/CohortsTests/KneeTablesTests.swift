import Cohorts
import Foundation
import Kernels
import Testing

/// Sex, age and joint space beside the readings of the OAI, from trees in the layout of the release.
@Suite struct KneeTablesTests {
  private func withTables(_ body: (Tree) throws -> Void) throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try FileManager.default.createDirectory(
        at: folder.appending(path: "General_ASCII"), withIntermediateDirectories: true)
      try tree.write(
        "General_ASCII/Enrollees.txt",
        "ID|VERSION|P02SEX\n9000099|25|1: Male\n9000296|25|2: Female\n9000622|25|.\n")
      try tree.write(
        "AllClinical00.txt", "ID|VERSION|V00AGE\n9000099|24|59\n9000622|24|71\n9000798|24|.A\n")
      try tree.write(
        "KXR_QJSW_Duryea00.txt",
        "ID|SIDE|READPRJ|V00MCMJSW\n9000099|1: Right|15|4.25\n9000099|1: Right|15|4.5\n"
          + "9000099|2: Left|15|.\n9000296|2|22|0\n")
      try tree.write("kxr_qjsw_duryea06.txt", "id|side|v06mcmjsw\n9000099|1|3.5\n")
      try body(tree)
    }
  }

  @Test func readsSexAndAge() throws {
    try withTables { tree in
      let persons = try KneePersons(tree.path)
      #expect(persons["9000099"]?.sex == .male && persons["9000099"]?.ageYears == 59)
      #expect(persons["9000296"]?.sex == .female && persons["9000296"]?.ageYears == nil)
      #expect(persons["9000622"]?.sex == nil && persons["9000622"]?.ageYears == 71)
      #expect(persons["9000798"] == nil)
      #expect(persons.rows.map(\.kept) == [2, 2])
      #expect(persons.rows.map { $0.count("without a value") } == [1, 1])
    }
  }

  @Test func readsWidths() throws {
    try withTables { tree in
      let widths = try KneeWidths(tree.path)
      func width(_ patient: String, _ side: KneeRecord.Side, _ months: Int) -> Double? {
        widths.medialMM(patient: patient, side: side, months: months)
      }
      // The first of two rows counts; a width of 0 is a joint without space, not a missing value.
      #expect(width("9000099", .right, 0) == 4.25)
      #expect(width("9000099", .right, 48) == 3.5)
      #expect(width("9000099", .right, 12) == nil)
      #expect(width("9000099", .left, 0) == nil)
      #expect(width("9000296", .left, 0) == 0)
      #expect(widths.count == 3)
      #expect(widths.rows.map(\.read) == [4, 1])
      #expect(widths.rows[0].count("without a width") == 1)
      #expect(widths.rows[0].count("of a knee and visit that was read") == 1)
    }
  }

  @Test func withoutFilesNothingIsKnown() throws {
    try withFolder { folder in
      let path = folder.path
      let (persons, widths) = (try KneePersons(path), try KneeWidths(path))
      #expect(persons["9000099"] == nil && persons.rows.isEmpty)
      #expect(widths.count == 0 && widths.rows.isEmpty)
    }
  }

  @Test(
    "Values that cannot be are errors that name file, row and column",
    arguments: [
      ("enrollees.txt", "ID|P02SEX\n1|3\n", "P02SEX", "row 2"),
      ("enrollees.txt", "ID|P02SEX\n1|1\n1|2\n", "ID", "row 3"),
      ("enrollees.txt", "ID|SEX\n1|1\n", "P02SEX", "no such column"),
      ("allclinical00.txt", "ID|V00AGE\n1|590\n", "V00AGE", "row 2"),
      ("kxr_qjsw_duryea03.txt", "ID|SIDE|V03MCMJSW\n1|3|4\n", "SIDE", "row 2"),
      ("kxr_qjsw_duryea03.txt", "ID|SIDE|V03MCMJSW\n1|.|4\n", "SIDE", "row 2"),
      ("kxr_qjsw_duryea03.txt", "ID|SIDE|V03MCMJSW\n1|1|42\n", "V03MCMJSW", "row 2"),
      ("kxr_qjsw_duryea03.txt", "ID|SIDE|V00MCMJSW\n1|1|4\n", "V03MCMJSW", "no such column"),
    ])
  func names(_ file: String, _ text: String, _ column: String, _ place: String) throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try tree.write(file, text)
      let found = message {
        _ = try KneePersons(tree.path)
        _ = try KneeWidths(tree.path)
      }
      #expect(found?.contains(file) == true, "\(found ?? "no error")")
      #expect(found?.contains(column) == true && found?.contains(place) == true)
    }
  }
}
