import Cohorts
import Foundation
import Kernels
import Testing

/// A tree in the layout of the OAI's archives, with the liberties that the release takes.
private struct OAIRelease {
  let tree: Tree

  static let baseline = "kxr_sq_bu00.txt"
  static let scores = "Semi-Quant Scoring_ASCII/"

  init(_ folder: URL) throws {
    tree = Tree(folder: folder)
    for name in ["Semi-Quant Scoring_ASCII", "General_ASCII", "pictures"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
  }

  /// Rows of one visit in the layout of the release.
  static func rows(_ visit: String, _ rows: [String]) -> String {
    let header = ["BARCDBU", "XRKL", "XRJSM", "XRJSL"].map { "V\(visit)\($0)" }
    return (["ID|SIDE|READPRJ|VERSION|" + header.joined(separator: "|")] + rows)
      .joined(separator: "\n") + "\n"
  }

  func writeBaseline(_ rows: [String]) throws {
    try tree.write(Self.scores + Self.baseline, Self.rows("00", rows))
  }

  static let goodBaseline = [
    "9000099|1|15|0.9|016600000001|0|0|0",
    "9000099|2|15|0.9|016600000001|2|1|0",
    "9000099|2|37|0.9|016600000001|3|1|0",
    "9000296|1: Right|15|0.9|016600000002|1: Doubtful|.|1: 1",
    "9000296|2: Left|15|0.9|016600000002|.A|.A|.A",
    "9000622|1|42|0.9|016600000003|1|0|0",
    "9000798|1|15|0.8|016600000004|1|0|0",
    "9000798|1|15|0.9|016600000004|2|0|0",
    "9000900|2|15|0.9|.M|1.9|0|0",
    "9000900|2|15|0.9|.M|1.9|0|0",
    "9000900|2|15|0.9|.M|2|0|0",
  ]

  /// Baseline, month 12 (lower case, CRLF, padded) and month 96, outcomes and three pictures.
  func write() throws {
    try writeBaseline(Self.goodBaseline)
    let second = Self.rows(
      "01",
      [
        " 9000099 | 1 |15| 0.9 |016600000011| 0 | 0 | 0 ",
        "9000099|2|15|0.9|016600000011|3|1.4|0",
        "9000296|1|15|0.9|016600000012|.: Missing Form/Incomplete Workbook|.|.",
      ])
    try tree.write(
      Self.scores + "KXR_SQ_BU01.txt",
      second.lowercased().replacingOccurrences(of: "\n", with: "\r\n"))
    try tree.write(
      Self.scores + "kxr_sq_bu10.txt",
      Self.rows(
        "10",
        [
          "9000099|1|15|0.9|016600000021|2|1|0", "9000099|2|15|0.9|016600000021|4|3|0",
          "9000296|1|15|0.9|016600000022|4|2|1", "9000798|1|15|0.9|016600000024|3|2|1",
        ]))
    try tree.write(
      "General_ASCII/OUTCOMES99.txt",
      """
      id|V99ERKDAYS|V99ELKDAYS|V99ERKRPCF|V99ELKRPCF|V99RNTCNT
      9000099|.: Missing Form/Incomplete Workbook|2000|.|3: Replacement adjudicated, confirmed|10: 96-month
      9000296|1000|.|0: Replacement adjudcated,failed to confirm|.|8: 72-month
      9000798| | | | |.

      """)
    try tree.writePNG("pictures/9000099_16600000001_20040505_r.png", start: 1)
    try tree.writePNG("pictures/9000099_016600000021_20121212_R.png", start: 2)
    try tree.writePNG("pictures/9000622_016600000003_20040505_r.png", start: 3)
    try tree.writePNG("pictures/overview.png", start: 4)
  }
}

@Suite struct OAITests {
  private func withRelease(_ body: (OAIRelease) throws -> Void) throws {
    try withFolder { folder in
      let release = try OAIRelease(folder)
      try release.write()
      try body(release)
    }
  }

