import Cohorts
import Foundation
import Imaging
import Testing

@Suite struct CheXpertTests {
  static let header =
    "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,"
    + "Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,"
    + "Pleural Effusion,Pleural Other,Fracture,Support Devices"
  static let release = "CheXpert-v1.0-small"

  /// A row whose findings are empty but for those named by their place.
  static func row(
    _ film: String, _ person: String, view: String = "Frontal,AP", _ findings: [Int: String] = [:]
  ) -> String {
    let labels = (0..<14).map { findings[$0] ?? "" }
    return "\(release)/\(film),\(person),\(view)," + labels.joined(separator: ",")
  }

  static let train = [
    row("train/patient00001/study1/view1_frontal.jpg", "Female,68", [2: "1.0", 10: "-1.0"]),
    row("train/patient00001/study2/view1_frontal.jpg", "Female,66", view: "Frontal,PA", [2: "0.0"]),
    row("train/patient00001/study2/view2_lateral.jpg", "Female,66", view: "Lateral,"),
    row("train/patient00002/study1/view1_frontal.jpg", "Unknown,0", view: "Frontal,LL", [0: "1.0"]),
  ]
  static let valid = [
    row("valid/patient64541/study1/view1_frontal.jpg", "Male,73", [2: "1.0", 10: "0.0"])
  ]

  /// The release's folder inside `folder`, with pictures of two films, 6 x 4 pixels.
  private func write(_ folder: URL, train: [String] = train, valid: [String] = valid) throws -> Tree
  {
    let tree = Tree(folder: folder.appending(path: Self.release))
    for place in ["train/patient00001/study1", "valid/patient64541/study1"] {
      try FileManager.default.createDirectory(
        at: tree.folder.appending(path: place), withIntermediateDirectories: true)
      // A PNG under a .jpg name: files are told by their first bytes.
      try tree.writePNG(place + "/view1_frontal.jpg", start: 10, height: 6, width: 4)
    }
    try tree.write("train.csv", ([Self.header] + train).joined(separator: "\r\n") + "\r\n")
    try tree.write("valid.csv", ([Self.header] + valid).joined(separator: "\n") + "\n")
    return tree
  }

