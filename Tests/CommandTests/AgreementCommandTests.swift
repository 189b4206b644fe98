import Foundation
import FoundationXML
import Testing

@Suite struct AgreementCommandTests {
  struct Ends: Decodable {
    var low, high: Double
  }
  struct Found: Decodable {
    struct Tested: Decodable {
      var value, pValue: Double
      var interval: Ends
    }
    struct Limits: Decodable {
      var lower, upper: Ends
    }
    struct Sameness: Decodable {
      var pValue: Double
      var isShown: Bool
    }
    struct Pair: Decodable {
      var first, second: String
      var subjects, measurements: Int
      var bias: Tested
      var holm, standardDeviation: Double
      var limits: Ends
      var limitIntervals: Limits
      var sameness: Sameness?
    }
    struct Part: Decodable {
      var name: String
      var variance: Double
      var interval: Ends?
    }
    struct Correlation: Decodable {
      var name, of: String
      var value: Double
      var interval: Ends?
    }
    struct Components: Decodable {
      var estimation: String
      var parts: [Part]
      var correlations: [Correlation]
      var complete: Int
      var reason: String?
    }
    var subjects, values, empty: Int
    var methods: [String]
    var repeats: [Int]
    var pairs: [Pair]
    var components: Components
    var drawn: [String]?
  }

  static let example = [
    "agreement", "Examples/volumes.tsv", "--subject", "volunteer", "--method", "operator",
    "--value", "volume [ml]", "--repeat", "repeat",
  ]

  /// First readings of two peak flow meters: Bland and Altman 1986, Table 1.
  static let wright = [
    494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427,
  ]
  static let mini = [
    512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451,
  ]

