import Cohorts
import Foundation
import Kernels
import Testing

@Suite struct ChestXray14Tests {
  /// The header of the first release, whose brackets hold commas and whose rows end in one.
  static let header =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    + "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],"

  static func row(_ film: String, _ labels: String, _ person: String, view: String = "PA") -> String
  {
    "\(film),\(labels),0,\(person),\(view),2682,2749,0.143,0.143,"
  }

  static let rows = [
    row("00000001_000.png", "Cardiomegaly|Emphysema", "1,058Y,M"),
    row("00000001_001.png", "No Finding", "1,057Y,M", view: "AP"),
    row("00000002_000.png", "Pleural_Thickening", "2,414Y,F"),
    row("00000003_000.png", "Hernia", "3,006M,F"), row("00000004_000.png", "No Finding", "4,,F"),
  ]

  private func write(_ tree: Tree, _ rows: [String] = rows) throws {
    try tree.write(
      "Data_Entry_2017.csv", ([Self.header] + rows).joined(separator: "\r\n") + "\r\n")
  }

  @Test func readsTheLayout() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(tree)
      try tree.write(
        "train_val_list.txt", "00000001_000.png\r\n00000001_001.png\r\n00000003_000.png\r\n")
      // The last line may lack its end; films of other tables are counted.
      try tree.write("test_list.txt", "00000002_000.png\n00009999_000.png")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "images_001/images"), withIntermediateDirectories: true)
      try tree.writePNG("images_001/images/00000001_001.png", start: 1)
      let table = try ChestXray14.read(tree.path)
      #expect(
        table.films.map(\.id) == [
          "00000001_000.png", "00000001_001.png", "00000002_000.png", "00000003_000.png",
        ])
      #expect(table.films.map(\.split) == [.train, .train, .test, .train])
      #expect(table.films[1].view == .anteroposterior && table.films[1].picture != nil)
      #expect(table.films[0].picture == nil && table.films[1].labels.allSatisfy { $0 == 0 })
      let first = zip(table.labelNames, table.films[0].labels).filter { $0.1 == 1 }.map(\.0)
      #expect(first == ["Cardiomegaly", "Emphysema"])
      #expect(
        table.patients == [
          Patient(id: "1", sex: .male, ageYears: 57), Patient(id: "2", sex: .female),
          Patient(id: "3", sex: .female, ageYears: 0.5),
        ])
      #expect(table.rows[0].count("in neither list") == 1 && table.rows[0].read == 5)
      #expect(
        Set(table.notes).isSuperset(of: [
          "1 ages below 0 or above 120 years count as unknown.",
          "1 names in the lists are not in the table.",
        ]))
      let dealt = table.movingToValidation(0.5, stream: RandomStream(1).child("validation"))
      #expect(dealt.films[2].split == .test && dealt.films[0].split == dealt.films[1].split)
      #expect(Set(dealt.films(.train).map(\.patient)).count == 1)
      #expect(Set(dealt.films(.validation).map(\.patient)).count == 1)
    }
  }

  @Test func withoutListsPatientsAreDealt() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(tree)
      for row in Self.rows { try tree.writePNG(String(row.prefix(16)), start: 1) }
      let table = try ChestXray14.read(tree.path)
      #expect(table.films.allSatisfy { $0.split == nil && $0.picture != nil })
      #expect(table.notes.contains("1 films have no age."))
      let cohort = try table.cohort(height: 2, width: 2)
      #expect(cohort.count == 5 && cohort.cases[0].split == cohort.cases[1].split)
      #expect(cohort.notes.last?.contains("70:10:20") == true)
    }
  }

  /// Row 3 of the table, and what is said of it.
  static let faults: [(String, String)] = [
    (
      row("00000001_001.png", "No Finding|Effusion", "1,057Y,M"),
      "row 3, column Finding Labels: found No Finding|Effusion, expected No Finding, or names such "
        + "as Effusion joined by |; the names are "
        + ChestXray14.labelNames.joined(separator: ", ")
    ),
    (
      row("00000001_000.png", "No Finding", "1,057Y,M"),
      "row 3, column Image Index: found 00000001_000.png, expected a film other than that of row 2"
    ),
    (
      row("00000001_001.png", "No Finding", "1,057Y,F"),
      "row 3, column Patient Gender: found F, expected M as in row 2 of patient 1"
    ),
    (
      row("00000001_001.png", "No Finding", "1,057W,M"),
      "row 3, column Patient Age: found 057W, expected an age such as 58, 058Y, 011M or 003D, or an "
        + "empty field"
    ),
    (
      row("00000001_001.png", "No Finding", "1,057Y,M", view: "LL"),
      "row 3, column View Position: found LL, expected AP or PA"
    ),
    (
      row("00000001_001.png", "No Finding", ",057Y,M"),
      "row 3, column Patient ID: found an empty field, expected the number of a patient"
    ),
  ]

  @Test(arguments: faults) func faultsNameFileRowAndColumn(row: String, expected: String) throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      var rows = Self.rows
      rows[1] = row
      try write(tree, rows)
      #expect(
        message { try ChestXray14.read(tree.path) }
          == "\(tree.path("Data_Entry_2017.csv")), \(expected)")
    }
  }

  @Test func listsAreHeldToOneSplitAPatient() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      #expect(message { try ChestXray14.read(tree.path) }?.contains("found no table") == true)
      try write(tree)
      try tree.write("train_val_list.txt", "00000001_000.png\n")
      #expect(
        message { try ChestXray14.read(tree.path) }
          == "\(tree.path): found train_val_list.txt alone, expected both train_val_list.txt and "
          + "test_list.txt")
      try tree.write("test_list.txt", "00000001_001.png\n")
      let table = tree.path("Data_Entry_2017.csv")
      #expect(
        message { try ChestXray14.read(tree.path) }
          == "\(table), row 3, column Image Index: found patient 1 in test and in train "
          + "(\(table), row 2), expected each patient in one split")
      try tree.write("test_list.txt", "00000002_000.png\n00000001_000.png\n")
      #expect(
        message { try ChestXray14.read(tree.path) }
          == "\(tree.path("test_list.txt")), row 2: found 00000001_000.png, which the other list "
          + "has as well, expected each film in one list")
      try tree.write("Data_Entry_2017_v2020.csv", "Image Index\nx\n")
      #expect(
        message { try ChestXray14.read(tree.path) }?
          .contains("found data_entry_2017.csv and data_entry_2017_v2020.csv") == true)
    }
  }

  @Test func releasesAreToldByTheirFiles() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      #expect(message { try ChestTable.open(tree.path) }?.contains("of another layout") == true)
      try write(tree)
      #expect(try ChestTable.open(tree.path).name == "ChestX-ray14")
      try tree.write("train.csv", CheXpertTests.header + "\n" + CheXpertTests.train[0] + "\n")
      #expect(
        message { try ChestTable.open(tree.path) }
          == "\(tree.path): found files of CheXpert and ChestX-ray14, expected the release of one "
          + "of CheXpert, ChestX-ray14, MIMIC-CXR, VinDr-CXR, UKA-CXR")
      try FileManager.default.removeItem(at: folder.appending(path: "Data_Entry_2017.csv"))
      let table = try ChestTable.open(tree.path, policy: ChestLabelPolicy(uncertain: .positive))
      #expect(table.name == "CheXpert" && table.films[0].labels[10] == 1)
    }
  }

  /// The given table, without pictures. Rows and patients from its description; counts by finding, sex,
  /// view and youngest age from pandas 2.
  @Test(.enabled(if: outsideFiles != nil, "LIGHTBOX_DATA names no folder of outside files"))
  func theReleasedTable() throws {
    let table = try ChestXray14.read(outsideFiles! + "/nih")
    #expect(table.films.count == 112120 && table.patients.count == 30805)
    #expect(table.rows[0].exclusions.isEmpty)
    let positives = table.labelNames.indices.map { place in
      table.films.count { $0.labels[place] == 1 }
    }
    #expect(
      positives == [
        11559, 2776, 13317, 19894, 5782, 6331, 1431, 5302, 4667, 2303, 2516, 1686, 3385, 227,
      ])
    #expect(table.films.count { $0.labels.allSatisfy { $0 == 0 } } == 60361)
    #expect(table.films.count { $0.view == .anteroposterior } == 44810)
    #expect(table.patients.count { $0.sex == .male } == 16630)
    let bands = Cohort.ageBands.map { band in
      table.patients.count { $0.ageYears.map(band.contains) ?? false }
    }
    #expect(bands == [5820, 18402, 4647, 1644, 292])
    // Patients stay together however many films they have.
    let dealt = table.split(train: 0.7, validation: 0.1, stream: RandomStream(42).child("split"))
    let counts = Split.allCases.map { split in Set(dealt.films(split).map(\.patient)).count }
    #expect(counts == [21564, 3080, 6161] && counts.reduce(0, +) == 30805)
  }
}