  @Test func readsTheLayout() throws {
    try withFolder { folder in
      let tree = try write(folder)
      let table = try CheXpert.read(tree.path)
      #expect(table.labelNames == CheXpert.labelNames && table.labelNames.count == 14)
      #expect(
        table.patients == [
          Patient(id: "patient00001", sex: .female, ageYears: 66), Patient(id: "patient00002"),
          Patient(id: "patient64541", sex: .male, ageYears: 73),
        ])
      #expect(table.films.map(\.split) == [.train, .train, .train, .validation])
      #expect(
        table.films.map(\.view) == [.anteroposterior, .posteroanterior, nil, .anteroposterior])
      #expect(table.films.map(\.row) == [2, 3, 5, 2])
      #expect(table.films.map { $0.picture != nil } == [true, false, false, true])
      // The default: uncertain is missing, not mentioned is absent.
      #expect(table.films[0].labels[2] == 1 && table.films[0].labels[10] == nil)
      #expect(table.films[1].labels == [Int?](repeating: 0, count: 14))
      #expect(table.rows.map(\.read) == [4, 1] && table.rows.map(\.kept) == [3, 1])
      #expect(table.rows[0].count("lateral") == 1)
      #expect(table.notes.contains("1 films have no age."))
      // Four frontal films of 14 labels, of which six are filled.
      #expect(
        table.notes.contains(
          "1 uncertain labels count as missing, 50 findings that are not mentioned as negative."))
    }
  }

  @Test func thePolicyDecides() throws {
    try withFolder { folder in
      let tree = try write(folder)
      for meaning in ChestLabelPolicy.Meaning.allCases {
        let expected: Int? = [.positive: 1, .negative: 0][meaning]
        let uncertain = try CheXpert.read(
          tree.path, policy: ChestLabelPolicy(uncertain: meaning))
        #expect(uncertain.films[0].labels[10] == expected)
        #expect(uncertain.films[0].labels[0] == 0)
        let blank = try CheXpert.read(tree.path, policy: ChestLabelPolicy(unmentioned: meaning))
        #expect(blank.films[0].labels[0] == expected && blank.films[0].labels[10] == nil)
      }
    }
  }

  @Test func filmsBecomeACohort() throws {
    try withFolder { folder in
      let tree = try write(folder)
      let table = try CheXpert.read(tree.path, labels: ["Cardiomegaly", "Pleural Effusion"])
      let shown = table.filtered { $0.picture != nil }
      let cohort = try shown.cohort(height: 3, width: 2)
      #expect(cohort.images.shape == [2, 1, 3, 2])
      #expect(
        cohort.tier == .restricted && cohort.patients.map(\.id) == ["patient00001", "patient64541"])
      #expect(cohort.cases.map(\.split) == [.train, .validation])
      #expect(cohort.cases.map(\.labels) == [[1, nil], [1, 0]])
      // The mean of pixels 10, 11, 14 and 15 of 255, to rounding.
      #expect(abs(cohort.images[0, 0, 0, 0] - 12.5 / 255) <= 4 * 0x1p-24 * 12.5 / 255)
      let said = message { try table.cohort(height: 3, width: 2) }
      #expect(
        said == "\(tree.path("train.csv")), row 3, column Path: found "
          + "CheXpert-v1.0-small/train/patient00001/study2/view1_frontal.jpg, "
          + "expected the path of an image file")
    }
  }

  /// A further row of valid.csv (row 3), and what is said of it.
  static let faults: [(String, String)] = [
    (
      row("valid/patient00001/study1/view1_frontal.jpg", "Female,70"),
      "row 3, column Path: found patient patient00001 in validation and in train (TRAIN, row 2), "
        + "expected each patient in one split"
    ),
    (
      row("valid/patient64541/study1/view1_frontal.jpg", "Male,73"),
      "row 3, column Path: found CheXpert-v1.0-small/valid/patient64541/study1/view1_frontal.jpg, "
        + "expected a film other than that of row 2"
    ),
    (
      row("valid/patient64541/study2/view1_frontal.jpg", "Female,73"),
      "row 3, column Sex: found Female, expected M as in row 2 of patient patient64541"
    ),
    (
      row("valid/patient64542/study1/view1_frontal.jpg", "Male,seventy"),
      "row 3, column Age: found seventy, expected an age such as 58, 058Y, 011M or 003D, or an "
        + "empty field"
    ),
    (
      row("valid/patient64542/study1/view1_frontal.jpg", "Male,70", [3: "2.0"]),
      "row 3, column Lung Opacity: found 2.0, expected 1, 0, -1 or an empty field"
    ),
    (
      row("valid/patient64542/study1/view1_frontal.jpg", "Male,70", view: "Oblique,"),
      "row 3, column Frontal/Lateral: found Oblique, expected Frontal or Lateral"
    ),
    (
      row("valid/64542.jpg", "Male,70"),
      "row 3, column Path: found CheXpert-v1.0-small/valid/64542.jpg, expected a path such as "
        + "train/patient00001/study1/view1_frontal.jpg"
    ),
  ]

  @Test(arguments: faults) func faultsNameFileRowAndColumn(row: String, expected: String) throws {
    try withFolder { folder in
      let tree = try write(folder, valid: Self.valid + [row])
      let wanted = expected.replacingOccurrences(of: "TRAIN", with: tree.path("train.csv"))
      #expect(message { try CheXpert.read(tree.path) } == "\(tree.path("valid.csv")), \(wanted)")
    }
  }

  @Test func missingFilesAndColumns() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      #expect(message { try CheXpert.read(tree.path) }?.contains("found no train.csv") == true)
      try tree.write("train.csv", "Path,Sex,Age,Frontal/Lateral\nx,F,1,Frontal\n")
      #expect(
        message { try CheXpert.read(tree.path) }
          == "\(tree.path("train.csv")), column AP/PA: found no such column, "
          + "expected one of Path, Sex, Age, Frontal/Lateral")
    }
  }
}
