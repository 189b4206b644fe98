import Foundation
import Imaging
import Kernels
import Testing

@Suite struct TextTableTests {
  private func table(_ text: String, _ format: TextTable.Format? = nil) throws -> TextTable {
    try TextTable(bytes: Array(text.utf8), file: "t", format: format)
  }

  /// Expected rows as Python's csv.reader (strict) gives them.
  @Test func quotingFollowsRFC4180() throws {
    let t = try table("a,b\r\n\"x,1\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",\r\n", .csv)
    #expect(t.header == ["a", "b"])
    #expect(t.rows == [["x,1", "say \"hi\""], ["two\nlines", ""]])
  }

  @Test func tabSeparatedTextHasNoQuoting() throws {
    let t = try table("a\tb\n\"x\t1\"\n")
    #expect(t.rows == [["\"x", "1\""]])
  }

  @Test func byteOrderMarkAndTrailingBlankLines() throws {
    let t = try table("\u{FEFF}id,n\n1,2\n\n\r\n")
    #expect(t.header == ["id", "n"])
    #expect(t.rows == [["1", "2"]])
  }

  @Test func numbers() throws {
    let t = try table("x,n\n 2.5 ,3\n,\n1e-3,4.0\n")
    #expect(try t.double(0, "x") == 2.5)
    #expect(try t.double(1, "x") == nil)
    #expect(try t.double(2, "x") == 0.001)
    #expect(try t.integer(0, "n") == 3)
    #expect(try t.integer(1, "n") == nil)
    #expect(try t.integer(2, "n") == 4)
    #expect(try t.column("n") == ["3", "", "4.0"])
  }

  static let bad: [(String, String)] = [
    ("", "t: found an empty file, expected a header line"),
    ("\n\n", "t: found an empty file, expected a header line"),
    ("a,b\n1,2\n3\n", "t, row 3: found 1 field, expected 2 as in the header"),
    ("a,b\n1,2,3\n", "t, row 2: found 3 fields, expected 2 as in the header"),
    ("a,b\n1,2\n\n3,4\n", "t, row 3: found 1 field, expected 2 as in the header"),
    (
      "a,b\n\"1,2\n3,4\n",
      "t, row 2: found a quote that is never closed, expected a closing quote"
    ),
    (
      "a,b\n\"1\"x,2\n",
      "t, row 2: found text after a closing quote, expected a comma or the end of the line; "
        + "double the quotes inside a field"
    ),
    ("a,a\n1,2\n", "t, row 1, column a: found this column twice, expected distinct columns"),
  ]

  @Test(arguments: bad) func malformedTextNamesTheRow(text: String, expected: String) {
    #expect(message { try table(text, .csv) } == expected)
  }

  @Test(arguments: ["nan", "NaN", "inf", "seven", "1,5"])
  func valuesThatAreNotNumbers(value: String) throws {
    let t = try table("id,x\n1,2\n2,\"\(value)\"\n")
    let expected = "t, row 3, column x: found \(value), expected a finite number or an empty field"
    #expect(message { try t.double(1, "x") } == expected)
  }

  @Test func missingColumnListsThoseThatExist() throws {
    let t = try table("id,x\n1,2\n")
    let expected =
      "t, column y: found no such column, expected one of id, x"
    #expect(message { try t.double(0, "y") } == expected)
  }

  @Test func badUTF8NamesTheRow() {
    let bytes = Array("a\nb\n".utf8) + [0xE9, 0x0A]
    let expected =
      "t, row 3: found bytes that are not UTF-8, expected UTF-8 text; save the file as UTF-8"
    #expect(message { try TextTable(bytes: bytes, file: "t") } == expected)
  }

  @Test func gzippedFilesAndPlainOnesReadAlike() throws {
    try withFolder { folder in
      let text = Array("a\tb\n1\tx,y\n".utf8)
      try Data(text).write(to: folder.appending(path: "t.tsv"))
      try Data(Gzip.compress(text)).write(to: folder.appending(path: "t.tsv.gz"))
      let plain = try TextTable.read(folder.appending(path: "t.tsv").path)
      let packed = try TextTable.read(folder.appending(path: "t.tsv.gz").path)
      #expect(plain.rows == [["1", "x,y"]])
      #expect(packed.rows == plain.rows)
    }
  }

  /// A million rows within five seconds of processor time (two and a half where written).
  @Test func aMillionRows() throws {
    var bytes = Array("case,score,label\n".utf8)
    for i in 0..<1_000_000 { bytes += Array("case-\(i),0.\(i),\(i & 1)\n".utf8) }
    let start = processorSeconds()
    let table = try TextTable(bytes: bytes, file: "t")
    #expect(table.rows.count == 1_000_000)
    #expect(processorSeconds() - start < 5)
  }

  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
