import Cohorts
import Foundation
import Imaging
import Testing

@Suite struct MIMICChestTests {
  static let metadata = """
    dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns,StudyDate,StudyTime
    d1,10000032,50000001,"CHEST (PA, LAT)",PA,3056,2544,21800506,213014.531
    d2,10000032,50000001,"CHEST (PA, LAT)",LATERAL,3056,2544,21800506,213014.531
    d3,10000032,50000002,CHEST,AP,3056,2544,21830101,0
    d4,10000764,50000003,CHEST,,3056,2544,21320101,0
    d5,10000764,50000003,CHEST,AP,3056,2544,21320101,0
    d6,10000764,50000009,CHEST,AP,3056,2544,21320101,0
    d7,10000898,50000004,CHEST,PA,3056,2544,20990101,0

    """
  static let labels = """
    subject_id,study_id,Atelectasis,Cardiomegaly,Pleural Effusion
    10000032,50000001,,1.0,-1.0
    10000032,50000002,0.0,,
    10000764,50000003,,,1.0
    10000898,50000004,1.0,0.0,

    """
  static let split = """
    dicom_id,study_id,subject_id,split
    d1,50000001,10000032,train
    d2,50000001,10000032,train
    d3,50000002,10000032,train
    d4,50000003,10000764,validate
    d5,50000003,10000764,validate
    d6,50000009,10000764,validate
    d7,50000004,10000898,test

    """
  static let patients = """
    subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod
    10000032,F,52,2180,2014 - 2016,2180-09-09
    10000764,M,86,2132,2014 - 2016,

    """
  static let names = ["Atelectasis", "Cardiomegaly", "Pleural Effusion"]

  private func write(
    _ tree: Tree, metadata: String = metadata, labels: String = labels, split: String = split,
    patients: String? = patients
  ) throws {
    try tree.write("mimic-cxr-2.0.0-metadata.csv", metadata)
    // One of them packed, as downloaded.
    try Data(Gzip.compress(Array(labels.utf8)))
      .write(to: tree.folder.appending(path: "mimic-cxr-2.0.0-chexpert.csv.gz"))
    try tree.write("mimic-cxr-2.0.0-split.csv", split)
    if let patients { try tree.write("patients.csv", patients) }
  }

