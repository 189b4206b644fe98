import Kernels
import Plotting
import Testing

enum Arm: String, Codable, CaseIterable {
  case plain
  case secret = "private"
}

struct Wide: TableRow, Equatable {
  static let columns = [
    Column("case"), Column("score"), Column("volume", unit: "ml", digits: 3), Column("n"),
    Column("arm"), Column("held.out"), Column("note"), Column("low"), Column("count"),
  ]
  var id: String
  var score, volume: Double
  var n: Int
  var arm: Arm
  var heldOut: Bool
  var note: String?
  var low: Double?
  var count: Int8?
}

struct Span: Codable, Equatable { var low, high: Double }
struct Nested: TableRow, Equatable {
  static let columns = [Column("name"), Column("low"), Column("high"), Column("n")]
  var name: String
  var interval: Span
  var n: UInt64
}

struct Listed: TableRow {
  static let columns = [Column("values")]
  var values: [Double]
}

struct Short: TableRow {
  static let columns = [Column("x")]
  var x, y: Double
}

struct Plain: TableRow, Equatable {
  static let columns = [Column("x"), Column("s")]
  var x: Double
  var s: String
}

@Suite struct TSVTests {
  let rows = [
    Wide(
      id: "a", score: 0.1, volume: 12.345678, n: -3, arm: .secret, heldOut: true, note: nil,
      low: nil, count: -128),
    Wide(
      id: "", score: .infinity, volume: 0.000012345, n: 0, arm: .plain, heldOut: false,
      note: "ε ≤ 1, `x`", low: -0.0, count: nil),
  ]

