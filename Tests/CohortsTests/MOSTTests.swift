import Cohorts
import Foundation
import Testing

/// The table of MOST: MOSTID, then ten grades (right then left knee, visits 0, 1, 2, 3, 5).
private func table(_ rows: [String], narrowing: Bool = false, crlf: Bool = true) -> String {
  var header = ["MOSTID"]
  for side in ["R", "L"] { header += [0, 1, 2, 3, 5].map { "V\($0)X\(side)KL" } }
  if narrowing { header += ["V0XRJSM", "V0XRJSL"] }
  let lines =
    [header.joined(separator: "\t")]
    + rows.map {
      $0.split(separator: " ").map { $0 == "_" ? "" : String($0) }.joined(separator: "\t")
    }
  return lines.joined(separator: crlf ? "\r\n" : "\n") + (crlf ? "\r\n" : "\n")
}

@Suite struct MOSTTests {
  static let rows = [
    "MB00002 0 1 1.9 2 3 4 4 8 8 8", "MB00001 P S X Z 9 1 _ . .A 3",
    "MB00002 0 1 1.9 2 2 4 4 8 8 8",
  ]

  @Test func readsTheLayout() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try tree.write("MOSTV01235XRAY.txt", table(Self.rows))
      try tree.writePNG("MB00002_V3_0001_r.png", start: 1)
      try tree.writePNG("MB00002_V5_0001_L.png", start: 1)
      let cohort = try KneeCohort.open(tree.path)
      #expect(cohort.name == "MOST")
      #expect(cohort.knees.map(\.id) == ["MB00001 L", "MB00002 R", "MB00002 L"])
      #expect(cohort.knees[0].visits.map(\.months) == [0, 84])
      #expect(cohort.knees[0].isFastProgressor == true)
      let right = cohort.knees[1]
      #expect(right.visits.map(\.months) == [0, 15, 30, 60, 84])
      #expect(right.visits.map(\.gradeAsRead) == [0, 1, 1.9, 2, 3])
      #expect(right.visits.map(\.grade) == [0, 1, 1, 2, 3])
      #expect(right.visits.map { $0.picture != nil } == [false, false, false, true, false])
      #expect(right.first.medialNarrowing == nil)
      #expect(cohort.knees[2].visits.map(\.months) == [0, 15])
      // Thirty readings: 7 + 2 of the first two rows; of the third, 6 repeat and 1 contradicts.
      let rows = cohort.rows[0]
      #expect(rows.read == 30 && rows.kept == 9)
      #expect(rows.count("without a grade (code 8)") == 6)
      for code in ["code P", "code S", "code X", "code Z", "code 9", "empty field", "code ."] {
        #expect(rows.count("without a grade (\(code))") == 1)
      }
      #expect(rows.count("repeating another row") == 6)
      #expect(rows.count("contradicting another row") == 1)
      #expect(cohort.notes.contains("1 pictures have no reading that was kept."))
    }
  }

  @Test func narrowingWhereThere() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try tree.write(
        "mostv01235xray.txt",
        table(["MB1 0 1 2 3 3 0 0 0 0 0 1.5 9"], narrowing: true, crlf: false).lowercased())
      let knee = try MOST.read(tree.path).knees[0]
      #expect(knee.patient == "mb1" && knee.first.medialNarrowing == 1.5)
      #expect(knee.first.lateralNarrowing == nil && knee.last.medialNarrowing == nil)
    }
  }

  @Test func faultsAreNamed() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      let file = tree.path("MOSTV01235XRAY.txt")
      try tree.write("MOSTV01235XRAY.txt", table(["MB1 0 0 0 0 0 0 0 0 0 7"]))
      #expect(
        message { try MOST.read(tree.path) }
          == "\(file), row 2, column V5XLKL: found 7, expected 0 to 4 or a missing code such as . "
          + "or .A")
      try tree.write("MOSTV01235XRAY.txt", table(["_ 0 0 0 0 0 0 0 0 0 0"]))
      #expect(
        message { try MOST.read(tree.path) }
          == "\(file), row 2, column MOSTID: found an empty field, expected the number of a "
          + "participant")
      try tree.write("MOSTV01235XRAY.txt", "MOSTID\tV0XRKL\nMB1\t0\n")
      #expect(
        message { try MOST.read(tree.path) }
          == "\(file), column V1XRKL: found no such column, expected one of MOSTID, V0XRKL")
      try tree.write("MOSTV01235XRAY.txt", table(["MB1 8 8 8 8 8 8 8 8 8 8"]))
      #expect(
        message { try MOST.read(tree.path) } == "\(file): found no grade, expected grades 0 to 4")
      try tree.write("MOSTV01235XRAY.txt", table([]))
      #expect(
        message { try MOST.read(tree.path) }
          == "\(file): found a header and no rows, expected at least one row")
    }
  }

  // MARK: The released label file

  static let labels = """
    ,name baseline,fold,fast prog,time inter
    0,MB00002_V0_20030101_r.png,train,1,84
    1,MB00002_V0_20030101_l.png,train,0.0,15.0
    2,MB00001_V0_20030101_l.png,val,0,84
    3,MB00002_V0_20030101_r.png,train,1,84
    4,MB00009_V0_20030101_l.png,test,0,60

    """

  @Test func labelsGiveFoldsAndAreHeldAgainstTheGrades() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try tree.write("MOSTV01235XRAY.txt", table(Self.rows))
      try tree.write("most.csv", Self.labels)
      let labels = try KneeLabels(tree.path("most.csv"))
      #expect(labels.labels.count == 4 && labels.rows.count("repeating another row") == 1)
      #expect(labels.labels[0].patient == "MB00002" && labels.labels[0].side == .right)
      let (cohort, agreement) = try MOST.read(tree.path).labelled(by: labels)
      #expect(cohort.knees.map(\.split) == [.validation, .train, .train])
      // Rises: 0 to 3, 4 to 4, 1 to 3 where the label says slow.
      #expect(
        agreement.agreeing == 2 && agreement.differing == 1 && agreement.unknown == 1
          && agreement.withoutFollowUp == 0)
    }
  }

  /// A last row and what is said of it.
  static let faults: [(String, String)] = [
    (
      "5,MB00002_V1_20040101_l.png,test,0,15",
      "row 7, column fold: found patient MB00002 in test and in train (FILE, row 2), "
        + "expected each patient in one split"
    ),
    (
      "5,MB00002.png,train,0,15",
      "row 7, column name baseline: found MB00002.png, expected a name such as "
        + "9927360_02160601_20070629_l.png"
    ),
    (
      "5,MB00003_V0_20030101_l.png,all,0,15",
      "row 7, column fold: found all, expected train, val or test"
    ),
    (
      "5,MB00003_V0_20030101_l.png,train,2,15",
      "row 7, column fast prog: found 2, expected 0 or 1"
    ),
    (
      "5,MB00003_V0_20030101_l.png,train,1,0",
      "row 7, column time inter: found 0, expected a positive number of months"
    ),
    (
      "5,MB00002_V0_20030101_r.png,train,0,84",
      "row 7, column name baseline: found MB00002_V0_20030101_r.png, "
        + "expected a film other than that of row 2, or its labels"
    ),
  ]

  @Test(arguments: faults) func badLabelsAreNamed(row: String, expected: String) throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try tree.write("most.csv", Self.labels + row + "\n")
      let file = tree.path("most.csv")
      #expect(
        message { try KneeLabels(file) }
          == "\(file), " + expected.replacingOccurrences(of: "FILE", with: file))
    }
  }

  @Test func labelsOfAnotherRelease() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      try tree.write("MOSTV01235XRAY.txt", table(["MB7 0 0 0 0 0 0 0 0 0 0"]))
      try tree.write("most.csv", Self.labels)
      let labels = try KneeLabels(tree.path("most.csv"))
      #expect(
        message { try MOST.read(tree.path).labelled(by: labels) }?.contains("no knee of MOST")
          == true)
    }
  }
}