  @Test func readsTheLayout() throws {
    try withRelease { release in
      let cohort = try KneeCohort.open(release.tree.path)
      #expect(cohort.name == "OAI")
      #expect(
        cohort.knees.map(\.id) == ["9000099 R", "9000099 L", "9000296 R", "9000798 R", "9000900 L"])
      #expect(cohort.patients == ["9000099", "9000296", "9000798", "9000900"])
      let right = cohort.knees[0]
      #expect(right.visits.map(\.months) == [0, 12, 96])
      #expect(right.visits.map(\.grade) == [0, 0, 2])
      #expect(right.isFastProgressor == true && right.followUpMonths == 96)
      #expect(right.lastContactMonths == 96 && right.replacedMonths == nil)
      // A bar code without its leading zero is the same film.
      #expect(right.visits[0].picture?.hasSuffix("9000099_16600000001_20040505_r.png") == true)
      #expect(right.visits[1].picture == nil)
      #expect(right.visits[2].picture?.hasSuffix("_R.png") == true)
      #expect(right.visits.map(\.row) == [2, 2, 2])
      // Replaced on day 2000, in month 65.7: the film of month 96 shows metal.
      let left = cohort.knees[1]
      #expect(left.visits.map(\.grade) == [2, 3] && left.isFastProgressor == false)
      #expect(left.visits[1].medialNarrowing == 1.4)
      #expect(left.replacedMonths == 2000 / (365.2425 / 12))
      // A replacement that was not confirmed does not count.
      let third = cohort.knees[2]
      #expect(third.replacedMonths == nil && third.lastContactMonths == 72)
      #expect(third.visits.map(\.months) == [0, 96])
      #expect(third.visits[0].medialNarrowing == nil && third.visits[0].lateralNarrowing == 1)
      // The later version of two readings counts.
      #expect(cohort.knees[3].visits.map(\.grade) == [2, 3])
      // 1.9 counts as 1; a film without a bar code has none.
      #expect(cohort.knees[4].first.gradeAsRead == 1.9 && cohort.knees[4].first.grade == 1)
      #expect(cohort.knees[4].isFastProgressor == nil && cohort.knees[4].first.barCode == nil)
    }
  }

