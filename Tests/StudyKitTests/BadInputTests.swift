import Foundation
import Testing

/// Damaged data and places that cannot be written, as the user of a study meets them: one line
/// that names file, row and column, the exit code, and nothing half-written.
@Suite struct BadInputTests {
  /// A grey ramp of 32 x 32 pixels, written by Pillow.
  static let image = Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAARElEQVR42uXQsRGAIBAEQHdGDExogf6rIiEhsQUr"
      + "8D8WLr1Lbh2StKQ//zDQv6sLlBVu5g4jIAD3Hg4zIAB1D4cnIIAXdt4LFjOBrNkAAAAASUVORK5CYII=")!

  struct Fault: Sendable, CustomStringConvertible {
    var description: String
    var header = "image,patient,sex,age,split,label"
    /// The last of three rows.
    var row: String
    /// The line after the path of the folder.
    var line: String
  }

  static let faults = [
    Fault(
      description: "truncated PNG", row: "cut.png,3,F,40,test,1",
      line: "/cases.csv, row 4, column image: FOLDER/cut.png: found a damaged PNG"),
    Fault(
      description: "missing column", header: "image,patient,sex,age,split,finding",
      row: "c.png,3,F,40,test,1", line: "/cases.csv: found no label column, expected"),
    Fault(
      description: "label of 7", row: "c.png,3,F,40,test,7",
      line: "/cases.csv, row 4, column label: found 7, expected 0, 1 or empty"),
    Fault(
      description: "NaN label", row: "c.png,3,F,40,test,NaN",
      line: "/cases.csv, row 4, column label: found NaN, expected 0, 1 or empty"),
    Fault(
      description: "NaN age", row: "c.png,3,F,nan,test,1",
      line: "/cases.csv, row 4, column age: found nan, expected a finite number"),
    Fault(
      description: "patient in two splits", row: "c.png,1,F,61,test,1",
      line: "/cases.csv, row 4, column split: found patient 1 in test and in train (row 2)"),
    Fault(
      description: "ragged row", row: "c.png,3,F",
      line: "/cases.csv, row 4: found 3 fields, expected 6"),
  ]

  /// What a run that failed may leave: its lock and the digests of its input.
  private func expectNothingWritten(_ program: FixtureProgram) {
    #expect(program.list("Figures").isEmpty)
    let left = program.list(".cache/fixture-study").filter {
      !["lock", "inputs.json"].contains($0)
    }
    #expect(left.isEmpty, "\(left)")
  }

  private func expectRefused(
    _ program: FixtureProgram, _ options: [String], code: Int32, line: String
  ) throws {
    let outcome = program.finish(try program.start(options))
    #expect(outcome.code == code)
    let lines = outcome.errors.split(separator: "\n").filter { $0.contains("found ") || code == 73 }
    #expect(lines.count == 1, "\(outcome.errors)")
    #expect(lines.last?.hasPrefix("fixture-study: " + line) == true, "\(outcome.errors)")
    #expect(outcome.output == "")
    expectNothingWritten(program)
  }

  @Test(arguments: faults) func aFolderWithATable(fault: Fault) throws {
    let program = try FixtureProgram()
    let folder = program.root + "/cohort"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["a", "b", "c"] {
      try Self.image.write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
    }
    try Self.image.prefix(60).write(to: URL(fileURLWithPath: "\(folder)/cut.png"))
    try program.write(
      [fault.header, "a.png,1,F,61,train,1", "b.png,2,M,50,validation,0", fault.row, ""]
        .joined(separator: "\n"), to: "cohort/cases.csv")
    let line = fault.line.replacing("FOLDER", with: folder)
    try expectRefused(program, ["--data", folder], code: 65, line: folder + line)
  }

  @Test func whatIsNoData() throws {
    let program = try FixtureProgram()
    let folder = program.root + "/empty"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try expectRefused(
      program, ["--data", folder], code: 65, line: "\(folder): found an empty folder, expected")
    for (name, text) in [("pneumoniamnist.npz", "no zip at all"), ("nothing.npz", "")] {
      try program.write(text, to: name)
      let path = "\(program.root)/\(name)"
      try expectRefused(program, ["--data", path], code: 65, line: "\(path): found ")
    }
  }

  /// A file in the way, since the modes of a folder do not stop everyone.
  @Test func placesThatCannotBeWritten() throws {
    let program = try FixtureProgram()
    try program.write("mine", to: "taken")
    let path = program.root + "/taken"
    try expectRefused(
      program, ["--out", path], code: 73, line: "\(path): cannot write: a file is in the place")
    try expectRefused(
      program, ["--out", path + "/below"], code: 73, line: "\(path)/below: the folder above it")
    #expect(try program.read("taken") == "mine")
  }
}