  @Test func readsTheLayout() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(tree)
      let table = try MIMICChest.read(tree.path, labels: Self.names)
      #expect(table.films.map(\.id) == ["d1", "d3", "d5", "d7"])
      #expect(table.films.map(\.split) == [.train, .train, .validation, .test])
      #expect(table.films.map(\.labels) == [[0, 1, nil], [0, 0, 0], [0, 0, 1], [1, 0, 0]])
      // 52 in 2180; the film of 2183 is of the same person, whose youngest age counts.
      #expect(
        table.patients == [
          Patient(id: "10000032", sex: .female, ageYears: 52),
          Patient(id: "10000764", sex: .male, ageYears: 86), Patient(id: "10000898"),
        ])
      #expect(
        table.films[0].picture
          == "\(tree.path)/files/p10/p10000032/s50000001/d1.jpg")
      let rows = table.rows[0]
      #expect(rows.read == 7 && rows.kept == 4)
      #expect(
        rows.exclusions.map(\.reason) == [
          "of view LATERAL", "without a view", "of a study without labels",
        ])
      #expect(table.notes.contains("1 patients are not in patients.csv."))
      let published = try MIMICChest.read(
        tree.path, labels: ["Pleural Effusion"], policy: ChestLabelPolicy(uncertain: .negative))
      #expect(published.films.map(\.labels) == [[0], [0], [1], [0]])
      try FileManager.default.removeItem(at: tree.folder.appending(path: "patients.csv"))
      let bare = try MIMICChest.read(tree.path, labels: Self.names)
      #expect(bare.patients.allSatisfy { $0.sex == nil && $0.ageYears == nil })
      #expect(bare.notes.last == "No patients.csv: sex and age are unknown.")
    }
  }

  @Test func picturesAreReadWhenAskedFor() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(tree)
      let place = "files/p10/p10000898/s50000004"
      try FileManager.default.createDirectory(
        at: folder.appending(path: place), withIntermediateDirectories: true)
      try tree.writePNG(place + "/d7.jpg", start: 0)
      let table = try MIMICChest.read(tree.path, labels: Self.names)
      let cohort = try table.filtered { $0.split == .test }.cohort(height: 4, width: 4)
      #expect(cohort.count == 1 && cohort.images[0, 0, 0, 1] == Float(1) / 255)
      #expect(
        message { try table.cohort(height: 4, width: 4) }?
          .contains("mimic-cxr-2.0.0-metadata.csv, row 2, column dicom_id: found d1") == true)
    }
  }

  /// A file's text, what is changed in it, into what, and what is said.
  struct Fault: Sendable, CustomStringConvertible {
    var file: String
    var from, to: String
    var description: String
  }

  static let faults = [
    Fault(
      file: "split", from: "d3,50000002,10000032,train", to: "d3,50000002,10000032,test",
      description:
        "metadata.csv, row 4, column dicom_id: found patient 10000032 in test and in train"
    ),
    Fault(
      file: "split", from: "d7,50000004", to: "d8,50000004",
      description: "metadata.csv, row 8, column dicom_id: found d7, expected a film with a split"),
    Fault(
      file: "split", from: "validate\nd6", to: "holdout\nd6",
      description: "split.csv, row 6, column split: found holdout, expected train, validate or test"
    ),
    Fault(
      file: "labels", from: "10000898,50000004", to: "10000899,50000004",
      description: "metadata.csv, row 8, column subject_id: found 10000898, expected 10000899, to "
        + "whom study 50000004 belongs"),
    Fault(
      file: "labels", from: "10000764,50000003", to: "10000764,50000002",
      description:
        "chexpert.csv.gz, row 4, column study_id: found 50000002, expected each study once"
    ),
    Fault(
      file: "labels", from: "0.0,,\n", to: "0.5,,\n",
      description: "chexpert.csv.gz, row 3, column Atelectasis: found 0.5, expected 1, 0, -1 or an "
        + "empty field"),
    Fault(
      file: "metadata", from: "d3,", to: "d1,",
      description:
        "metadata.csv, row 4, column dicom_id: found d1, expected a film other than that "
        + "of row 2"),
    Fault(
      file: "metadata", from: "21830101", to: "2183",
      description: "metadata.csv, row 4, column StudyDate: found 2183, expected a date such as "
        + "21800506"),
    Fault(
      file: "patients", from: "10000764,M,86", to: "10000764,M,old",
      description: "patients.csv, row 3, column anchor_age: found old, expected years from 0 to 130"
    ),
    Fault(
      file: "patients", from: "10000764,M", to: "10000764,X",
      description: "patients.csv, row 3, column gender: found X, expected F, M, Female, Male, "
        + "Unknown or an empty field"),
  ]

  @Test(arguments: faults) func faultsNameFileRowAndColumn(fault: Fault) throws {
    func changed(_ file: String, _ text: String) -> String {
      file == fault.file ? text.replacingOccurrences(of: fault.from, with: fault.to) : text
    }
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(
        tree, metadata: changed("metadata", Self.metadata), labels: changed("labels", Self.labels),
        split: changed("split", Self.split), patients: changed("patients", Self.patients))
      let said = message { try MIMICChest.read(tree.path, labels: Self.names) }
      #expect(said?.contains(fault.description) == true, "\(said ?? "no error")")
    }
  }

  @Test func missingAndDoubleFiles() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      #expect(
        message { try MIMICChest.read(tree.path) }?
          .contains("found no mimic-cxr-2.0.0-metadata.csv") == true)
      try write(tree)
      #expect(
        message { try MIMICChest.read(tree.path) }?.contains("column Consolidation") == true)
      try tree.write("mimic-cxr-2.0.0-chexpert.csv", Self.labels)
      #expect(
        message { try MIMICChest.read(tree.path, labels: Self.names) }?
          .contains("a packed copy of mimic-cxr-2.0.0-chexpert.csv") == true)
    }
  }
}