  @Test func everyRowIsCounted() throws {
    try withRelease { release in
      let cohort = try KneeCohort.open(release.tree.path)
      #expect(cohort.rows.map(\.read) == [11, 3, 4])
      #expect(cohort.rows.map(\.kept) == [5, 2, 3])
      let first = cohort.rows[0]
      #expect(
        first.exclusions.map(\.reason) == [
          "of reading project 37", "without a grade (code .A)", "of reading project 42",
          "beside a later version", "repeating another row", "contradicting another row",
        ])
      #expect(first.exclusions.map(\.firstRow) == [4, 6, 7, 8, 11, 12])
      #expect(first.exclusions.map(\.count) == [1, 1, 1, 1, 1, 1])
      #expect(cohort.rows[1].count("without a grade (code .)") == 1)
      #expect(cohort.rows[2].count("after the knee was replaced") == 1)
      #expect(
        cohort.rows[2].summary
          == "kxr_sq_bu10.txt: 3 of 4 rows kept; left out: 1 after the knee was replaced "
          + "(first in row 3)")
      #expect(
        Set(cohort.notes).isSuperset(of: [
          "1 reported replacements were not confirmed and do not count.",
          "No file for month 24, 36, 48, 72.", "1 pictures have no reading that was kept.",
          "1 pictures have names of another form.", "1 grades written as 1.9 count as 1.",
          "1 knees with one visit, which tell of no change.",
          "1 knees were replaced during follow-up; their visits end before it.",
        ]))
    }
  }

  @Test func otherReadingProjectsOnRequest() throws {
    try withRelease { release in
      let both = try OAI.read(release.tree.path, projects: [15, 37])
      #expect(both.knees[1].first.grade == 2)
      #expect(both.rows[0].count("beside a preferred reading project") == 1)
      let reversed = try OAI.read(release.tree.path, projects: [37, 15])
      #expect(reversed.knees[1].first.grade == 3 && reversed.knees[1].first.row == 4)
      #expect(reversed.rows[0].exclusions.first?.firstRow == 3)
      #expect(reversed.rows.map(\.read) == both.rows.map(\.read))
    }
  }

  @Test func splitsKeepBothKneesTogether() throws {
    try withRelease { release in
      let cohort = try KneeCohort.open(release.tree.path)
      for seed in 1...20 {
        let split = try cohort.split(
          train: 0.5, validation: 0.25, stream: RandomStream(UInt64(seed)).child("split")
        ).validated()
        #expect(split.knees[0].split == split.knees[1].split)
        let sizes = Split.allCases.map { role in Set(split.knees(role).map(\.patient)).count }
        #expect(sizes == [2, 1, 1])
      }
      var divided = cohort.split(train: 1, validation: 0, stream: RandomStream(1))
      divided.knees[0].split = .test
      #expect(
        message { try divided.validated() }
          == "OAI: found knees of patient 9000099 in two splits, expected each patient in one split"
      )
    }
  }

  /// Row 3 of the baseline file, and what is said of it.
  static let faults: [(String, String)] = [
    (
      "9000099|3|15|0.9|1|2|1|0", "row 3, column SIDE: found 3, expected 1 (right) or 2 (left)"
    ),
    (
      "|2|15|0.9|1|2|1|0",
      "row 3, column ID: found an empty field, expected the number of a participant"
    ),
    (
      "9000099|2|15|0.9|1|5|1|0",
      "row 3, column V00XRKL: found 5, expected 0 to 4 or a missing code such as . or .A"
    ),
    (
      "9000099|2|15|0.9|1|2.5|1|0",
      "row 3, column V00XRKL: found 2.5, expected a grade of 0, 1, 1.9, 2, 3 or 4, or a missing code"
    ),
    (
      "9000099|2|15|0.9|1|P|1|0",
      "row 3, column V00XRKL: found P, expected 0 to 4 or a missing code such as . or .A"
    ),
    (
      "9000099|2|15|0.9|1|2|-1|0",
      "row 3, column V00XRJSM: found -1, expected 0 to 3 or a missing code such as . or .A"
    ),
    (
      "9000099|2|main|0.9|1|2|1|0",
      "row 3, column READPRJ: found main, expected the number of a reading project, such as 15"
    ),
    ("9000099|2|15|0.9|1|2|1", "row 3: found 7 fields, expected 8 as in the header"),
    ("9000099|2|15|\t0.9|1|2|1|0", "row 3: found a tab, expected fields separated by |"),
  ]

  @Test(arguments: faults) func faultsNameFileRowAndColumn(row: String, expected: String) throws {
    try withRelease { release in
      var rows = OAIRelease.goodBaseline
      rows[1] = row
      try release.writeBaseline(rows)
      let file = release.tree.path(OAIRelease.scores + OAIRelease.baseline)
      #expect(message { try OAI.read(release.tree.path) } == "\(file), \(expected)")
    }
  }

  @Test func faultsOfFilesAndPictures() throws {
    try withFolder { folder in
      let tree = Tree(folder: folder)
      #expect(
        message { try KneeCohort.open(tree.path) }?.contains("no file of either study") == true)
      #expect(
        message { try KneeCohort.open(tree.path("none")) }?.contains("no file or folder") == true)
      #expect(message { try OAI.read(tree.path) }?.contains("found no reading") == true)
      try tree.write("kxr_sq_bu00.txt", "ID|SIDE|READPRJ|V00XRKL|V00XRJSM\n1|1|15|0|0\n")
      #expect(
        message { try OAI.read(tree.path) }
          == "\(tree.path("kxr_sq_bu00.txt")), column V00XRJSL: found no such column, "
          + "expected one of ID, SIDE, READPRJ, V00XRKL, V00XRJSM")
      try tree.write("kxr_sq_bu00.txt", "ID|SIDE|READPRJ|V00XRKL|V00XRJSM|V00XRJSL\n1|1|15|.|.|.\n")
      #expect(message { try OAI.read(tree.path) }?.contains("no reading that is kept") == true)
      try tree.write("kxr_sq_bu00.txt", "ID|id|SIDE\n1|1|1\n")
      #expect(
        message { try OAI.read(tree.path) }
          == "\(tree.path("kxr_sq_bu00.txt")), row 1, column ID: found ID and id, "
          + "expected distinct columns")
    }
    try withRelease { release in
      try release.tree.writePNG("pictures/9000099_0016600000001_20040505_r.png", start: 9)
      #expect(message { try OAI.read(release.tree.path) }?.contains("a second picture") == true)
    }
    try withRelease { release in
      try release.tree.write(OAIRelease.baseline, "x\n")
      #expect(message { try OAI.read(release.tree.path) }?.contains("a second file") == true)
    }
    try withRelease { release in
      try release.tree.write(
        "General_ASCII/OUTCOMES99.txt", "id|V99ERKDAYS|V99ELKDAYS\n1|.|.\n1|.|.\n")
      #expect(
        message { try OAI.read(release.tree.path) }?
          .hasSuffix("row 3, column id: found 1, expected a participant other than that of row 2")
          == true)
    }
  }
}
