import Foundation
import FoundationXML
import Testing

@Suite struct SurvivalCommandTests {
  struct Ends: Decodable {
    var low, high: Double
  }
  struct ChiSquared: Decodable {
    var statistic, pValue: Double
    var degreesOfFreedom: Int
  }
  struct Found: Decodable {
    struct Quantile: Decodable {
      var value, low, high: Double?
    }
    struct Mean: Decodable {
      var value, standardError: Double
      var interval: Ends
    }
    struct Point: Decodable {
      var atRisk: Int
      var survival: Double
      var interval: Ends?
    }
    struct At: Decodable {
      var time: Double
      var survival: Point?
      var reason: String?
    }
    struct Curve: Decodable {
      var name: String
      var cases, events: Int
      var median: Quantile
      var restrictedMean: Mean?
      var at: [At]
    }
    struct LogRank: Decodable {
      var result: ChiSquared
      var strata: Int
    }
    struct Coefficient: Decodable {
      var name: String
      var coefficient, standardError, hazardRatio, pValue: Double
      var interval: Ends
    }
    struct Proportionality: Decodable {
      var transform: String
      var tests: [ChiSquared]
    }
    struct Cox: Decodable {
      var ties, variance: String
      var coefficients: [Coefficient]
      var likelihoodRatio, score: ChiSquared
      var wald: ChiSquared?
      var clusters: Int?
      var proportionality: Proportionality?
    }
    struct Bootstrap: Decodable {
      var replicates: Int
      var standardError: Double
    }
    struct Concordance: Decodable {
      var score, measure: String
      var value, standardError: Double
      var comparable: Int?
      var bootstrap: Bootstrap?
    }
    struct LeftOut: Decodable {
      struct Column: Decodable {
        var column: String
        var rows: Int
      }
      var rows: [Int]
      var columns: [Column]
    }
    var cases, events: Int
    var tau: Double
    var interval: String
    var leftOut: LeftOut
    var curves: [Curve]
    var logRank: LogRank?
    var cox: Cox?
    var concordance: [Concordance]
    var drawn: [String]?
  }

