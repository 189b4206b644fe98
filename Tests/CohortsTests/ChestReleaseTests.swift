import Cohorts
import Foundation
import Kernels
import Testing

@Suite struct ChestReleaseTests {
  @Test func foldersAreToldByTheirTables() throws {
    let marks: [(String, String, ChestRelease?)] = [
      ("train.csv", "Path,Sex,Age,Frontal/Lateral,AP/PA\n", .cheXpert),
      ("train.csv", "image,label\na.png,1\n", nil),
      ("Data_Entry_2017_v2020.csv", "Image Index\n", .chestXray14),
      ("mimic-cxr-2.0.0-metadata.csv", "dicom_id\n", .mimic),
      ("image_labels_test.csv", "image_id\n", .vinDr), ("master_list.csv", "image_id\n", .uka),
      ("cases.csv", "image\n", nil),
    ]
    for (name, text, expected) in marks {
      try withFolder { folder in
        let tree = Tree(folder: folder)
        try tree.write(name, text)
        #expect(try ChestRelease.recognized(in: tree.path) == expected, "\(name)")
        #expect(try ChestRelease.recognized(in: tree.path(name)) == nil)
        #expect(!ChestRelease.hasPictures(below: tree.path))
      }
    }
    try withFolder { folder in
      let tree = Tree(folder: folder)
      let inner = folder.appending(path: "annotations")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      #expect(try ChestRelease.recognized(in: tree.path) == nil)
      try tree.write("annotations/image_labels_train.csv", "image_id\n")
      try tree.writePNG("annotations/a.png", start: 3)
      #expect(try ChestRelease.recognized(in: tree.path) == .vinDr)
      #expect(ChestRelease.hasPictures(below: tree.path))
      try tree.write("master_list.csv", "image_id\n")
      #expect(
        message { try ChestRelease.recognized(in: tree.path) }
          == "\(tree.path): found files of VinDr-CXR and UKA-CXR, expected one release")
    }
    #expect(try ChestRelease.recognized(in: "/nowhere") == nil)
    #expect(ChestRelease.allCases.filter { $0.tier == .public } == [.chestXray14])
  }

  @Test(.enabled(if: outsideFiles != nil, "LIGHTBOX_DATA names no folder of outside files"))
  func theReleasedTableIsTold() throws {
    let folder = outsideFiles! + "/nih"
    #expect(try ChestRelease.recognized(in: folder) == .chestXray14)
    #expect(!ChestRelease.hasPictures(below: folder))
  }

  /// Ten patients with three films each, of a table in NIH's layout without lists.
  private func table(_ folder: URL) throws -> ChestTable {
    let rows = (0..<30).map { film in
      ChestXray14Tests.row("\(1000 + film).png", "No Finding", "\(film / 3),050Y,M")
    }
    let tree = Tree(folder: folder)
    try tree.write(
      "Data_Entry_2017.csv", ([ChestXray14Tests.header] + rows).joined(separator: "\n") + "\n")
    return try ChestTable.open(tree.path)
  }

  @Test func everySplitIsFilledByPatient() throws {
    try withFolder { folder in
      let stream = RandomStream(4).child("dealt")
      let open = try table(folder)
      let dealt = open.withAllSplits(stream: stream)
      #expect(Split.allCases.map { dealt.films($0).count } == [21, 3, 6])
      #expect(dealt.notes.last?.contains("70:10:20") == true)
      // Test films that the files name stay; validation comes out of training.
      var named = open
      for index in named.films.indices { named.films[index].split = index < 24 ? .train : .test }
      let moved = named.withAllSplits(stream: stream)
      #expect(moved.films(.test).map(\.id) == open.films[24...].map(\.id))
      #expect(moved.films(.validation).count == 3 && moved.films(.train).count == 21)
      // All three there: nothing is touched.
      let again = moved.withAllSplits(stream: stream)
      #expect(again.films == moved.films && again.notes == moved.notes)
      // CheXpert's public part: training and validation alone.
      for index in named.films.indices {
        named.films[index].split = index < 24 ? .train : .validation
      }
      #expect(named.withAllSplits(stream: stream).films == dealt.films)
      #expect(open.withPictures().films.isEmpty)
    }
  }

  @Test func drawingKeepsPatientsWhole() throws {
    try withFolder { folder in
      let stream = RandomStream(4).child("drawn")
      let dealt = try table(folder).withAllSplits(stream: stream)
      let few = dealt.drawn([.train: 10, .validation: 100, .test: 1], stream: stream)
      #expect(Split.allCases.map { few.films($0).count } == [9, 3, 3])
      for patient in few.patients {
        #expect(few.films.filter { $0.patient == patient.id }.count == 3)
      }
      #expect(few.patients.count == 5)
      #expect(
        few.notes.last == "Drawn by patient: 9 of 21 train films, 3 of 6 test films.")
      #expect(few.films == dealt.drawn([.train: 10, .test: 1], stream: stream).films)
      #expect(dealt.drawn([:], stream: stream).films == dealt.films)
    }
  }
}