  @Test func writesTheDocumentedBytes() throws {
    let text = try TSV.encode(rows)
    #expect(
      text == "case\tscore\tvolume [ml]\tn\tarm\theld.out\tnote\tlow\tcount\n"
        + "a\t0.1\t12.3\t-3\tprivate\ttrue\t\t\t-128\n"
        + "\tinf\t1.23e-05\t0\tplain\tfalse\tε ≤ 1, `x`\t-0\t\n")
    let back = try TSV.decode(Wide.self, text, file: "wide.tsv")
    #expect(back[1].low?.sign == .minus)
    #expect(try TSV.encode(back) == text)
    var rounded = rows
    rounded[0].volume = 12.3
    rounded[1].volume = 1.23e-05
    #expect(back == rounded)
  }

  @Test func doublesKeepEveryBit() throws {
    var stream = RandomStream(11).child("bits")
    var values: [Double] = [
      0.1 + 0.2, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 1e15, 123_456_789,
      .ulpOfOne, -.infinity, 1 / 3,
    ]
    for _ in 0..<2_000 {
      let value = Double(bitPattern: stream.next())
      if !value.isNaN { values.append(value) }
    }
    let text = try TSV.encode(values.map { Plain(x: $0, s: "") })
    let back = try TSV.decode(Plain.self, text, file: "x.tsv").map(\.x.bitPattern)
    #expect(back == values.map(\.bitPattern))
  }

  @Test func nestedStructsTakeSeveralColumns() throws {
    let rows = [Nested(name: "auroc", interval: Span(low: 0.8, high: 0.9), n: .max)]
    let text = try TSV.encode(rows)
    #expect(text == "name\tlow\thigh\tn\nauroc\t0.8\t0.9\t18446744073709551615\n")
    #expect(try TSV.decode(Nested.self, text, file: "n.tsv") == rows)
  }

  @Test(arguments: [
    ("a\tb", "row 2, column s"), ("a\nb", "row 2, column s"), ("a\r", "row 2, column s"),
  ])
  func tabsAndLineBreaksAreRefused(field: String, place: String) throws {
    let error = #expect(throws: LightboxError.self) {
      try TSV.encode([Plain(x: 1, s: field)])
    }
    #expect(error?.description.contains(place) == true)
  }

  @Test func whatHasNoCellIsRefused() throws {
    let nan = #expect(throws: LightboxError.self) { try TSV.encode([Plain(x: .nan, s: "")]) }
    #expect(nan?.description.contains("row 2, column x: found NaN") == true)
    #expect(throws: LightboxError.self) { try TSV.encode([Listed(values: [1])]) }
    #expect(throws: LightboxError.self) { try TSV.encode([Short(x: 1, y: 2)]) }
    var wide = rows[0]
    wide.note = ""
    #expect(throws: LightboxError.self) { try TSV.encode([wide]) }
  }

  @Test(arguments: [
    ("x\ts\n1\t\n7,5\ta\n", "t.tsv, row 3, column x: found 7,5, expected a number"),
    ("x\ts\nnan\t\n", "t.tsv, row 2, column x: found nan, expected a number"),
    ("x\ts\n\t\n", "t.tsv, row 2, column x: found an empty cell, expected a number"),
    ("x\ts\n1\n", "t.tsv, row 2: found 1 cells, expected 2"),
    ("x\tt\n1\t\n", "t.tsv, row 1, column 2: found t, expected the heading s"),
    ("x\n", "t.tsv, row 1, column 2: found no such column"),
    ("x\ts\tu\n", "t.tsv, row 1, column 3: found u"),
    ("", "t.tsv: found an empty file"),
  ])
  func brokenTablesNameThePlace(text: String, message: String) {
    let error = #expect(throws: LightboxError.self) {
      try TSV.decode(Plain.self, text, file: "t.tsv")
    }
    #expect(error?.kind == .input)
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func enumsNameWhatTheyAccept() throws {
    let text = try TSV.encode(rows).replacing("\tplain\t", with: "\tother\t")
    let error = #expect(throws: LightboxError.self) {
      try TSV.decode(Wide.self, text, file: "wide.tsv")
    }
    #expect(
      error?.description
        == "wide.tsv, row 3, column arm: found other, expected one of plain, private")
  }

  @Test func markdownAlignsNumbersAndEscapesText() throws {
    let text = try TSV.markdown(rows)
    #expect(
      text
        == """
        | case | score | volume \\[ml\\] | n | arm | held.out | note | low | count |
        | --- | ---: | ---: | ---: | --- | --- | --- | ---: | ---: |
        | a | 0.1 | 12.3 | −3 | private | true | – | – | −128 |
        | – | ∞ | 1.23e-05 | 0 | plain | false | ε ≤ 1, \\`x\\` | 0 | – |

        """)
  }

  @Test func markdownGivesAColumnTheDecimalsItNeeds() throws {
    func column(_ cells: [String]) throws -> [String] {
      let text = try TSV.markdown(text: "x\n" + cells.map { $0 + "\n" }.joined(), file: "x.tsv")
      return text.split(separator: "\n").dropFirst(2).map {
        $0.dropFirst(2).dropLast(2).description
      }
    }
    #expect(try column(["0.29", "1.06", "8", "inf"]) == ["0.29", "1.06", "8.00", "∞"])
    #expect(try column(["3600", "8"]) == ["3600", "8"])
    #expect(try column(["0.0083", "0.041"]) == ["0.0083", "0.0410"])
    #expect(try column(["0.123456", "-0.5"]) == ["0.1235", "−0.5000"])
    #expect(try column(["380.2", "1200", "6589"]) == ["380", "1200", "6589"])
    #expect(try column(["0.0553", "0.0214", "-0.000187"]) == ["0.05530", "0.02140", "−0.00019"])
    #expect(try column(["0.8915", "0.9563", "1"]) == ["0.8915", "0.9563", "1.0000"])
    // Too far apart for one number of decimals: each keeps its own digits.
    #expect(try column(["0.25", "1.5e-09"]) == ["0.2500", "1.500e-09"])
  }

  @Test(arguments: [
    (0.87, 3, "0.870"), (45016, 2, "45016"), (0.99995, 4, "1.000"), (1234.5, 5, "1234.5"),
    (1.2e-7, 2, "1.2e-07"), (0.0001234, 3, "0.000123"), (-0.5, 1, "-0.5"), (9.996, 3, "10.0"),
    (0, 3, "0"), (2.5e11, 3, "2.50e+11"),
  ])
  func significantDigits(value: Double, digits: Int, text: String) {
    #expect(Printed.significant(value, digits: digits) == text)
  }
}