  static let short = ["survival", "Examples/survival.tsv", "--time", "days", "--event", "died"]
  static let example =
    short + [
      "--group", "arm", "--covariates", "age,arm", "--score", "score", "--tau", "365", "--at",
      "180,365",
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

  /// Log-rank, medians and means: lifelines 0.30.3. Cox: statsmodels 0.15.0, PHReg. Harrell's C:
  /// scikit-survival 0.28.0; Uno's with censored times five days later, because it takes G with the
  /// censorings of the event's day.
  @Test func example() throws {
    let found = try Self.found(Self.example)
    #expect(found.cases == 72 && found.events == 53 && found.leftOut.rows.isEmpty)
    #expect(found.interval == "log-log" && found.tau == 365)
    let expected: [(String, Int, [Double], Double, Double)] = [
      ("A", 30, [170, 110, 290], 193.39730639730644, 0.20606061),
      ("B", 23, [310, 170, 490], 246.69550861280186, 0.41335833),
    ]
    for (curve, (name, events, median, mean, year)) in zip(found.curves, expected) {
      #expect(curve.name == name && curve.cases == 36 && curve.events == events)
      #expect(curve.median.value == median[0])
      #expect(curve.median.low == median[1] && curve.median.high == median[2])
      #expect(abs(curve.restrictedMean!.value - mean) < 1e-9)
      #expect(curve.at.map(\.time) == [180, 365])
      #expect(abs(curve.at[1].survival!.survival - year) < 1e-8)
    }
    let test = try #require(found.logRank)
    #expect(abs(test.result.statistic - 2.428613076060817) < 1e-10 && test.strata == 1)
    let cox = try #require(found.cox)
    #expect(cox.ties == "efron" && cox.variance == "inverse information")
    #expect(cox.coefficients.map(\.name) == ["age", "arm: B to A"])
    #expect(abs(cox.coefficients[0].coefficient - 0.026066921228701263) < 1e-11)
    #expect(abs(cox.coefficients[1].coefficient - -0.6227862912193424) < 1e-11)
    #expect(abs(cox.coefficients[0].standardError - 0.014092551751690146) < 1e-11)
    #expect(abs(cox.coefficients[1].standardError - 0.29662389249720844) < 1e-11)
    #expect(abs(cox.likelihoodRatio.statistic - 5.981666290136843) < 1e-9)
    #expect(cox.proportionality?.transform == "km" && cox.proportionality?.tests.count == 2)
    #expect(found.concordance.map(\.measure) == ["Harrell", "Uno", "Harrell", "Uno"])
    #expect(abs(found.concordance[2].value - 0.6126760563380281) < 1e-13)
    #expect(found.concordance[2].comparable == 1292 + 812 + 26)
    #expect(abs(found.concordance[3].value - 0.6071895577823198) < 1e-12)
  }

  /// statsmodels 0.15.0, PHReg with groups: Breslow's ties, errors summed by centre.
  @Test func clustersAndBreslow() throws {
    let found = try Self.found(Self.example + ["--ties", "breslow", "--cluster", "centre"])
    let cox = try #require(found.cox)
    #expect(cox.ties == "breslow" && cox.variance == "Lin and Wei 1989, summed by centre")
    #expect(cox.clusters == 6)
    #expect(abs(cox.coefficients[0].coefficient - 0.025144934503085938) < 1e-11)
    #expect(abs(cox.coefficients[1].coefficient - -0.6008653456353927) < 1e-11)
    #expect(abs(cox.coefficients[0].standardError - 0.008212287466186453) < 1e-10)
    #expect(abs(cox.coefficients[1].standardError - 0.32639302985267094) < 1e-10)
  }

  @Test func stratifiedWithBootstrap() throws {
    let arguments =
      Self.short + [
        "--group", "arm", "--strata", "centre", "--covariates", "age", "--score", "score",
        "--tau", "365", "--bootstrap", "200",
      ]
    let found = try Self.found(arguments)
    #expect(found.logRank?.strata == 6)
    // A stratified model orders cases within strata only: no concordance of it.
    #expect(found.concordance.map(\.score) == ["score", "score"])
    for one in found.concordance {
      let sample = try #require(one.bootstrap)
      #expect(sample.replicates == 200)
      // 200 replicates: √(1/400) = 5 %, four of them, and ten for the approximation.
      #expect(abs(sample.standardError / one.standardError - 1) < 0.3)
    }
    let again = try Command.run(arguments + ["--json"])
    #expect(try Command.run(arguments + ["--json"]).output == again.output)
  }

  @Test func textNamesItsConventions() throws {
    let outcome = try Command.run(Self.example)
    #expect(outcome.code == 0)
    for part in [
      "72 cases, 53 events (died = 1)", "Brookmeyer-Crowley", "log-log", "Greenwood",
      "Log-rank test", "ties: efron; variance: inverse information", "Grambsch and Therneau",
      "infinitesimal jackknife", "arm: B to A", "chi-squared 2.43, 1 df, p 0.1191",
    ] {
      #expect(outcome.output.contains(part), "\(part)")
    }
    #expect(outcome.lines.allSatisfy { $0.count <= 130 && !$0.hasSuffix(" ") })
    let markdown = try Command.run(Self.example + ["--tables", "markdown"])
    #expect(markdown.lines.contains { $0.hasPrefix("| A | 36 | 30 | 170 | 110 to 290 | 193.4 |") })
    let help = try Command.run("survival", "--help")
    #expect(help.output.contains("lightbox survival Examples/survival.tsv"))
  }

  /// Rows without a value stop the command, or are left out and listed.
  @Test func incompleteRows() throws {
    try Command.withFolder { folder in
      var lines = try String(
        contentsOfFile: Command.root + "/Examples/survival.tsv", encoding: .utf8
      ).split(separator: "\n").map(String.init)
      func edit(_ row: Int, _ place: Int, _ text: String) {
        var fields = lines[row - 1].components(separatedBy: "\t")
        fields[place] = text
        lines[row - 1] = fields.joined(separator: "\t")
      }
      edit(4, 3, "NA")
      edit(9, 4, "")
      edit(9, 3, "")
      // Not in use: no matter.
      edit(11, 1, "")
      let path = folder + "/incomplete.tsv"
      try Self.write(lines, path)
      var arguments = Self.example
      arguments[1] = path
      let stopped = try Command.run(arguments)
      #expect(stopped.code == 65 && stopped.output == "")
      #expect(stopped.errors.contains("row 4, column age: found NA"), "\(stopped.errors)")
      #expect(stopped.errors.contains("2 of 72 rows"), "\(stopped.errors)")
      let found = try Self.found(arguments + ["--complete-cases"])
      #expect(found.cases == 70 && found.leftOut.rows == [4, 9])
      #expect(found.leftOut.columns.map(\.column) == ["score", "age"])
      #expect(found.leftOut.columns.map(\.rows) == [1, 2])
      let text = try Command.run(arguments + ["--complete-cases"])
      #expect(text.output.contains("(score 1, age 2): 2 rows: 4, 9"), "\(text.output)")
    }
  }

  @Test func plotDrawsTheSteps() throws {
    try Command.withFolder { folder in
      let drawing = folder + "/curves.svg"
      let found = try Self.found(Self.example + ["--plot", drawing])
      #expect(found.drawn == ["svg", "tsv", "gp"].map { "\(folder)/curves.\($0)" })
      let svg = try String(contentsOfFile: drawing, encoding: .utf8)
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      #expect(svg.contains("arm A: 36 cases, 30 events"))
      let table = try String(contentsOfFile: folder + "/curves.tsv", encoding: .utf8)
        .split(separator: "\n").map { $0.components(separatedBy: "\t") }
      #expect(table[0].prefix(3) == ["group", "time", "survival"])
      for curve in found.curves {
        let rows = table.filter { $0[0].hasPrefix("arm \(curve.name):") && !$0[2].isEmpty }
        #expect(rows[0].prefix(3).dropFirst() == ["0", "1"])
        // The last corner at or before a year is S there.
        let last = rows.last { Double($0[1])! <= 365 }!
        #expect(abs(Double(last[2])! - curve.at[1].survival!.survival) < 1e-12)
      }
      let first = try Data(contentsOf: URL(fileURLWithPath: drawing))
      _ = try Command.run(Self.example + ["--plot", drawing])
      #expect(try Data(contentsOf: URL(fileURLWithPath: drawing)) == first)
    }
  }

  @Test(arguments: [
    (["--level", "1"], 64 as Int32, "--level 1"), (["--tau", "0"], 64, "--tau 0"),
    (["--at", "1,x"], 64, "--at x"), (["--bootstrap", "200"], 64, "expected --score"),
    (["--strata", "centre"], 64, "expected --group"), (["--robust"], 64, "expected --covariates"),
    (["--cluster", "centre"], 64, "expected --covariates or --score"),
    (["--ties", "exact"], 64, "exact"), (["--plot", "curve.pdf"], 64, "ends in .svg"),
    (["--plot", "/proc/none/curve.svg"], 73, "/proc/none"),
    (["--covariates", "age,age"], 64, "different columns"),
    (["--group", "ward"], 65, "column ward: found no such column"),
    (["--event-value", "2"], 65, "column died: found no 2 in 72 rows"),
    (["--covariates", "age,patient"], 65, "72 different texts"),
    (["--group", "patient"], 65, "has 1 case: at least 2 are needed"),
  ])
  func faultsEndWithTheirCode(_ more: [String], _ code: Int32, _ part: String) throws {
    let outcome = try Command.run(Self.short + more)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  @Test(arguments: [
    (["1\t1\t0\ta", "-2\t1\t1\tb"], "row 3, column t: found -2, expected a time of 0 or more"),
    (["1\t1\t0\ta", "2\t2\t1\tb"], "row 3, column e: found 2, expected 0 or 1"),
    (["1\t0\t0\ta", "2\t0\t1\tb"], "column e: found no 1 in 2 rows"),
    (["1\t1\t5\ta", "2\t1\t5\tb", "3\t0\t5\ta"], "x is 5.0 in all 3 cases"),
    (["1\t1\t3\ta", "2\t1\t2\tb", "3\t0\t1\ta"], "x has no finite coefficient"),
    (["1\t1\t0\ta", "2\t1\tone\tb"], "row 3, column x: found one, expected a finite number"),
    (["1\t1\t3\ta", "soon\t1\t2\tb"], "row 3, column t: found soon"),
  ])
  func badFilesNameTheirPlace(_ rows: [String], _ part: String) throws {
    try Command.withFolder { folder in
      let path = folder + "/bad.tsv"
      try Self.write(["t\te\tx\tg"] + rows, path)
      let outcome = try Command.run(
        "survival", path, "--time", "t", "--event", "e", "--covariates", "x")
      #expect(outcome.code == 65)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }

  /// Events named by a text; the others are censored.
  @Test func eventsByName() throws {
    try Command.withFolder { folder in
      let path = folder + "/named.csv"
      try Self.write(["t,e", "1,dead", "2,alive", "3,dead", "4,lost"], path)
      let found = try Self.found([
        "survival", path, "--time", "t", "--event", "e", "--event-value", "dead",
      ])
      #expect(found.events == 2 && found.curves[0].name == "all")
      #expect(found.curves[0].median.value == 3 && found.logRank == nil && found.cox == nil)
      let text = try Command.run(
        "survival", path, "--time", "t", "--event", "e", "--event-value", "dead", "--at", "9")
      #expect(text.output.contains("no survival at 9.0: follow-up ends at 4.0"))
    }
  }
}