  static func found(_ arguments: [String]) throws -> Found {
    let outcome = try Command.run(arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
  }

  static func write(_ lines: [String], _ path: String) throws {
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
  }

  /// Wide and long form of the same file say the same; bias −2.1 and SD 38.8 as printed in 1986,
  /// exact limits by SciPy's nct.
  @Test func peakFlowInBothForms() throws {
    try Command.withFolder { folder in
      let wide = folder + "/wide.csv"
      let long = folder + "/long.tsv"
      try Self.write(
        ["id,mini,wright"]
          + zip(Self.wright, Self.mini).enumerated().map { "\($0),\($1.1),\($1.0)" },
        wide)
      try Self.write(
        ["id\tmeter\tflow"]
          + zip(Self.wright, Self.mini).enumerated().flatMap {
            ["\($0)\twright\t\($1.0)", "\($0)\tmini\t\($1.1)"]
          }, long)
      let both = [
        try Self.found(["agreement", wide, "--subject", "id", "--columns", "wright,mini"]),
        try Self.found([
          "agreement", long, "--subject", "id", "--method", "meter", "--value", "flow",
        ]),
      ]
      for found in both {
        #expect(found.methods == ["wright", "mini"] && found.subjects == 17)
        let pair = found.pairs[0]
        #expect(abs(pair.bias.value - -2.1) <= 0.05)
        #expect(abs(pair.standardDeviation - 38.8) <= 0.05)
        #expect(abs(pair.limitIntervals.lower.low - -124.16079829467598) < 1e-9)
        #expect(abs(pair.limitIntervals.upper.low - 48.85963729902044) < 1e-9)
        #expect(pair.holm == pair.bias.pValue)
        #expect(pair.sameness == nil && found.components.estimation.hasPrefix("ANOVA"))
        #expect(found.components.parts.map(\.name).last == "residual, with subject x method")
      }
    }
  }

  /// statsmodels 0.15.0 anova_lm on the example file; paired t by SciPy on the volunteers' means.
  @Test func componentsOfTheExampleFile() throws {
    let found = try Self.found(Self.example + ["--margin", "0.5"])
    #expect(found.subjects == 20 && found.values == 180 && found.repeats == [3, 3])
    #expect(found.components.estimation == "ANOVA of balanced data")
    let expected = Reference.components
    #expect(found.components.parts.count == 4)
    for (part, value) in zip(found.components.parts, expected) {
      #expect(abs(part.variance / value - 1) < 1e-9, "\(part.name): \(part.variance)")
      #expect(part.interval!.low <= part.variance && part.variance <= part.interval!.high)
    }
    for (pair, (mean, p)) in zip(found.pairs, Reference.pairs) {
      #expect(abs(pair.bias.value - mean) < 1e-12)
      #expect(abs(pair.bias.pValue / p - 1) < 1e-9)
      #expect(pair.subjects == 20 && pair.measurements == 120)
    }
    let single = found.components.correlations.first { $0.name == "ICC(2,1)" }!
    #expect(abs(single.value - Reference.icc) < 1e-9 && single.of == "means of 3 repeats")
    #expect(found.pairs.allSatisfy { $0.sameness != nil })
  }

  /// A row without a value is left out and counted, and the components come by REML.
  @Test func emptyFieldsAreCounted() throws {
    try Command.withFolder { folder in
      var lines = try String(
        contentsOfFile: Command.root + "/Examples/volumes.tsv", encoding: .utf8
      )
      .split(separator: "\n").map(String.init)
      for row in [3, 50] {
        lines[row] =
          lines[row].split(separator: "\t").dropLast().joined(separator: "\t") + "\t"
      }
      let path = folder + "/empty.tsv"
      try Self.write(lines, path)
      var arguments = Self.example
      arguments[1] = path
      let found = try Self.found(arguments)
      #expect(found.empty == 2 && found.values == 178 && found.repeats == [2, 3])
      #expect(found.components.estimation.hasPrefix("REML"))
      let full = try Self.found(Self.example)
      for (a, b) in zip(found.components.parts, full.components.parts) {
        #expect(abs(a.variance / b.variance - 1) < 0.1)
        #expect(a.interval != nil)
      }
      let text = try Command.run(arguments)
      #expect(text.output.contains("2 to 3 values each, 178 values; 2 empty left out"))
    }
  }

  @Test func tablesForPapers() throws {
    let text = try Command.run(Self.example)
    #expect(text.code == 0)
    #expect(text.lines.contains { $0.hasPrefix("A - C") })
    #expect(text.lines.allSatisfy { $0.count <= 110 && !$0.hasSuffix(" ") })
    let markdown = try Command.run(Self.example + ["--tables", "markdown"])
    #expect(markdown.lines.contains { $0.hasPrefix("| A - C | 20 | ") })
    let latex = try Command.run(Self.example + ["--tables", "latex", "--scale", "ratio"])
    #expect(latex.output.contains("\\begin{tabular}{lrrrrrr}"))
    #expect(latex.lines.contains { $0.hasPrefix("A / C & 20 & 0.") && $0.hasSuffix(" \\\\") })
    let outside = latex.lines.filter {
      !$0.hasPrefix("%") && $0.replacing("\\%", with: "").contains("%")
    }
    #expect(outside.isEmpty)
  }

  @Test func plotDrawsEveryPair() throws {
    try Command.withFolder { folder in
      let drawing = folder + "/agreement.svg"
      let found = try Self.found(Self.example + ["--plot", drawing])
      #expect(found.drawn == ["svg", "tsv", "gp"].map { "\(folder)/agreement.\($0)" })
      let svg = try String(contentsOfFile: drawing, encoding: .utf8)
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      for title in ["A − B", "A − C", "B − C", "limits of agreement"] {
        #expect(svg.contains(title))
      }
      let table = try String(contentsOfFile: folder + "/agreement.tsv", encoding: .utf8)
      // Three pairs of 20 volunteers and two line ends, and the header.
      #expect(table.split(separator: "\n").count == 3 * 22 + 1)
      let first = try Data(contentsOf: URL(fileURLWithPath: drawing))
      _ = try Command.run(Self.example + ["--plot", drawing])
      #expect(try Data(contentsOf: URL(fileURLWithPath: drawing)) == first)
    }
  }

  @Test(arguments: [
    (["--level", "1"], 64 as Int32, "--level 1"), (["--power", "0.01"], 64, "--power 0.01"),
    (["--margin", "-1"], 64, "--margin"), (["--columns", "a,b"], 64, "either --method"),
    (["--scale", "percent"], 64, "--linked"), (["--plot", "panel.pdf"], 64, "ends in .svg"),
    (["--plot", "/proc/none/panel.svg"], 73, "/proc/none"),
    (["--scale", "ratio", "--margin", "0.9"], 64, "above 1"),
  ])
  func faultsEndWithTheirCode(_ more: [String], _ code: Int32, _ part: String) throws {
    // The = form, because -1 would be read as an option.
    let joined = more.count == 2 ? ["\(more[0])=\(more[1])"] : more
    let outcome = try Command.run(Self.example + joined)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  @Test(arguments: [
    (["1\ta\t1\t5", "1\tb\t1\tfive", "2\ta\t1\t4", "2\tb\t1\t4"], "row 3, column y: found five"),
    (["1\ta\t1\t5", "1\ta\t1\t6", "2\tb\t1\t4"], "row 3, column k: found 1"),
    (["1\ta\t1\t5", "\ta\t1\t6"], "row 3, column s: found an empty field"),
    (["1\ta\t1\t5", "2\ta\t1\t6"], "2 subjects, 1 method"),
    (["1\ta\t1\t5", "2\tb\t1\t6", "3\tb\t1\t6"], "0 subjects measured by both"),
    (["1\ta\t1\t5", "1\tb\t1\t4", "2\ta\t1\t6", "2\tb\t1\t5"], "all 2 differences are equal"),
  ])
  func badFilesNameTheirPlace(_ rows: [String], _ part: String) throws {
    try Command.withFolder { folder in
      let path = folder + "/bad.tsv"
      try Self.write(["s\tm\tk\ty"] + rows, path)
      let outcome = try Command.run(
        "agreement", path, "--subject", "s", "--method", "m", "--value", "y", "--repeat", "k")
      #expect(outcome.code == 65)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }

  @Test func linkedNeedsNames() throws {
    let outcome = try Command.run(Self.example.dropLast(2) + ["--linked"])
    #expect(outcome.code == 64 && outcome.errors.contains("--repeat"))
    let linked = try Self.found(Self.example + ["--linked", "--scale", "percent"])
    #expect(linked.pairs[0].measurements == 60)
  }
}

/// Values of the example file from statsmodels and SciPy.
private enum Reference {
  static let components: [Double] = [
    46.137296988304094, 0.9450436939571153, 1.2163218615984404, 0.36900666666666665,
  ]
  static let pairs: [(mean: Double, pValue: Double)] = [
    (0.3753333333333331, 0.12154370999366267), (-1.5241666666666667, 0.00275277690691637),
    (-1.8995000000000002, 0.00010472490298773432),
  ]
  static let icc = 0.9528234357737754
}