@Suite struct UKAChestTests {
  static let header =
    "image_id,split,subset,age,birth_date,patient_sex,gender,ExposureinuAs,cardiomegaly,congestion,"
    + "pleural_effusion_right,pleural_effusion_left,pneumonic_infiltrates_right,"
    + "pneumonic_infiltrates_left,atelectasis_right,atelectasis_left,pneumothorax_right,"
    + "pneumothorax_left,subject_id"
  static let rows = [
    "101,train,s1,64,19500101,M,0,900,4,2,3,0,0,0,1,,0,0,7",
    "102,train,s1,63,19500101,M,0,900,1.0,0,0,0,4,0,0,0,0,0,7",
    "103,valid,s2,,,F,1,900,0,0,0,0,0,0,0,0,0,0,8",
    "104,test,s2,200,,F,1,900,0,3,0,0,0,0,0,0,4,4,9",
  ]

  private func write(_ tree: Tree, _ rows: [String] = rows, header: String = header) throws {
    try tree.write("master_list.csv", ([header] + rows).joined(separator: "\n") + "\n")
  }

  @Test func readsTheLayout() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(tree)
      let inner = folder.appending(path: "UKA_preprocessed/s1")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      try tree.writePNG("UKA_preprocessed/s1/101.jpg", start: 1)
      let table = try ChestTable.open(tree.path)
      #expect(table.name == "UKA-CXR" && table.tier == .restricted)
      #expect(table.labelNames.count == 8 && table.films.map(\.id) == ["101", "102", "103", "104"])
      #expect(table.films.map(\.split) == [.train, .train, .validation, .test])
      // Grades 3 and 4 are positive; an empty grade is missing; pneumothorax is not an output.
      #expect(table.films[0].labels == [1, 0, 1, 0, 0, 0, 0, nil])
      #expect(table.films[1].labels == [0, 0, 0, 0, 1, 0, 0, 0])
      #expect(table.films[3].labels == [0, 1, 0, 0, 0, 0, 0, 0])
      #expect(
        table.patients == [
          Patient(id: "7", sex: .male, ageYears: 63), Patient(id: "8", sex: .female),
          Patient(id: "9", sex: .female),
        ])
      #expect(table.films.map { $0.picture != nil } == [true, false, false, false])
      #expect(table.withPictures().films.map(\.id) == ["101"])
      #expect(table.notes.contains("1 ages below 0 or above 120 years count as unknown."))
    }
  }

  @Test func sexMayBeCodedAndComorbiditiesCounted() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      let header = Self.header.replacingOccurrences(of: "patient_sex", with: "comorbidities")
      try write(
        tree,
        Self.rows.map {
          $0.replacingOccurrences(of: ",M,", with: ",2,")
            .replacingOccurrences(of: ",F,", with: ",,")
        }, header: header)
      let table = try UKAChest.read(tree.path)
      #expect(table.patients.map(\.sex) == [.male, .female, .female])
      #expect(table.patients.map(\.comorbidities) == [2, nil, nil])
    }
  }

  static let faults: [(String, String)] = [
    (
      "102,train,s1,63,,M,0,900,5,0,0,0,4,0,0,0,0,0,7",
      "column cardiomegaly: found 5, expected a grade from 0 to 4 or an empty field"
    ),
    (
      "102,later,s1,63,,M,0,900,1,0,0,0,4,0,0,0,0,0,7",
      "column split: found later, expected train, valid or test"
    ),
    (
      "101,train,s1,63,,M,0,900,1,0,0,0,4,0,0,0,0,0,7",
      "column image_id: found 101, expected a film other than that of row 2"
    ),
    (
      "102,train,s1,63,,F,0,900,1,0,0,0,4,0,0,0,0,0,7",
      "column patient_sex: found F, expected M as in row 2 of patient 7"
    ),
  ]

  @Test(arguments: faults) func faultsNameFileRowAndColumn(row: String, expected: String) throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      var rows = Self.rows
      rows[1] = row
      try write(tree, rows)
      #expect(
        message { try UKAChest.read(tree.path) }
          == "\(tree.path("master_list.csv")), row 3, \(expected)")
    }
  }

  @Test func nothingLeavesTheFolder() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try write(tree, ["1,train,../s1,63,,M,0,900,1,0,0,0,4,0,0,0,0,0,7"])
      #expect(message { try UKAChest.read(tree.path) }?.contains("column subset") == true)
      try write(
        tree,
        [
          "1,train,s1,63,,M,0,900,1,0,0,0,4,0,0,0,0,0,7",
          "2,test,s1,63,,M,0,900,1,0,0,0,4,0,0,0,0,0,7",
        ])
      #expect(
        message { try UKAChest.read(tree.path) }?.contains("expected each patient in one split")
          == true)
    }
  }
}
