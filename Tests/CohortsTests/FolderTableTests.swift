import Cohorts
import Foundation
import Imaging
import Kernels
import Tensors
import Testing

@Suite struct FolderTableTests {
  static let good = """
    path,subject_id,patient_sex,age,split,effusion,cardiomegaly,site
    a.png,1,F,61,train,1,0,x
    b.png,1,F,60,train,,1,x
    c.png,2,male,33.5,val,0,0.0,y
    d.png,3,,,test,1.0,,y

    """
  static let mapping =
    "image=path,patient=subject_id,sex=patient_sex,labels=effusion;cardiomegaly"

  @Test func aTableBecomesACohort() throws {
    try withTree(Self.good) { tree in
      let cohort = try Cohort.open(tree.path, mapping: Self.mapping)
      #expect(cohort.images.shape == [4, 1, 4, 4])
      #expect(cohort.images[2, 0, 1, 3] == Float(47) / 255)
      #expect(cohort.labelNames == ["effusion", "cardiomegaly"])
      #expect(cohort.tier == .restricted)
      #expect(
        cohort.patients == [
          Patient(id: "1", sex: .female, ageYears: 60),
          Patient(id: "2", sex: .male, ageYears: 33.5),
          Patient(id: "3"),
        ])
      #expect(cohort.cases.map(\.labels) == [[1, 0], [nil, 1], [0, 0], [1, nil]])
      #expect(cohort.cases.map(\.split) == [.train, .train, .validation, .test])
      #expect(cohort.cases.map(\.site) == ["x", "x", "y", "y"])
      #expect(cohort.notes.isEmpty)
    }
  }

  @Test func theSameMappingFromJSON() throws {
    try withTree(Self.good) { tree in
      try tree.write(
        "columns.json",
        """
        {"image": "path", "patient": "subject_id", "sex": "patient_sex",
         "labels": ["effusion", "cardiomegaly"], "size": "2"}
        """)
      let json = try ColumnMapping(tree.path("columns.json"))
      #expect(try json == ColumnMapping(Self.mapping + ",size=2"))
      let cohort = try Cohort.open(tree.path("cases.csv"), mapping: tree.path("columns.json"))
      // The mean of pixels 0, 1, 4 and 5, to rounding.
      #expect(abs(cohort.images[0, 0, 0, 0] - 2.5 / 255) <= 4 * 0x1p-24 * 2.5 / 255)
    }
  }

  @Test func withoutPatientsAndSplit() throws {
    let table = "image,label\na.png,0\nb.png,1\nc.png,0\nd.png,1\n"
    try withTree(table) { tree in
      let cohort = try Cohort.open(tree.path)
      #expect(cohort.patients.count == 4)
      #expect(Split.allCases.map { cohort.indices(split: $0).count } == [3, 0, 1])
      #expect(cohort.notes.count == 2)
    }
  }

  @Test func findingsSexCodesAndColour() throws {
    let table = "image,sex,Finding\na.png,2,Mass|Effusion\nb.png,1,No Finding\n"
    try withTree(table) { tree in
      let mapping = "findings=Finding,labels=Effusion;Mass,female=2,male=1,channels=3,name=x"
      let cohort = try Cohort.open(tree.path, mapping: mapping)
      #expect(cohort.cases.map(\.labels) == [[1, 1], [0, 0]])
      #expect(cohort.patients.map(\.sex) == [.female, .male])
      #expect(cohort.images.shape == [2, 3, 4, 4])
      #expect(cohort.name == "x")
    }
  }

  struct Fault: Sendable, CustomStringConvertible {
    var description: String
    var row: String
    var expected: String
  }

  /// Each replaces the third row of the good table; TABLE stands for the table's path.
  static let faults: [Fault] = [
    Fault(
      description: "label of 7", row: "c.png,2,M,33,val,7,0,y",
      expected: "TABLE, row 4, column effusion: found 7, expected 0, 1 or empty; "
        + "map graded labels to 0 and 1 first"),
    Fault(
      description: "NaN label", row: "c.png,2,M,33,val,0,nan,y",
      expected: "TABLE, row 4, column cardiomegaly: found nan, expected 0, 1 or empty; "
        + "map graded labels to 0 and 1 first"),
    Fault(
      description: "NaN age", row: "c.png,2,M,NaN,val,0,0,y",
      expected: "TABLE, row 4, column age: found NaN, expected a finite number or an empty field"),
    Fault(
      description: "negative age", row: "c.png,2,M,-4,val,0,0,y",
      expected: "TABLE, row 4, column age: found -4, expected years from 0 to 130"),
    Fault(
      description: "unknown sex", row: "c.png,2,X,33,val,0,0,y",
      expected: "TABLE, row 4, column patient_sex: found X, expected F, M, female, male or an "
        + "empty field; name other codes: female=2,male=1"),
    Fault(
      description: "sex that changes", row: "c.png,1,M,33,train,0,0,y",
      expected: "TABLE, row 4, column patient_sex: found M, expected F as in row 2 of patient 1"),
    Fault(
      description: "unknown split", row: "c.png,2,M,33,holdout,0,0,y",
      expected: "TABLE, row 4, column split: found holdout, expected train, validation or test"),
    Fault(
      description: "patient in two splits", row: "c.png,1,F,33,val,0,0,y",
      expected: "TABLE, row 4, column split: found patient 1 in validation and in train (row 2), "
        + "expected each patient in one split"),
    Fault(
      description: "case twice", row: "a.png,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: found case a.png again (first in row 2), "
        + "expected each case once"),
    Fault(
      description: "no patient", row: "c.png,,M,33,val,0,0,y",
      expected: "TABLE, row 4, column subject_id: found an empty field, "
        + "expected the name or number of a patient"),
    Fault(
      description: "missing image", row: "z.png,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: found z.png, expected the path of an image file"),
    Fault(
      description: "image above the folder", row: "x/../../a.png,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: found x/../../a.png, expected a path below FOLDER"),
    Fault(
      description: "image anywhere", row: "/etc/passwd,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: found /etc/passwd, expected a path below FOLDER"),
    Fault(
      description: "truncated image", row: "cut.png,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: FOLDER/cut.png: found a damaged PNG (early end of the "
        + "file), expected a complete PNG image; copy or download it again"),
    Fault(
      description: "not an image", row: "cases.csv,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: FOLDER/cases.csv: found neither signature, "
        + "expected a PNG or JPEG image"),
    Fault(
      description: "other size", row: "big.png,2,M,33,val,0,0,y",
      expected: "TABLE, row 4, column path: found an image of 6 x 5 pixels, "
        + "expected 4 x 4 as in row 2; give a target size: size=64"),
    Fault(
      description: "ragged row", row: "c.png,2,M,33,val,0,0",
      expected: "TABLE, row 4: found 7 fields, expected 8 as in the header"),
  ]

  @Test(arguments: faults) func faultsNameFileRowAndColumn(fault: Fault) throws {
    var lines = Self.good.split(separator: "\n").map(String.init)
    lines[3] = fault.row
    try withTree(lines.joined(separator: "\n")) { tree in
      try tree.writePNG("big.png", start: 0, height: 6, width: 5)
      let whole = try Data(contentsOf: URL(fileURLWithPath: tree.path("a.png")))
      try whole.prefix(50).write(to: URL(fileURLWithPath: tree.path("cut.png")))
      let expected = fault.expected
        .replacingOccurrences(of: "TABLE", with: tree.path("cases.csv"))
        .replacingOccurrences(of: "FOLDER", with: tree.path)
      #expect(message { try Cohort.open(tree.path, mapping: Self.mapping) } == expected)
    }
  }

  @Test func missingColumns() throws {
    try withTree("path,n\na.png,1\n") { tree in
      let table = tree.path("cases.csv")
      #expect(
        message { try Cohort.open(tree.path) }
          == "\(table), column image: found no such column, expected a column of image paths, "
          + "one of path, n; map it: image=…")
      #expect(
        message { try Cohort.open(tree.path, mapping: "image=path,sex=gender,labels=n") }
          == "\(table), column gender: found no such column, expected one of path, n")
      #expect(
        message { try Cohort.open(tree.path, mapping: "image=path,labels=mass") }
          == "\(table), column mass: found no such column, expected one of path, n")
      #expect(
        message { try Cohort.open(tree.path, mapping: "image=path") }
          == "\(table): found no label column, expected columns named in labels=…, one of path, n")
    }
  }

  @Test func foldersAndPathsThatHoldNoCohort() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      #expect(
        message { try Cohort.open(tree.path) }
          == "\(tree.path): found an empty folder, expected images and one CSV or TSV table")
      try tree.writePNG("a.png", start: 0)
      #expect(
        message { try Cohort.open(tree.path) }
          == "\(tree.path): found no CSV or TSV table, expected images and one CSV or TSV table")
      #expect(
        message { try Cohort.open(tree.path("a.png")) }
          == "\(tree.path("a.png")): found a file of another kind, expected a MedMNIST .npz, a CSV "
          + "or TSV table of images, or a folder with one")
      #expect(
        message { try Cohort.open(tree.path("none")) }
          == "\(tree.path("none")): found no file or folder, expected a MedMNIST .npz, a CSV or TSV "
          + "table of images, or a folder with one")
      try tree.write("a.csv", "image,label\n")
      #expect(
        message { try Cohort.open(tree.path) }
          == "\(tree.path("a.csv")): found a header and no rows, expected one row an image")
      try tree.write("b.tsv", "image\tlabel\n")
      #expect(
        message { try Cohort.open(tree.path) }
          == "\(tree.path): found a.csv, b.tsv, expected images and one CSV or TSV table; "
          + "give the path of the table itself")
    }
  }

  static let badMappings: [(String, String)] = [
    ("path", "column mapping: found path, expected pairs such as image=path,sex=gender"),
    (
      "size=0",
      "column mapping: found size=0, expected pixels such as size=64 or size=64x48 (height x width)"
    ),
    ("channels=2", "column mapping: found channels=2, expected 1 or 3"),
    (
      "gender=x",
      "column mapping: found gender=x, expected one of image, case, patient, sex, age, "
        + "comorbidities, split, site, findings, labels, female, male, folder, size, channels, "
        + "tier, name"
    ),
  ]

  @Test(arguments: badMappings) func badMappingsAreUsageErrors(text: String, expected: String) {
    #expect(message { try ColumnMapping(text) } == expected)
    do {
      _ = try ColumnMapping(text)
    } catch {
      #expect((error as? LightboxError)?.kind == .usage)
    }
  }
}
