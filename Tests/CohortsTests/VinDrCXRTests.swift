import Cohorts
import Foundation
import Testing

@Suite struct VinDrCXRTests {
  static let train = """
    image_id,rad_id,Aortic enlargement,Pleural effusion,Other diseases,No finding
    a,R9,1,0,0,0
    a,R10,1,1,0,0
    b,R8,0,0,0,1
    a,R8,0,0,0,1
    b,R9,0,0,0,1
    b,R10,0,0,1,0
    c,R1,0,1,0,0
    c,R2,1,1,0,0

    """
  static let test = """
    image_id,Aortic enlargement,Pleural effusion,Other disease,No finding
    t1,0,1,0,0
    t2,0,0,0,1

    """

  private func write(_ folder: URL, train: String = train, test: String = test) throws -> Tree {
    for name in ["annotations", "train", "test"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    let tree = Tree(folder: folder)
    try tree.write(
      "annotations/image_labels_train.csv", train.replacingOccurrences(of: "\n", with: "\r\n"))
    try tree.write("annotations/image_labels_test.csv", test)
    return tree
  }

  @Test func readersBecomeLabels() throws {
    try withFolder { folder in
      let tree = try write(folder)
      try tree.writePNG("test/t2.png", start: 5)
      let (table, readings) = try VinDrCXR.read(tree.path)
      #expect(
        table.labelNames == [
          "Aortic enlargement", "Pleural effusion", "Other diseases", "No finding",
        ])
      #expect(table.films.map(\.id) == ["a", "b", "c", "t1", "t2"])
      #expect(table.films.map(\.split) == [.train, .train, .train, .test, .test])
      // Of two readers, one is not more than half.
      let majority: [[Int?]] = [[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]]
      #expect(table.films(.train).map(\.labels) == majority)
      #expect(table.films(.test).map(\.labels) == [[0, 1, 0, 0], [0, 0, 0, 1]])
      #expect(table.rows.map(\.read) == [8, 2] && table.rows.allSatisfy { $0.exclusions.isEmpty })
      #expect(readings.count == 8 && readings[3].film == "a" && readings[3].reader == "R8")
      #expect(readings[1].labels == [1, 1, 0, 0] && readings[1].row == 3)
      #expect(table.patients.count == 5 && table.films.map { $0.picture != nil }.last == true)
      #expect(
        table.notes.last { $0.hasPrefix("Training films") }
          == "Training films by number of readers: 1 by 2, 2 by 3; a label stands where more than "
          + "half of them gave it.")
      let shown = try table.filtered { $0.picture != nil }.cohort(height: 4, width: 4)
      #expect(shown.cases.map(\.id) == ["t2"] && shown.images[0, 0, 0, 0] == Float(5) / 255)
      let any = try VinDrCXR.read(tree.path, fusion: .any).table.films(.train).map(\.labels)
      #expect(any == [[1, 1, 0, 1], [0, 0, 1, 1], [1, 1, 0, 0]])
      let all = try VinDrCXR.read(tree.path, fusion: .all).table.films(.train).map(\.labels)
      #expect(all == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]])
    }
  }

  @Test func faultsAreNamed() throws {
    try withFolder { folder in
      #expect(
        message { try VinDrCXR.read(folder.path) }?.contains("no image_labels_train.csv") == true)
      let tree = try write(folder, train: Self.train + "c,R2,1,1,0,0\n")
      let path = tree.path("annotations/image_labels_train.csv")
      #expect(
        message { try VinDrCXR.read(tree.path) }
          == "\(path), row 10, column rad_id: found R2, expected one judgement a film and reader, "
          + "given in row 9")
      _ = try write(folder, train: Self.train + "c,R3,1,2,0,0\n")
      #expect(
        message { try VinDrCXR.read(tree.path) }
          == "\(path), row 10, column Pleural effusion: found 2, expected 0 or 1")
      _ = try write(folder, test: Self.test + "t1,0,1,0,0\n")
      #expect(
        message { try VinDrCXR.read(tree.path) }?
          .hasSuffix(
            "row 4, column image_id: found t1, expected one judgement a film, given in row 2")
          == true)
      _ = try write(folder, test: Self.test + "a,0,1,0,0\n")
      #expect(
        message { try VinDrCXR.read(tree.path) }?
          .contains("row 4, column image_id: found patient a in test and in train") == true)
      _ = try write(folder, test: Self.test.replacingOccurrences(of: "Aortic", with: "Aorta"))
      #expect(
        message { try VinDrCXR.read(tree.path) }?.contains(
          "image_labels_test.csv, row 1: found Aorta enlargement") == true)
    }
  }

  @Test func boxes() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      let header = "image_id,rad_id,class_name,x_min,y_min,x_max,y_max\n"
      try tree.write(
        "annotations_train.csv",
        header + "a,R9,Aortic enlargement,10.5,20,30,45.25\nb,R8,No finding,,,,\n")
      let path = tree.path("annotations_train.csv")
      let (findings, rows) = try VinDrCXR.findings(path)
      #expect(findings.count == 1 && rows.count("of films without a finding") == 1)
      #expect(
        findings[0].reader == "R9" && findings[0].left == 10.5 && findings[0].bottom == 45.25)
      try tree.write("annotations_train.csv", header + "a,R9,Mass,10,20,9,40\n")
      #expect(
        message { try VinDrCXR.findings(path) }
          == "\(path), row 2, column x_max: found 9, expected more than x_min, 10.0")
      try tree.write("annotations_train.csv", header + "a,R9,Mass,,20,9,40\n")
      #expect(
        message { try VinDrCXR.findings(path) }
          == "\(path), row 2, column x_min: found an empty field, expected a number of pixels")
    }
  }
}
